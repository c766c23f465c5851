"""Files of the browser's machine, as files of the kernel's."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any, BinaryIO, ClassVar
from weakref import finalize

from anywidget import AnyWidget
from traitlets import Float, Unicode

from dgnb.widgets.assets import css, esm
from dgnb.widgets.delivery import promptly

PIECE = 1 << 20
"""Bytes of a piece; a page sends the next when the last was taken."""

_PLAIN = re.compile(r"[^\w .()-]+")


Act = Callable[["Upload", dict[str, Any], Sequence[Any]], None]


class Upload(AnyWidget):
    """A place to drop a file, or to choose one; it is kept as long as the widget.

    Attributes
    ----------
    path : str
        Where the file is, once all of it is here.
    name : str
        What it is called.
    share : float
        How much of it is here [0, 1].
    said : str
        What went wrong.

    Examples
    --------
    >>> upload = Upload()
    >>> upload.take("call.wav", b"RIFF")
    >>> upload.name, Path(upload.path).read_bytes()
    ('call.wav', b'RIFF')
    """

    _esm = esm("upload")
    _css = css("upload")

    label = Unicode("Drop a recording here").tag(sync=True)
    accept = Unicode("audio/*,video/*").tag(sync=True)
    name = Unicode("").tag(sync=True)
    share = Float(0.0).tag(sync=True)
    said = Unicode("").tag(sync=True)
    path = Unicode("")

    def __init__(self, **traits: Any) -> None:
        self._folder = Path(mkdtemp(prefix="dgnb-"))
        self._remove = finalize(self, rmtree, self._folder, ignore_errors=True)
        self._count = self._size = 0
        self._current = ""
        self._file: BinaryIO | None = None
        super().__init__(**traits)
        self.on_msg(lambda _, content, buffers: self._heard(content, buffers))
        promptly(self)

    def take(self, name: str, data: bytes) -> None:
        """Take a file that is here already."""
        self._do(Upload._begin, {"id": "", "name": name, "size": len(data)})
        self._do(Upload._piece, {"id": ""}, [data])

    def place(self, name: str) -> Path:
        """Return where a new file of this name may be written; no two are in one place."""
        self._count += 1
        folder = self._folder / str(self._count)
        folder.mkdir()
        return folder / plain(name)

    # What the page says; any thread

    def _heard(self, content: dict[str, Any], buffers: Sequence[Any]) -> None:
        act = self._ACTS.get(content.get("kind"))
        if act is not None:
            self._do(act, content, buffers)

    def _do(self, act: Act, content: dict[str, Any], buffers: Sequence[Any] = ()) -> None:
        try:
            act(self, content, buffers)
        except OSError as error:
            self.said = f"{self.name} cannot be kept here: {error.strerror or error}."
            self._file = None

    def _begin(self, content: dict[str, Any], _: Sequence[Any]) -> None:
        self._drop()
        name = plain(str(content.get("name", "")))
        self._current, self._size = str(content.get("id", "")), max(int(content.get("size", 0)), 0)
        self.said, self.name, self.share = "", name, 0.0
        self._path = self.place(name)
        self._file = self._path.open("wb")
        if not self._size:
            self.said = f"{name} is empty."
            self._drop()
        else:
            self._want(0)

    def _piece(self, content: dict[str, Any], buffers: Sequence[Any]) -> None:
        file = self._file
        if file is None or str(content.get("id", "")) != self._current or not buffers:
            return
        file.write(bytes(buffers[0]))
        done = file.tell()
        self.share = min(done / self._size, 1.0)
        if done < self._size:
            self._want(done)
            return
        file.close()
        self._file = None
        self.path = str(self._path)

    def _want(self, start: int) -> None:
        self.send({"kind": "want", "id": self._current, "start": start, "size": PIECE})

    def _drop(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def close(self) -> None:
        """Take the widget away, and the files that it has."""
        if hasattr(self, "_folder"):  # else it was never made
            self._drop()
            self._remove()
        super().close()

    _ACTS: ClassVar[dict[Any, Act]] = {
        "begin": _begin,
        "piece": _piece,
    }


def plain(name: str) -> str:
    r"""Return the last part of a file's name, without what is no letter, figure, blank or one of ``.-_()``.

    Examples
    --------
    >>> plain("../../etc/my call.wav"), plain("C:\\calls\\a<b>.mp3"), plain("..")
    ('my call.wav', 'a_b_.mp3', 'recording')
    """
    last = PurePosixPath(name.replace("\\", "/")).name
    found = _PLAIN.sub("_", last).strip(" .")[-100:]
    return found or "recording"
