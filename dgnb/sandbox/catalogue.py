"""The models that the sandbox lists: the service's documented ones, with what is documented of them.

Nothing is made up: where a version or a language list is not documented, it is
left out. Ids are the sandbox's own. Source: Deepgram's documentation page
"Models & Languages Overview", autumn 2026, and the samples of its model metadata.
"""

from __future__ import annotations

from functools import cache
from uuid import NAMESPACE_URL, uuid5

from dgnb.protocol import models
from dgnb.protocol.params import ModelsOptions
from dgnb.results import Model, Models, ThinkModel, ThinkModels, VoiceInfo
from dgnb.sandbox.calls import Call, missing
from dgnb.sandbox.voices import voices

SUPERSEDED = ("nova", "enhanced", "base")
"""Families that are listed only when outdated models are asked for."""

_ENGLISH = "en en-US"

_LANGUAGES = {
    "nova-3-general": (
        "multi af af-ZA ar ar-AE ar-SA ar-QA ar-KW ar-SY ar-LB ar-PS ar-JO ar-EG ar-SD ar-TD ar-MA ar-DZ "
        "ar-TN ar-IQ ar-IR hy be bn bs bg ca zh-HK zh zh-CN zh-Hans zh-TW zh-Hant hr cs da da-DK nl en "
        "en-US en-AU en-GB en-IN en-NZ et fi nl-BE fr fr-CA ka ka-GE de de-CH el gu gu-IN he hi hu id it "
        "ja kn ko ko-KR lv lt mk ms mr ne no fa pl pt pt-BR pt-PT pa pa-IN ro ru sr sk sl es es-419 sv "
        "sv-SE tl ta te th th-TH tr uk ur vi"
    ),
    "nova-3-medical": "en en-US en-AU en-CA en-GB en-IE en-IN en-NZ",
    "nova-2-general": (
        "multi bg ca zh zh-CN zh-Hans zh-TW zh-Hant zh-HK cs da da-DK nl en en-US en-AU en-GB en-NZ en-IN "
        "et fi nl-BE fr fr-CA de de-CH el hi hu id it ja ko ko-KR lv lt ms no pl pt pt-BR pt-PT ro ru sk "
        "es es-419 sv sv-SE th th-TH tr uk vi"
    ),
    "nova-general": "en en-US en-AU en-GB en-NZ en-IN es es-419 hi-Latn",
    "enhanced-general": "da nl en en-US fr de hi it ja ko no pl pt pt-BR pt-PT es es-419 es-LATAM sv taq ta",
    "base-general": (
        "zh zh-CN zh-TW da nl en en-US fr fr-CA de hi hi-Latn id it ja ko no pt pt-BR pt-PT ru es es-419 "
        "es-LATAM sv taq tr uk"
    ),
}
"""Languages of the models that know more than American English."""

_VERSIONS = {
    "nova-3-general": ("2025-01-09.0",),
    "aura-2-zeus-en": ("2025-04-07.0",),
    "aura-2-thalia-en": ("2025-04-07.0",),
    "aura-2-agathe-fr": ("2025-10-29.0",),
    "aura-angus-en": ("2024-11-19.0", "2024-03-28.0"),
    "flux-haley-en": ("2026-08-12.0",),
}
"""Versions that the service's documents and public samples name, the newest first."""

# The official SDK drops an entry whose provider is not one of five; this one is the form of Settings
# that most agents have.
THINKERS = (ThinkModel(id="sandbox", name="Sandbox rules, no language model", provider="open_ai"),)
"""What the sandbox's own agent thinks with."""


def canonical(name: str) -> str:
    """Return the full name of a model that also has a short one.

    Examples
    --------
    >>> [canonical(name) for name in ("nova-3", "phonecall", "whisper", "aura-2-zeus-en")]
    ['nova-3-general', 'base-phonecall', 'whisper-medium', 'aura-2-zeus-en']
    """
    family = models.family(name)
    if name == "whisper":
        return "whisper-medium"
    if name == family and name != "flux" and name:
        return f"{name}-general"
    return f"base-{name}" if family == "base" and not name.startswith("base-") else name


def identity(name: str, version: str = "") -> str:
    """Return a model's id, the same in every sandbox."""
    return str(
        uuid5(NAMESPACE_URL, f"https://sandbox.example/models/{canonical(name)}/{version}".rstrip("/"))
    )


def catalogue(outdated: bool = False) -> Models:
    """Return all models, those that are superseded only when they are asked for."""
    stt, tts = _all()
    if outdated:
        return Models(stt=stt, tts=tts)
    return Models(
        stt=[model for model in stt if model.architecture not in SUPERSEDED],
        tts=[model for model in tts if model.version in (None, _newest(model.canonical_name or ""))],
    )


@cache
def _all() -> tuple[list[Model], list[Model]]:
    names = dict.fromkeys(canonical(name) for name in models.LISTEN_MODELS)
    spoken = (*models.VOICES, *models.FLUX_VOICES)
    return (
        [_recogniser(name, version) for name in names for version in _versions(name)],
        [_voice(name, version) for name in spoken for version in _versions(name)],
    )


def _versions(name: str) -> tuple[str | None, ...]:
    return _VERSIONS.get(name, (None,))


def _newest(name: str) -> str | None:
    return _versions(name)[0]


def _uuid(name: str, version: str | None) -> str:
    """The id of a version; the newest has the model's own."""
    return identity(name) if version == _newest(name) else identity(name, version or "")


def _recogniser(name: str, version: str | None) -> Model:
    family = models.family(name)
    whisper = family == "whisper"
    return Model(
        name=name.removeprefix(f"{family}-"),
        canonical_name=name,
        architecture=family,
        languages=None if whisper else _LANGUAGES.get(name, _ENGLISH).split(),
        version=version,
        uuid=_uuid(name, version),
        batch=True,
        streaming=not whisper,
    )


def _voice(name: str, version: str | None) -> Model:
    language, about = voices().get(name, (name.rpartition("-")[2], VoiceInfo()))
    base = language.partition("-")[0]
    return Model(
        name=name.split("-")[-2],
        canonical_name=name,
        architecture="flux-tts" if name.startswith("flux-") else name[: name.index(name.split("-")[-2]) - 1],
        languages=list(dict.fromkeys((base, language))),
        version=version,
        uuid=_uuid(name, version),
        metadata=about,
    )


def listing(call: Call) -> Models:
    """All models, public ones; a project has no others here."""
    return catalogue(bool(call.options(ModelsOptions).get("include_outdated")))


def one(call: Call) -> Model:
    """One model, by its id."""
    stt, tts = _all()
    found = next((model for model in (*stt, *tts) if model.uuid == call.ids["model_id"]), None)
    if found is None:
        raise missing("model")
    return found


def thinkers(_: Call) -> ThinkModels:
    """The language models that an agent can think with."""
    return ThinkModels(models=list(THINKERS))
