"""Replies that were paid for, kept on this machine: the same audio with the same options costs nothing again.

``dg.batch(...)`` keeps its replies here, and ``dg.listen(source, cache=True)`` does. What is kept is
told by `entries`, its size by `size`, and `prune` removes it. A reply is found again by the content
of the audio (whatever the file is called), the options, the endpoint, and who answered: what the
sandbox says never stands for the service. Audio at a URL is known by the URL alone.
"""

from dgnb.cache.address import Address, address
from dgnb.cache.inventory import Entries, entries, prune, size
from dgnb.cache.keeping import Cache, keeping, store
from dgnb.cache.store import VARIABLE, Kept, Store, folder

__all__ = [
    "VARIABLE",
    "Address",
    "Cache",
    "Entries",
    "Kept",
    "Store",
    "address",
    "entries",
    "folder",
    "keeping",
    "prune",
    "size",
    "store",
]
