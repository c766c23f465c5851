from uuid import UUID

import pytest

from dgnb import Deepgram
from dgnb.protocol import models, routes
from dgnb.sandbox.catalogue import SUPERSEDED, canonical, catalogue, identity


def test_every_documented_name_is_in_the_catalogue():
    everything = {model.canonical_name for model in catalogue(outdated=True).items}
    wanted = {canonical(name) for name in (*models.LISTEN_MODELS, *models.VOICES, *models.FLUX_VOICES)}
    assert everything == wanted


def test_superseded_models_are_listed_only_when_asked_for():
    families = {model.architecture for model in catalogue().stt}
    assert families.isdisjoint(SUPERSEDED)
    assert {model.architecture for model in catalogue(outdated=True).stt} == families | set(SUPERSEDED)


def test_a_superseded_version_has_an_id_of_its_own():
    angus = [model for model in catalogue(outdated=True).tts if model.canonical_name == "aura-angus-en"]
    assert [model.version for model in angus] == ["2024-11-19.0", "2024-03-28.0"]
    assert len({model.uuid for model in angus}) == 2
    assert [model.version for model in catalogue().tts if model.canonical_name == "aura-angus-en"] == [
        "2024-11-19.0"
    ]


def test_ids_are_uuids_that_never_change():
    ids = [model.uuid for model in catalogue(outdated=True).items]
    assert len(set(ids)) == len(ids)
    assert all(str(UUID(text)) == text for text in ids)
    assert identity("nova-3") == identity("nova-3-general") == "85723e8e-6258-5c69-99fd-2dd69247c83d"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("nova-3-medical", ("medical", "nova-3", "en-CA", True), id="medical"),
        pytest.param("nova-2-general", ("general", "nova-2", "nl-BE", True), id="nova-2"),
        pytest.param("whisper-medium", ("medium", "whisper", None, False), id="whisper-is-not-live"),
        pytest.param("base-phonecall", ("phonecall", "base", "en-US", True), id="base"),
    ],
)
def test_a_recogniser_is_described(name, expected):
    short, family, language, live = expected
    (model,) = [model for model in catalogue(outdated=True).stt if model.canonical_name == name]
    assert (model.name, model.architecture, model.batch, model.streaming) == (short, family, True, live)
    assert model.languages is None if language is None else language in model.languages


@pytest.mark.parametrize(
    ("name", "family", "languages", "accent", "tag"),
    [
        pytest.param("aura-2-zeus-en", "aura-2", ["en", "en-US"], "American", "deep", id="aura-2"),
        pytest.param("aura-angus-en", "aura", ["en", "en-IE"], "Irish", "masculine", id="aura"),
        pytest.param("aura-2-selena-es", "aura-2", ["es", "es-419"], "Latin American", "casual", id="es"),
        pytest.param("flux-maeve-en", "flux-tts", ["en", "en-IE"], "Irish", "feminine", id="flux"),
    ],
)
def test_a_voice_is_described(name, family, languages, accent, tag):
    voice = next(model for model in catalogue().tts if model.canonical_name == name)
    assert (voice.architecture, voice.languages, voice.metadata.accent) == (family, languages, accent)
    assert tag in voice.metadata.tags


def test_a_model_is_found_by_its_id(account):
    told = account.told(routes.MODEL_GET, identity("aura-2-zeus-en"))
    assert (told["name"], told["metadata"]["age"]) == ("zeus", "Adult")
    assert account.told(routes.PROJECT_MODEL_GET, identity("nova-3"))["canonical_name"] == "nova-3-general"
    assert account.ask(routes.MODEL_GET, "nova-3").json()["err_code"] == "MODEL_NOT_FOUND"


def test_the_client_lists_models(account):
    with Deepgram("any", base_url=account.url) as dg:
        some, all_of_them = dg.models(), dg.models(include_outdated=True)
        assert len(some) < len(all_of_them)
        assert dg.models(account.project) == some
        assert dg.models.get(some.tts[0].uuid) == some.tts[0]
        assert [model.id for model in dg.models.think()] == ["sandbox"]
