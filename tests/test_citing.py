"""Hits as citations: what says the same again is listed with what says it best."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from index.language.lexicon import NO_WORDS, lexicon_of
from index.records import Found
from index.search.citing import Quote, citation, distinct
from index.search.question import understand
from index.search.ranking import Ranked
from index.types import DocumentSummary, Metadata, Passage, Reprint, Scores, Span

BRIDGE = (
    "新建的石桥昨天通车，桥长420米，两岸的果农从此能在半小时内把梨子送进城里的集市，"
    "运费省下三成，老人看病也方便多了。"
)
LONGER = f"村民们等了很久。{BRIDGE}"
OTHER_BRIDGE = BRIDGE.replace("420", "480")
SHORT = "石桥昨天通车。"


def found(name: str, text: str, start: int = 0) -> Found:
    """A passage at a place of the document of this name."""
    sha256 = hashlib.sha256(name.encode()).hexdigest()
    about = Metadata(title=f"题{name}")
    summary = DocumentSummary(name, f"{name}.md", about, sha256, "utf-8", 1000, 9)
    return Found(Passage(name, start, start + len(text), text, ("章",)), summary)


def quote(name: str, text: str, *copies: Found, start: int = 0, score: float = 0.5) -> Quote:
    hit = Ranked(0, score, Scores(0.25, 0.75))
    return Quote(hit, found(name, text, start), list(copies))


def told(quotes: Sequence[Quote]) -> list[tuple[str, list[str]]]:
    """Each quote's document, and those of its copies."""
    return [(one.found.document.id, [copy.document.id for copy in one.copies]) for one in quotes]


# What says something new


def test_hits_that_say_again_are_copies_of_the_better_one_in_the_order_of_hits() -> None:
    quotes = [
        quote("a", BRIDGE),
        quote("b", OTHER_BRIDGE),
        quote("c", LONGER),
        quote("d", OTHER_BRIDGE),
        quote("e", BRIDGE),
    ]
    assert told(distinct(quotes, 5)) == [("a", ["c", "e"]), ("b", ["d"])]


def test_a_copy_brings_its_own_copies() -> None:
    quotes = [
        quote("a", BRIDGE, found("b", BRIDGE)),
        quote("c", LONGER, found("d", LONGER), found("e", LONGER)),
    ]
    assert told(distinct(quotes, 5)) == [("a", ["b", "c", "d", "e"])]


def test_no_more_are_kept_than_asked_for_and_what_repeats_these_is_still_a_copy() -> None:
    quotes = [quote("a", BRIDGE), quote("b", OTHER_BRIDGE), quote("c", LONGER)]
    assert told(distinct(quotes, 1)) == [("a", ["c"])]
    assert told(distinct(quotes, 2)) == [("a", ["c"]), ("b", [])]
    assert told(distinct([], 1)) == []


def test_what_does_not_count_leaves_its_place_to_the_next() -> None:
    quotes = [quote("a", BRIDGE), quote("b", LONGER), quote("c", OTHER_BRIDGE)]
    assert told(distinct(quotes, 2)) == [("a", ["b"]), ("c", [])]


def test_what_is_too_short_to_speak_for_itself_repeats_nothing() -> None:
    quotes = [quote("a", SHORT), quote("b", SHORT), quote("c", BRIDGE), quote("d", SHORT)]
    assert told(distinct(quotes, 5)) == [("a", []), ("b", []), ("c", []), ("d", [])]


# As citations


def test_a_citation_has_the_passage_its_document_and_its_number() -> None:
    one = citation(understand("桥长"), 3, quote("a", BRIDGE, start=100, score=0.625), NO_WORDS)
    assert (one.rank, one.score, one.scores) == (3, 0.625, Scores(0.25, 0.75))
    assert (one.document_id, one.path, one.metadata) == ("a", "a.md", Metadata("题a"))
    assert (one.text, one.start, one.end) == (BRIDGE, 100, 100 + len(BRIDGE))
    assert (one.headings, one.sha256) == (("章",), hashlib.sha256(b"a").hexdigest())
    at = 100 + BRIDGE.index("桥长")
    assert one.highlights == (Span(at, at + 2),)
    assert one.reprints == ()


def test_words_of_the_users_own_are_highlighted_whole() -> None:
    lexicon = lexicon_of([], [("果农", "两岸的果农")])
    (span,) = citation(understand("果农", lexicon), 1, quote("a", BRIDGE), lexicon.words).highlights
    assert BRIDGE[span.start : span.end] == "两岸的果农"


def test_reprints_are_one_for_each_other_document_the_first_there() -> None:
    copies = [
        found("b", BRIDGE, start=7),
        found("a", LONGER, start=200),
        found("c", LONGER, start=9),
        found("b", LONGER, start=300),
    ]
    one = citation(understand("桥长"), 1, quote("a", BRIDGE, *copies), NO_WORDS)
    assert one.reprints == tuple(
        Reprint(
            document_id=name,
            path=f"{name}.md",
            metadata=Metadata(f"题{name}"),
            start=start,
            end=start + length,
            sha256=hashlib.sha256(name.encode()).hexdigest(),
        )
        for name, start, length in (("b", 7, len(BRIDGE)), ("c", 9, len(LONGER)))
    )
