"""Examples as batches: which tokens may answer and which do, and in which order they come."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from training.batches import batches, collate, epoch_order, token_span

from index.reading.inputs import Vocabulary
from tests.tiny_reader import asked, letters, read

LONG = "甲乙" * 60


def test_a_token_outside_the_text_can_never_be_an_answer(tiny_vocabulary: Vocabulary) -> None:
    examples = [asked("ab", read("甲b", (1, 2), context="cd"), read("乙", context="ab"))]
    batch = collate(examples, tiny_vocabulary)
    for row, tokens in enumerate(batch.reads):
        allowed = batch.allowed[row].nonzero().squeeze(1).tolist()
        assert allowed == [0, *range(tokens.shown.first, len(tokens.shown.ids) - 1)]
        assert batch.mask[row].sum() == len(tokens.shown.ids)


def test_golds_are_the_answers_or_the_first_token(tiny_vocabulary: Vocabulary) -> None:
    examples = [asked("a", read("甲ab乙a", (1, 3), (4, 5)), read("乙"))]
    batch = collate(examples, tiny_vocabulary)
    first = batch.reads[0].shown.first + 1  # After the mark of the word's begin.
    assert batch.golds.tolist() == [
        [[first + 1, first + 2], [first + 4, first + 4]],
        [[0, 0], [-1, -1]],
    ]
    assert batch.positive.tolist() == [True, False]
    assert batch.sizes == (2,)


def test_an_answer_that_is_cut_off_has_no_gold(tiny_vocabulary: Vocabulary) -> None:
    batch = collate([asked("a", read(LONG, (2, 3), (118, 119)), read("甲"))], tiny_vocabulary)
    assert len(batch.reads[0].golds) == 1
    lost = collate([asked("a", read(LONG, (118, 119)))], tiny_vocabulary)
    assert lost.reads[0].golds == ()
    assert lost.golds.tolist() == [[[-1, -1]]]
    assert lost.positive.tolist() == [True]


@given(st.text("日照港1986年 \n，。㎡Ａ投入10.4亿元扶貧", min_size=1, max_size=40), st.data())
def test_tokens_cover_the_answer_and_no_whole_token_more(
    vocabulary: Vocabulary, text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    if not text[start:end].strip() or text[start:end] != text[start:end].strip():
        return
    (tokens,) = collate([asked("问", read(text, (start, end)))], vocabulary).reads
    ((first, last),) = tokens.golds
    spans = tokens.shown.offsets[first - tokens.shown.first : last - tokens.shown.first + 1]
    assert spans[0][0] <= start < spans[0][1]
    assert spans[-1][0] < end <= spans[-1][1]


@pytest.mark.parametrize(
    ("answer", "span"),
    [((0, 1), (1, 1)), ((0, 4), (1, 3)), ((2, 3), (2, 2)), ((3, 6), (3, 3)), ((3, 7), None)],
)
def test_spans_of_tokens(answer: tuple[int, int], span: tuple[int, int] | None) -> None:
    assert token_span([(0, 1), (0, 2), (2, 3), (3, 6)], answer) == span


def test_an_epoch_has_each_example_once_in_batches_of_like_length() -> None:
    lengths = [(place * 37) % 101 for place in range(70)]
    order = epoch_order(lengths, 8, "1 0")
    assert sorted(place for batch in order for place in batch) == list(range(70))
    assert Counter(map(len, order)) == {8: 8, 6: 1}
    spread = [max(lengths[p] for p in batch) - min(lengths[p] for p in batch) for batch in order]
    assert max(spread) < 25
    assert order == epoch_order(lengths, 8, "1 0")
    assert order != epoch_order(lengths, 8, "1 1")


def test_batches_go_on_from_any_place() -> None:
    examples = letters() + [replace(one, question=one.question * 2) for one in letters()[:1]]
    whole = list(islice(batches(examples, 2, 7), 9))
    assert [len(one) for one in whole[:3]].count(1) == 1
    for begin in range(9):
        assert list(islice(batches(examples, 2, 7, begin), 9 - begin)) == whole[begin:]
