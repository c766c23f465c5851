import asyncio
import threading
from typing import Any

import pytest

from dgnb.audio import frames as module
from dgnb.audio.frames import Frames
from dgnb.audio.raw import AudioFormat
from dgnb.audio.streams import open_stream
from dgnb.errors import AudioError, OptionError

FORM = AudioFormat("linear16", 16000)
FRAME = bytes(range(256)) * 10
SILENCE = bytes(len(FRAME))


def made(**options: Any) -> Frames:
    return Frames("The recorder", FORM, **options)


def all_of(frames: Frames) -> bytes:
    return b"".join(frames.pieces())


def test_frames_come_out_as_they_went_in() -> None:
    frames = made()
    for number in range(3):
        frames.put(number, FRAME)
    frames.finish(3)
    assert all_of(frames) == 3 * FRAME
    assert (frames.gaps, frames.lost, frames.duration) == ([], 0, pytest.approx(0.24))


def test_gaps_are_counted_and_filled_with_silence() -> None:
    frames = made()
    for number in (0, 3, 4):
        frames.put(number, FRAME)
    frames.finish(6)
    assert all_of(frames) == FRAME + 2 * SILENCE + 2 * FRAME + SILENCE
    assert (frames.gaps, frames.lost) == ([(1, 3), (5, 6)], 3)


def test_a_wild_number_fills_no_memory() -> None:
    frames = made()
    frames.put(10**9, FRAME)
    assert frames.lost == 10**9
    assert frames.duration == pytest.approx(module.FILLED + 0.08)


def test_what_comes_twice_or_after_the_end_is_left_out() -> None:
    frames = made()
    frames.put(0, FRAME)
    frames.put(0, FRAME)
    frames.finish(1)
    frames.put(1, FRAME)
    frames.finish(5)
    assert all_of(frames) == FRAME
    assert frames.lost == 0


def test_half_a_sample_shifts_none() -> None:
    frames = made()
    frames.put(0, FRAME + b"x")
    frames.put(1, FRAME)
    frames.finish(2)
    assert all_of(frames) == 2 * FRAME


def test_what_nobody_takes_is_kept_for_a_while_and_then_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 0.16)
    frames = made()
    for number in range(5):
        frames.put(number, FRAME)
    frames.finish(5)
    assert all_of(frames) == 2 * FRAME
    assert frames.gaps == [(2, 5)]


def test_a_fault_is_raised_after_what_came_before() -> None:
    frames = made()
    frames.put(0, FRAME)
    frames.finish(1, "It was unplugged.")
    pieces = frames.pieces()
    assert next(pieces) == FRAME
    with pytest.raises(AudioError, match="unplugged"):
        next(pieces)


def test_whoever_records_is_told_once_that_nobody_takes_it_any_more() -> None:
    told = []
    frames = made(release=lambda: told.append(threading.current_thread()))
    frames.put(0, FRAME)
    frames.close()
    frames.close()
    frames.put(1, FRAME)
    frames.finish(9)
    assert len(told) == 1
    assert (frames.over, frames.lost) == (True, 0)


def test_frames_from_many_threads_are_all_there() -> None:
    frames = made()
    gate = threading.Barrier(4)

    def put(first: int) -> None:
        gate.wait()
        for number in range(first, 400, 4):
            frames.put(number, FRAME)

    threads = [threading.Thread(target=put, args=(first,)) for first in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    frames.finish(400)
    assert len(all_of(frames)) == 400 * len(FRAME)


def test_a_stream_begins_with_the_first_frame() -> None:
    frames = made()

    async def main() -> tuple[bool, AudioFormat, bytes]:
        stream = open_stream(frames)
        assert stream.format == FORM  # known before
        ready = asyncio.ensure_future(stream.ready())
        waits = not (await asyncio.wait({ready}, timeout=0.3))[0]
        frames.put(0, FRAME)
        form = await ready
        frames.finish(1)
        return waits, form, b"".join([piece async for piece in stream.pieces()])

    assert asyncio.run(main()) == (True, FORM, FRAME)


def test_a_stream_that_is_closed_before_it_begins_is_empty() -> None:
    frames = made()

    async def main() -> list[bytes]:
        stream = open_stream(frames)
        ready = asyncio.ensure_future(stream.ready())
        await asyncio.sleep(0)
        await stream.close()
        assert await ready == FORM
        return [piece async for piece in stream.pieces()]

    assert asyncio.run(main()) == []
    assert frames.over


def test_a_stream_gives_what_came_before_a_fault_also_when_both_came_together() -> None:
    frames = made()
    frames.put(0, FRAME)
    frames.finish(1, "Was it unplugged?")

    async def main() -> tuple[AudioFormat, bytes]:
        stream = open_stream(frames)
        for _ in range(2):
            await stream._more()
        form, pieces = await stream.ready(), stream.pieces()
        try:
            first = await anext(pieces)
            with pytest.raises(AudioError, match="unplugged"):
                await anext(pieces)
            return form, first
        finally:
            await stream.close()

    assert asyncio.run(main()) == (FORM, FRAME)


def test_a_stream_that_is_stopped_gives_what_was_recorded_until_then() -> None:
    frames = made()

    async def main() -> bytes:
        stream = open_stream(frames)
        for number in range(200):
            frames.put(number, FRAME)
        await stream.ready()
        await stream.finish()
        frames.put(200, FRAME)
        try:
            return b"".join([piece async for piece in stream.pieces()])
        finally:
            await stream.close()

    assert asyncio.run(main()) == 200 * FRAME


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"sample_rate": 8000}, id="rate"),
        pytest.param({"encoding": "mulaw"}, id="encoding"),
        pytest.param({"channels": 2}, id="channels"),
    ],
)
def test_another_format_than_its_own_is_refused(options: dict[str, Any]) -> None:
    frames = made()
    with pytest.raises(OptionError, match="leave it out"):
        open_stream(frames, **options)
    assert not frames.over


def test_a_second_taker_is_refused() -> None:
    frames = made()
    stream = open_stream(frames, sample_rate=16000)
    with pytest.raises(AudioError, match="another session"):
        open_stream(frames)
    asyncio.run(stream.close())
