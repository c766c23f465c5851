"""The magic itself, and how a shell gets it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

from IPython.core.magic import Magics, line_cell_magic, magics_class, needs_local_scope, no_var_expand

from dgnb.client import Deepgram
from dgnb.errors import DgnbError, OptionError
from dgnb.magics import assignment, completion
from dgnb.magics.arguments import read
from dgnb.magics.call import Call
from dgnb.magics.failures import brief
from dgnb.magics.manual import documentation, manual, overview
from dgnb.magics.tokens import Token, evaluator, split
from dgnb.magics.verbs import VERBS, Verb
from dgnb.protocol.options import nearest
from dgnb.transport.credentials import KEY_VARIABLE, TOKEN_VARIABLE

_HELP = ("help", "--help", "-h")


@magics_class
class DeepgramMagics(Magics):
    """``%deepgram`` and ``%%deepgram`` of one shell, with the client that they share."""

    def __init__(self, shell: Any) -> None:
        super().__init__(shell)
        self._shell = shell  # typed as optional by IPython
        self._client: Deepgram | None = None
        self._found_in = 0

    # IPython's own expansion turns objects into their repr, and evaluates JSON.
    @no_var_expand
    @needs_local_scope
    @line_cell_magic
    def deepgram(self, line: str, cell: str = "", local_ns: Mapping[str, Any] | None = None) -> Any:  # noqa: D102
        try:
            return self._answer(split(line), cell, {**self._shell.user_ns, **(local_ns or {})})
        except (DgnbError, OSError) as error:
            brief(error)
            raise

    deepgram.__doc__ = documentation()

    def _answer(self, words: list[Token], body: str, namespace: Mapping[str, Any]) -> Any:
        if not words or words[0].raw in _HELP:
            return _tell(words[1:])
        verb, evaluate = _verb(words[0]), evaluator(namespace)
        arguments = read(words[1:], verb.table, evaluate, verb.name)
        if arguments.help:
            return _tell(words)

        def keep(result: Any) -> None:
            if arguments.output:
                self._shell.push({arguments.output: result})

        result = verb.run(Call(arguments, body, evaluate, self.client, keep))
        if not arguments.show_code:
            keep(result)
        return result

    def client(self) -> Deepgram:
        """Return the shell's client: one until the environment has another key."""
        found_in = hash((os.environ.get(KEY_VARIABLE), os.environ.get(TOKEN_VARIABLE)))
        if self._client is None or found_in != self._found_in:
            self.close()
            self._client, self._found_in = Deepgram(), found_in
        return self._client

    def close(self) -> None:
        """Close the client's connections."""
        if self._client is not None:
            self._client.close()
        self._client = None


def _verb(word: Token) -> Verb:
    if word.raw not in VERBS:
        names = [*VERBS, "help"]
        hint = nearest(word.raw, names) or f" There are {', '.join(names)}."
        raise OptionError(f"%deepgram has no verb '{word.raw}'.{hint}")
    return VERBS[word.raw]


def _tell(words: list[Token]) -> None:
    sys.stdout.write(manual(_verb(words[0])) if words else overview())


def register(shell: Any) -> None:
    """Give a shell ``%deepgram``, ``%%deepgram`` and their completion; again is the same as once.

    Parameters
    ----------
    shell : InteractiveShell
    """
    unregister(shell)
    shell.register_magics(DeepgramMagics)
    assignment.install(shell)
    completion.install(shell)


def unregister(shell: Any) -> None:
    """Take away what `register` gave, and close the client's connections."""
    manager = shell.magics_manager
    magics = manager.registry.pop(DeepgramMagics.__name__, None)
    if magics is not None:
        magics.close()
    for kind in ("line", "cell"):
        manager.magics[kind].pop("deepgram", None)
    assignment.uninstall(shell)
    completion.uninstall(shell)
