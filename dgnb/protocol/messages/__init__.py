"""Every message of the live connections once, for both ends.

One module a connection: `listen` (``/v1/listen``), `flux` (``/v2/listen``),
`speak` (``/v1/speak``), `fluxspeak` (``/v2/speak``), `agent`
(``/v1/agent/converse``). Each has its messages as frozen
structs, and two readers: ``SERVER`` for what the service sends, ``CLIENT`` for what
it is sent. Binary frames are audio and no messages.
"""

from dgnb.protocol.messages.message import Message, Reader, Unknown, write

__all__ = ["Message", "Reader", "Unknown", "write"]
