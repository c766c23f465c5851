"""The picture of a conversation's turns."""

from __future__ import annotations

from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from dgnb.live.log import FluxLog
from dgnb.protocol.heard import Word
from dgnb.protocol.messages import flux, write
from dgnb.sessions.bounds import Bounds
from dgnb.sessions.turns import Turns
from dgnb.views import colours

EVENTS = (
    ("StartOfTurn", 1.0, 0.1),
    ("EagerEndOfTurn", 2.0, 0.5),
    ("TurnResumed", 2.2, 0.2),
    ("EndOfTurn", 3.0, 0.8),
)


def talk() -> FluxLog:
    session = Turns({"eager_eot_threshold": 0.4}, Bounds())
    session.opened("r", 0.0)
    for number, (event, end, confidence) in enumerate(EVENTS):
        info = flux.TurnInfo(
            event,
            sequence_id=number,
            audio_window_end=end,
            transcript="Yes.",
            words=[Word("Yes.", 0.5, 0.9, 0.9)],
            end_of_turn_confidence=confidence,
        )
        session.hear(write(info), float(number))
    success = flux.ConfigureSuccess(thresholds=flux.Thresholds(eot_threshold=0.9), sequence_id=9)
    session.hear(write(success), 9.0)
    return FluxLog(session, {"eager_eot_threshold": 0.4})


def test_it_has_the_confidence_the_signs_and_the_thresholds() -> None:
    ax = talk().plot.turns()
    curve, *others = ax.get_lines()
    assert curve.get_xydata().tolist() == [[end, confidence] for _, end, confidence in EVENTS]
    shown = {line.get_label(): line for line in others}
    assert list(shown) == ["early end", "goes on", "end", "end at 0.9", "early at 0.4"]
    assert shown["early end"].get_xydata().tolist() == [[2.0, 0.5]]
    assert shown["end"].get_color() == colours.TURNS["EndOfTurn"]
    assert list(shown["end at 0.9"].get_ydata()) == [0.7, 0.9, 0.9]


def test_bars_are_pale_from_an_early_end_on() -> None:
    (boxes,) = talk().plot.turns().collections
    assert [(to_hex(shade), round(shade[3], 1)) for shade in boxes.get_facecolor()] == [
        (colours.TURNS["Update"], alpha) for alpha in (1.0, 0.4, 1.0)
    ]


def test_it_draws_where_it_is_told() -> None:
    ax = Figure().subplots()
    assert talk().plot.turns(ax) is ax


def test_a_conversation_without_a_word_is_an_empty_picture() -> None:
    ax = FluxLog(Turns({}, Bounds()), {}).plot.turns()
    ax.figure.canvas.draw()
    assert not ax.collections


def test_the_transcript_has_its_plots_too() -> None:
    assert talk().plot.words().get_xlabel() == "time [s]"
