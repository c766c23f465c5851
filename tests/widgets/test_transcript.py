from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dgnb.audio.origin import Origin
from dgnb.views.tracks import Track, track
from dgnb.widgets.transcript import TranscriptWidget
from tests.audio.files import tone
from tests.views.replies import channel, dialogue, reply, said


def test_the_audio_goes_as_bytes_beside_the_html() -> None:
    sound = track(Origin((tone(8000), 8000)), None, Path())
    widget = TranscriptWidget(dialogue(), sound)
    assert widget.audio == sound.data
    assert widget.kind == "audio/wav"
    assert "base64" not in widget.html.replace("application/json", "")
    assert '<audio controls preload="metadata" aria-label="Recording"></audio>' in widget.html
    assert widget.html.count("<script") == 1


def test_a_url_stays_in_the_html() -> None:
    widget = TranscriptWidget(dialogue(), Track(url="https://example.org/call.mp3"))
    assert 'src="https://example.org/call.mp3"' in widget.html


def test_places_in_the_page_are_rows_of_the_words() -> None:
    call = reply(channel(said("a") + said("c", 6.0)), channel(said("b", 3.0)))
    widget = TranscriptWidget(call, Track())
    widget.selected = [[0, 1]]
    assert call.words.iloc[widget.rows]["word"].tolist() == ["a", "b"]
    assert widget.rows == [0, 2]


@pytest.mark.parametrize("selected", [[], [[5, 4]], [[-7, -1]], [[7, 99]]], ids=str)
def test_a_page_may_send_what_it_will(selected: Any) -> None:
    widget = TranscriptWidget(dialogue(), Track())
    widget.selected = selected
    assert set(widget.rows) <= {7}


def test_the_module_is_one_text() -> None:
    text = TranscriptWidget._esm
    assert "import " not in str(text).replace("// ", "")
    assert "export function mount" in str(text)
    assert "export default { render }" in str(text)
