import random
from datetime import date

import pytest

from dgnb.protocol import models, prices
from dgnb.protocol.prices import ADDITIONS, PRICES, Charge, charges, dollars, label


def cost(*given: str, **used: object) -> int:
    return sum(line.microdollars for line in charges(*given, **used))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "used", "expected"),
    [
        pytest.param(("listen", "nova-3"), {"seconds": 60}, 4300, id="recorded"),
        pytest.param(("listen", "nova-3", "async"), {"seconds": 60}, 4300, id="callback"),
        pytest.param(("listen", "nova-3", "streaming"), {"seconds": 60}, 4800, id="live"),
        pytest.param(("listen", "nova-3"), {"seconds": 60, "language": "multi"}, 5200, id="multilingual"),
        pytest.param(("listen", "nova-3-medical"), {"seconds": 60}, 4300, id="medical"),
        pytest.param(("listen", "nova-2"), {"seconds": 60, "language": "multi"}, 4300, id="older-multi"),
        pytest.param(("listen", "phonecall"), {"seconds": 60}, 12500, id="base-variant"),
        pytest.param(("listen", "flux-general-multi", "streaming"), {"seconds": 60}, 7800, id="flux-multi"),
        pytest.param(("listen", "nova-3"), {"seconds": 1.5}, 108, id="part-of-a-minute"),
        pytest.param(("listen", "my-own-model"), {"seconds": 60}, 0, id="custom-model"),
        pytest.param(("speak", "aura-2-thalia-en"), {"characters": 1000}, 30_000, id="aura-2"),
        pytest.param(("speak", "aura-asteria-en"), {"characters": 1}, 15, id="aura-one-character"),
        pytest.param(("speak", "flux-kai-en"), {"characters": 1000}, 45_000, id="flux-voice"),
        pytest.param(("speak", "nova-3"), {"characters": 1000}, 0, id="not-a-voice"),
        pytest.param(("read", ""), {"tokens": (2000, 1000)}, 1200, id="text-analysis"),
        pytest.param(("agent", "", "streaming"), {"seconds": 60}, 75_000, id="agent"),
        pytest.param(("agent", "agent-own-models", "streaming"), {"seconds": 60}, 50_000, id="own-models"),
    ],
)
def test_a_request_costs_what_the_table_says(given, used, expected):
    assert cost(*given, **used) == expected


def test_options_are_lines_of_their_own():
    lines = charges("listen", "nova-3", seconds=60, options=["redact", "keyterm", "punctuate"])
    assert lines == (
        Charge("sync::nova-3", 4300),
        Charge("sync::redact", 2000),
        Charge("sync::keyterm", 1300),
    )


def test_telling_speakers_apart_is_included_in_recorded_audio_only():
    assert cost("listen", "nova-3", seconds=60, options=["diarize"]) == 4300
    assert cost("listen", "nova-3", "streaming", seconds=60, options=["diarize"]) == 6800


def test_an_analysis_of_speech_is_added_to_its_minutes():
    lines = charges("listen", "nova-3", seconds=60, tokens=(1000, 100))
    assert [line.microdollars for line in lines] == [4300, 300, 60]


def test_an_option_cannot_be_the_name_of_another_price():
    assert cost("listen", "nova-3", seconds=60, options=["agent", "nova-2"]) == 4300


def test_nothing_used_costs_nothing():
    assert charges("listen", "nova-3") == ()


@pytest.mark.parametrize("model", models.LISTEN_MODELS)
def test_every_documented_model_has_a_price(model):
    assert cost("listen", model, seconds=60) > 0


@pytest.mark.parametrize("voice", [*models.VOICES, *models.FLUX_VOICES])
def test_every_documented_voice_has_a_price(voice):
    assert cost("speak", voice, characters=1000) > 0


@pytest.mark.parametrize("price", PRICES.values(), ids=lambda price: price.name)
def test_every_price_has_its_source_and_day(price):
    assert price.source.startswith("https://")
    assert date(2025, 1, 1) <= date.fromisoformat(price.read) <= date(2027, 1, 1)
    assert price.unit in prices.SIZES
    assert price.batch is not None or price.streaming is not None


def test_prices_of_options_are_named_like_the_options():
    from dgnb.protocol.options import rows
    from dgnb.protocol.params import ListenOptions

    assert {price.name for price in ADDITIONS} <= set(rows(ListenOptions))


def test_many_short_requests_cost_what_a_long_one_does_to_half_a_millionth_each():
    random.seed(7)
    seconds = [random.uniform(0, 300) for _ in range(500)]
    apart = sum(cost("listen", "nova-3", seconds=length) for length in seconds)
    assert abs(apart - cost("listen", "nova-3", seconds=sum(seconds))) <= len(seconds) / 2


def test_lines_are_told_in_words():
    assert label("sync::aura-2") == "Aura-2 (sync)"
    assert label("something else") == "something else"


def test_money_is_exact_to_a_millionth():
    assert dollars(200_000_000 - 1) == 199.999999
