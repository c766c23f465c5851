from dgnb.errors import TooManyRequests
from dgnb.magics.failures import brief, line


def test_an_error_with_its_hint_is_one_line():
    error = TooManyRequests(429, "LIMIT", "Too many.", "r", "Run fewer at once.")
    assert line(error) == "TooManyRequests: 429 LIMIT: Too many. (request r) Run fewer at once."


def test_a_brief_error_stays_what_it_is():
    error = TooManyRequests(429, "LIMIT", "Too many.")
    brief(error)
    assert error._render_traceback_() == [line(error)]
