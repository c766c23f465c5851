"""A page without a browser: it keeps what widgets send, as it would travel, and asks as a page asks."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import comm
from comm.base_comm import BaseComm
from ipywidgets import Widget


class Page:
    """Takes the place of a front end for the widgets that are made from now on.

    Parameters
    ----------
    patch : callable
        As pytest's ``monkeypatch.setattr``.
    """

    def __init__(self, patch: Callable[..., None]) -> None:
        self.messages: list[dict[str, Any]] = []
        self.sizes: list[int] = []
        self._arrived = threading.Condition()
        page = self

        class Comm(BaseComm):
            def publish_msg(self, msg_type: str, data: Any = None, *rest: Any, **more: Any) -> None:
                page._take(data or {})

        patch(comm, "create_comm", Comm)

    def _take(self, data: dict[str, Any]) -> None:
        if data.get("method") != "custom":
            return
        text = json.dumps(data["content"])
        with self._arrived:
            self.messages.append(json.loads(text))
            self.sizes.append(len(text))
            self._arrived.notify_all()

    def wait(self, reached: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
        """The first message of which something is true."""
        with self._arrived:
            found = self._arrived.wait_for(lambda: list(filter(reached, self.messages)), 60)
        assert found, self.messages[-3:]
        message: dict[str, Any] = found[0]
        return message

    def say(self, widget: Widget, do: str, **more: Any) -> None:
        """What a page sends."""
        content = {"do": do, **more}
        widget.comm.handle_msg({"content": {"data": {"method": "custom", "content": content}}, "buffers": []})

    def open(self, widget: Widget, name: str = "p") -> dict[str, Any]:
        """What a page is told when it comes."""
        self.say(widget, "ready", page=name)
        return self.wait(lambda message: message.get("page") == name)

    @property
    def status(self) -> dict[str, Any]:
        """How the session stands as far as the page knows."""
        known: dict[str, Any] = {}
        for message in self.messages:
            known |= message.get("status", {})
        return known

    def added(self, name: str) -> list[Any]:
        """All that was told bit by bit."""
        return [
            one for message in self.messages if message["kind"] == "news" for one in message.get(name, ())
        ]
