"""A transcript to hear and read at once: a page of its own, or in a notebook, with or without a kernel."""

from __future__ import annotations

import os
import re
from base64 import b64encode
from functools import cache, cached_property
from hashlib import sha1, sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from dgnb.audio.source import AudioLike
from dgnb.errors import AudioError
from dgnb.lazy import load
from dgnb.results import Speech, Transcript
from dgnb.views import fragments, packing
from dgnb.views.clips import clip, heard
from dgnb.views.columns import columns
from dgnb.views.fragments import escape
from dgnb.views.stretches import Stretch, stretches, times
from dgnb.views.text import clock, count, models, shorten
from dgnb.views.tracks import Track, held, track, waveform
from dgnb.views.voices import NOBODY, Voice, title, voices

if TYPE_CHECKING:
    from pandas import DataFrame

STATIC = Path(__file__).parent / "static"

_EXPORT = re.compile(r"^export ", re.MULTILINE)
_IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)

# Nothing but what is in the page is run or loaded; audio may be linked.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src {}; media-src data: blob: file: http: https:"
)

_PAGE = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; font-family: system-ui, sans-serif }}
main {{ max-width: 64em; margin: 0 auto; padding: 0 1em }}
.dgnb-player .dgnb-words {{ max-height: max(24em, 100vh - 18em) }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{article}
</main>
</body>
</html>
"""


class TranscriptPlayer:
    """A transcript beside its audio: the word that is spoken is marked, a word that is clicked is played.

    As a cell's value it is HTML that needs no kernel and stays in the notebook. With ``live=True``,
    or once its `selection` is asked for, it is a widget: what is selected in it can be used.

    Parameters
    ----------
    transcript : Transcript
    audio, embed, live
        As for ``player``.

    Attributes
    ----------
    transcript : Transcript

    Examples
    --------
    >>> from dgnb.results import Transcript
    >>> call = Transcript()
    >>> call.player()
    <player: 0 words, no audio>
    """

    def __init__(
        self, transcript: Transcript, audio: AudioLike = None, embed: bool | None = None, live: bool = False
    ) -> None:
        self.transcript = transcript
        self._audio, self._embed = audio, embed
        self._widget: Any = None
        self._handles: list[Any] = []
        if live:
            self._become_live()

    @cached_property
    def html(self) -> str:
        """The player as HTML."""
        return article(self.transcript, self._track)

    @property
    def selection(self) -> DataFrame:
        """The rows of ``words`` that are selected; none when nothing is.

        The first time that it is asked for, the player becomes a widget, also where it is shown.
        """
        self._become_live()
        frame: DataFrame = self.transcript.words.iloc[self._widget.rows]
        return frame

    @property
    def widget(self) -> Any:
        """The player as a widget, to be laid out with others."""
        self._become_live()
        return self._widget

    def clip(self, words: Any = None, **part: Any) -> Speech:
        """Return the audio of what is selected, or of a part as for ``Transcript.clip``.

        Raises
        ------
        OptionError
            Nothing is selected, and nothing is given.
        AudioError
            There is no audio, or it cannot be read.
        """
        if words is None and not part:
            selected = self.selection
            words = None if selected.empty else selected
        return clip(self.transcript, words, **{"audio": self._audio, **part})

    def close(self) -> None:
        """Take the widget away: where it was shown, HTML stays that needs no kernel."""
        if self._widget is not None:
            self._widget.close()
            self._widget = None
            self._show_again()

    @cached_property
    def _track(self) -> Track:
        return _sound(self.transcript, self._audio, self._embed, Path())

    def _become_live(self) -> None:
        if self._widget is None:
            sound = held(self._track, heard(self.transcript, self._audio))
            self._widget = load("dgnb.widgets.transcript:TranscriptWidget")(self.transcript, sound)
            self._show_again()

    def _show_again(self) -> None:
        for handle in self._handles:
            handle.update(self._bundle(), raw=True)

    def _bundle(self) -> dict[str, Any]:
        bundle = {"text/plain": repr(self), "text/html": self.html}
        if self._widget is not None:
            bundle = self._widget._repr_mimebundle_()[0] | bundle
        return bundle

    def _ipython_display_(self) -> None:
        # With a handle: it may become a widget later.
        display = load("IPython.display:display")
        self._handles.append(display(self._bundle(), raw=True, display_id=True))

    def _display_(self) -> Any:
        # What marimo asks for; its pages run no script outside of a frame.
        return self._widget if self._widget is not None else load("marimo:iframe")(self.html)

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        words = count(len(columns(self.transcript)), "word")
        sound = "audio kept in it" if self._track.data else "audio linked" if self._track.url else "no audio"
        return f"<player: {words}, {sound}{', live' if self._widget is not None else ''}>"


def player(
    transcript: Transcript, audio: AudioLike = None, *, live: bool = False, embed: bool | None = None
) -> TranscriptPlayer:
    """Return a player of a transcript: hear a word by a click, see the word that is spoken.

    Search with ``/``, step through the hits with Enter; choose speakers, doubtful words, sentiments
    and topics; space plays and pauses, arrows go from word to word, Esc clears everything.

    Parameters
    ----------
    audio : path, URL, bytes, Speech, or (array, rate), optional
        The recording; not needed where ``listen`` was called in this process, or a live session
        has kept its audio.
    live : bool, default False
        Whether it is a widget from the beginning, for `selection`.
    embed : bool, optional
        Whether the audio is kept in the notebook. If not given, up to 2 MB; what is larger is
        played from its file: in JupyterLab, as long as that stays where it is. A widget is sent
        its audio by the kernel.

    Returns
    -------
    TranscriptPlayer
        ``selection``, ``clip``.

    Raises
    ------
    AudioError
        When it is shown: the audio that was given is not there, or cannot be read.

    Examples
    --------
    >>> import numpy as np
    >>> from dgnb.results import Transcript
    >>> Transcript().player((np.zeros(8000), 8000))
    <player: 0 words, audio kept in it>
    """
    return TranscriptPlayer(transcript, audio, embed, live)


def to_html(
    transcript: Transcript,
    path: str | os.PathLike[str],
    audio: AudioLike = None,
    *,
    title: str = "Transcript",
    embed: bool = True,
) -> Path:
    """Write a player of a transcript to an HTML file that needs nothing else, and return its path.

    Parameters
    ----------
    path : path
        One that is there is replaced.
    audio : path, URL, bytes, Speech, or (array, rate), optional
        As for ``player``.
    title : str, default "Transcript"
    embed : bool, default True
        Whether the audio is in the file, whatever its size; else it is linked. What stands at a URL is
        always linked.

    Raises
    ------
    AudioError
        The audio that was given is not there, or cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> from dgnb.results import Transcript
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Transcript().to_html(f"{folder}/call.html").read_text()[:15]
    '<!doctype html>'
    """
    target = Path(path)
    made = article(transcript, _sound(transcript, audio, embed, target.absolute().parent))
    text = _PAGE.format(
        lang=fragments.language(transcript.language) or "en",
        policy=_policy(made),
        title=escape(title),
        article=made,
    )
    target.write_text(text, encoding="utf-8", newline="\n")
    return target


def article(transcript: Transcript, sound: Track) -> str:
    """Return a player as HTML: readable without style and script, and interactive with them.

    Examples
    --------
    >>> from dgnb.results import Transcript
    >>> "No speech was recognised." in article(Transcript(), Track())
    True
    """
    inner = content(transcript, sound, sound.source)
    # Named by what it is, so that a notebook that runs again does not change.
    name = sha1(inner.encode(), usedforsecurity=False).hexdigest()[:12]
    root = f'<div class="dgnb-player" data-player="{name}" data-lm-suppress-shortcuts="true">{inner}</div>'
    script = f"<script>{_script(name)}</script>"
    return fragments.article("Transcript", [root, script], style(transcript))


def content(transcript: Transcript, sound: Track, source: str) -> str:
    """Return what is inside of a player: facts, audio, words, and the data of its script.

    Parameters
    ----------
    transcript : Transcript
    sound : Track
    source : str
        What the audio element plays; empty when that is told later, or there is none.
    """
    shown = stretches(transcript)
    link, language = "" if sound.data else sound.url, fragments.lang(transcript.language)
    parts = [
        fragments.head("Transcript", transcript.sandbox, _facts(transcript)),
        f'<p role="note">{escape(sound.note)}</p>' if sound.note else "",
        f'<div class="dgnb-sound">{waveform(sound.peaks)}</div>' if len(sound.peaks) else "",
        _audio(sound, source),
        f'<div class="dgnb-words" tabindex="0" role="group" aria-label="Words"{language}>',
        *_paragraphs(transcript, shown, link),
        "</div>" if shown else "<p>No speech was recognised.</p></div>",
        f'<script type="application/json">{_data(transcript, shown)}</script>',
    ]
    return "\n".join(part for part in parts if part)


def style(transcript: Transcript) -> str:
    """Return the style sheet of a player, with the colours of its voices."""
    rules = [
        f".dgnb-player .dgnb-words .dgnb-v{number} {{ border-color: {voice.colour} }}"
        for number, voice in enumerate(voices(transcript)[0])
    ]
    return "\n".join([(STATIC / "player.css").read_text(encoding="utf-8"), *rules])


@cache
def module() -> str:
    """Return the player's modules as one, which imports nothing; ``mount`` is what it is for."""
    texts = [(STATIC / f"{name}.js").read_text(encoding="utf-8") for name in ("words", "marks", "player")]
    return "\n".join(_IMPORT.sub("", text) for text in texts)


def _sound(transcript: Transcript, audio: AudioLike, embed: bool | None, folder: Path) -> Track:
    """Give the audio; what was listened to once may not be there any more."""
    try:
        return track(heard(transcript, audio), embed, folder)
    except AudioError:
        if audio is not None:
            raise
        return Track(note="The recording is not there any more: give it with audio='call.wav' to hear it.")


def _script(name: str) -> str:
    return (
        f"(() => {{\n{_EXPORT.sub('', module())}\n"
        f"document.querySelectorAll('[data-player=\"{name}\"]').forEach((root) => mount(root));\n}})();"
    )


def _policy(made: str) -> str:
    """Allow the one script of a page, by its digest."""
    script = made.rpartition("<script>")[2].partition("</script>")[0]
    digest = b64encode(sha256(script.encode()).digest()).decode()
    return _POLICY.format(f"'sha256-{digest}'")


def _facts(transcript: Transcript) -> list[str]:
    words, found = count(len(columns(transcript)), "word"), voices(transcript)[0]
    speakers = count(len(found), "voice") if len(found) > 1 else ""
    return [clock(transcript.duration), words, speakers, models(transcript)]


def _audio(sound: Track, source: str) -> str:
    if not sound.data and not sound.url:
        return ""
    src = f' src="{escape(source)}"' if source else ""
    return f'<audio controls preload="metadata" aria-label="Recording"{src}></audio>'


def _paragraphs(transcript: Transcript, shown: list[Stretch], link: str) -> list[str]:
    start, found = times(transcript)[0], voices(transcript)[0]
    return [
        f'<p class="dgnb-v{each.voice}" dir="auto">{_label(each, start, found, link)}{escape(each.text)}</p>'
        for each in shown
    ]


def _label(each: Stretch, start: np.ndarray[Any, Any], found: list[Voice], link: str) -> str:
    """Show when a paragraph begins and who speaks; a link plays from there when the audio is one."""
    if not each.rows:
        return ""
    time, who = float(start[each.rows.start]), found[each.voice].name
    text = escape(clock(time) if who == NOBODY else f"{clock(time)} {title(who)}")
    if not link:
        return f"<time>{text} </time>"
    return f'<a href="{escape(link)}#t={time:.2f}">{text} </a>'


def _data(transcript: Transcript, shown: list[Stretch]) -> str:
    found = packing.packed(transcript, shown) | {
        "voices": [shorten(title(voice.name), 80) for voice in voices(transcript)[0]],
        "duration": transcript.duration,
    }
    # No "<": a text of others cannot end the element.
    return msgspec.json.encode(found).decode().replace("<", "\\u003c")
