"""The opt-in to nested event loops. It patches the whole process, so it runs in another one."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import asyncio
from dgnb import allow_nested_loops

async def inner():
    await asyncio.sleep(0)
    return 42

async def outer():
    loop = asyncio.get_running_loop()
    coroutine = inner()
    try:
        loop.run_until_complete(coroutine)
    except RuntimeError:
        coroutine.close()
    allow_nested_loops()
    return loop.run_until_complete(inner())

print(asyncio.run(outer()))
"""


def test_a_coroutine_runs_inside_a_running_loop_once_it_is_allowed() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout == "42\n"
