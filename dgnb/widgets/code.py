"""Python code that can be copied."""

from __future__ import annotations

from anywidget import AnyWidget
from traitlets import Unicode

from dgnb.widgets.assets import css, esm


class Code(AnyWidget):
    """Python code, with a button that copies it.

    Examples
    --------
    >>> Code(text="40 + 2").text
    '40 + 2'
    """

    _esm = esm("code")
    _css = css("code")

    text = Unicode().tag(sync=True)
    label = Unicode("The Python for this").tag(sync=True)
