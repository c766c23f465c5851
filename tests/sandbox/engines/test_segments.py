from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from dgnb.sandbox.engines.activity import stretches
from dgnb.sandbox.engines.segments import RATE, Begun, Event, Piece, Segmenter

TALK = (
    ("Good morning.", 0.1),
    ("How are you today?", 0.5),
    ("The library opens at ten and closes in the evening.", 4.0),
    ("Stop!", 0.3),
    ("My sister plays the piano in a small band.", 3.3),
    ("Yes.", 0.05),
)
QUIET = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def silence(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * RATE), np.int16)


@pytest.fixture(scope="module")
def talk(say) -> np.ndarray:
    """Six utterances, first in silence, then in noise, with a noise alone in between."""
    clean = np.concatenate([part for text, pause in TALK for part in (say(text), silence(pause))])
    random = np.random.default_rng(3)
    noisy = clean + random.normal(0, 150, len(clean))
    burst = random.normal(0, 3000, 2 * RATE)
    return np.concatenate([clean, burst, noisy]).round().astype(np.int16)


def found(samples: np.ndarray, sizes: tuple[int, ...] = ()) -> list[Event]:
    """All that is found in audio that comes in pieces of these sizes, again and again."""
    segmenter, events, at, turn = Segmenter(), [], 0, 0
    while at < len(samples):
        size = sizes[turn % len(sizes)] if sizes else len(samples)
        events += segmenter.feed(samples[at : at + size])
        at, turn = at + size, turn + 1
    return [*events, *segmenter.finish()]


def pieces(events: list[Event]) -> list[Piece]:
    return [event for event in events if isinstance(event, Piece)]


def plain(events: list[Event], later: float = 0.0) -> list[tuple[object, ...]]:
    """Events that can be compared, with their times moved."""
    told: list[tuple[object, ...]] = []
    for event in events:
        if isinstance(event, Begun):
            told.append(("begun", round(event.time + later, 4)))
            continue
        speech = tuple(round(time + later, 4) for time in event.speech or ())
        ends = round(event.start + later, 4), round(event.end + later, 4)
        told.append((*ends, speech, event.samples.tobytes(), event.paused))
    return told


@pytest.fixture(scope="module")
def whole(talk) -> list[Event]:
    return found(talk)


@QUIET
@given(sizes=some.lists(some.integers(1, 3 * RATE), min_size=1, max_size=5))
def test_how_the_audio_is_cut_changes_nothing(talk, whole, sizes: list[int]) -> None:
    assert plain(found(talk, (*sizes, 320))) == plain(whole)


def test_single_samples_are_enough(say) -> None:
    short = say("Good morning.")[: RATE // 2]
    assert plain(found(short, (1,))) == plain(found(short))


def test_who_begins_again_at_a_boundary_finds_the_very_same(talk, whole) -> None:
    rest = pieces(whole)
    for number, piece in enumerate(rest):
        again = pieces(found(talk[round(piece.end * RATE) :]))
        assert plain(again, piece.end) == plain(rest[number + 1 :])


def test_pieces_cover_the_audio_without_gap_or_overlap(talk, whole) -> None:
    ends = [(piece.start, piece.end) for piece in pieces(whole)]
    assert ends[0][0] == 0.0
    assert ends[-1][1] == len(talk) / RATE
    assert all(before[1] == after[0] for before, after in pairwise(ends))
    assert all(round(end * RATE) % 320 == 0 for _, end in ends[:-1])


def test_speech_lies_within_its_piece_and_is_announced(talk, whole) -> None:
    spoken = [piece for piece in pieces(whole) if piece.speech]
    begun = [event.time for event in whole if isinstance(event, Begun)]
    assert len(spoken) == len(begun) >= 8
    for piece, time in zip(spoken, begun, strict=True):
        start, end = piece.speech
        assert piece.start <= start <= time < end <= piece.end
        assert np.array_equal(piece.samples, talk[round(start * RATE) : round(end * RATE)])


def test_the_stretches_of_a_recording_are_those_of_its_pieces(talk, whole) -> None:
    assert stretches(talk) == [piece.speech for piece in pieces(whole) if piece.speech]


def test_silence_is_divided_about_every_three_seconds() -> None:
    ends = [piece.end for piece in pieces(found(silence(20)))]
    assert [after - before for before, after in pairwise(ends[:-1])] == pytest.approx([2.7] * 6)
    assert ends[-1] == 20.0


@pytest.mark.parametrize("pause", [2.4, 2.6, 2.8, 3.0, 3.2])
def test_a_boundary_in_silence_cuts_no_speech(say, pause: float) -> None:
    """Wherever speech begins, its beginning and some padding lie behind the boundary."""
    spoken = say("Good morning.")
    first = int(np.flatnonzero(np.abs(spoken) > 500)[0]) / RATE
    (stretch,) = stretches(np.concatenate([silence(pause), spoken, silence(1)]))
    assert stretch[0] <= pause + first - 0.1


def test_a_stretch_is_told_as_soon_as_its_pause_is_long_enough(say) -> None:
    spoken = say("How are you today?")
    segmenter, loud = Segmenter(), np.flatnonzero(np.abs(spoken) > 500)[-1] / RATE
    for frame in np.concatenate([spoken, silence(2)])[: len(spoken) // 320 * 320 + 32_000].reshape(-1, 320):
        if [event for event in segmenter.feed(frame) if isinstance(event, Piece)]:
            break
    assert segmenter.now == pytest.approx(loud + 0.35, abs=0.2)
    assert segmenter.silence == pytest.approx(0.28)
    assert not segmenter.speaking
    assert segmenter.boundary == pytest.approx(segmenter.now - 0.14)


def test_the_open_stretch_can_be_seen(say) -> None:
    spoken = say("The library opens at ten and closes in the evening.")
    segmenter = Segmenter()
    assert (segmenter.stretch, len(segmenter.samples)) == ((0.0, 0.0), 0)
    assert [type(event) for event in segmenter.feed(spoken[: 2 * RATE])] == [Begun]
    start, end = segmenter.stretch
    assert segmenter.speaking
    assert end == 2.0
    assert np.array_equal(segmenter.samples, spoken[round(start * RATE) : 2 * RATE])


def test_a_flush_ends_the_open_stretch_at_once(say) -> None:
    spoken = say("The library opens at ten and closes in the evening.")
    segmenter = Segmenter()
    list(segmenter.feed(spoken[: RATE + 100]))
    (piece,) = segmenter.flush()
    assert (piece.start, piece.end, piece.paused) == (0.0, 1.0, False)
    assert piece.speech
    assert segmenter.boundary == 1.0
    assert list(segmenter.flush()) == []
    rest = [*segmenter.feed(spoken[RATE + 100 :]), *segmenter.finish()]
    assert plain(rest) == plain(found(spoken[RATE:]), 1.0)


def test_noise_is_never_announced(noise) -> None:
    for kind in ("steady", "swelling", "bursts"):
        assert not any(isinstance(event, Begun) for event in found(noise(0.5, 3000, kind)))


def test_nothing_gives_nothing() -> None:
    assert found(np.zeros(0, np.int16)) == []
    assert list(Segmenter().flush()) == []
