from __future__ import annotations

import base64
import gc
import hashlib
import json
import re
import weakref
from pathlib import Path
from typing import Any

import pytest

from dgnb import AudioError, Deepgram, OptionError, Transcript
from dgnb.audio.samples import wav
from dgnb.views.player import player
from dgnb.views.text import clean
from tests.audio.files import tone
from tests.views.replies import channel, dialogue, reply, said
from tests.views.test_html import HOSTILE, Page

SOUND = (tone(8000, 12.5), 8000)


def text_of(html: str) -> str:
    """What a browser shows of a player without its script."""
    bare = re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
    return Page(bare.replace("<br>", "")).text


def test_a_player_shows_who_says_what_when_without_any_script() -> None:
    html = dialogue().player(SOUND).html
    text = " ".join(text_of(html).split())
    assert "0:00 Speaker 0 Hello, this is Ava." in text
    assert "0:04 Speaker 1 My router is dead!" in text
    assert html.count("<audio controls") == 1
    assert html.count("<svg") == 1


def test_a_link_plays_from_where_a_paragraph_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("call.wav").write_bytes(wav(*SOUND))
    html = dialogue().player("call.wav", embed=False).html
    assert re.findall(r'<a href="([^"]+)">', html) == ["call.wav#t=0.50", "call.wav#t=4.00"]
    assert 'src="call.wav"' in html
    assert "<a " not in dialogue().player("call.wav").html  # what is in the page has no address


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    word = {"word": text, "start": 0, "end": 1, "confidence": 0.5, "sentiment": text, "language": text}
    segment = {"text": text, "start_word": 0, "end_word": 0}
    call = reply(
        {"alternatives": [{"transcript": text, "words": [word], "languages": [text]}]},
        metadata={"model_info": {"m": {"name": text}}},
        topics={"segments": [segment | {"topics": [{"topic": text, "confidence_score": 1}]}]},
        sentiments={"segments": [segment | {"sentiment": text, "sentiment_score": 1}]},
    )
    html = call.player(SOUND).html
    page = Page(html)
    assert page.open == []
    assert set(page.tags) <= {
        "article",
        "style",
        "div",
        "p",
        "b",
        "span",
        "svg",
        "path",
        "audio",
        "time",
        "script",
    }
    assert page.tags.count("script") == 2
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert clean(text) in text_of(html)
    (data,) = re.findall(r'<script type="application/json">(.*?)</script>', html, re.DOTALL)
    assert list(json.loads(data)["topics"]) == [text]


def test_a_hostile_url_and_title_stay_text(tmp_path: Path) -> None:
    url = 'https://example.org/a.wav?"><script>alert(1)</script>'
    html = dialogue().to_html(tmp_path / "x.html", audio=url, title="</title><script>x</script>").read_text()
    assert html.count("<script") == 2
    assert "<title>&lt;/title&gt;" in html


def test_a_page_runs_only_its_own_script_and_loads_nothing(tmp_path: Path) -> None:
    path = dialogue().to_html(tmp_path / "call.html", audio=SOUND)
    html = path.read_text()
    policy = re.findall(r'Content-Security-Policy" content="([^"]+)"', html)[0]
    assert policy.startswith("default-src 'none'")
    script = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert "://" not in html
    assert html.startswith("<!doctype html>")
    assert '<html lang="en">' in html


def test_a_page_holds_audio_of_any_size_or_links_it(tmp_path: Path) -> None:
    (tmp_path / "call.wav").write_bytes(wav(tone(16000, 70), 16000))
    (tmp_path / "pages").mkdir()
    held = dialogue().to_html(tmp_path / "held.html", audio=tmp_path / "call.wav")
    assert held.stat().st_size > 2_900_000
    linked = dialogue().to_html(tmp_path / "pages" / "linked.html", audio=tmp_path / "call.wav", embed=False)
    assert linked.stat().st_size < 100_000
    assert 'src="../call.wav"' in linked.read_text()


