"""What the service documents of its voices: accent, age, character and use.

Source: Deepgram's documentation pages "Voices and Languages" and "Flux TTS
Voices", autumn 2026. Of most Flux voices only the accent is known.
An entry is: name, age, language, accent: character; use.
"""

from __future__ import annotations

import re
from functools import cache

from dgnb.protocol.models import MASCULINE
from dgnb.results import VoiceInfo

_AURA_2_EN = """
amalthea young en-PH Filipino: engaging, natural, cheerful; casual chat.
andromeda adult en-US American: casual, expressive, comfortable; customer service, IVR.
apollo adult en-US American: confident, comfortable, casual; casual chat.
arcas adult en-US American: natural, smooth, clear, comfortable; customer service, casual chat.
aries adult en-US American: warm, energetic, caring; casual chat.
asteria adult en-US American: clear, confident, knowledgeable, energetic; advertising.
athena mature en-US American: calm, smooth, professional; storytelling.
atlas mature en-US American: enthusiastic, confident, approachable, friendly; advertising.
aurora adult en-US American: cheerful, expressive, energetic; interview.
callista adult en-US American: clear, energetic, professional, smooth; IVR.
cora adult en-US American: smooth, melodic, caring; storytelling.
cordelia young en-US American: approachable, warm, polite; storytelling.
delia young en-US American: casual, friendly, cheerful, breathy; interview.
draco adult en-GB British: warm, approachable, trustworthy, baritone; storytelling.
electra adult en-US American: professional, engaging, knowledgeable; IVR, advertising, customer service.
harmonia adult en-US American: empathetic, clear, calm, confident; customer service.
helena adult en-US American: caring, natural, positive, friendly, raspy; IVR, casual chat.
hera adult en-US American: smooth, warm, professional; informative.
hermes adult en-US American: expressive, engaging, professional; informative.
hyperion adult en-AU Australian: caring, warm, empathetic; interview.
iris young en-US American: cheerful, positive, approachable; IVR, advertising, customer service.
janus adult en-US American: southern, smooth, trustworthy; storytelling.
juno adult en-US American: natural, engaging, melodic, breathy; interview.
jupiter adult en-US American: expressive, knowledgeable, baritone; informative.
luna young en-US American: friendly, natural, engaging; IVR.
mars adult en-US American: smooth, patient, trustworthy, baritone; customer service.
minerva adult en-US American: positive, friendly, natural; storytelling.
neptune adult en-US American: professional, patient, polite; customer service.
odysseus adult en-US American: calm, smooth, comfortable, professional; advertising.
ophelia adult en-US American: expressive, enthusiastic, cheerful; interview.
orion adult en-US American: approachable, comfortable, calm, polite; informative.
orpheus adult en-US American: professional, clear, confident, trustworthy; customer service, storytelling.
pandora adult en-GB British: smooth, calm, melodic, breathy; IVR, informative.
phoebe adult en-US American: energetic, warm, casual; customer service.
pluto adult en-US American: smooth, calm, empathetic, baritone; interview, storytelling.
saturn adult en-US American: knowledgeable, confident, baritone; customer service.
selene adult en-US American: expressive, engaging, energetic; informative.
thalia adult en-US American: clear, confident, energetic, enthusiastic;
    casual chat, customer service, IVR.
theia adult en-AU Australian: expressive, polite, sincere; informative.
vesta adult en-US American: natural, expressive, patient, empathetic;
    customer service, interview, storytelling.
zeus adult en-US American: deep, trustworthy, smooth; IVR.
"""

_AURA_2_ES = """
agustina adult es-ES Peninsular: calm, clear, expressive, knowledgeable, professional;
    interview, casual chat.
alvaro adult es-ES Peninsular: calm, professional, clear, knowledgeable, approachable;
    interview, customer service.
antonia adult es-AR Argentine: approachable, enthusiastic, friendly, natural, professional;
    customer service, interview, casual chat.
aquila adult es-419 Latin American: expressive, enthusiastic, confident, casual, comfortable;
    casual chat, informative.
carina adult es-ES Peninsular: professional, raspy, energetic, breathy, confident;
    interview, customer service, IVR.
celeste young es-CO Colombian: clear, energetic, positive, friendly, enthusiastic;
    casual chat, advertising, IVR.
diana adult es-ES Peninsular: professional, confident, expressive, polite, knowledgeable;
    storytelling, advertising.
estrella mature es-MX Mexican: approachable, natural, calm, comfortable, expressive;
    casual chat, interview.
gloria young es-CO Colombian: casual, clear, expressive, natural, smooth; customer service, casual chat.
javier adult es-MX Mexican: approachable, professional, friendly, comfortable, calm;
    casual chat, IVR, storytelling.
luciano adult es-MX Mexican: charismatic, cheerful, energetic, expressive, friendly;
    customer service, casual chat.
nestor adult es-ES Peninsular: calm, professional, approachable, clear, confident;
    casual chat, customer service.
olivia adult es-MX Mexican: breathy, calm, casual, expressive, warm; customer service, casual chat.
selena young es-419 Latin American: approachable, casual, friendly, calm, positive;
    customer service, informative.
silvia adult es-ES Peninsular: charismatic, clear, expressive, natural, warm;
    customer service, casual chat.
sirio adult es-MX Mexican: calm, professional, comfortable, empathetic, baritone; casual chat, interview.
valerio adult es-MX Mexican: deep, knowledgeable, natural, polite, professional;
    customer service, informative.
"""

