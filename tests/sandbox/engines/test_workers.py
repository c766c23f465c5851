import asyncio
import gc
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np
import pytest

from dgnb.sandbox.engines.recognition import ENGINE_VARIABLE, EngineError, transcribe
from dgnb.sandbox.engines.workers import Workers

ENGINE = """
import os
from pathlib import Path
from dgnb.results import Word

HERE = Path(__file__).parent

def words(samples, text="heard"):
    return [Word(word=text, start=0.0, end=len(samples) / 16000, confidence=0.5)]

class Plain:
    name, version = "plain", "1"
    def recognise(self, samples, keyterms=()):
        return words(samples, " ".join(keyterms) or str(os.getpid()))

class Loud(Plain):
    def recognise(self, samples, keyterms=()):
        print("printed", flush=True)
        os.write(1, b"written" * 1000)
        assert input.__name__ and os.read(0, 10) == b""
        return words(samples)

class Once(Plain):
    def recognise(self, samples, keyterms=()):
        if not (HERE / "crashed").exists():
            (HERE / "crashed").touch()
            os._exit(3)
        return words(samples)

class Never(Plain):
    def recognise(self, samples, keyterms=()):
        os._exit(3)

class Failing(Plain):
    def recognise(self, samples, keyterms=()):
        if keyterms:
            return words(samples)
        raise KeyError("lost")

class Waiting(Plain):
    def recognise(self, samples, keyterms=()):
        if keyterms:
            return words(samples)
        (HERE / "began").open("w").close()
        (HERE / "never").open().close()

def broken():
    raise OSError("no model on disk")

def endless():
    (HERE / "began").open("w").close()
    (HERE / "never").open().close()

def once():
    if not (HERE / "crashed").exists():
        (HERE / "crashed").touch()
        os._exit(3)
    return Plain()
"""


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Choose one of the engines above for the workers to come."""
    (tmp_path / "some_engines.py").write_text(ENGINE)
    monkeypatch.syspath_prepend(tmp_path)
    return lambda name: monkeypatch.setenv(ENGINE_VARIABLE, f"some_engines:{name}")


@pytest.fixture
def spoken(say) -> np.ndarray:
    """Two stretches of speech."""
    return np.concatenate([say("Good morning."), np.zeros(16_000, np.int16), say("How are you?")])


def run(work: Callable[[Workers], Awaitable[object]], size: int = 1) -> object:
    """What the work gives; nothing may be left behind it."""

    async def main() -> object:
        async with Workers(size) as workers:
            result = await work(workers)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return result

    try:
        return asyncio.run(main(), debug=True)
    finally:
        gc.collect()


def test_workers_hear_what_the_engine_hears_here(recogniser, say) -> None:
    first, second = say("They have lived in this house for many years."), say("Open the window.")
    whole = np.concatenate([first, np.zeros(16_000, np.int16), second])
    heard = run(lambda workers: workers.recognise(whole), size=2)
    assert heard == transcribe(recogniser, whole)
    assert "lived in this house" in " ".join(word.word for word in heard)


def test_silence_gives_no_words_and_starts_no_process(engine) -> None:
    engine("broken")
    assert run(lambda workers: workers.recognise(np.zeros(32_000, np.int16))) == []


def test_the_engine_tells_its_name_and_version(engine) -> None:
    engine("Plain")
    ready = run(lambda workers: workers.engine())
    assert (ready.name, ready.version) == ("plain", "1")


def test_one_process_serves_every_job_and_is_not_this_one(engine, spoken) -> None:
    engine("Plain")

    async def twice(workers: Workers) -> set[str]:
        return {word.word for _ in range(2) for word in await workers.recognise(spoken)}

    (pid,) = run(twice)
    assert int(pid) != os.getpid()


def test_keyterms_reach_the_engine(engine, spoken) -> None:
    engine("Plain")
    words = run(lambda workers: workers.recognise(spoken, ["two words", "one"]))
    assert {word.word for word in words} == {"two words one"}


def test_words_of_several_workers_come_in_order_of_time(engine, spoken) -> None:
    engine("Plain")
    words = run(lambda workers: workers.recognise(np.tile(spoken, 5)), size=2)
    starts = [word.start for word in words]
    assert len(starts) >= 6
    assert starts == sorted(starts)
    assert starts[-1] > 8.0


def test_what_an_engine_prints_does_not_reach_the_pipe(engine, spoken, capfd) -> None:
    engine("Loud")
    assert {word.word for word in run(lambda workers: workers.recognise(spoken))} == {"heard"}
    assert "printed" in capfd.readouterr().err


def test_a_crashed_worker_is_replaced_and_its_job_repeated(engine, spoken) -> None:
    engine("Once")
    assert [word.word for word in run(lambda workers: workers.recognise(spoken))] == ["heard", "heard"]


def test_a_job_that_crashes_twice_is_an_error(engine, spoken) -> None:
    engine("Never")
    with pytest.raises(EngineError, match="ended twice: exit code 3"):
        run(lambda workers: workers.recognise(spoken))


def test_an_engine_that_raises_is_an_error_and_goes_on(engine, spoken) -> None:
    engine("Failing")

    async def both(workers: Workers) -> list[str]:
        with pytest.raises(EngineError, match="KeyError: 'lost'"):
            await workers.recognise(spoken)
        return [word.word for word in await workers.recognise(spoken, ["term"])]

    assert run(both) == ["heard", "heard"]


@pytest.mark.parametrize(
    ("name", "words"), [("broken", "no model on disk"), ("Missing", "Missing")], ids=["fails", "missing"]
)
def test_an_engine_that_cannot_be_loaded_is_an_error(engine, spoken, name: str, words: str) -> None:
    engine(name)
    with pytest.raises(EngineError, match=words):
        run(lambda workers: workers.recognise(spoken))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.parametrize("ending", ["cancel", "close"])
def test_a_job_under_way_can_be_given_up(engine, spoken, tmp_path: Path, ending: str) -> None:
    engine("Waiting")
    for name in ("began", "never"):
        os.mkfifo(tmp_path / name)

    async def give_up(workers: Workers) -> None:
        task = asyncio.create_task(workers.recognise(spoken))
        await asyncio.to_thread((tmp_path / "began").read_bytes)
        if ending == "close":
            await workers.close()
            with pytest.raises(EngineError, match=r"closed|ended"):
                await task
            return
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await workers.recognise(spoken, ["term"])

    run(give_up)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.parametrize("ending", ["cancel", "close"])
def test_a_worker_that_is_being_loaded_can_be_given_up(engine, tmp_path: Path, ending: str) -> None:
    engine("endless")
    for name in ("began", "never"):
        os.mkfifo(tmp_path / name)

    async def give_up(workers: Workers) -> None:
        task = asyncio.create_task(workers.engine())
        await asyncio.to_thread((tmp_path / "began").read_bytes)
        task.cancel() if ending == "cancel" else workers.stop()
        with pytest.raises(asyncio.CancelledError if ending == "cancel" else EngineError):
            await task

    run(give_up)


def test_a_worker_that_crashes_while_it_is_loaded_is_replaced(engine) -> None:
    engine("once")
    assert run(lambda workers: workers.engine()).name == "plain"


def test_closed_workers_refuse(engine, spoken) -> None:
    engine("Plain")

    async def late(workers: Workers) -> None:
        await workers.close()
        await workers.close()
        with pytest.raises(EngineError, match="closed"):
            await workers.recognise(spoken)

    run(late)


def test_workers_end_with_a_parent_that_dies(engine, tmp_path: Path) -> None:
    engine("Plain")
    script = tmp_path / "script.py"  # without a guard for __main__
    script.write_text(
        """
import asyncio, os
from dgnb.sandbox.engines.workers import Workers

async def main():
    print((await Workers(1).engine()).name, flush=True)
    os._exit(7)

asyncio.run(main())
"""
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    # the worker holds the other end of stderr: reading it to its end waits for the worker's
    done = subprocess.run([sys.executable, script], check=False, capture_output=True, env=environment)
    assert (done.returncode, done.stdout.split(), done.stderr) == (7, [b"plain"], b"")
