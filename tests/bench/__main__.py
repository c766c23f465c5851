"""Runs the modules of this folder that have a ``main``: all, or those that are named."""

from __future__ import annotations

import sys
from importlib import import_module
from pkgutil import iter_modules

import tests.bench


def main(names: list[str]) -> None:
    """Print the tables of the named benchmarks, or of all."""
    found = [module.name for module in iter_modules(tests.bench.__path__) if not module.name.startswith("_")]
    unknown = set(names) - set(found)
    if unknown:
        raise SystemExit(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(found)}")
    for name in names or found:
        module = import_module(f"tests.bench.{name}")
        if hasattr(module, "main"):
            print(f"\n{name}: {(module.__doc__ or '').splitlines()[0]}")
            module.main()


main(sys.argv[1:])
