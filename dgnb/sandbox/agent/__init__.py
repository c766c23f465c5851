"""``/v1/agent/converse``: a voice agent out of the sandbox's own parts.

It hears with the sandbox's recogniser (`hearing`), finds its words by rules
(`policy`, `arguments`, `wording`) or at a language model of the user's (`thinking`), and speaks
with the sandbox's voices (`speaking`). `functions` has others do what the user wants,
`replying` leads a turn of the agent from thinking to speech, `conversation` holds what
one connection has come to, `opening`, `session` and `endings` its order: what may come
when, and what answers it.
"""