def test_the_same_transcript_gives_the_same_html() -> None:
    assert dialogue().player(SOUND).html == dialogue().player(SOUND).html
    assert dialogue().player(SOUND).html != dialogue().player().html


def test_a_recording_that_was_listened_to_is_known(tmp_path: Path) -> None:
    with Deepgram(sandbox=True) as dg:
        dg.speak("Good morning.").save(tmp_path / "hello.wav")
        call = dg.listen(tmp_path / "hello.wav")
    assert repr(call.player()).endswith("audio kept in it>")
    assert repr(Transcript.from_json(call.json).player()).endswith("no audio>")
    (tmp_path / "hello.wav").unlink()
    assert "is not there any more" in call.player().html
    with pytest.raises(AudioError, match="no file"):
        repr(call.player("missing.wav"))


def test_a_player_says_what_it_is() -> None:
    shown = dialogue().player(SOUND)
    assert repr(shown) == "<player: 8 words, audio kept in it>"
    assert shown._repr_html_() == shown.html
    assert "sandbox" not in shown.html
    assert player.__doc__ == dialogue().player.__doc__


def test_a_player_without_words_is_a_page_too() -> None:
    assert "No speech was recognised." in text_of(Transcript().player(SOUND).html)
    only = reply({"alternatives": [{"transcript": "Only text.", "words": []}]})
    assert "Only text." in text_of(only.player().html)


def test_the_language_is_said_where_it_is_known(tmp_path: Path) -> None:
    call = reply(channel(said("guten Tag")) | {"detected_language": "de"})
    assert '<html lang="de">' in call.to_html(tmp_path / "x.html").read_text()
    assert ' lang="de"' in call.player().html
    wrong = reply(channel(said("guten Tag")) | {"detected_language": '"><b>'})
    assert "<b>&quot;" not in wrong.player().html
    assert '<html lang="en">' in wrong.to_html(tmp_path / "x.html").read_text()


def test_voices_have_their_colours_and_channels_their_names() -> None:
    call = reply(channel(said("left")), channel(said("right", 1.0)))
    html = call.player().html
    assert "0:00 Channel 0" in html
    assert ".dgnb-v1 { border-color: #ff5f16 }" in html
    assert reply(channel(said("alone"))).player().html.count("<time>0:00 </time>") == 1


class Shown:
    """What a notebook's display handle is asked to do."""

    def __init__(self, bundle: Any, **_: Any) -> None:
        self.bundles = [bundle]

    def update(self, bundle: Any, **_: Any) -> None:
        self.bundles.append(bundle)


def test_a_player_becomes_a_widget_when_its_selection_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    handles: list[Shown] = []
    monkeypatch.setattr(
        "IPython.display.display", lambda *a, **k: handles.append(Shown(*a, **k)) or handles[-1]
    )
    shown = dialogue().player(SOUND)
    shown._ipython_display_()
    assert shown.selection.empty
    assert list(shown.selection.columns) == list(dialogue().words.columns)
    shown._widget.selected = [[1, 2], [5, 5]]
    assert shown.selection["text"].tolist() == ["this", "is", "router"]
    assert shown.clip().text == "this is router"
    assert shown.clip(speaker=1).text == "My router is dead!"
    shown.close()
    (handle,) = handles
    kinds = ["application/vnd.jupyter.widget-view+json" in bundle for bundle in handle.bundles]
    assert kinds == [False, True, False]
    assert all("<article" in bundle["text/html"] for bundle in handle.bundles)


def test_nothing_selected_is_nothing_to_cut() -> None:
    with pytest.raises(OptionError, match="Say which part"):
        dialogue().player(SOUND, live=True).clip()


def test_a_transcript_is_let_go_with_its_players() -> None:
    call = dialogue()
    assert call.player(SOUND).html
    gone = weakref.ref(call.words)
    del call
    gc.collect()
    assert gone() is None
