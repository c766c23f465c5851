"""Pages of a result: each is made when it is first looked at."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ipywidgets import HTML, Dropdown, Tab, VBox, Widget

from dgnb.dashboards.board import close_all
from dgnb.dashboards.work import away, told
from dgnb.transport.loop import shared
from dgnb.views.fragments import article, escape
from dgnb.views.tables import STYLE

Make = Callable[[], Widget]

LONGEST = 200_000
"""Characters of a text that are shown; a link has all of it."""

LARGEST = 5_000_000
"""Bytes of a file that is in a link."""


class Results(Tab):
    """Pages by their titles; a page is made in a thread when it is first opened.

    Parameters
    ----------
    keep : sequence of Widget
        What stays when its page goes, to be shown again.

    Examples
    --------
    >>> results = Results()
    >>> results.show({"Text": lambda: text("hello")})
    >>> results.titles
    ('Text',)
    """

    children: Any

    def __init__(self, keep: Sequence[Widget] = ()) -> None:
        self._keep = keep
        self._makers: dict[Widget, Make] = {}  # of the pages that were not looked at yet
        super().__init__()
        self.add_class("dgnb-results")
        self.observe(lambda _: self.draw(), "selected_index")

    def show(self, pages: Mapping[str, Make]) -> None:
        """Show other pages, from the first on."""
        before: Sequence[Widget] = self.children
        fresh = [VBox([]) for _ in pages]
        self._makers = dict(zip(fresh, pages.values(), strict=True))
        with self.hold_sync():
            self.children = fresh
            self.titles = tuple(pages)
            self.selected_index = 0 if pages else None
        close_all(before, self._keep)
        self.draw()

    def draw(self) -> None:
        """Make the page that is selected, unless it is there."""
        at, pages = self.selected_index, self.children
        page = pages[at] if at is not None and at < len(pages) else None
        if (make := self._makers.pop(page, None)) is not None:
            shared().submit(self._fill(page, make))

    async def _fill(self, page: Any, make: Make) -> None:
        made = await _made(make)
        if page.comm is None:  # it is gone meanwhile
            close_all(made, self._keep)
        else:
            page.children = made


class Pick(VBox):
    """One of several views of a result, by its name.

    Parameters
    ----------
    label : str
    names : sequence of str
    make : callable
        Takes a name and gives a widget; called in a thread.
    """

    def __init__(self, label: str, names: Sequence[str], make: Callable[[str], Widget]) -> None:
        self._make = make
        self.choice = Dropdown(options=list(names), description=label)
        self.shown = VBox([])
        super().__init__([self.choice, self.shown])
        self.choice.observe(lambda _: self.draw(), "value")
        self.draw()

    def draw(self) -> None:
        """Show what is chosen."""
        shared().submit(self._draw(self.choice.value))

    async def _draw(self, name: str) -> None:
        made = await _made(lambda: self._make(name))
        if name == self.choice.value and self.comm is not None:
            made, self.shown.children = list(self.shown.children), made
        close_all(made)


async def _made(make: Make) -> list[Widget]:
    """What a function makes, or why it cannot."""
    try:
        return [await away(make)]
    except Exception as error:
        return [note(told(error))]


def html(text: str) -> HTML:
    """Return HTML as a widget; whatever is foreign in it was escaped before."""
    return HTML(text)


def note(text: str) -> HTML:
    """Return a sentence in place of what there is not."""
    return HTML(f'<p class="dgnb-note">{escape(text)}</p>')


def text(content: str, name: str = "", kind: str = "text/plain") -> HTML:
    """Return a text as it is written, with a link that saves it where it has a file's name."""
    more = "…" if len(content) > LONGEST else ""
    shown = f'<pre tabindex="0">{escape(content[:LONGEST])}{more}</pre>'
    return HTML((link(content.encode(), name, kind) if name else "") + shown)


def link(data: bytes, name: str, kind: str) -> str:
    """Return HTML that lets somebody save a file; nothing where it is too large for a page."""
    if len(data) > LARGEST:
        return ""
    address = f"data:{kind};base64,{b64encode(data).decode()}"
    return f'<p><a class="dgnb-save" download="{escape(name)}" href="{address}">Save {escape(name)}</a></p>'


def picture(figure: Any) -> HTML:
    """Return a plot as a widget."""
    return HTML(drawn(figure))


def drawn(figure: Any) -> str:
    """Return a plot in HTML."""
    png, about = figure._repr_png_()
    source = f"data:image/png;base64,{b64encode(png).decode()}"
    return f'<img class="dgnb-plot" alt="{escape(about["alt"])}" width="{about["width"]}" src="{source}">'


def grid(label: str, heads: Sequence[str], rows: Sequence[Sequence[str]], above: str = "") -> str:
    """Return texts as a table in HTML, whose rows are named by their first text.

    Examples
    --------
    >>> "<td>&lt;1&gt;</td>" in grid("Costs", ["day", "$"], [["Monday", "<1>"]])
    True
    """
    top = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    lines = "".join(_line(row) for row in rows)
    shown = f"<table><thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table>"
    return article(label, [above, f'<div class="dgnb-scroll" tabindex="0">{shown}</div>'], STYLE)


def _line(row: Sequence[str]) -> str:
    first, *others = map(escape, row)
    return f'<tr><th scope="row">{first}</th>{"".join(f"<td>{text}</td>" for text in others)}</tr>'


def table(label: str, frame: Any, rows: int = 200) -> HTML:
    """Return a DataFrame as a widget; of a long one the first and last rows."""
    if not len(frame):
        return note("There are no rows. What has to be asked for is among the options.")
    told = frame.dropna(axis=1, how="all")
    shown = told.to_html(max_rows=rows, index=False, border=0, na_rep="", float_format="{:.3f}".format)
    count = f"<p>{len(frame):,} rows</p>"
    return HTML(article(label, [count, f'<div class="dgnb-scroll" tabindex="0">{shown}</div>'], STYLE))
