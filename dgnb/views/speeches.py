"""What spoken text looks and sounds like: samples, a waveform, a player."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from dgnb.audio.samples import wav
from dgnb.errors import AudioError, MissingExtra
from dgnb.results import Speech
from dgnb.views import axes, colours, fragments
from dgnb.views.decoding import Samples, Sound, decoded
from dgnb.views.fragments import LARGEST, escape
from dgnb.views.text import count, shorten

_COMPRESSED = ("audio/mpeg", "audio/flac")
"""Compressed types that every browser plays; AAC and Opus in Ogg are missing in some."""

_ENDINGS = {
    "audio/wav": "wav",
    "audio/mpeg": "mp3",
    "audio/flac": "flac",
    "audio/ogg": "ogg",
    "audio/aac": "aac",
}

_COLUMNS, _HEIGHT = 400, 60
"""Size of the waveform in HTML."""

AUDIO_STYLE = (
    ".dgnb-result .dgnb-audio { display: block; width: 100%; max-width: 40em; margin: .25em 0 .5em }"
)
"""Rules for a player."""

_STYLE = f""".dgnb-result .dgnb-outline {{
  display: block; width: 100%; max-width: 40em; height: {_HEIGHT}px
}}
{AUDIO_STYLE}
.dgnb-result .dgnb-spoken {{ white-space: pre-line; overflow-wrap: anywhere }}"""


def samples(speech: Speech) -> Samples:
    """Return the samples of a speech, shape (samples,).

    Raises
    ------
    MissingExtra
        The audio is compressed, and PyAV is not installed.
    AudioError
        It cannot be decoded.

    Examples
    --------
    >>> samples(Speech(audio=bytes(4), content_type="audio/l16;rate=8000", text=""))
    array([0, 0], dtype=int16)
    """
    return _sound(speech).samples


def rate(speech: Speech) -> int:
    """Return the sample rate of a speech [Hz]."""
    return _sound(speech).rate


def _sound(speech: Speech) -> Sound:
    """Decode a speech once, whichever of its views is asked for first."""
    kept = speech.__dict__
    if "_sound" not in kept:
        kept["_sound"] = decoded(speech.audio, speech.content_type)
    found: Sound = kept["_sound"]
    return found


def _sound_or_none(speech: Speech) -> Sound | None:
    try:
        return _sound(speech)
    except (MissingExtra, AudioError):
        return None


class SpeechPlots:
    """Plots of a speech. Each draws on `ax`, or makes its own figure, and returns the axes.

    Parameters
    ----------
    speech : Speech

    Examples
    --------
    >>> speech = Speech(audio=bytes(1600), content_type="audio/l16;rate=8000", text="")
    >>> speech.plot.waveform().get_ylabel()
    'amplitude [-1, 1]'
    """

    def __init__(self, speech: Speech) -> None:
        self._speech = speech

    def waveform(self, ax: Axes | None = None) -> Axes:
        """Return a plot of the lowest and highest sample over time.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; without it, a new figure.

        Raises
        ------
        MissingExtra
            The audio is compressed, and PyAV is not installed.
        """
        sound = _sound(self._speech)
        if ax is None:
            ax = axes.new(1.8, f"Waveform over {sound.duration:.1f} seconds")
        start, low, high = _envelope(sound.samples, 2000)
        time = np.append(start, len(sound.samples)) / sound.rate
        bottom, top = (np.append(values, values[-1:]) / 32768 for values in (low, high))
        # The rim keeps silence visible.
        ax.fill_between(time[: len(top)], bottom, top, step="post", color=colours.voice(0), linewidth=0.5)
        axes.show_time(ax, sound.duration)
        ax.set_ylim(-1, 1)
        ax.set_ylabel("amplitude [-1, 1]")
        return ax


def _envelope(found: Samples, most: int) -> tuple[NDArray[np.intp], Samples, Samples]:
    """Give first sample, lowest and highest value of `most` stretches at the most."""
    start = np.linspace(0, len(found), min(most, len(found)), endpoint=False).astype(np.intp)
    if not len(start):
        return start, found, found
    return start, np.minimum.reduceat(found, start), np.maximum.reduceat(found, start)


def summary(speech: Speech) -> str:
    """Return what a speech is and how its text begins, in two lines.

    Examples
    --------
    >>> print(summary(Speech(audio=bytes(16000), content_type="audio/l16;rate=8000", text="Hello.")))
    Speech 1.0 s, audio/l16;rate=8000, 16.0 kB
    Hello.
    """
    head = "Speech " + ", ".join(_facts(speech)) + (" (sandbox)" if speech.sandbox else "")
    return "\n".join(line for line in (shorten(head, 120), shorten(speech.text, 88)) if line)


def _facts(speech: Speech) -> Iterator[str]:
    sound = _sound_or_none(speech)
    if sound:
        yield f"{sound.duration:,.1f} s"
    if speech.model:
        yield speech.model
    if speech.characters:
        yield count(speech.characters, "character")
    yield speech.content_type
    yield f"{len(speech.audio) / 1000:,.1f} kB"


def html(speech: Speech) -> str:
    """Return a speech as HTML: a player that holds the audio, its waveform, and the text.

    Examples
    --------
    >>> "<audio" in html(Speech(audio=bytes(1600), content_type="audio/l16;rate=8000", text=""))
    True
    """
    parts = [fragments.head("Speech", speech.sandbox, _facts(speech))]
    sound = _sound_or_none(speech)
    if sound and len(sound.samples):
        parts.append(_waveform(sound))
    parts.append(player(speech, "Speech"))
    if speech.text:
        parts.append(f'<p class="dgnb-spoken">{fragments.foreign(speech.text)}</p>')
    return fragments.article("Speech", parts, _STYLE)


def recording(heard: Speech) -> str:
    """Return audio that was heard as HTML: a player that holds it, unless it is large.

    Examples
    --------
    >>> "<audio" in recording(Speech(bytes(1600), "audio/l16;rate=8000", ""))
    True
    """
    kind, audio = _playable(heard, _sound_or_none(heard))
    if len(audio) > LARGEST:
        return (
            f"<p>The audio has {len(audio) / 1e6:.1f} MB; more than {LARGEST / 1e6:g} MB are not kept in a "
            f'notebook. <code>.audio.save("recording.{_ENDINGS.get(kind, "audio")}")</code> writes it to a '
            "file.</p>"
        )
    return _audio("Recording", kind, audio)


def _waveform(sound: Sound) -> str:
    _, low, high = _envelope(sound.samples, _COLUMNS)
    middle, peak = _HEIGHT / 2, max(int(high.max()), -int(low.min()), 1)
    top, bottom = (middle - middle * values.astype(float) / peak for values in (high, low))
    forth = [f"{x} {y:.0f}" for x, y in enumerate(top)]
    back = [f"{x} {y:.0f}" for x, y in reversed(list(enumerate(bottom)))]
    label = f"Waveform, {sound.duration:.1f} seconds"
    return (
        f'<svg class="dgnb-outline" viewBox="0 0 {len(top)} {_HEIGHT}" preserveAspectRatio="none" '
        f'role="img" aria-label="{label}">'
        f'<path d="M{"L".join(forth + back)}Z" fill="{colours.voice(0)}" stroke="{colours.voice(0)}" '
        'stroke-width=".5" vector-effect="non-scaling-stroke"/></svg>'
    )


def player(speech: Speech, label: str) -> str:
    """Return what plays a speech as HTML, or why there is nothing that does.

    Examples
    --------
    >>> player(Speech(audio=b"", content_type="audio/wav", text=""), "Speech")
    '<p>There is no audio in it.</p>'
    """
    kind, audio = _playable(speech, _sound_or_none(speech))
    if not audio:
        return "<p>There is no audio in it.</p>"
    if len(audio) > LARGEST:
        return (
            f"<p>The audio has {len(audio) / 1e6:.1f} MB; more than {LARGEST / 1e6:g} MB are not kept in a "
            f'notebook. <code>.save("speech.{_ENDINGS.get(kind, "audio")}")</code> writes it to a file; '
            'with <code>encoding="mp3"</code> it is smaller.</p>'
        )
    return _audio(label, kind, audio)


def _audio(label: str, kind: str, audio: bytes) -> str:
    url = f"data:{kind};base64,{b64encode(audio).decode()}"
    source = f'src="{escape(url)}" class="dgnb-audio"'
    return f'<audio controls preload="metadata" aria-label="{escape(label)}" {source}></audio>'


def _playable(speech: Speech, sound: Sound | None) -> tuple[str, bytes]:
    """Give type and bytes that browsers play: linear WAV, unless a compressed form is as good or smaller."""
    kind = speech.content_type.partition(";")[0].strip().lower()
    if kind in _COMPRESSED or sound is None or not len(sound.samples):
        return kind, speech.audio
    linear = wav(sound.samples, sound.rate)
    raw = kind in ("audio/l16", "audio/mulaw", "audio/alaw", "audio/wav")
    return (kind, speech.audio) if len(linear) > LARGEST and not raw else ("audio/wav", linear)
