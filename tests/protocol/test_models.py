"""Names of models and what is known of them."""

from __future__ import annotations

import pytest

from dgnb.protocol.models import DEFAULT_LISTEN_MODEL, LANGUAGES, LISTEN_MODELS, family, processing_limit


@pytest.mark.parametrize("model", LISTEN_MODELS)
def test_every_documented_model_has_a_family(model: str) -> None:
    assert family(model) in ("nova-3", "nova-2", "nova", "enhanced", "base", "whisper")


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("nova-3-medical", "nova-3"),
        ("nova-2-atc", "nova-2"),
        ("nova-phonecall", "nova"),
        ("flux-general-multi", "flux"),
        ("voicemail", "base"),
        ("whisper-large", "whisper"),
        ("nova-31", "nova"),
        ("novanta", ""),
        ("6d1b3a52-2b1c-4f6f-8f0e-000000000000", ""),
        ("", ""),
    ],
)
def test_a_model_belongs_to_the_family_of_its_name(model: str, expected: str) -> None:
    assert family(model) == expected


def test_whisper_may_take_twice_as_long() -> None:
    assert processing_limit("whisper-large") == 2 * processing_limit("nova-3") == 1200


def test_lists_have_no_doubles_and_the_default_is_listed() -> None:
    assert len(set(LISTEN_MODELS)) == len(LISTEN_MODELS)
    assert len(set(LANGUAGES)) == len(LANGUAGES)
    assert DEFAULT_LISTEN_MODEL in LISTEN_MODELS
