"""A batch as a table, as text and as HTML; what it will cost.

=========== ======== ======= ==============================================================
column      dtype    unit    what it holds
=========== ======== ======= ==============================================================
source      string           the file, without what may be secret in a URL
status      string           done, failed
duration    float64  s       of the audio, ``nan`` when not known
text        string           what was said
confidence  float64          mean of the words [0, 1], ``nan`` without words
cost        float64  dollars what it cost this time, at the published prices
attempts    int64            how often it was sent this time; 0 when it was kept
error       string           why it failed, empty when it did not
cached      bool             whether it was paid for before
request_id  string
key         string           address of its reply, see `dgnb.cache`
=========== ======== ======= ==============================================================

The index is the file's position among the sources.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any

import pandas as pd

from dgnb.protocol.prices import PRICES, dollars, label
from dgnb.views import fragments
from dgnb.views.fragments import escape
from dgnb.views.frames import STRING
from dgnb.views.text import clock, count, shorten

if TYPE_CHECKING:
    from dgnb.batch import Batch, Estimate, Row

_DTYPES: dict[str, Any] = {
    "source": STRING,
    "status": STRING,
    "duration": "float64",
    "text": STRING,
    "confidence": "float64",
    "cost": "float64",
    "attempts": "int64",
    "error": STRING,
    "cached": "bool",
    "request_id": STRING,
    "key": STRING,
}

_ROWS, _LINES, _LONG = 50, 6, 90
"""Rows of the table as HTML and as text, and characters of a text in it."""

_STYLE = """.dgnb-result .dgnb-scroll { overflow-x: auto }
.dgnb-result table { border-collapse: collapse; margin: 0; color: inherit }
.dgnb-result .dgnb-scroll th, .dgnb-result .dgnb-scroll td { text-align: start; white-space: nowrap;
  padding: .2em 1.2em .2em 0; vertical-align: top;
  border-bottom: 1px solid var(--jp-border-color2, #80808066) }
.dgnb-result .dgnb-scroll .dgnb-long { white-space: normal; min-width: 20em }
.dgnb-result .dgnb-scroll .dgnb-number { text-align: end; font-variant-numeric: tabular-nums }
.dgnb-result progress { width: 16em; vertical-align: middle }
.dgnb-result .dgnb-failed { font-weight: 600 }"""


def frame(rows: Iterable[Row]) -> pd.DataFrame:
    """Return one row a file, in the order of the sources.

    Examples
    --------
    >>> from dgnb.batch import Row
    >>> frame([Row(position=1, source="b.wav"), Row(position=0, source="a.wav")])["source"].to_list()
    ['a.wav', 'b.wav']
    """
    found = sorted(rows, key=lambda row: row.position)
    index = pd.Index([row.position for row in found], dtype="int64", name="position")
    columns = {
        name: pd.Series([getattr(row, name) for row in found], index=index, dtype=dtype)
        for name, dtype in _DTYPES.items()
    }
    return pd.DataFrame(columns, index=index)


def text(batch: Batch) -> str:
    """Return a batch as plain text, ten lines at most."""
    shown = _latest(batch.rows, _LINES)
    lines = [", ".join([f"<Batch: {batch.status}", *_facts(batch)]) + ">"]
    lines += [f"  {shorten(row.source, 40):<40}  {row.status:<7}{shorten(_said(row), 50)}" for row in shown]
    lines += [shorten(problem, 200) for problem in _problems(batch)]
    return "\n".join(line.rstrip() for line in lines)


def html(batch: Batch) -> str:
    """Return a batch as HTML: how far it is, what it came to, and its latest files, the failed ones first."""
    rows = batch.rows
    shown = _latest(rows, _ROWS)
    parts = [fragments.head("Batch", batch.sandbox, [batch.status, *_facts(batch)])]
    if batch.running:
        parts.append(_bar(len(rows), batch.total))
    parts += [f"<p><strong>{escape(problem)}</strong></p>" for problem in _problems(batch)]
    parts += [_table(shown)] if shown else []
    if len(rows) > len(shown):
        parts.append(f"<p>{len(rows) - len(shown):,} more: <code>.frame</code> has everything.</p>")
    return fragments.article("Batch", parts, _STYLE)


def _facts(batch: Batch) -> Iterator[str]:
    rows = len(batch)
    of = f" of {batch.total:,}" if batch.total and batch.total > rows else ""
    yield f"{rows:,}{of} {'file' if rows == 1 and not of else 'files'}"
    record = batch._record
    if record.failed:
        yield f"{record.failed:,} failed"
    if record.cached:
        yield f"{record.cached:,} kept from before"
    yield f"{batch.seconds / 3600:,.2f} h audio"
    yield f"${batch.cost:,.4f}"
    if batch.elapsed >= 1:
        yield f"{rows / batch.elapsed:,.1f} files/s"
        yield clock(batch.elapsed)
    if batch.running and batch.total and rows:
        yield f"{clock((batch.total - rows) * batch.elapsed / rows)} to go"


def _problems(batch: Batch) -> Iterator[str]:
    if batch.error is not None:
        yield " ".join(str(batch.error).split())
    if batch.warning:
        yield batch.warning


def _latest(rows: Sequence[Row], most: int) -> list[Row]:
    """Give the latest rows in the order of the sources; up to half of the room is for those that failed."""
    failed = [row for row in rows if row.error][-(most // 2) :]
    others = [row for row in rows if not row.error][-(most - len(failed)) :]
    return sorted([*failed, *others], key=lambda row: row.position)


def _bar(done: int, total: int | None) -> str:
    if not total:
        return "<p><progress></progress></p>"
    return f'<p><progress value="{done}" max="{total}"></progress></p>'


def _table(rows: Sequence[Row]) -> str:
    heads = ("source", "status", "duration", "confidence", "cost", "attempts", "text or error")
    numbers = ("duration", "confidence", "cost", "attempts")
    head = "".join(
        f'<th scope="col"{_class("dgnb-number" if name in numbers else "")}>{name}</th>' for name in heads
    )
    return _scrolled(head, ["".join(_cells(row)) for row in rows])


def _scrolled(head: str, lines: Iterable[str]) -> str:
    body = "\n".join(f"<tr>{line}</tr>" for line in (head, *lines))
    return f'<div class="dgnb-scroll" tabindex="0"><table>\n{body}\n</table></div>'


def _cells(row: Row) -> Iterator[str]:
    status = "kept" if row.cached else row.status
    yield f'<td title="{escape(row.source[:1000])}">{escape(shorten(row.source, 50))}</td>'
    yield f"<td{_class('dgnb-failed' if row.error else '')}>{escape(status)}</td>"
    told = (
        f"{row.duration:,.1f} s" if isfinite(row.duration) else "",
        f"{row.confidence:.2f}" if isfinite(row.confidence) else "",
        f"${row.cost:,.4f}" if row.microdollars else "",
        str(row.attempts) if row.attempts else "",
    )
    yield from (f'<td class="dgnb-number">{value}</td>' for value in told)
    yield f'<td class="dgnb-long">{fragments.foreign(shorten(_said(row), _LONG))}</td>'


def _said(row: Row) -> str:
    return row.error or row.text[: 4 * _LONG]


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""


def estimate_text(estimate: Estimate) -> str:
    """Return an estimate as plain text.

    Examples
    --------
    >>> from dgnb.batch import Estimate
    >>> estimate_text(Estimate())
    '<Estimate: $0.0000, 0.00 h audio, 0 files>'
    """
    unknown = [count(len(estimate.unknown), "file") + " of unknown length"] if estimate.unknown else []
    facts = [f"{estimate.hours:,.2f} h audio", count(estimate.files, "file"), *unknown]
    return f"<Estimate: {', '.join([f'${estimate.cost:,.4f}', *facts])}>"


def estimate_html(estimate: Estimate) -> str:
    """Return an estimate as HTML: each line of the bill, with the day and source of its price."""
    facts = [f"{estimate.hours:,.2f} h audio", count(estimate.files, "file")]
    parts = [fragments.head(f"Estimate: ${estimate.cost:,.4f}", False, facts)]
    lines = [_line(item, amount) for item, amount in estimate.lines.items()]
    if lines:
        heads = "".join(f'<th scope="col">{name}</th>' for name in ("for", "cost", "price", "read on", "at"))
        body = "\n".join(f"<tr>{line}</tr>" for line in lines)
        parts.append(
            f'<div class="dgnb-scroll" tabindex="0"><table>\n<tr>{heads}</tr>\n{body}\n</table></div>'
        )
    unknown = list(estimate.unknown.items())
    if unknown:
        items = "".join(f"<li>{escape(shorten(f'{name}: {why}', 200))}</li>" for name, why in unknown[:20])
        parts.append(f"<p>Not in the sum, {count(len(unknown), 'file')}:</p><ul>{items}</ul>")
    return fragments.article("Estimate", parts, _STYLE)


def _line(item: str, amount: int) -> str:
    price = PRICES[item.partition("::")[2]]
    rate = f"${dollars(price.batch or 0):.4f} / {price.unit}"
    told = (label(item), f"${dollars(amount):,.4f}", rate, price.read, price.source)
    return "".join(f"<td>{escape(value)}</td>" for value in told)
