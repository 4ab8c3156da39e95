"""What two texts are compared by when the question is whether they say the same words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher

from index.language.folding import simplify

SPEAKS_FOR_ITSELF = 30
"""The length in letters from which a text says enough to be known again without its heading."""
INNER_CHARS = 10
"""How many letters one text may have in its middle that the other one lacks."""

# Signs with a meaning stay with the letters: 5% is not 5, and $100 is not ¥100.
_SIGNS = "%‰+±×÷=<>≤≥≠√$¥€£°"
_NO_LETTER = re.compile(rf"[^\w{_SIGNS}]+|_+")
_FIGURE = re.compile(r"(?:(?<!\d)[-−])?\d+(?:[.,:]\d+)*[%‰]?|[零〇一二三四五六七八九十百千万亿两]+")
# What makes another statement of a sentence by being added to it: negation, refutation, doubt,
# a limit, a former or a lower office, a passive voice.
_TURNS = re.compile(
    "[不没未无非否勿莫毋谣假伪误驳撤疑拟或若曾将被反禁拒停前原副仅约近超逾]"
    "|取消|终止|中止|失败|失实|更正|如果|网传|据传|传闻"
)


@dataclass(frozen=True, slots=True)
class Wording:
    """A text's letters, simplified and folded, without space and punctuation, and its figures.

    Figures are runs of digits or of Han numerals, in order, each with its sign and percent sign.
    """

    letters: str
    figures: tuple[str, ...]

    @property
    def speaks_for_itself(self) -> bool:
        """Whether the text is long enough to be known again without what stands above it."""
        return len(self.letters) >= SPEAKS_FOR_ITSELF


def wording(text: str) -> Wording:
    """A text as it is compared."""
    folded = unicodedata.normalize("NFKC", simplify(text)).casefold()
    return Wording(_NO_LETTER.sub("", folded), tuple(_FIGURE.findall(folded)))


@dataclass(frozen=True, slots=True)
class Additions:
    """The words that one text has and the other lacks: before, amid and after what they share."""

    before: str
    amid: tuple[str, ...]
    after: str


def additions(shorter: str, longer: str) -> Additions | None:
    """What to add to `shorter` to get `longer`; None where more than adding would be needed.

    Both are letters of a wording. None too where what is added amid the shared words touches a
    figure (30 元, 30 美元) or is longer than INNER_CHARS in all.
    """
    at = longer.find(shorter)
    if at >= 0:
        return Additions(longer[:at], (), longer[at + len(shorter) :])
    if not _is_subsequence(shorter, longer):
        return None
    amid: list[str] = []
    before = after = ""
    matcher = SequenceMatcher(None, shorter, longer, autojunk=False)
    for tag, place, _, start, end in matcher.get_opcodes():
        if tag == "equal":
            continue
        if tag != "insert":
            return None
        if place == 0:
            before = longer[start:end]
        elif place == len(shorter):
            after = longer[start:end]
        elif _FIGURE.search(longer[start - 1] + longer[end]):
            return None
        else:
            amid.append(longer[start:end])
    return Additions(before, tuple(amid), after) if len("".join(amid)) <= INNER_CHARS else None


def turns(added: str) -> bool:
    """Whether these words can make another statement of one that they are added to."""
    return _TURNS.search(added) is not None


def _is_subsequence(shorter: str, longer: str) -> bool:
    """Cheap, and false for two fillings of one template, of which there can be thousands."""
    rest = iter(longer)
    return all(letter in rest for letter in shorter)
