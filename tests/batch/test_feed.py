import asyncio
import threading

import pytest

from dgnb.batch import Source
from dgnb.batch.feed import Feed


class Broken:
    """An iterator that cannot be ended."""

    def __iter__(self):
        return self

    def __next__(self):
        raise StopIteration

    def close(self):
        raise RuntimeError("the cursor is gone")


@pytest.mark.parametrize(
    ("sources", "taken", "error"),
    [
        pytest.param([Source("a", b""), Source("b", b"")], ["a", "b"], None, id="list"),
        pytest.param(Broken(), [], "the cursor is gone", id="cannot be ended"),
        pytest.param(5, [], "'int' object is not iterable", id="no iterator"),
    ],
)
def test_it_ends_whatever_becomes_of_its_iterator(sources, taken, error):
    async def main():
        feed, found = Feed(sources, asyncio.get_running_loop()), []
        while (source := await feed.next()) is not None:
            found.append(source.name)
        return found, feed.error

    found, failure = asyncio.run(asyncio.wait_for(main(), 10))
    assert found == taken
    assert (None if failure is None else str(failure)) == error


def test_it_ends_quietly_when_its_loop_is_closed_just_then():
    class Loop:
        """It is closed between every look at it and the next call."""

        def is_closed(self):
            return False

        def call_soon_threadsafe(self, function):
            raise RuntimeError("Event loop is closed")

    before = set(threading.enumerate())
    feed = Feed([Source("a", b"")], Loop())
    for thread in set(threading.enumerate()) - before:
        thread.join()  # its error, if it has one, is a warning and so fails the test
    assert feed.error is None