_AURA_2_NL = """
beatrix adult nl-NL Dutch: cheerful, enthusiastic, friendly, trustworthy, warm; customer service.
cornelia adult nl-NL Dutch: approachable, friendly, polite, positive, warm; customer service.
daphne adult nl-NL Dutch: calm, clear, confident, professional, smooth;
    healthcare, interview, casual chat, audiobook.
hestia adult nl-NL Dutch: approachable, caring, expressive, friendly, knowledgeable; customer service.
lars adult nl-NL Dutch: breathy, casual, comfortable, sincere, trustworthy; customer service.
leda adult nl-NL Dutch: caring, comfortable, empathetic, friendly, sincere; sales.
rhea adult nl-NL Dutch: caring, knowledgeable, positive, smooth, warm; customer service.
roman adult nl-NL Dutch: calm, casual, deep, natural, patient; customer service.
sander adult nl-NL Dutch: calm, clear, deep, professional, smooth; customer service.
"""

_AURA_2_FR = """
agathe adult fr-FR French: charismatic, cheerful, enthusiastic, friendly, natural; customer service.
hector adult fr-FR French: confident, empathetic, expressive, friendly, patient; customer service.
"""

_AURA_2_DE = """
aurelia young de-DE German: approachable, casual, comfortable, natural, sincere;
    healthcare, customer service, sales, financial services.
elara adult de-DE German: calm, clear, natural, patient, trustworthy;
    healthcare, customer service, sales, financial services.
fabian mature de-DE German: confident, knowledgeable, natural, polite, professional;
    healthcare, customer service, sales, financial services.
julius adult de-DE German: casual, cheerful, engaging, expressive, friendly;
    healthcare, customer service, sales, financial services.
kara young de-DE German: caring, empathetic, expressive, professional, warm;
    healthcare, customer service, sales, financial services.
lara young de-DE German: caring, cheerful, empathetic, expressive, warm;
    healthcare, customer service, sales, financial services.
viktoria adult de-DE German: charismatic, cheerful, enthusiastic, friendly, warm;
    healthcare, customer service, sales, financial services.
"""

_AURA_2_IT = """
cesare adult it-IT Italian: clear, empathetic, knowledgeable, natural, smooth;
    casual chat, customer service, interview, IVR.
cinzia mature it-IT Italian: approachable, friendly, smooth, trustworthy, warm;
    customer service, interview, narration.
demetra adult it-IT Italian: calm, comfortable, patient; casual chat, interview, narration.
dionisio adult it-IT Italian: confident, engaging, friendly, melodic, positive;
    interview, casual chat, customer service.
elio adult it-IT Italian: breathy, calm, professional, smooth, trustworthy;
    interview, casual chat, customer service.
flavio adult it-IT Italian: confident, deep, empathetic, professional, trustworthy;
    casual chat, interview, customer service.
livia adult it-IT Italian: approachable, cheerful, clear, engaging, expressive;
    customer service, interview, audiobook.
maia young it-IT Italian: caring, energetic, expressive, professional, warm;
    interview, casual chat, customer service.
melia adult it-IT Italian: clear, comfortable, engaging, friendly, natural;
    casual chat, customer service, interview.
"""

_AURA_2_JA = """
ama adult ja-JP Japanese: casual, comfortable, confident, knowledgeable, natural; interview, IVR.
ebisu young ja-JP Japanese: calm, deep, natural, patient, sincere; casual chat, customer service.
fujin adult ja-JP Japanese: calm, confident, knowledgeable, professional, smooth;
    interview, casual chat, IVR.
izanami adult ja-JP Japanese: approachable, clear, knowledgeable, polite, professional;
    casual chat, customer service, interview, IVR.
uzume young ja-JP Japanese: approachable, clear, polite, professional, trustworthy;
    customer service, interview, IVR, commercial.
"""

