"""``%deepgram`` and ``%%deepgram``: parse, call, return.

A verb (``listen``, ...) is a function and a row of `dgnb.magics.verbs.VERBS`; its flags,
their help and their completion are read from its table of options in `dgnb.protocol.params`.
Every operation of `dgnb.namespaces` is a verb by itself (``keys.create``), see `dgnb.magics.actions`.
Verbs of live sessions are in `dgnb.magics.live`, what cells have started in `dgnb.magics.stage`.
"""

from dgnb.magics.extension import register, unregister

__all__ = ["register", "unregister"]
