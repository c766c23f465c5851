"""Live dialogues as state machines without a socket: frames in, events and frames out.

All that has to be remembered is here: what was sent and not yet answered, how each
connection's clock relates to the source, what is final, what is due next. Time is
always given, never asked for, so every rule can be tested without waiting.
"""
