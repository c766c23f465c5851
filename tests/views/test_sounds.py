from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

from dgnb.audio.samples import wav
from dgnb.errors import AudioError, OptionError
from dgnb.views import colours
from dgnb.views.sounds import COLUMNS, HIGHEST, spectrum
from tests.views.artists import boxes, shades, texts
from tests.views.replies import dialogue

RATE = 8000
SOUNDS = ("waveform", "spectrogram")


def tone(pitch=1000.0, seconds=12.5, level=0.5):
    time = np.arange(int(seconds * RATE)) / RATE
    return (level * 32767 * np.sin(2 * np.pi * pitch * time)).astype(np.int16), RATE


@pytest.mark.parametrize("name", SOUNDS)
def test_a_plot_of_the_sound_takes_axes(name):
    ax = Figure().add_subplot()
    assert getattr(dialogue().plot, name)(ax, audio=tone()) is ax


@pytest.mark.parametrize("name", SOUNDS)
def test_every_word_is_written_over_its_time(name):
    ax = getattr(dialogue().plot, name)(audio=tone())
    assert texts(ax) == ["Hello,", "this", "is", "Ava.", "My", "router", "is", "dead!"]
    bars = boxes(ax, -1)
    assert bars[0][:2] == (0.5, 0.7)
    assert shades(ax, -1) == [colours.VOICES[0]] * 4 + [colours.VOICES[1]] * 4
    assert max(ax.get_yticks()) < bars[0][2]


def test_the_waveform_reaches_from_the_lowest_to_the_highest_sample():
    ax = dialogue().plot.waveform(audio=tone(level=0.5))
    found = np.array(boxes(ax))
    assert len(found) == COLUMNS
    assert (found[:, 2].min(), found[:, 3].max()) == pytest.approx((-0.5, 0.5), abs=0.01)
    assert (found[0, 0], found[-1, 1]) == (0, 12.5)


def test_the_waveform_has_the_colour_of_who_speaks():
    ax = dialogue().plot.waveform(audio=tone())
    by_time = {left: shade for (left, *_), shade in zip(boxes(ax), shades(ax), strict=True)}
    at = {moment: min(by_time, key=lambda left: abs(left - moment)) for moment in (0.6, 3.0, 4.1)}
    assert [by_time[at[moment]] for moment in at] == [colours.VOICES[0], colours.TEXT, colours.VOICES[1]]


@pytest.mark.parametrize("pitch", [500, 2000])
def test_a_tone_is_loud_at_its_frequency(pitch):
    ax = dialogue().plot.spectrogram(audio=tone(pitch))
    (image,) = ax.images
    level, (left, right, bottom, top) = image.get_array(), image.get_extent()
    assert (left, right, bottom, top) == (0, 12.5, 0, 4)
    loudest = np.asarray(level).mean(axis=1).argmax() * top / (len(level) - 1)
    assert loudest == pytest.approx(pitch / 1000, abs=0.05)


def test_silence_shows_the_page():
    (image,) = dialogue().plot.spectrogram(audio=tone()).images
    assert image.cmap(0.0)[3] == 0
    assert image.cmap(1.0)[3] == 1


def test_a_spectrogram_is_of_bounded_size():
    found = spectrum(np.zeros(48000 * 60, np.int16), 48000)
    assert found.level.shape[1] == COLUMNS
    assert found.top == HIGHEST
    assert np.isfinite(found.level).all()


@pytest.mark.parametrize("size", [1, 7, 199])
def test_a_sound_of_a_moment_can_be_drawn(size):
    for name in SOUNDS:
        ax = getattr(dialogue().plot, name)(audio=(np.ones(size, np.int16), RATE))
        ax.figure.canvas.draw()


@pytest.mark.parametrize("name", SOUNDS)
def test_a_part_has_its_own_words_and_time(name):
    ax = getattr(dialogue().plot, name)(audio=tone(), start=4.0, end=6.0)
    assert ax.get_xlim() == (4.0, 6.0)
    assert texts(ax) == ["My", "router", "is", "dead!"]


def test_channels_are_averaged_and_a_file_is_read(tmp_path):
    left, rate = tone()
    path = tmp_path / "call.wav"
    path.write_bytes(wav(np.stack([left, -left], axis=1), rate))
    found = np.array(boxes(dialogue().plot.waveform(audio=path)))
    assert np.abs(found[:, 2:]).max() < 0.001


def test_a_part_that_is_not_there_is_refused():
    with pytest.raises(OptionError, match=r"12\.5 s"):
        dialogue().plot.waveform(audio=tone(), start=20.0)


def test_audio_that_is_not_known_is_asked_for():
    with pytest.raises(AudioError, match=r"audio='call\.wav'"):
        dialogue().plot.waveform()
