"""English word lists that the text engines share, and the stems of words.

The lists are short on purpose: what is not in them is not claimed to be known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple


def word_set(text: str) -> frozenset[str]:
    """Words of a text as a set.

    Examples
    --------
    >>> sorted(word_set("to be or not to be"))
    ['be', 'not', 'or', 'to']
    """
    return frozenset(text.split())


PRONOUNS = word_set(
    "i you he she it we they this that these those there who everyone everybody someone anyone"
)

DETERMINERS = word_set(
    "a an the my your his her its our their this that these those some any every each another no"
)

PREPOSITIONS = word_set(
    "about above across after against along among around at before behind below between beyond by during "
    "except for from in inside into like near of off on onto out outside over per past since through "
    "throughout to toward towards under until up upon via with within without"
)

AUXILIARIES = word_set(
    "am are is was were be been being do does did doing done have has had having can could may might must "
    "shall should will would ought isn't aren't wasn't weren't don't doesn't didn't haven't hasn't hadn't "
    "can't cannot couldn't shouldn't won't wouldn't mustn't i'm you're he's she's it's we're they're i've "
    "you've we've they've i'll you'll he'll she'll it'll we'll they'll i'd you'd he'd she'd we'd they'd "
    "that's there's what's who's where's here's let's how's"
)

STOP_WORDS = (
    PRONOUNS
    | DETERMINERS
    | PREPOSITIONS
    | AUXILIARIES
    | word_set(
        "me him us them myself yourself himself herself itself ourselves themselves mine yours hers ours "
        "theirs and or but nor so yet if then else because although though while when where why how what "
        "which whose whom than as not n't never ever always often sometimes usually again once only also "
        "too very really quite rather just even still already almost enough perhaps maybe well now here "
        "soon later today tomorrow yesterday yes yeah yep no nope okay ok oh uh um er hmm mhmm hi hello "
        "hey bye goodbye please thanks thank sorry sir madam all both few many more most much less least "
        "several other others such own same one ones two first last next anything something nothing "
        "everything somebody nobody anybody somewhere anywhere else instead actually basically literally "
        "probably definitely certainly however therefore whether either neither both unless down back "
        "away together apart ago etc three four five six seven eight nine ten eleven twelve twenty thirty "
        "forty fifty sixty seventy eighty ninety hundred thousand million billion"
    )
)
"""Words that carry no topic of their own."""

COMMON_WORDS = word_set(
    "able ask bad be become begin believe best better big bit bring buy call change check clear close "
    "come continue couple course day decide different do end expect fact fall feel few fine find finish "
    "follow full get give go good great guy guys half hand happen happy hard have hear help high hold "
    "hope huge idea important keep kind know large late lead learn leave let like listen little live long "
    "look lose lot love low make man matter mean meet minute moment month move name need new nice number "
    "old open order other part people person place play point possible problem provide put quick quickly "
    "read ready real reason receive remember right run say see seem send serve set show side sit small "
    "sort speak stand start stay stop stuff sure take talk tell thing think time true try turn type "
    "understand use wait walk want watch way week whole win wish woman wonder word work worse worst write "
    "wrong year young went gone said told gave took made got came saw knew thought felt left kept began "
    "brought bought found held lost meant paid ran sat sent spoke stood understood wrote terrible "
    "wonderful awful excellent horrible amazing interesting easy difficult short early"
)
"""Words too common to name a topic alone."""

MONTHS = word_set("january february march april may june july august september october november december")

WEEKDAYS = word_set("monday tuesday wednesday thursday friday saturday sunday")

LANGUAGES = word_set(
    "english french german spanish italian portuguese dutch russian chinese japanese korean arabic hindi "
    "turkish polish swedish norwegian danish finnish greek hebrew american british canadian australian "
    "indian african european asian mexican irish scottish"
)

ACRONYMS = word_set("usa uk eu tv usb gps html http url pdf faq ceo cfo cto atm dna vip mri sms api ai")

TITLES = {"mr": "Mr.", "mrs": "Mrs.", "ms": "Ms.", "dr": "Dr.", "mister": "Mister", "doctor": "Doctor"}

COUNTRIES = (
    "Afghanistan, Albania, Algeria, Argentina, Australia, Austria, Bangladesh, Belgium, Bolivia, Brazil, "
    "Bulgaria, Cambodia, Cameroon, Canada, Chile, China, Colombia, Costa Rica, Croatia, Cuba, Cyprus, "
    "Czech Republic, Denmark, Ecuador, Egypt, England, Estonia, Ethiopia, Finland, France, Germany, "
    "Ghana, Greece, Guatemala, Haiti, Honduras, Hungary, Iceland, India, Indonesia, Iran, Iraq, Ireland, "
    "Israel, Italy, Jamaica, Japan, Kenya, Kuwait, Latvia, Lebanon, Libya, Lithuania, Luxembourg, "
    "Malaysia, Mexico, Mongolia, Morocco, Nepal, Netherlands, New Zealand, Nicaragua, Nigeria, North "
    "Korea, Northern Ireland, Norway, Pakistan, Panama, Paraguay, Peru, Philippines, Poland, Portugal, "
    "Romania, Russia, Saudi Arabia, Scotland, Senegal, Serbia, Singapore, Slovakia, Slovenia, Somalia, "
    "South Africa, South Korea, Spain, Sri Lanka, Sudan, Sweden, Switzerland, Syria, Taiwan, Tanzania, "
    "Thailand, Tunisia, Uganda, Ukraine, United Kingdom, United States, Uruguay, Venezuela, Vietnam, "
    "Wales, Yemen, Zambia, Zimbabwe"
)

STATES = (
    "Alabama, Alaska, Arizona, Arkansas, California, Colorado, Connecticut, Delaware, Florida, Georgia, "
    "Hawaii, Idaho, Illinois, Indiana, Iowa, Kansas, Kentucky, Louisiana, Maine, Maryland, Massachusetts, "
    "Michigan, Minnesota, Mississippi, Missouri, Montana, Nebraska, Nevada, New Hampshire, New Jersey, "
    "New Mexico, North Carolina, North Dakota, Ohio, Oklahoma, Oregon, Pennsylvania, Rhode Island, South "
    "Carolina, South Dakota, Tennessee, Texas, Utah, Vermont, Virginia, Washington, West Virginia, "
    "Wisconsin, Wyoming"
)

CITIES = (
    "Amsterdam, Athens, Atlanta, Auckland, Baghdad, Baltimore, Bangkok, Barcelona, Beijing, Berlin, "
    "Birmingham, Boston, Brussels, Budapest, Buenos Aires, Cairo, Cape Town, Chicago, Cleveland, "
    "Copenhagen, Dallas, Delhi, Denver, Detroit, Dubai, Dublin, Edinburgh, Frankfurt, Geneva, Glasgow, "
    "Hamburg, Hong Kong, Honolulu, Houston, Istanbul, Jakarta, Jerusalem, Johannesburg, Karachi, Kiev, "
    "Kyiv, Lagos, Las Vegas, Lima, Lisbon, Liverpool, London, Los Angeles, Madrid, Manchester, Manila, "
    "Melbourne, Mexico City, Miami, Milan, Minneapolis, Montreal, Moscow, Mumbai, Munich, Nairobi, "
    "Naples, New Delhi, New Orleans, New York, New York City, Oslo, Ottawa, Oxford, Paris, Philadelphia, "
    "Phoenix, Pittsburgh, Portland, Prague, Rio de Janeiro, Rome, Sacramento, Salt Lake City, San "
    "Antonio, San Diego, San Francisco, San Jose, Santiago, Sao Paulo, Seattle, Seoul, Shanghai, "
    "Stockholm, Sydney, Tehran, Tokyo, Toronto, Vancouver, Venice, Vienna, Warsaw, Zurich"
)

ORGANISATIONS = (
    "Adobe, Airbnb, Bank of America, BBC, Boeing, CIA, CNN, Deepgram, Facebook, FBI, FedEx, GitHub, "
    "Google, Harvard, IBM, IKEA, Intel, LinkedIn, McDonald's, Mercedes, Microsoft, NASA, NATO, Netflix, "
    "Nokia, Nvidia, OpenAI, Oracle, PayPal, Pfizer, Red Cross, Samsung, Siemens, Sony, Spotify, "
    "Starbucks, Stanford, Tesla, Toyota, Uber, UNESCO, UNICEF, United Nations, Verizon, Volkswagen, "
    "Walmart, WhatsApp, Wikipedia, YouTube"
)

GIVEN_NAMES = (
    "Aaron, Adam, Ahmed, Aisha, Alan, Albert, Alexander, Alexandra, Alice, Amanda, Amy, Andrea, Andrew, "
    "Angela, Ann, Anna, Anthony, Arthur, Ashley, Barbara, Benjamin, Betty, Brandon, Brenda, Brian, Carl, "
    "Carlos, Carol, Caroline, Catherine, Charles, Charlotte, Christina, Christine, Christopher, Claire, "
    "Cynthia, Daniel, David, Deborah, Dennis, Diana, Diane, Donald, Donna, Dorothy, Douglas, Edward, "
    "Elena, Elizabeth, Emily, Emma, Eric, Ethan, Eugene, Evelyn, Fatima, Frances, Fred, Gary, George, "
    "Gerald, Gregory, Hannah, Hans, Harold, Harry, Heather, Helen, Henry, Isabella, Ivan, Jacob, James, "
    "Jane, Janet, Jason, Jeffrey, Jennifer, Jeremy, Jessica, Jim, Joe, John, Jonathan, Jose, Joseph, "
    "Joshua, Joyce, Juan, Judith, Julia, Julie, Justin, Karen, Katherine, Kathleen, Keith, Kelly, "
    "Kenneth, Kevin, Kimberly, Larry, Laura, Lauren, Linda, Lisa, Louise, Lucy, Luis, Marco, Margaret, "
    "Maria, Marie, Martha, Martin, Mary, Matthew, Megan, Melissa, Michael, Michelle, Miguel, Mohammed, "
    "Nancy, Natalie, Nathan, Nicholas, Nicole, Olga, Oliver, Olivia, Omar, Pamela, Patricia, Patrick, "
    "Paul, Pedro, Peter, Philip, Pierre, Priya, Rachel, Raj, Ralph, Raymond, Rebecca, Richard, Robert, "
    "Roger, Ronald, Ruth, Ryan, Samantha, Samuel, Sandra, Sara, Sarah, Scott, Sharon, Shirley, Simon, "
    "Sofia, Sophia, Stephanie, Stephen, Steven, Susan, Teresa, Theresa, Thomas, Timothy, Tom, Tyler, "
    "Victoria, Vincent, Walter, William, Zachary"
)

UNITS = {
    "millimeter": "mm", "centimeter": "cm", "meter": "m", "kilometer": "km",
    "inch": "in", "foot": "ft", "yard": "yd", "mile": "mi",
    "microgram": "mcg", "milligram": "mg", "gram": "g", "kilogram": "kg", "ounce": "oz", "pound": "lb",
    "milliliter": "ml", "liter": "l", "gallon": "gal",
    "kilometer per hour": "km/h", "mile per hour": "mph", "meter per second": "m/s",
    "square foot": "sq ft", "square meter": "sq m", "square kilometer": "sq km", "square mile": "sq mi",
    "cubic meter": "cu m", "degree celsius": "°C", "degree fahrenheit": "°F",
    "volt": "V", "watt": "W", "kilowatt": "kW", "kilowatt hour": "kWh", "hertz": "Hz", "kilohertz": "kHz",
    "megahertz": "MHz", "gigahertz": "GHz", "byte": "B", "kilobyte": "kB", "megabyte": "MB", "gigabyte": "GB",
    "terabyte": "TB", "decibel": "dB", "millisecond": "ms",
}  # fmt: skip
"""Spoken units and their abbreviations, in the singular and in American spelling."""

TIME_UNITS = word_set("second minute hour day week month year decade century")

CURRENCIES = {"dollar": "$", "euro": "€", "yen": "¥", "rupee": "₹", "pound sterling": "£"}


class Name(NamedTuple):
    """A known name: words from `start` up to, not including, `end`, its label and its spelling."""

    start: int
    end: int
    label: str
    written: str


def _gazetteer() -> dict[str, list[tuple[tuple[str, ...], str, str]]]:
    """Known names under their first word, longest first."""
    lists = {
        "LOCATION_COUNTRY": COUNTRIES,
        "LOCATION_STATE": STATES,
        "LOCATION_CITY": CITIES,
        "ORGANIZATION": ORGANISATIONS,
        "NAME": GIVEN_NAMES,
    }
    found: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
    for label, names in lists.items():
        for name in names.split(", "):
            parts = tuple(name.lower().split())
            found.setdefault(parts[0], []).append((parts, label, name))
    for entries in found.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return found


_NAMES = _gazetteer()


def named(tokens: Sequence[str]) -> list[Name]:
    """Names from the lists of places, organisations and given names, in order.

    Parameters
    ----------
    tokens : sequence of str
        Bare lower-case words.

    Returns
    -------
    list of Name

    Examples
    --------
    >>> named("is emily in new york".split())
    [Name(start=1, end=2, label='NAME', written='Emily'), Name(start=3, end=5, label='LOCATION_CITY', written='New York')]
    """  # noqa: E501
    found = []
    position = 0
    while position < len(tokens):
        name = _name_at(tokens, position)
        if name:
            found.append(name)
        position = name.end if name else position + 1
    return found


def _name_at(tokens: Sequence[str], start: int) -> Name | None:
    first = tokens[start].removesuffix("'s")
    for parts, label, written in _NAMES.get(tokens[start], _NAMES.get(first, [])):
        end = start + len(parts)
        heard = tuple(token.removesuffix("'s") for token in tokens[start + 1 : end])
        if heard == parts[1:]:
            return Name(start, end, label, written)
    return None


def singular(word: str) -> str:
    """Singular of a unit's name, in American spelling.

    Examples
    --------
    >>> [singular(word) for word in ("kilometres", "inches", "feet", "mile", "centuries")]
    ['kilometer', 'inch', 'foot', 'mile', 'century']
    """
    irregular = {
        "feet": "foot",
        "inches": "inch",
        "centuries": "century",
        "hertz": "hertz",
        "celsius": "celsius",
    }
    if word in irregular:
        return irregular[word]
    base = word.removesuffix("s") if len(word) > 3 else word
    return base[:-2] + "er" if base.endswith(("metre", "litre")) else base


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Stem of a word, good enough to tell that two words belong together.

    Parameters
    ----------
    word : str
        A lower-case word.

    Returns
    -------
    str
        Not always a word itself.

    Examples
    --------
    >>> [stem(word) for word in ("cancellation", "cancelled", "deliveries", "delivery", "upgrading")]
    ['cancel', 'cancel', 'deliveri', 'deliveri', 'upgrad']
    """
    base = word.removesuffix("'s")
    if base.endswith("ies") and len(base) > 4:
        base = base[:-3] + "y"
    elif base.endswith(("sses", "shes", "ches", "xes")):
        base = base[:-2]
    elif base.endswith("s") and not base.endswith(("ss", "us", "is")) and len(base) > 3:
        base = base[:-1]
    return _trimmed(base)


