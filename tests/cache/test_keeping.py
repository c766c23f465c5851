import asyncio
import errno
import os

import numpy as np
import pytest

from dgnb import AsyncDeepgram, Deepgram, OptionError, ReplyError
from dgnb.audio.samples import wav
from dgnb.cache import Store, address, entries
from dgnb.operations import listen
from tests.servers import Answer, Server, refused, transcript

SOUND = (np.zeros(800), 8000)


def asked(**options):
    return address(next(listen(SOUND, **options)), "deepgram")


def test_a_single_call_is_paid_for_once(tmp_path):
    with Server(transcript("one"), transcript("two")) as server, Deepgram("k", base_url=server.url) as dg:
        first, again = [dg.listen(SOUND, model="nova-3", cache=tmp_path) for _ in range(2)]
        other = dg.listen(SOUND, model="nova-2", cache=tmp_path)
    assert (first.text, again.text, other.text) == ("one", "one", "two")
    assert [call.provenance.cached for call in (first, again, other)] == [False, True, False]
    assert len(server.requests) == 2
    assert not any("cache" in dict(request.query) for request in server.requests)


def test_it_is_kept_only_if_that_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.setenv("DGNB_CACHE", str(tmp_path))
    with Server(transcript()) as server, Deepgram("k", base_url=server.url) as dg:
        assert dg.listen(SOUND).provenance is None
        assert len(entries()) == 0
        assert dg.listen(SOUND, cache=True).provenance.cached is False
        assert len(entries()) == 1


def test_the_asynchronous_client_keeps_too(tmp_path):
    async def main(url):
        async with AsyncDeepgram("k", base_url=url) as dg:
            return [(await dg.listen(SOUND, cache=tmp_path)).provenance.cached for _ in range(2)]

    with Server(transcript()) as server:
        assert asyncio.run(main(server.url)) == [False, True]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        pytest.param(refused(400), Exception, id="refused"),
        pytest.param(Answer(body=b'{"results": '), ReplyError, id="cut"),
    ],
)
def test_what_is_no_transcript_is_not_kept(tmp_path, answer, error):
    with Server(answer) as server, Deepgram("k", base_url=server.url, retries=0) as dg, pytest.raises(error):
        dg.listen(SOUND, cache=tmp_path)
    assert len(entries(tmp_path)) == 0


def test_a_full_disk_is_warned_of_and_the_result_is_there(tmp_path, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    warned = pytest.warns(UserWarning, match="No space left on device.*in memory only")
    with Server(transcript("paid")) as server, Deepgram("k", base_url=server.url) as dg, warned:
        assert dg.listen(SOUND, cache=tmp_path).text == "paid"


def test_a_name_that_is_no_text_does_not_keep_a_reply_from_being_kept(tmp_path):
    path = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.wav")
    with open(path, "wb") as file:
        file.write(wav(*SOUND))
    with Server(transcript("paid")) as server, Deepgram("k", base_url=server.url) as dg:
        assert dg.listen(path, cache=tmp_path / "kept").text == "paid"
    assert [entry.source for entry in entries(tmp_path / "kept")] == [rf"{tmp_path}/caf\udce9.wav"]


def test_what_goes_to_a_callback_is_not_kept(tmp_path):
    delivered = {"callback": "https://example.org", "cache": tmp_path}
    with Deepgram("k") as dg, pytest.raises(OptionError, match="leave cache out"):
        dg.listen.submit(SOUND, **delivered)


def test_every_kind_of_work_can_be_kept(tmp_path):
    with Deepgram(sandbox=True) as dg:
        spoken = [dg.speak("Good morning.", cache=tmp_path) for _ in range(2)]
        notes = [dg.read("I love it.", sentiment=True, cache=tmp_path) for _ in range(2)]
    assert spoken[0].audio == spoken[1].audio
    assert [each.provenance.cached for each in (*spoken, *notes)] == [False, True, False, True]
    assert {entry.place for entry in entries(tmp_path)} == {spoken[0].provenance.place}
    assert spoken[0].provenance.place.startswith("sandbox")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param({"model": "nova-3", "tag": "a"}, {"tag": "a", "model": "nova-3"}, id="order"),
        pytest.param({"diarize": False}, {}, id="off"),
        pytest.param({"diarize": None}, {}, id="none"),
    ],
)
def test_the_same_options_have_the_same_address(one, other):
    assert asked(**one).key == asked(**other).key


@pytest.mark.parametrize(
    "options",
    [{"model": "nova-2"}, {"diarize": True}, {"search": ["b", "a"]}, {"multichannel": True}],
    ids=str,
)
def test_other_options_have_another_address(options):
    assert asked(**({"search": ["a", "b"]} | options)).key != asked(search=["a", "b"]).key


def test_the_address_is_that_of_the_content_whatever_it_is_called(tmp_path):
    for name in ("a.wav", "b.wav"):
        (tmp_path / name).write_bytes(wav(*SOUND))
    keys = {address(next(listen(tmp_path / name)), "deepgram").key for name in ("a.wav", "b.wav")}
    assert keys == {asked().key}


def test_a_damaged_reply_is_asked_for_again(tmp_path):
    with Server(transcript("one"), transcript("two")) as server, Deepgram("k", base_url=server.url) as dg:
        key = dg.listen(SOUND, cache=tmp_path).provenance.key
        Store(tmp_path).path(key).write_bytes(b"")
        assert dg.listen(SOUND, cache=tmp_path).text == "two"
