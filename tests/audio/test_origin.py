import io
import os
import pickle
from pathlib import Path

import numpy as np
import pytest

from dgnb import Deepgram, Transcript
from dgnb.audio.origin import Origin, origin, remember
from dgnb.audio.samples import wav
from dgnb.audio.source import Said

SILENCE = (np.zeros(8000, np.int16), 8000)


def remembered(source: object) -> Origin | None:
    call = Transcript()
    remember(call, source)
    return origin(call)


def test_listening_remembers_its_source_outside_of_the_json(tmp_path: Path) -> None:
    path = tmp_path / "call.raw"
    path.write_bytes(bytes(16000))
    with Deepgram(sandbox=True) as dg:
        call = dg.listen(path, encoding="linear16", sample_rate=8000)
    assert origin(call) == Origin(path, Said("linear16", 8000, None))
    assert str(path) not in call.json.decode()
    assert origin(pickle.loads(pickle.dumps(call))) is None
    assert Transcript.from_json(call.json) == call


def test_a_path_stays_the_same_when_the_directory_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = remembered("call.wav")
    assert found is not None
    assert os.fspath(found.source) == os.path.join(tmp_path, "call.wav")


def test_a_secret_in_a_url_is_not_kept() -> None:
    assert remembered("https://example.org/call.wav") == Origin("https://example.org/call.wav")
    assert remembered("https://example.org/call.wav?signature=abc") is None
    assert remembered("s3://me:secret@bucket/call.wav") is None


def test_a_stream_is_not_kept() -> None:
    assert remembered(io.BytesIO(wav(*SILENCE))) is None
    assert origin(Transcript()) is None


def test_a_live_session_that_keeps_its_audio_is_what_its_transcript_is_heard_from() -> None:
    noise = (np.random.default_rng(0).normal(0, 3000, 8000).astype(np.int16), 8000)
    with Deepgram(sandbox=True) as dg, dg.listen.live(noise, pace=20, keep_audio=True) as live:
        call = live.wait()
    assert call.clip(start=0.25, end=0.5).samples.tolist() == noise[0][2000:4000].tolist()
    with Deepgram(sandbox=True) as dg, dg.listen.live(noise, pace=20) as live:
        assert origin(live.wait()) is None