def _trimmed(base: str) -> str:
    """Cut off the verbal ending, a doubled last letter and a silent e."""
    for ending in ("ation", "ment", "ing", "ed"):
        rest = base.removesuffix(ending)
        if 3 <= len(rest) < len(base) and not rest.endswith("e") and _has_vowel(rest):
            base = rest
            break
    if len(base) > 4 and base[-1] == base[-2] and base[-1] in "bdglmnprt":
        base = base[:-1]
    if base.endswith("e") and len(base) > 3:
        base = base[:-1]
    return base[:-1] + "i" if base.endswith("y") and len(base) > 3 else base


def _has_vowel(text: str) -> bool:
    return any(letter in "aeiouy" for letter in text)


_COMMON_STEMS = frozenset(map(stem, COMMON_WORDS))
_NO_TOPICS = STOP_WORDS | MONTHS | WEEKDAYS
_LY_NOUNS = word_set("family supply assembly anomaly monopoly butterfly")


def is_content(word: str) -> bool:
    """Whether a word can carry a topic: neither a function word, nor a number, nor a very common one.

    Examples
    --------
    >>> [word for word in "we really love the new battery of this phone".split() if is_content(word)]
    ['battery', 'phone']
    """
    if len(word) < 3 or word in _NO_TOPICS or not word.replace("-", "").replace("'", "").isalpha():
        return False
    adverb = word.endswith("ly") and len(word) > 5 and word not in _LY_NOUNS
    return not adverb and stem(word) not in _COMMON_STEMS


def content_stems(words: Iterable[str]) -> set[str]:
    """Stems of the words that are not function words.

    Examples
    --------
    >>> sorted(content_stems("i want to cancel my orders".split()))
    ['cancel', 'order', 'want']
    """
    return {stem(word) for word in words if word not in STOP_WORDS and word[:1].isalnum()}
