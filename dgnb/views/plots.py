"""Plots of a transcript."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import FigureBase

from dgnb.audio.source import AudioLike
from dgnb.results import Transcript
from dgnb.views import bars, certainty, lanes, moods, overview, pace, sounds
from dgnb.views.scene import Scene


class TranscriptPlots:
    """Plots of a transcript. Each draws on `ax`, or makes its own figure, and returns the axes.

    They set no style. A figure of their own has no background and mid-grey
    letters, so it is legible on light and dark pages. Called, it gives the
    most telling plots in one figure.

    Parameters
    ----------
    transcript : Transcript

    Examples
    --------
    >>> from dgnb.results import Transcript
    >>> word = {"word": "hi", "start": 0.25, "end": 0.5, "confidence": 0.75}
    >>> call = Transcript.from_json({"results": {"channels": [{"alternatives": [{"words": [word]}]}]}})
    >>> call.plot.confidence().get_ylabel()
    'confidence [0, 1]'
    >>> len(call.plot().axes)
    4
    """

    def __init__(self, transcript: Transcript) -> None:
        self._scene = Scene(transcript)

    def __call__(self, figure: FigureBase | None = None) -> FigureBase:
        """Return the transcript at a glance: who speaks, how surely, how fast, how it feels, what about.

        Parameters
        ----------
        figure : matplotlib.figure.Figure or SubFigure, optional
            Where to draw; without it, a new figure.
        """
        return overview.overview(self._scene, figure)

    def words(self, ax: Axes | None = None) -> Axes:
        """Return a plot of each word as a box from its start to its end, in a lane for each voice.

        The words are written over their boxes as far as there is room, and not
        at all when that is less than a quarter of them.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; without it, a new figure.
        """
        return lanes.words(self._scene, ax)

    def timeline(self, ax: Axes | None = None) -> Axes:
        """Return a plot of who speaks when, in a lane for each voice.

        Words with pauses up to 0.8 s between them are one bar. Where several
        speak at once, grey goes through all lanes.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; without it, a new figure.
        """
        return lanes.timeline(self._scene, ax)

    def confidence(self, ax: Axes | None = None) -> Axes:
        """Return a plot of the confidence of each word, as a dash from its start to its end.

        A dotted line is the mean. Words below 0.5, which are rather wrong than
        right, are counted and written, the lowest first, as far as there is room.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; without it, a new figure.
        """
        return certainty.confidence(self._scene, ax)

    def sentiment(self, ax: Axes | None = None) -> Axes:
        """Return a plot of the sentiment of each segment; its label changes at the dotted lines.

        The curve is the mean around each moment, weighted by time.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; without it, a new figure.

        Raises
        ------
        OptionError
            The transcript has no sentiments, since they were not asked for.
        """
        return moods.sentiment(self._scene, ax)

    def sentiment_by_speaker(self, ax: Axes | None = None) -> Axes:
        """Return a plot of how many of each voice's words are in negative, neutral and positive segments.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; without it, a new figure.

        Raises
        ------
        OptionError
            The transcript has no sentiments, since they were not asked for.
        """
        return moods.by_speaker(self._scene, ax)

    def rate(self, ax: Axes | None = None) -> Axes:
        """Return a plot of how fast each voice speaks: words in a minute of its own talk.

        It is a mean around each moment, over a twelfth of the audio or less;
        a curve stops where a voice does not talk. Eight voices at most.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; without it, a new figure.
        """
        return pace.rate(self._scene, ax)

    def talk(self, ax: Axes | None = None) -> Axes:
        """Return a plot of the share of the time that each voice talks, several do at once, nobody does.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; without it, a new figure.
        """
        return pace.talk(self._scene, ax)

    def topics(self, ax: Axes | None = None) -> Axes:
        """Return a plot of what is talked about when, in a lane for each topic; a lower bar is less sure.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; without it, a new figure.

        Raises
        ------
        OptionError
            The transcript has no topics, since they were not asked for.
        """
        return lanes.topics(self._scene, ax)

    def intents(self, ax: Axes | None = None) -> Axes:
        """Return a plot of what is meant to be reached when, in a lane for each intent.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; without it, a new figure.

        Raises
        ------
        OptionError
            The transcript has no intents, since they were not asked for.
        """
        return lanes.intents(self._scene, ax)

    def metrics(self, ax: Axes | None = None) -> Axes:
        """Return a plot of the metrics of each voice, each column with its own scale.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; without it, a new figure.
        """
        return bars.metrics(self._scene, ax)

    def waveform(
        self,
        ax: Axes | None = None,
        *,
        audio: AudioLike = None,
        start: float | None = None,
        end: float | None = None,
    ) -> Axes:
        """Return a plot of the audio's lowest and highest sample over time, in the colour of who speaks.

        The words are written above, where at least a quarter of them has room.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; without it, a new figure.
        audio : path, URL, bytes, Speech, or (array, rate), optional
            The recording; not needed where ``listen`` was called in this process, or a live
            session has kept its audio.
        start, end : float, optional
            From when to when [s].

        Raises
        ------
        AudioError
            The recording is not known, or cannot be read.
        """
        return sounds.waveform(self._scene, ax, sounds.excerpt(self._scene, audio, start, end))

    def spectrogram(
        self,
        ax: Axes | None = None,
        *,
        audio: AudioLike = None,
        start: float | None = None,
        end: float | None = None,
    ) -> Axes:
        """Return a plot of how loud each frequency is over time, up to 8 kHz, with the words above.

        What is 60 dB below the loudest cannot be told from the page.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; without it, a new figure.
        audio : path, URL, bytes, Speech, or (array, rate), optional
            As for `waveform`.
        start, end : float, optional
            From when to when [s].

        Raises
        ------
        AudioError
            The recording is not known, or cannot be read.
        """
        return sounds.spectrogram(self._scene, ax, sounds.excerpt(self._scene, audio, start, end))
