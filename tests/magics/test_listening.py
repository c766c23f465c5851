import io
import signal
import threading
from typing import Any

import numpy as np
import pytest

from dgnb import Deepgram, PaymentRequired
from dgnb.audio.samples import wav
from dgnb.magics.arguments import read
from dgnb.magics.call import Call
from dgnb.magics.listening import listen
from dgnb.magics.session import Session
from dgnb.magics.tokens import evaluator, split
from dgnb.protocol.params import ListenSubmitOptions
from dgnb.results import Accepted, Transcript
from tests.servers import Answer, Server, refused, transcript


class Unreadable(io.RawIOBase):
    """A file on a disk that has gone."""

    def readinto(self, buffer: Any) -> int:
        raise OSError("the disk has gone")


NAMES = {name: wav(np.zeros(160), 16000) for name in "abc"} | {"gone": Unreadable()}


def call(line: str, client, keep=lambda _: None) -> Call:
    evaluate = evaluator(NAMES)
    session = Session()
    session.take(client)
    return Call(read(split(line), ListenSubmitOptions, evaluate, "listen"), "", evaluate, session, keep)


def test_what_no_other_source_can_survive_ends_the_work_and_keeps_what_there_is(capsys):
    answers = transcript("one"), refused(402), transcript()
    with Server(*answers) as server, Deepgram("key", base_url=server.url) as dg:
        heard = listen(call("$a $b $c", dg))
    assert ([each.text for each in heard], list(heard.errors)) == (["one"], ["b", "c"])
    assert len(server.requests) == 2
    assert "PaymentRequired: 402" in capsys.readouterr().err


def test_it_is_raised_when_there_is_nothing_to_keep():
    with Server(refused(402)) as server, Deepgram("key", base_url=server.url) as dg:
        work = call("$a $b", dg)
        with pytest.raises(PaymentRequired):
            listen(work)
    assert len(server.requests) == 1


def test_a_refused_source_leaves_the_others(capsys):
    with Server(refused(400), transcript("two")) as server, Deepgram("key", base_url=server.url) as dg:
        heard = listen(call("$a $b", dg))
    assert [name for name, _ in heard.pairs] == ["b"]
    assert capsys.readouterr().err == "a: BadRequest: 400 SOME_CODE: No. (request r)\n"


def test_a_file_that_cannot_be_read_leaves_the_others(capsys):
    with Server(transcript("one")) as server, Deepgram("key", base_url=server.url) as dg:
        heard = listen(call("$gone $b", dg))
    assert [name for name, _ in heard.pairs] == ["b"]
    assert "the disk has gone" in capsys.readouterr().err


def test_an_interrupt_keeps_what_there_is():
    kept: list[list[Transcript]] = []
    here = threading.get_ident()
    stop = Answer(then=lambda: signal.pthread_kill(here, signal.SIGINT), hang=True)
    with (
        Server(transcript("one"), stop) as server,
        Deepgram("key", base_url=server.url) as dg,
        pytest.raises(KeyboardInterrupt),
    ):
        listen(call("$a $b", dg, kept.append))
    assert [each.text for each in kept[0]] == ["one"]


def test_further_parameters_follow_the_options():
    with Server(transcript()) as server, Deepgram("key", base_url=server.url) as dg:
        listen(call("$a --diarize --param new=1 --param new=2", dg))
    assert server.requests[0].query == [("diarize", "true"), ("new", "1"), ("new", "2")]


def test_a_callback_gives_a_receipt():
    accepted = Answer(body=b'{"request_id": "r1"}')
    with Server(accepted) as server, Deepgram("key", base_url=server.url) as dg:
        one = listen(call("$a --callback https://example.org/", dg))
        two = listen(call("$a $b --callback https://example.org/", dg))
    assert (one, list(two)) == (Accepted(request_id="r1"), [Accepted(request_id="r1")] * 2)
    assert server.requests[0].query == [("callback", "https://example.org/")]
