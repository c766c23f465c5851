from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dgnb.widgets import upload as uploads
from dgnb.widgets.upload import Upload


class Browser:
    """A page that sends a file piece by piece, as upload.js does."""

    def __init__(self, upload: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
        self.upload, self.wanted = upload, list[dict[str, Any]]()
        monkeypatch.setattr(upload, "send", lambda content, buffers=None: self.wanted.append(content))

    def begin(self, name: str, data: bytes, file: str = "1") -> None:
        self.data, self.file = data, file
        self.upload._heard({"kind": "begin", "id": file, "name": name, "size": len(data)}, [])

    def answer(self) -> None:
        """Send what was asked for last."""
        asked = self.wanted.pop()
        piece = self.data[asked["start"] : asked["start"] + asked["size"]]
        self.upload._heard({"kind": "piece", "id": self.file}, [memoryview(piece)])


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Browser:
    monkeypatch.setattr(uploads, "PIECE", 4)
    return Browser(Upload(), monkeypatch)


def test_a_file_comes_piece_by_piece_and_is_complete(browser: Browser) -> None:
    browser.begin("my call.wav", b"RIFF12345")
    shares = []
    while browser.wanted:
        browser.answer()
        shares.append(browser.upload.share)
    assert shares == pytest.approx([4 / 9, 8 / 9, 1.0])
    path = Path(browser.upload.path)
    assert (path.name, path.read_bytes()) == ("my call.wav", b"RIFF12345")


def test_a_second_file_takes_the_place_of_one_on_its_way(browser: Browser) -> None:
    browser.begin("one.wav", b"one of them")
    late = {"kind": "piece", "id": "1"}
    browser.begin("two.wav", b"two", "2")
    browser.upload._heard(late, [b"late"])
    browser.answer()
    assert Path(browser.upload.path).read_bytes() == b"two"


def test_files_of_one_name_are_two_files(browser: Browser) -> None:
    browser.upload.take("a.wav", b"1")
    first = browser.upload.path
    browser.upload.take("a.wav", b"2")
    assert first != browser.upload.path
    assert Path(first).read_bytes() == b"1"


def test_a_name_leads_nowhere_else(browser: Browser) -> None:
    browser.upload.take("../../../etc/passwd", b"x")
    path = Path(browser.upload.path)
    assert path.name == "passwd"
    assert browser.upload._folder in path.parents


def test_an_empty_file_is_refused_and_a_strange_message_passed_over(browser: Browser) -> None:
    browser.begin("empty.wav", b"")
    assert browser.upload.said == "empty.wav is empty."
    browser.upload._heard({"kind": "other"}, [])
    browser.upload._heard({"kind": "piece", "id": "9"}, [b"x"])
    assert browser.upload.path == ""


def test_a_file_for_which_there_is_no_room_is_told(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser.upload, "place", lambda name: Path("/dev/full"))
    browser.begin("large.wav", b"abcd")
    browser.answer()
    assert browser.upload.said == "large.wav cannot be kept here: No space left on device."
    assert browser.upload.path == ""
    monkeypatch.undo()
    browser.upload.take("small.wav", b"1")
    assert (browser.upload.said, browser.upload.name) == ("", "small.wav")


def test_the_files_go_with_the_widget(browser: Browser) -> None:
    browser.upload.take("a.wav", b"1")
    path = Path(browser.upload.path)
    browser.upload.close()
    assert not path.exists()
