"""Pieces of HTML that several views share: a frame that a notebook keeps, facts, foreign text.

Text of others becomes HTML in `escape` and nowhere else.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from dgnb.views.text import clean

BADGE = '<strong class="dgnb-badge" title="Made offline by dgnb, not by the service">sandbox</strong>'
"""Says that the sandbox made a result, not the service."""

LARGEST = 2_000_000
"""Bytes of audio that are kept in a notebook."""

LONGEST = 4000
"""Characters of a text that are shown."""

_TAG = re.compile("[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
"""A language tag; the service's own "multi" is none."""

# Jupyter's colours where there are any, else those of the page.
_STYLE = """.dgnb-result { line-height: 1.5; max-width: 64em; color: var(--jp-ui-font-color1, inherit) }
.dgnb-result p { margin: 0 0 .5em; text-align: start }
.dgnb-result .dgnb-badge { border: 1px solid; border-radius: 3px; padding: 0 .4em; font-weight: 600 }
.dgnb-result mark { padding: .1em .15em }
.dgnb-result mark small { font-weight: 600; white-space: nowrap; opacity: .9 }
.dgnb-result .dgnb-facts { color: var(--jp-ui-font-color2, inherit) }"""


def escape(text: str) -> str:
    """Return text as HTML that shows it, in an element or in an attribute between quotes.

    Examples
    --------
    >>> escape("<b> & 'c'")
    '&lt;b&gt; &amp; &#x27;c&#x27;'
    """
    return html.escape(clean(text))


def article(label: str, parts: Iterable[str], style: str = "") -> str:
    r"""Return parts as one HTML output, without script and readable without its style sheet.

    Parameters
    ----------
    label : str
        What a screen reader calls it.
    parts : iterable of str
        HTML.
    style : str
        Rules for these parts only, each for ``.dgnb-result`` and what is in it.

    Examples
    --------
    >>> article("Speech", ["<p>hello</p>"]).endswith("<p>hello</p>\n</article>")
    True
    """
    # MathJax is kept off: dollars are money here.
    tag = f'<article class="dgnb-result tex2jax_ignore mathjax_ignore" aria-label="{escape(label)}">'
    sheet = f"<style>\n{_STYLE}\n{style}\n</style>"
    return "\n".join([tag, sheet, *parts, "</article>"])


def head(label: str, sandbox: bool, facts: Iterable[str]) -> str:
    """Return a first line: what it is, whether the sandbox made it, and facts in plain text.

    Examples
    --------
    >>> head("Speech", False, ["1.2 s", "<voice>"])
    '<p><b>Speech</b> <span class="dgnb-facts">1.2 s · &lt;voice&gt;</span></p>'
    """
    told = " · ".join(escape(fact) for fact in facts if fact)
    badge = f"{BADGE} " if sandbox else ""
    return f'<p><b>{escape(label)}</b> {badge}<span class="dgnb-facts">{told}</span></p>'


def mark(shown: str, colour: str, label: str = "") -> str:
    """Return HTML marked with a colour, and what that stands for written behind it.

    Parameters
    ----------
    shown : str
        HTML.
    colour : str
        As ``#rrggbb``.
    label : str
        Plain text; without it there is only the colour.

    Examples
    --------
    >>> mark("fine", "#2ca680", "positive").endswith("fine <small>[positive]</small></mark>")
    True
    """
    # Written into the element, so that it is also there where a style sheet is taken away.
    style = f"color:inherit;background-color:{colour}26;border-bottom:2px solid {colour}"
    told = f" <small>[{escape(label)}]</small>" if label else ""
    return f'<mark style="{style}">{shown}{told}</mark>'


def foreign(text: str, longest: int = LONGEST) -> str:
    """Return a text of others as HTML; its direction is its own, and it is cut where it is too long.

    Examples
    --------
    >>> foreign("a < b", longest=3)
    '<span dir="auto">a &lt;…</span>'
    """
    more = "…" if len(text) > longest else ""
    return f'<span dir="auto">{escape(text[:longest])}{more}</span>'


def language(tag: str) -> str:
    """Return a language's tag, empty when it is none.

    Examples
    --------
    >>> language("de-CH"), language("multi")
    ('de-CH', '')
    """
    return tag if _TAG.fullmatch(tag) else ""


def lang(tag: str) -> str:
    """Return the attribute that says in which language an element is, empty where that is not known.

    Examples
    --------
    >>> lang("en")
    ' lang="en"'
    """
    return f' lang="{tag}"' if language(tag) else ""
