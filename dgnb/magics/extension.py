"""The magic itself, and how a shell gets it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from IPython.core.magic import Magics, line_cell_magic, magics_class, needs_local_scope, no_var_expand

from dgnb.errors import DgnbError, OptionError
from dgnb.lazy import load
from dgnb.magics import assignment, completion
from dgnb.magics.arguments import read
from dgnb.magics.call import Call
from dgnb.magics.failures import brief
from dgnb.magics.login import NO_KEY
from dgnb.magics.manual import documentation, manual, overview
from dgnb.magics.session import Session
from dgnb.magics.sides import elsewhere
from dgnb.magics.stage import Stage
from dgnb.magics.tokens import Token, evaluator, split
from dgnb.magics.verbs import VERBS, Verb, find, names, without_live
from dgnb.protocol.options import nearest
from dgnb.transport.credentials import prepare

_HELP = ("help", "--help", "-h")


@magics_class
class DeepgramMagics(Magics):
    """``%deepgram`` and ``%%deepgram`` of one shell, with the client that they share."""

    def __init__(self, shell: Any) -> None:
        super().__init__(shell)
        self._shell = shell  # typed as optional by IPython
        self.session = Session()
        self.stage = Stage(shell)

    # IPython's own expansion turns objects into their repr, and evaluates JSON.
    @no_var_expand
    @needs_local_scope
    @line_cell_magic
    def deepgram(self, line: str, cell: str = "", local_ns: Mapping[str, Any] | None = None) -> Any:  # noqa: D102
        try:
            return self._answer(_words(line), cell, {**self._shell.user_ns, **(local_ns or {})})
        except (DgnbError, OSError) as error:
            brief(error)
            raise

    deepgram.__doc__ = documentation()

    def _answer(self, words: list[Token], body: str, namespace: Mapping[str, Any]) -> Any:
        # name << %deepgram ... is written %deepgram -o name ..., see `assignment`.
        name = words[:2] if words and words[0].raw == "-o" else []
        words = words[len(name) :]
        if not words or words[0].raw in _HELP:
            return _tell(words[1:])
        verb, rest = _verb(words)
        evaluate = evaluator(namespace)
        arguments = read([*rest, *name], verb.table, evaluate, verb.name, elsewhere(verb) | verb.flags)
        if arguments.help:
            return _tell(words)

        def keep(result: Any) -> None:
            if arguments.output:
                self._shell.push({arguments.output: result})

        result = verb.run(Call(arguments, body, evaluate, self.session, keep, self.stage))
        if result is not None:
            keep(result)
        return result


def _words(line: str) -> list[Token]:
    try:
        return split(line)
    except OptionError:
        if line.split()[:1] != ["login"]:
            raise
    # The message would quote the line.
    raise OptionError(NO_KEY)


def _verb(words: list[Token]) -> tuple[Verb, list[Token]]:
    """The verb at the beginning, and the words after it."""
    verb, count = find([word.raw for word in words])
    if verb is None:
        name = words[0].raw
        hint = nearest(name, [*VERBS, "help"]) or f" There are {', '.join([*names(), 'help'])}."
        raise OptionError(f"%deepgram has no verb '{name}'.{hint}")
    return verb, without_live(verb, words[count:])


def _tell(words: list[Token]) -> None:
    sys.stdout.write(manual(_verb(words)[0]) if words else overview())


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
    has_page = getattr(shell, "kernel", None) is not None
    threading.Thread(target=_prepare, args=(has_page,), name="dgnb-prepare", daemon=True).start()


def _prepare(has_page: bool) -> None:
    """Load beforehand what the first session needs, so that its cell returns at once."""
    load("dgnb.transport.socket:Pump")
    needed = ["dgnb.widgets.captions:Captions"] if has_page else []
    if not prepare():
        needed.append("dgnb.sandbox:shared")
    for name in needed:
        with suppress(ImportError):  # each of them has an extra
            load(name)


def unregister(shell: Any) -> None:
    """Take away what `register` gave, stop the sessions that run, and close the client's connections."""
    manager = shell.magics_manager
    magics = manager.registry.pop(DeepgramMagics.__name__, None)
    if magics is not None:
        magics.stage.close()
        magics.session.leave()
    for kind in ("line", "cell"):
        manager.magics[kind].pop("deepgram", None)
    assignment.uninstall(shell)
    completion.uninstall(shell)
