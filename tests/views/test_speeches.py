import base64
import pickle
import re
import sys
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from dgnb.audio.samples import wav
from dgnb.results import Speech
from dgnb.sandbox.engines.encoding import encode
from dgnb.views import speeches
from dgnb.views.decoding import decoded

TONE = (8000 * np.sin(np.arange(8000) / 10)).astype(np.int16)
HOSTILE = '<script>alert("x")</script> & \x1b[31m \u202e'

FORMS = {
    "wav": (encode(TONE, 8000, "wav"), "audio/wav", "audio/wav"),
    "mulaw wav": (encode(TONE, 8000, "mulaw"), "audio/wav", "audio/wav"),
    "raw": (TONE.tobytes(), "audio/l16;rate=8000", "audio/wav"),
    "raw mulaw": (bytes(8000), "audio/mulaw;rate=8000", "audio/wav"),
    "mp3": (encode(TONE, 8000, "mp3"), "audio/mpeg", "audio/mpeg"),
    "flac": (encode(TONE, 8000, "flac"), "audio/flac", "audio/flac"),
    "opus": (encode(TONE, 8000, "ogg"), "audio/ogg;codecs=opus", "audio/wav"),
    "aac": (encode(TONE, 8000, "aac"), "audio/aac", "audio/wav"),
}


def speech(
    audio: bytes = TONE.tobytes(), kind: str = "audio/l16;rate=8000", text: str = "Hello.", uuid: str = ""
) -> Speech:
    return Speech(
        audio=audio, content_type=kind, text=text, model="aura-2-thalia-en", characters=6, model_uuid=uuid
    )


def embedded(html: str) -> tuple[str, bytes]:
    """Type and bytes of the one audio in HTML."""
    ((kind, audio),) = re.findall(r'src="data:([^;]+);base64,([^"]+)"', html)
    return kind, base64.b64decode(audio)


@pytest.mark.parametrize(("audio", "kind", "shown"), FORMS.values(), ids=FORMS)
def test_every_format_is_measured_and_played(audio: bytes, kind: str, shown: str) -> None:
    sound = speech(audio, kind)
    assert sound.duration == pytest.approx(1.0, abs=0.2)  # AAC has no exact length
    assert sound.samples.shape == (round(sound.duration * sound.rate),)
    player = embedded(sound._repr_html_())
    assert player[0] == shown
    assert decoded(player[1], shown).duration == pytest.approx(sound.duration, abs=0.001)


def test_the_audio_is_decoded_once() -> None:
    sound = speech()
    assert sound.samples is sound.samples
    assert pickle.loads(pickle.dumps(sound)) == sound


def test_the_text_is_escaped() -> None:
    html = speech(text=HOSTILE)._repr_html_()
    assert "<script" not in html
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;" in html
    assert not {"\x1b", "\u202e"} & set(html)


@pytest.mark.parametrize("uuid", ["sandbox-1", "0b7d"], ids=["sandbox", "service"])
def test_only_what_the_sandbox_made_says_so(uuid: str) -> None:
    sound = speech(uuid=uuid)
    assert ("sandbox" in sound._repr_html_()) == ("(sandbox)" in repr(sound)) == sound.sandbox


def test_the_repr_tells_length_voice_and_text_in_two_lines() -> None:
    assert repr(speech(text="Hello.\nThere.")).splitlines() == [
        "Speech 1.0 s, aura-2-thalia-en, 6 characters, audio/l16;rate=8000, 16.0 kB",
        "Hello. There.",
    ]
    assert len(repr(speech(text=HOSTILE * 1000)).splitlines()) == 2


def test_html_is_well_formed_with_a_labelled_player_and_waveform() -> None:
    html = speech()._repr_html_()
    tree = ElementTree.fromstring(html.replace("<audio controls ", '<audio controls="" '))
    svg, audio = tree.find(".//svg"), tree.find(".//audio")
    assert svg is not None
    assert audio is not None
    assert (svg.get("role"), svg.get("aria-label")) == ("img", "Waveform, 1.0 seconds")
    assert audio.get("aria-label") == "Speech"


def test_long_audio_is_not_embedded_and_the_page_says_what_to_do() -> None:
    html = speech(bytes(2_000_100), "audio/l16;rate=8000")._repr_html_()
    assert "<audio" not in html
    assert "2.0 MB" in html
    assert '.save("speech.wav")' in html
    assert len(html) < 50_000


def test_a_small_compressed_file_is_embedded_even_if_its_samples_are_many() -> None:
    opus = encode(np.zeros(30 * 48000, np.int16), 48000, "ogg")
    assert embedded(speech(opus, "audio/ogg;codecs=opus")._repr_html_()) == ("audio/ogg", opus)


def test_without_pyav_compressed_audio_still_plays(monkeypatch: pytest.MonkeyPatch) -> None:
    aac = encode(TONE, 8000, "aac")
    monkeypatch.setitem(sys.modules, "av", None)
    sound = speech(aac, "audio/aac")
    assert embedded(sound._repr_html_()) == ("audio/aac", aac)
    assert "<svg" not in sound._repr_html_()
    assert repr(sound).startswith("Speech aura-2-thalia-en")


def test_its_rules_reach_no_picture_and_no_player_of_another_output() -> None:
    html = speech(wav(TONE, 8000), "audio/wav")._repr_html_()
    assert "<svg" in html
    assert re.findall(r"^\.dgnb-result (?:svg|audio)\b", html, re.MULTILINE) == []


@pytest.mark.parametrize("audio", [b"", wav(TONE[:1], 8000)], ids=["nothing", "one sample"])
def test_hardly_any_audio_can_be_shown(audio: bytes) -> None:
    sound = speech(audio, "audio/wav" if audio else "audio/l16;rate=8000")
    assert ("There is no audio" in sound._repr_html_()) == (not audio)
    sound.plot.waveform()


def test_a_waveform_is_one_collection_over_time() -> None:
    ax = speech().plot.waveform()
    (collection,) = ax.collections
    assert isinstance(collection, PolyCollection)
    assert ax.get_xlim() == (0, 1)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("time [s]", "amplitude [-1, 1]")
    heights = collection.get_paths()[0].vertices[:, 1]
    assert np.abs(heights).max() == pytest.approx(8000 / 32768, abs=0.01)


def test_a_waveform_can_be_drawn_into_a_figure_of_ones_own() -> None:
    ax = Figure().add_subplot()
    assert speech().plot.waveform(ax) is ax


def test_an_envelope_misses_no_peak() -> None:
    samples = np.zeros(100_003, np.int16)
    samples[[0, 50_001, 100_002]] = 5, -7, 9
    _, low, high = speeches._envelope(samples, 400)
    assert (len(low), low.min(), high.max(), high[0]) == (400, -7, 9, 5)
