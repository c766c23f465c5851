"""Words grouped: sentences, paragraphs, utterances; and plain text as words."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from uuid import NAMESPACE_URL, uuid5

from dgnb.protocol.heard import Paragraph, Paragraphs, Sentence, Word
from dgnb.protocol.spelling import CLOSING, bare
from dgnb.results.transcript import Utterance
from dgnb.sandbox.engines.lexicon import word_set

LONGEST = 120
"""Words after which a sentence is cut, so that a text without marks stays readable and quick to analyse."""

SENTENCE_PAUSE = 0.6
"""Pause in seconds that ends a sentence where there is no punctuation at all."""

PARAGRAPH_PAUSE = 2.0
PARAGRAPH_SENTENCES = 5
PARAGRAPH_WORDS = 100

_ABBREVIATIONS = word_set("mr. mrs. ms. dr. prof. st. vs. etc. e.g. i.e. no. jr. sr. inc. ltd. approx.")


def words_of(text: str) -> list[Word]:
    """Words of a plain text, without times and confidences.

    Parameters
    ----------
    text : str
        Any text; a blank line ends a paragraph.

    Returns
    -------
    list of Word
        One for each piece between white space, all at 0 s.

    Examples
    --------
    >>> [(word.word, word.punctuated_word) for word in words_of("Hello, World!")]
    [('hello', 'Hello,'), ('world', 'World!')]
    """
    words: list[Word] = []
    for block in _blocks(text):
        pieces = block.split()
        pieces[-1] += "\n\n"
        words += [Word(word=bare(piece), start=0.0, end=0.0, punctuated_word=piece) for piece in pieces]
    if words:
        words[-1] = Word(word=words[-1].word, start=0.0, end=0.0, punctuated_word=words[-1].text.rstrip("\n"))
    return words


def _blocks(text: str) -> list[str]:
    """Give the paragraphs of a text."""
    blocks: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.strip():
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    return ["\n".join(block) for block in blocks if block]


def transcript(words: Sequence[Word]) -> str:
    """Text of the words as they are written, with their line breaks.

    Examples
    --------
    >>> transcript(words_of("Good morning. How are you?"))
    'Good morning. How are you?'
    """
    return " ".join([word.text for word in words]).replace("\n ", "\n").rstrip("\n")


def line(words: Sequence[Word]) -> str:
    r"""Text of the words in one line.

    Examples
    --------
    >>> line(words_of("A title\n\nand a text"))
    'A title and a text'
    """
    return transcript(words).replace("\n\n", " ").replace("\n", " ")


def spans(words: Sequence[Word]) -> list[tuple[int, int]]:
    """Where sentences are: pairs of first word and one past the last.

    A sentence ends at ``.``, ``?`` or ``!``, at a blank line, where the
    speaker changes, and after `LONGEST` words. Words without any such mark
    are divided at pauses instead.

    Parameters
    ----------
    words : sequence of Word

    Returns
    -------
    list of tuple of int

    Examples
    --------
    >>> spans(words_of("Mr. Brown called. Who answered?"))
    [(0, 3), (3, 5)]
    """
    marked = any(ends_sentence(word.text) for word in words)
    found = []
    start = 0
    for at, word in enumerate(words):
        following = words[at + 1] if at + 1 < len(words) else None
        if following is None or at + 1 - start >= LONGEST or _is_limit(word, following, marked):
            found.append((start, at + 1))
            start = at + 1
    return found


def _is_limit(word: Word, following: Word, marked: bool) -> bool:
    if word.speaker != following.speaker or word.text.endswith("\n\n"):
        return True
    if marked:
        return ends_sentence(word.text)
    return following.start - word.end >= SENTENCE_PAUSE


def ends_sentence(text: str) -> bool:
    """Whether a written word ends a sentence, unlike "Mr." and "J.".

    Parameters
    ----------
    text : str
        A word with its punctuation.

    Examples
    --------
    >>> [ends_sentence(text) for text in ("done.", 'what?"', "Dr.", "J.", "well,")]
    [True, True, False, False, False]
    """
    inner = text.rstrip(CLOSING)
    marks = text[len(inner) :]
    if "." not in marks and "?" not in marks and "!" not in marks:
        return False
    initial = len(inner) == 1 and inner.isupper() and inner != "I" and marks == "."
    return not initial and text.lower() not in _ABBREVIATIONS


def sentences(words: Sequence[Word]) -> list[Sentence]:
    """Sentences with their times.

    Parameters
    ----------
    words : sequence of Word

    Returns
    -------
    list of Sentence

    Examples
    --------
    >>> [sentence.text for sentence in sentences(words_of("It rains. Take a coat!"))]
    ['It rains.', 'Take a coat!']
    """
    return [_sentence(words[start:end]) for start, end in spans(words)]


def _sentence(words: Sequence[Word]) -> Sentence:
    return Sentence(text=line(words), start=words[0].start, end=words[-1].end)


def paragraphs(words: Sequence[Word]) -> Paragraphs:
    r"""Paragraphs of a channel.

    A paragraph ends where the speaker changes, at a blank line, at a pause of
    2 s between sentences, after 5 sentences and after 100 words.

    Parameters
    ----------
    words : sequence of Word

    Returns
    -------
    Paragraphs
        Its `transcript` starts with a newline, divides paragraphs by a blank line and names a speaker
        where the speaker changes.

    Examples
    --------
    >>> from dgnb.results.transcript import Word
    >>> asked = [Word(word=w, start=0.0, end=1.0, speaker=0) for w in ("who", "called")]
    >>> said = [Word(word="me", start=1.0, end=2.0, speaker=1)]
    >>> paragraphs(asked + said).transcript
    '\nSpeaker 0: who called\n\nSpeaker 1: me'
    """
    groups: list[list[tuple[int, int]]] = []
    for span in spans(words):
        if groups and not _opens_paragraph(words, groups[-1], span[0]):
            groups[-1].append(span)
        else:
            groups.append([span])
    found = [_paragraph(words, group) for group in groups]
    return Paragraphs(transcript=_with_speakers(found), paragraphs=found)


def _opens_paragraph(words: Sequence[Word], group: list[tuple[int, int]], start: int) -> bool:
    last, first = words[start - 1], words[start]
    changed = last.speaker != first.speaker or last.text.endswith("\n\n")
    full = len(group) >= PARAGRAPH_SENTENCES or start - group[0][0] >= PARAGRAPH_WORDS
    return changed or full or first.start - last.end >= PARAGRAPH_PAUSE


def _paragraph(words: Sequence[Word], group: list[tuple[int, int]]) -> Paragraph:
    first, end = group[0][0], group[-1][1]
    return Paragraph(
        sentences=[_sentence(words[start:stop]) for start, stop in group],
        start=words[first].start,
        end=words[end - 1].end,
        num_words=end - first,
        speaker=words[first].speaker,
    )


def _with_speakers(found: Sequence[Paragraph]) -> str:
    """Give the text of all paragraphs; a speaker is named only where it is another one."""
    blocks = []
    speaker: int | None = None
    for paragraph in found:
        named = paragraph.speaker is not None and paragraph.speaker != speaker
        blocks.append((f"Speaker {paragraph.speaker}: " if named else "") + paragraph.text)
        speaker = paragraph.speaker
    return "\n" + "\n\n".join(blocks) if blocks else ""


def utterances(channels: Sequence[Sequence[Word]], utt_split: float = 0.8) -> list[Utterance]:
    """Utterances of all channels, channel after channel, in order of time.

    Parameters
    ----------
    channels : sequence of sequence of Word
        The words of each channel.
    utt_split : float, seconds
        A pause this long or longer ends an utterance; a change of speaker always does.

    Returns
    -------
    list of Utterance
        Their ids depend only on what they hold: the same words give the same ids.

    Examples
    --------
    >>> from dgnb.results.transcript import Word
    >>> words = [Word(word=w, start=t, end=t + 0.5) for w, t in (("so", 0.0), ("far", 0.5), ("good", 2.0))]
    >>> [utterance.transcript for utterance in utterances([words])]
    ['so far', 'good']
    """
    found = []
    for channel, words in enumerate(channels):
        start = 0
        for at, word in enumerate(words):
            following = words[at + 1] if at + 1 < len(words) else None
            if following is None or _is_split(word, following, utt_split):
                found.append(_utterance(words[start : at + 1], channel, start))
                start = at + 1
    return found


def _is_split(word: Word, following: Word, pause: float) -> bool:
    return word.speaker != following.speaker or following.start - word.end >= pause


def _utterance(words: Sequence[Word], channel: int, position: int) -> Utterance:
    text = transcript(words)
    return Utterance(
        start=words[0].start,
        end=words[-1].end,
        transcript=text,
        confidence=fmean(word.confidence for word in words),
        channel=channel,
        words=list(words),
        speaker=words[0].speaker,
        id=str(uuid5(NAMESPACE_URL, f"{channel}/{position}/{words[0].start}/{words[-1].end}/{text}")),
    )
