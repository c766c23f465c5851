import pytest

from dgnb.protocol.models import FLUX_VOICES, MASCULINE, VOICES
from dgnb.sandbox.voices import voices


def test_every_voice_is_described_and_no_other():
    assert set(voices()) == {*VOICES, *FLUX_VOICES}


@pytest.mark.parametrize("name", [*VOICES, *FLUX_VOICES])
def test_a_description_agrees_with_the_name(name):
    language, about = voices()[name]
    assert language.partition("-")[0] == name.rpartition("-")[2]
    assert about.tags[0] == ("masculine" if name.split("-")[-2] in MASCULINE else "feminine")
    assert about.accent
    assert about.display_name.lower() in name


def test_what_is_not_documented_is_left_out():
    _, about = voices()["flux-bree-en"]
    assert (about.age, about.use_cases, about.tags) == (None, None, ["feminine"])


def test_a_long_entry_is_read_whole():
    _, about = voices()["aura-2-izanami-ja"]
    assert about.use_cases == ["Casual Chat", "Customer Service", "Interview", "IVR"]
    assert about.tags[-1] == "professional"
