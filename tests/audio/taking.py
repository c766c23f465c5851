"""What comes out of a stream."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from dgnb.audio.raw import AudioFormat
from dgnb.audio.streams import Stream, open_stream

THREAD = "dgnb audio"


@asynccontextmanager
async def opened(source: Any, **options: Any) -> AsyncIterator[Stream]:
    stream = open_stream(source, **options)
    try:
        yield stream
    finally:
        await stream.close()


async def pieces(source: Any, **options: Any) -> list[bytes]:
    """All pieces of a source; the stream is closed."""
    async with opened(source, **options) as stream:
        return [piece async for piece in stream.pieces()]


def taken(source: Any, **options: Any) -> tuple[AudioFormat, bytes]:
    """The format and all the audio of a source; it is opened outside of any event loop."""
    stream = open_stream(source, **options)

    async def take() -> bytes:
        try:
            found = [piece async for piece in stream.pieces()]
        finally:
            await stream.close()
        assert all(found)
        assert not stream.format.width or all(len(piece) % stream.format.width == 0 for piece in found)
        return b"".join(found)

    audio = asyncio.run(take())
    return stream.format, audio


def threads() -> list[threading.Thread]:
    """The threads of streams that are alive."""
    return [thread for thread in threading.enumerate() if thread.name == THREAD]
