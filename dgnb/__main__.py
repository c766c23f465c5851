"""``python -m dgnb lab``, ``python -m dgnb sandbox`` and ``python -m dgnb doctor``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import dgnb
from dgnb.errors import DgnbError, MissingExtra
from dgnb.transport.credentials import find

QUICKSTART = "01-quickstart.ipynb"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status; an error is one line, not a traceback."""
    parser = _parser()
    options, rest = parser.parse_known_args(arguments)
    if rest and options.command is not lab:
        parser.error(f"unrecognised arguments: {' '.join(rest)}")
    try:
        return int(options.command(options, rest) or 0)
    except (DgnbError, OSError) as error:
        print(f"dgnb: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m dgnb", description="Deepgram's speech API in Jupyter.")
    parser.add_argument("--version", action="version", version=f"dgnb {dgnb.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    opener = commands.add_parser(
        "lab", help="open JupyterLab on the tutorial notebooks; further options go to it"
    )
    opener.set_defaults(command=lab)
    server = commands.add_parser("sandbox", help="run the offline sandbox until interrupted")
    server.add_argument(
        "--port", type=int, default=0, help="port on 127.0.0.1; 0, the default, takes a free one"
    )
    server.add_argument("--store", metavar="FILE", help="keep keys, requests and balances in a file")
    server.add_argument(
        "--faults", metavar="SCRIPT", default="", help='what is to go wrong: "drop@3.2s, refuse*2, 429=2s"'
    )
    server.set_defaults(command=sandbox)
    report = commands.add_parser("doctor", help="say what works here, and what to put right")
    report.set_defaults(command=doctor)
    return parser


def lab(_: argparse.Namespace, rest: Sequence[str]) -> None:
    """Open JupyterLab on the notebooks."""
    try:
        from jupyterlab.labapp import LabApp  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtra("JupyterLab", "lab") from None
    credential = find()
    who = (
        f"Deepgram answers, with the {credential.kind} from {credential.origin}"
        if credential
        else ("No Deepgram key found: the offline sandbox answers")
    )
    print(f"dgnb: {who}.", flush=True)
    LabApp.launch_instance(argv=[*_lab_options(notebooks()), *rest])


def notebooks() -> Path:
    """Return the folder of the tutorial notebooks, or the current one where there are none."""
    here = Path.cwd()
    places = (here / "notebooks", here, Path(dgnb.__file__).parents[1] / "notebooks")
    return next((place for place in places if (place / QUICKSTART).is_file()), here)


def _lab_options(folder: Path) -> list[str]:
    options = [f"--ServerApp.root_dir={folder}"]
    if (folder / QUICKSTART).is_file():
        options.append(f"--LabApp.default_url=/lab/tree/{QUICKSTART}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # In a container one is root; the server still listens on loopback and asks for its token.
        options.append("--allow-root")
    return options


def sandbox(options: argparse.Namespace, _: Sequence[str]) -> None:
    """Run the sandbox and print its URL first."""
    try:
        from dgnb.sandbox import serve  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtra("The offline sandbox", "sandbox") from error
    server = serve(options.port, options.store, faults=options.faults)
    print(server.url, flush=True)
    try:
        server.wait()
    except KeyboardInterrupt:
        print("dgnb: the sandbox has ended.", file=sys.stderr)


def doctor(_: argparse.Namespace, __: Sequence[str]) -> int:
    """Print what works here, and return 1 when something fails."""
    from dgnb.doctor import check  # noqa: PLC0415 - only this command asks the service

    report = check()
    print(report)
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