_AURA = """
angus adult en-IE Irish: warm, friendly, natural; storytelling.
arcas adult en-US American: natural, smooth, clear, comfortable; customer service, casual chat.
asteria adult en-US American: clear, confident, knowledgeable, energetic; advertising.
athena mature en-GB British: calm, smooth, professional; storytelling.
helios adult en-GB British: professional, clear, confident; customer service.
hera adult en-US American: smooth, warm, professional; informative.
luna young en-US American: friendly, natural, engaging; IVR.
orion adult en-US American: approachable, comfortable, calm, polite; informative.
orpheus adult en-US American: professional, clear, confident, trustworthy; customer service, storytelling.
perseus adult en-US American: confident, professional, clear; customer service.
stella adult en-US American: clear, professional, engaging; customer service.
zeus adult en-US American: deep, trustworthy, smooth; IVR.
"""

_FLUX = """
alexis 18-24 en-US American: friendly, intelligent, fast, confident, energetic.
bree - en-US American:.
brittany - en-US American:.
brooke - en-US American:.
bruce 25-34 en-US American: friendly, kind, natural, believable, engaged.
cliff - en-US American:.
cole 18-24 en-US American: friendly, clear, interesting, energetic, engaging.
colin - en-GB British:.
conor - en-GB British:.
donovan - en-US American:.
drew 25-34 en-US American: confident, relaxed, soft, young, calm.
elise - en-US American:.
gemma - en-GB British:.
haley young en-US American: clear, professional, caring, calm, empathetic;
    customer service, financial services, IVR.
hannah - en-US American:.
heather 18-24 en-US American: clear, engaging, energetic, friendly, thoughtful.
jack 25-34 en-GB British: confident, thoughtful, friendly, professional, clear.
kai - en-SG Singaporean:.
kelsey - en-US American:.
kit - en-GB British:.
maeve - en-IE Irish:.
marcelo - en-PH Filipino:.
marcus 25-34 en-US American: friendly, helpful, smooth, professional, kind.
meena - en-IN Indian:.
meghan - en-US American:.
miles - en-US American:.
naveen - en-IN Indian:.
paige - en-US American:.
priya 25-34 en-IN Indian: confident, empathetic, professional, calm, reassuring.
rufus 25-34 en-GB British: friendly, confident, intelligent, gentle, enthusiastic.
sean - en-GB British:.
sharon 18-24 en-AU Australian: formal, calm, relaxed, stiff, confident.
sienna - en-US American:.
tanner - en-GB British:.
wade - en-US American:.
wes - en-US American:.
"""

_TABLES = {
    "aura-2-{}-en": _AURA_2_EN,
    "aura-2-{}-es": _AURA_2_ES,
    "aura-2-{}-nl": _AURA_2_NL,
    "aura-2-{}-fr": _AURA_2_FR,
    "aura-2-{}-de": _AURA_2_DE,
    "aura-2-{}-it": _AURA_2_IT,
    "aura-2-{}-ja": _AURA_2_JA,
    "aura-{}-en": _AURA,
    "flux-{}-en": _FLUX,
}

_ENTRY = re.compile(
    r"(?P<name>\w+) (?P<age>\S+) (?P<language>\S+) (?P<accent>[\w ]+):"
    r"(?P<tags>[^;.]*);?(?P<uses>[^.]*)\."
)
_AGES = {"young": "Young Adult", "adult": "Adult", "mature": "Mature", "-": None}


@cache
def voices() -> dict[str, tuple[str, VoiceInfo]]:
    """Return each documented voice's language and description, by its name.

    Examples
    --------
    >>> language, about = voices()["aura-2-zeus-en"]
    >>> language, about.accent, about.tags
    ('en-US', 'American', ['masculine', 'deep', 'trustworthy', 'smooth'])
    """
    entries = ((pattern, entry) for pattern, table in _TABLES.items() for entry in _ENTRY.finditer(table))
    return {
        pattern.format(entry["name"]): (entry["language"], _described(entry)) for pattern, entry in entries
    }


def _described(entry: re.Match[str]) -> VoiceInfo:
    gender = "masculine" if entry["name"] in MASCULINE else "feminine"
    return VoiceInfo(
        accent=entry["accent"],
        age=_AGES.get(entry["age"], entry["age"]),
        tags=[gender, *_items(entry["tags"])],
        use_cases=[use if use.isupper() else use.title() for use in _items(entry["uses"])] or None,
        display_name=entry["name"].title(),
    )


def _items(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]
