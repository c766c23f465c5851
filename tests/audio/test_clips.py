import io
import wave

import numpy as np
import pytest

from dgnb.audio import clips
from dgnb.audio.pcm import SIZES, samples
from dgnb.audio.samples import wav
from dgnb.audio.source import Said
from dgnb.audio.waves import header
from dgnb.errors import AudioError
from tests.audio.files import Kind, encoded, raw, tone

RATE = 8000

WAVES = {
    "linear16": Kind("WAV", "wav", "pcm_s16le", RATE),
    "stereo": Kind("WAV", "wav", "pcm_s16le", RATE, "stereo"),
    "linear24": Kind("WAV", "wav", "pcm_s24le", RATE, "stereo"),
    "linear32": Kind("WAV", "wav", "pcm_s32le", RATE),
    "float32": Kind("WAV", "wav", "pcm_f32le", RATE, "stereo"),
    "float64": Kind("WAV", "wav", "pcm_f64le", RATE),
    "unsigned8": Kind("WAV", "wav", "pcm_u8", RATE),
    "mulaw": Kind("WAV", "wav", "pcm_mulaw", RATE),
    "alaw": Kind("WAV", "wav", "pcm_alaw", RATE),
}


def frames(audio: bytes) -> list[bytes]:
    """The samples of a WAV file as they are, each of all channels."""
    found = header(audio)
    assert found is not None
    width = SIZES[found.kind] * found.channels
    data = audio[found.start : found.start + (found.length or 0)]
    return [data[at : at + width] for at in range(0, len(data), width)]


@pytest.mark.parametrize("kind", WAVES.values(), ids=WAVES)
def test_a_clip_has_the_samples_of_its_source(kind: Kind) -> None:
    audio = encoded(kind)
    clip = clips.cut(clips.read(audio), [(0.25, 0.5)]).wav()
    assert frames(clip) == frames(audio)[2000:4000]
    before, after = header(audio), header(clip)
    assert before is not None
    assert after is not None
    assert (after.kind, after.rate, after.channels) == (before.kind, before.rate, before.channels)


@pytest.mark.parametrize("kind", WAVES.values(), ids=WAVES)
@pytest.mark.parametrize("pitch", [1000.0, 0.0], ids=["tone", "silence"])
def test_what_is_covered_does_not_depend_on_the_source(kind: Kind, pitch: float) -> None:
    audio = encoded(kind)
    take = clips.read(audio)
    spans = [(0.25, 0.5), (0.75, 0.8)]
    covered = clips.cover(take, spans, pitch)
    other = clips.Take(take.kind, take.channels, take.rate, take.layout, bytes(len(take.data)))
    hidden = clips.cut(covered, spans)
    assert hidden == clips.cut(clips.cover(other, spans, pitch), spans)
    assert len(frames(covered.wav())) == len(frames(audio))
    rest = [(0.0, 0.25), (0.5, 0.75), (0.8, 1.0)]
    assert clips.cut(covered, rest).data == clips.cut(take, rest).data
    loud = np.abs(samples(hidden.data, take.kind).astype(int)).max()
    assert (loud > 5000) == (pitch > 0)
    assert loud < 8000


def test_a_tone_has_its_pitch() -> None:
    covered = clips.cover(clips.read((np.zeros(RATE, np.int16), RATE)), [(0, 1)], 440)
    spectrum = np.abs(np.fft.rfft(samples(covered.data, "linear16")))
    assert spectrum.argmax() == 440


def test_every_sample_that_a_span_touches_belongs_to_it() -> None:
    take = clips.read((np.arange(1, 11, dtype=np.int16), 10))
    found = samples(clips.cut(take, [(0.25, 0.51)]).data, "linear16").tolist()
    assert found == [3, 4, 5, 6]
    # 0.3 s is the fourth sample, although 0.1 + 0.2 is a little more.
    assert samples(clips.cut(take, [(0.1 + 0.2, 0.4)]).data, "linear16").tolist() == [4]


def test_spans_outside_are_cut_to_the_recording() -> None:
    take = clips.read((np.arange(10, dtype=np.int16), 10))
    assert clips.cut(take, [(-5, 0.1), (0.9, 99)]).data == np.array([0, 9], "<i2").tobytes()
    with pytest.raises(AudioError, match=r"Nothing of the 1\.0 s"):
        clips.cut(take, [(2, 3)])


def test_a_wav_file_of_an_odd_size_is_whole() -> None:
    clip = clips.cut(clips.read(encoded(WAVES["unsigned8"])), [(0, 3 / RATE)]).wav()
    with wave.open(io.BytesIO(clip)) as read:
        assert (read.getnframes(), read.getframerate(), read.getsampwidth()) == (3, RATE, 1)
    assert len(clip) % 2 == 0


@pytest.mark.parametrize("encoding", ["linear16", "linear32", "mulaw"])
def test_raw_audio_is_cut_as_it_is(encoding: str) -> None:
    audio = raw(encoding, tone(RATE))
    take = clips.read(audio, Said(encoding, RATE, 1))
    assert take.data == audio
    assert clips.read(take.wav()).data == audio


def test_a_compressed_file_is_decoded() -> None:
    take = clips.read(encoded(Kind("FLAC", "flac", "flac", RATE)))
    assert (take.kind, take.channels, take.rate) == ("linear16", 1, RATE)
    assert samples(take.data, "linear16").tolist() == tone(RATE).tolist()


def test_what_is_at_a_url_is_fetched_or_refused() -> None:
    audio = wav(tone(RATE), RATE)
    url = "https://example.org/call.wav?signature=abc"
    assert clips.read(url, fetch=lambda asked: [audio[:50], audio[50:]] if asked == url else []).duration == 1
    with pytest.raises(AudioError, match=r"Download https://example\.org/call\.wav first"):
        clips.read(url)


def test_a_stream_without_a_length_is_read_to_its_end() -> None:
    audio = bytearray(wav(tone(RATE), RATE))
    audio[40:44] = bytes(4)
    assert clips.read(bytes(audio)).duration == 1
