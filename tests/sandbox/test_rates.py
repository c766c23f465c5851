from hypothesis import given
from hypothesis import strategies as st

from dgnb.sandbox.rates import Rate

TIMES = st.lists(st.tuples(st.floats(0, 300), st.integers(1, 50)), max_size=40)


@given(TIMES)
def test_no_minute_holds_more_than_the_most(events: list[tuple[float, int]]) -> None:
    rate, taken = Rate(100), []
    for now, count in sorted(events):
        if rate.take(count, now):
            taken.append((now, count))
        else:
            assert sum(size for time, size in taken if time > now - 60) + count > 100
        assert sum(size for time, size in taken if time > now - 60) <= 100
