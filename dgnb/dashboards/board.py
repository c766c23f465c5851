"""What every dashboard has: a head that tells how the work goes, controls, and the code for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from typing import Any

from ipywidgets import Button, HBox, VBox, Widget

from dgnb.client import Deepgram
from dgnb.dashboards.code import program
from dgnb.dashboards.work import told
from dgnb.errors import OptionError
from dgnb.transport.credentials import find
from dgnb.transport.loop import shared
from dgnb.views.fragments import escape
from dgnb.widgets.banner import Banner
from dgnb.widgets.code import Code
from dgnb.widgets.delivery import promptly
from dgnb.widgets.form import Form


class Board(VBox):
    """A dashboard. Its work runs on dgnb's own loop and threads; whoever presses a button only asks for it.

    Parameters
    ----------
    client : Deepgram, optional
        By default one with the key that is found, or the sandbox.
    title, about : str
        What it is, and what to do.
    stop : str
        What the button says that ends the work.

    Attributes
    ----------
    client : Deepgram
    banner : Banner
    code : Code
        The Python for what was done last.
    job : Future or None
        The work that was asked for last.
    """

    def __init__(self, client: Deepgram | None, title: str, about: str, stop: str = "Cancel") -> None:
        self.client = client or (Deepgram() if find() else Deepgram(sandbox=True))
        self.banner = Banner(title=title, about=about, sandbox=self.client.sandbox)
        self.code = Code()
        self.job: Future[None] | None = None
        self._turn = 0
        self.forms: list[Form] = []
        self._stop = self.button(stop, self.cancel)
        self._stop.disabled = True
        self._starts: list[Button] = []
        super().__init__()
        self.add_class("dgnb-board")

    def __repr__(self) -> str:
        return f"<{self.banner.title}: {self.banner.told or self.banner.state}>"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        found: Any = super()._repr_mimebundle_(**options)
        data = found[0] if isinstance(found, tuple) else found
        # Where a saved notebook is shown without a kernel.
        data["text/html"] = f"<p>The dashboard {escape(self.banner.title)} is here when this cell is run.</p>"
        return found

    # Layout

    def button(self, text: str, act: Callable[[], object], *, main: bool = False) -> Button:
        """Return a button; `act` is called on any thread, and must return at once."""
        made = Button(description=text, button_style="primary" if main else "")
        made.on_click(lambda _: act())
        promptly(made)
        return made

    def start(self, text: str, act: Callable[[], object]) -> Button:
        """Return a button that begins work; it cannot be pressed while there is some."""
        made = self.button(text, act, main=True)
        self._starts.append(made)
        return made

    def actions(self, *more: Widget) -> HBox:
        """Return a row of buttons, with the one that cancels."""
        return row(*more, self._stop)

    def lay_out(self, *parts: Widget) -> None:
        """Show these below the head."""
        self.children = [self.banner, *parts]

    # Work

    def begin(self, what: str, work: Callable[[], Coroutine[Any, Any, str]]) -> None:
        """Have work done that gives a sentence on what it came to; whatever runs is cancelled.

        Parameters
        ----------
        what : str
            What is being done, for the head.
        work : coroutine function
        """
        if self.job is not None:
            self.job.cancel()
        self._turn += 1
        self.job = shared().submit(self._do(self._turn, what, work))

    def cancel(self) -> None:
        """Give up what is being done."""
        if self.job is not None and not self.job.done():
            self.job.cancel()

    async def _do(self, turn: int, what: str, work: Callable[[], Coroutine[Any, Any, str]]) -> None:
        self._lock(True)
        self.banner.tell("busy", what)
        try:
            said = await work()
        except asyncio.CancelledError:
            self._over(turn, lambda: self.banner.tell("idle", "Cancelled."))
            raise
        except Exception as error:
            failure = error
            self._over(turn, lambda: self.fail(failure))
        else:
            self._over(turn, lambda: self.banner.tell("done", said))

    def _over(self, turn: int, tell: Callable[[], None]) -> None:
        """Tell how work has ended, unless other work has taken its place."""
        if turn == self._turn:
            tell()
            self._lock(False)

    def fail(self, error: Exception) -> None:
        """Tell an error, also beside the option that it is about."""
        if isinstance(error, OptionError):
            for form in self.forms:
                form.blame(error)
        self.banner.tell("failed", told(error))

    def _lock(self, busy: bool) -> None:
        self._stop.disabled = not busy
        for each in self._starts:
            each.disabled = busy

    def show_code(self, *lines: str, more: tuple[str, ...] = ()) -> None:
        """Show lines as the code for what is being done; `more` is what else they need of dgnb."""
        self.code.text = program(self.client, *lines, more=more)


def row(*parts: Widget) -> HBox:
    """Return widgets beside each other; where there is no room they are below each other."""
    made = HBox(parts)
    made.add_class("dgnb-row")
    return made


def card(*parts: Widget) -> VBox:
    """Return widgets that belong together, in a frame."""
    made = VBox(parts)
    made.add_class("dgnb-card")
    return made


def close_all(widgets: Sequence[Widget], keep: Sequence[Widget] = ()) -> None:
    """Take widgets away, and what is in them, but for those to keep."""
    for each in widgets:
        if each not in keep:
            close_all(getattr(each, "children", ()), keep)
            each.close()
