"""The player of a transcript as a widget, which tells what is selected."""

from __future__ import annotations

from itertools import chain
from typing import Any

from anywidget import AnyWidget
from traitlets import Bytes, List, Unicode

from dgnb.results import Transcript
from dgnb.views import fragments, packing, player
from dgnb.views.stretches import stretches
from dgnb.views.tracks import Track
from dgnb.widgets.assets import esm


class TranscriptWidget(AnyWidget):
    """The view of `dgnb.views.player.TranscriptPlayer` with a kernel behind it.

    Parameters
    ----------
    transcript : Transcript
    sound : Track

    Attributes
    ----------
    rows : list of int
        Rows of the transcript's ``words`` that are selected.

    Examples
    --------
    >>> widget = TranscriptWidget(Transcript(), Track())
    >>> widget.rows
    []
    """

    # The view itself is that of a page without a kernel.
    _esm = "\n".join([player.module(), esm("transcript")])

    html = Unicode().tag(sync=True)
    audio = Bytes().tag(sync=True)
    kind = Unicode().tag(sync=True)
    selected: Any = List(help="words from first to last, as they are shown").tag(sync=True)

    def __init__(self, transcript: Transcript, sound: Track) -> None:
        self._order = packing.rows(stretches(transcript))
        # The audio goes beside the HTML: as bytes, not as text that is a third longer.
        inner = player.content(transcript, sound, "" if sound.data else sound.url)
        root = f'<div class="dgnb-player" data-lm-suppress-shortcuts="true">{inner}</div>'
        html = fragments.article("Transcript", [root], player.style(transcript))
        super().__init__(html=html, audio=sound.data, kind=sound.kind)

    @property
    def rows(self) -> list[int]:  # noqa: D102 - told above
        places = chain.from_iterable(range(*self._bounds(part)) for part in self.selected)
        return [int(self._order[place]) for place in places]

    def _bounds(self, part: Any) -> tuple[int, int]:
        """From where to where a part of the selection is; it comes from a page, which may send anything."""
        first, last = part
        return max(int(first), 0), min(int(last) + 1, len(self._order))
