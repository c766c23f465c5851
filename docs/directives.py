"""The directive ``fact``: a function of `docs.facts` is called, and its Markdown stands in the page."""

from __future__ import annotations

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from docs import facts


class Fact(SphinxDirective):
    """``{fact} options ListenOptions``: the function's name, and what it is given."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Return what stands in the page."""
        name, *given = self.arguments[0].split()
        text = getattr(facts, name)(*given)
        node = nodes.Element()
        node.document = self.state.document
        self.state.nested_parse(
            StringList(text.splitlines(), source=f"facts.{name}"), 0, node, match_titles=1
        )
        return node.children


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive; Sphinx calls this."""
    app.add_directive("fact", Fact)
    return {"parallel_read_safe": True}
