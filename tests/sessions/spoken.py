"""Services that speak, played by hand: text is its own audio, so that it can be told what was said."""

from __future__ import annotations

import json
from collections.abc import Iterator

from dgnb.protocol.messages import fluxspeak, speak, write
from dgnb.sessions.speaking import Speaking


def voice(text: str) -> bytes:
    """Text as audio: its letters, two bytes each."""
    return "".join(text.split()).encode("utf-16-le")


def said(audio: bytes) -> str:
    return audio.decode("utf-16-le")


def frames(talk: Speaking, now: float = 0.0) -> list[str]:
    """What is sent: texts as they are, other messages as their type in brackets."""
    found = []
    while (due := talk.due(now)) is not None and due <= now:
        frame = talk.outgoing(now)
        if frame is None:
            break
        message = json.loads(frame)
        found.append(message["text"] if message["type"] == "Speak" else f"[{message['type']}]")
    return found


def heard(talk: Speaking) -> str:
    return said(b"".join(talk.pieces))


class Aura:
    """Speaks what is flushed; `take` gives what comes back for a frame."""

    def __init__(self, size: int = 6) -> None:
        self.size, self.sequence = size, 0
        self.text = ""
        self.closed = False

    def take(self, frame: str) -> Iterator[str | bytes]:
        message = json.loads(frame)
        kind = message["type"]
        if kind == "Speak":
            assert message["text"].strip()
            self.text += message["text"]
        elif kind == "Clear":
            self.text = ""
            yield write(speak.Cleared(sequence_id=self.sequence))
        elif kind == "Flush":
            yield from self.audio()
            yield write(speak.Flushed(sequence_id=self.sequence))
            self.sequence += 1
        else:
            yield from self.audio()
            self.closed = True

    def audio(self) -> Iterator[bytes]:
        whole, self.text = voice(self.text), ""
        for start in range(0, len(whole), self.size):
            yield whole[start : start + self.size]


class Flux(Aura):
    """Speaks in turns."""

    def take(self, frame: str) -> Iterator[str | bytes]:
        kind = json.loads(frame)["type"]
        if kind != "Flush":
            yield from super().take(frame)
            return
        name = f"dg_sp_{self.sequence}"
        yield write(fluxspeak.SpeechStarted(speech_id=name))
        yield from self.audio()
        yield write(fluxspeak.SpeechMetadata(speech_id=name))
        yield write(fluxspeak.Flushed(speech_id=name))
        self.sequence += 1
