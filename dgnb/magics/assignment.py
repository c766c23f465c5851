"""``name << %%deepgram ...``: the assignment of a cell's result, made ``-o name``."""

from __future__ import annotations

import re
import tokenize
from collections.abc import Sequence
from typing import Any

from IPython.core.inputtransformer2 import TokenTransformBase

_CELL = re.compile(r"\s*(?P<name>\S+?)\s*<<\s*(?P<magic>%%deepgram)(?=\s|$)")
_LINE = re.compile(r"(?P<name>\w+)[ \t]*<<[ \t]*(?P<magic>%deepgram)(?=\s|$)")
_MARGIN = (tokenize.INDENT, tokenize.DEDENT)
_EMPTY = re.compile(r"%%deepgram(\s|$)")


def cell(lines: list[str]) -> list[str]:
    r"""Return a cell's lines with ``name <<`` in the first one made an option.

    Examples
    --------
    >>> cell(["calls << %%deepgram listen --diarize\n", "a.wav\n"])
    ['%%deepgram -o calls listen --diarize\n', 'a.wav\n']
    """
    if not lines:
        return lines
    first = _CELL.sub(_option, lines[0], count=1) if _CELL.match(lines[0]) else lines[0]
    # IPython refuses a cell magic without a body, and would hide the verb's own answer.
    blank = ["\n"] if _EMPTY.match(first) and not any(line.strip() for line in lines[1:]) else lines[1:]
    return [first, *blank]


def _option(match: re.Match[str]) -> str:
    # Before the verb, which may have two words: keys create.
    return f"{match['magic']} -o {match['name']}"


class LineAssignment(TokenTransformBase):
    """``name << %deepgram ...`` among other lines; IPython finds it, so text in strings is left alone."""

    priority = 5

    @classmethod
    def find(cls, tokens_by_line: Sequence[Sequence[tokenize.TokenInfo]]) -> LineAssignment | None:
        """Return the first such line, ``None`` when there is none."""
        for tokens in tokens_by_line:
            first = next((token for token in tokens if token.type not in _MARGIN), None)
            # What is found but not changed would be found for ever.
            if first is not None and first.type == tokenize.NAME and _LINE.match(first.line, first.start[1]):
                return cls(first.start)
        return None

    def transform(self, lines: list[str]) -> list[str]:
        """Return the lines with this one's name made an option."""
        line, column = lines[self.start_line], self.start_col
        changed = line[:column] + _LINE.sub(_option, line[column:], count=1)
        return [*lines[: self.start_line], changed, *lines[self.start_line + 1 :]]


def install(shell: Any) -> None:
    """Let a shell understand both forms."""
    uninstall(shell)
    shell.input_transformer_manager.cleanup_transforms.append(cell)
    shell.input_transformer_manager.token_transformers.append(LineAssignment)


def uninstall(shell: Any) -> None:
    """Take both forms away."""
    manager = shell.input_transformer_manager
    for transforms, own in ((manager.cleanup_transforms, cell), (manager.token_transformers, LineAssignment)):
        if own in transforms:
            transforms.remove(own)
