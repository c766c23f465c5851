"""Any source of audio as a body that can be sent, and sent again.

A source is a path, an ``http(s)`` URL, any other URL that fsspec opens, bytes,
a binary file object, an ``IPython.display.Audio``, a NumPy array with its rate.
It is looked at before anything is sent: what is missing, empty, not audio or
mislabelled is refused with the fix.
"""

from dgnb.audio.formats import Format, sniff
from dgnb.audio.source import AudioLike, Body, Remote, load

__all__ = ["AudioLike", "Body", "Format", "Remote", "load", "sniff"]
