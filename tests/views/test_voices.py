from __future__ import annotations

from dgnb.results import Transcript
from dgnb.views.voices import told_apart, voices
from tests.views.replies import channel, dialogue, reply, said


def names(call: Transcript) -> list[str]:
    """Return what the voices are called."""
    return [voice.name for voice in voices(call)[0]]


def test_speakers_are_named_by_their_number():
    assert names(dialogue()) == ["speaker 0", "speaker 1"]


def test_channels_are_named_where_there_are_several():
    assert names(reply(channel(said("a")), channel(said("b")))) == ["channel 0", "channel 1"]


def test_speakers_of_several_channels_name_both():
    both = [channel(said("a", speaker=0)), channel(said("b", speaker=0))]
    assert names(reply(*both)) == ["channel 0, speaker 0", "channel 1, speaker 0"]


def test_words_of_nobody_come_after_the_known_speakers():
    call = reply(channel(said("a") + said("b", 1.0, speaker=3)))
    assert names(call) == ["speaker 3", "speaker ?"]
    assert voices(call)[1].tolist() == [1, 0]


def test_one_voice_without_a_number_is_speech():
    assert names(reply(channel(said("a")))) == ["speech"]


def test_each_voice_of_six_has_its_own_colour():
    words = [word for number in range(6) for word in said("a", number, speaker=number)]
    assert len({voice.colour for voice in voices(reply(channel(words)))[0]}) == 6


def test_silence_has_no_voice():
    assert names(Transcript()) == []


def test_speakers_of_different_channels_are_different_people():
    assert told_apart(reply(channel(said("a", speaker=0)), channel(said("b", speaker=0)))) == 2


def test_nobody_was_told_apart_without_numbers():
    assert told_apart(reply(channel(said("a")), channel(said("b")))) == 0


def test_a_name_takes_the_place_of_a_number():
    call = dialogue().edit.rename(1, "  Ben\n Miller ").transcript
    assert [voice.name for voice in voices(call)[0]] == ["speaker 0", "Ben Miller"]


def test_a_channel_without_speakers_may_have_a_name():
    call = reply(channel(said("one")), channel(said("two")))
    named = call.edit.rename(None, "Agent", channel=1).transcript
    assert [voice.name for voice in voices(named)[0]] == ["channel 0", "Agent"]


def test_a_hostile_name_stays_text():
    call = dialogue().edit.rename(0, "<script>alert(1)</script>").transcript
    assert "<script>" not in call._repr_html_()
    assert "<script>" not in call.captions("vtt")
    assert "<script>" not in call.edit.rename(0, "<script>")._repr_html_()
