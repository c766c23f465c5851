"""``python -m tests.notebooks.interview``: makes the recording that the tutorials use.

Two synthetic voices, a customer's call; every sample of it is computed here.
"""

import numpy as np

from dgnb.sandbox.engines.encoding import encode
from dgnb.sandbox.engines.synthesis import RATE, synthesise
from tests.notebooks.hygiene import FOLDER

LINES = (
    ("edward", "Welcome to the service. What can I do for you today?"),
    ("klatt", "The package came late, and the box was broken. I am very unhappy."),
    ("edward", "I am sorry to hear that. We can send you a new one tomorrow morning."),
    ("klatt", "That is wonderful news."),
)
PAUSE = 0.7
"""Silence between two lines [s]."""


def recording() -> np.ndarray:
    """The call's samples, int16 at `RATE` Hz."""
    pause = np.zeros(int(PAUSE * RATE), dtype=np.int16)
    return np.concatenate(
        [part for voice, text in LINES for part in (synthesise(text, voice).samples, pause)]
    )


if __name__ == "__main__":
    target = FOLDER / "audio" / "interview.mp3"
    target.write_bytes(encode(recording(), RATE, "mp3", bit_rate=56_000))
