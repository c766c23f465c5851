"""The head of a dashboard: what it is, who answers, and how the work goes."""

from __future__ import annotations

from anywidget import AnyWidget
from traitlets import Bool, Enum, Unicode

from dgnb.views.text import clean
from dgnb.widgets.assets import css, esm


class Banner(AnyWidget):
    """A title, and a line that says how the work goes; screen readers are told when it changes.

    Attributes
    ----------
    title, about : str
        What it is, and a sentence on what to do.
    sandbox : bool
        Whether the sandbox answers.
    state : {"idle", "busy", "done", "failed"}
    told : str
        How the work goes.

    Examples
    --------
    >>> banner = Banner(title="Transcribe")
    >>> banner.tell("busy", "Transcribing call.wav")
    >>> banner.state
    'busy'
    """

    _esm = esm("banner")
    _css = css("banner")

    title = Unicode().tag(sync=True)
    about = Unicode().tag(sync=True)
    sandbox = Bool(False).tag(sync=True)
    state = Enum(["idle", "busy", "done", "failed"], "idle").tag(sync=True)
    told = Unicode().tag(sync=True)

    def tell(self, state: str, told: str = "") -> None:
        """Say how the work goes, in one message to the page."""
        with self.hold_sync():
            self.state, self.told = state, clean(told)
