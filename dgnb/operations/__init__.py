"""Each operation of the API once, as a flow: a generator that yields requests and is sent replies.

A flow does no input or output, so one flow serves the blocking and the
asynchronous client alike.
"""

from dgnb.operations.flow import Flow, Reply, Request
from dgnb.operations.listening import listen, submit

__all__ = ["Flow", "Reply", "Request", "listen", "submit"]
