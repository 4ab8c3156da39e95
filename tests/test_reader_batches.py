"""Questions and passages as tokens: what is where, what is cut, what may answer."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from training.batches import (
    PART_LIMIT,
    QUESTION_PROMPT,
    Vocabulary,
    batches,
    collate,
    epoch_order,
    open_vocabulary,
    token_span,
)

from tests.tiny_reader import asked, letters, read

LONG = "甲乙" * 60


@pytest.fixture(scope="module")
def vocabulary(tiny_folder: Path) -> Vocabulary:
    return open_vocabulary(tiny_folder, 64)


@pytest.fixture(scope="module")
def real(models_dir: Path) -> Vocabulary:
    (folder,) = models_dir.glob("multilingual-e5-small-*")
    return open_vocabulary(folder, 384)


def pieces(vocabulary: Vocabulary, ids: list[int]) -> list[str]:
    return [str(vocabulary.tokenizer.id_to_token(one)) for one in ids]


def test_question_context_and_text_stand_in_their_order(vocabulary: Vocabulary) -> None:
    (tokens,) = collate([asked("ab", read("甲b", (1, 2), context="cd"))], vocabulary).reads
    shown = pieces(vocabulary, tokens.ids)
    prompt = len(vocabulary.tokenizer.encode(QUESTION_PROMPT, add_special_tokens=False).ids)
    assert shown[0] == "<s>"
    assert shown[1 + prompt : -1] == [*"▁ab", *["</s>"] * 2, *"▁cd", *"▁甲b"]
    assert shown[-1] == "</s>"
    assert shown[tokens.first : -1] == ["▁", "甲", "b"]
    assert tokens.offsets == [(0, 1), (0, 1), (1, 2)]


def test_a_token_outside_the_text_can_never_be_an_answer(vocabulary: Vocabulary) -> None:
    examples = [asked("ab", read("甲b", (1, 2), context="cd"), read("乙", context="ab"))]
    batch = collate(examples, vocabulary)
    for row, tokens in enumerate(batch.reads):
        allowed = batch.allowed[row].nonzero().squeeze(1).tolist()
        assert allowed == [0, *range(tokens.first, len(tokens.ids) - 1)]
        assert batch.mask[row].sum() == len(tokens.ids)


def test_golds_are_the_answers_or_the_first_token(vocabulary: Vocabulary) -> None:
    examples = [asked("a", read("甲ab乙a", (1, 3), (4, 5)), read("乙"))]
    batch = collate(examples, vocabulary)
    first = batch.reads[0].first + 1  # After the mark of the word's begin.
    assert batch.golds.tolist() == [
        [[first + 1, first + 2], [first + 4, first + 4]],
        [[0, 0], [-1, -1]],
    ]
    assert batch.positive.tolist() == [True, False]
    assert batch.sizes == (2,)


def test_text_is_cut_from_its_end_and_a_lost_answer_has_no_gold(vocabulary: Vocabulary) -> None:
    batch = collate([asked("a", read(LONG, (2, 3), (118, 119)), read("甲"))], vocabulary)
    whole = batch.reads[0]
    assert len(whole.ids) == 64
    assert pieces(vocabulary, whole.ids)[-1] == "</s>"
    assert len(whole.golds) == 1
    lost = collate([asked("a", read(LONG, (118, 119)))], vocabulary)
    assert lost.reads[0].golds == ()
    assert lost.golds.tolist() == [[[-1, -1]]]
    assert lost.positive.tolist() == [True]


def test_long_questions_and_titles_leave_room_for_the_text(vocabulary: Vocabulary) -> None:
    (tokens,) = collate([asked(LONG, read(LONG, context=LONG))], vocabulary).reads
    assert tokens.first == 1 + 16 + 2 + 16
    assert len(tokens.ids) == 64


def test_a_question_under_the_limit_is_whole(real: Vocabulary) -> None:
    question = "日照港在哪一年建成开港，第一任港长是谁，当年的吞吐量是多少万吨？"
    (tokens,) = collate([asked(question, read("日照港" * 300, context="港口"))], real).reads
    encoded = real.tokenizer.encode(QUESTION_PROMPT + question, add_special_tokens=False).ids
    assert len(encoded) < PART_LIMIT
    assert tokens.ids[1 : 1 + len(encoded)] == encoded
    assert len(tokens.ids) == 384


def test_the_whole_is_what_the_tokenizer_makes_of_the_pair(real: Vocabulary) -> None:
    read_ = read("日照港1986年建成开港，吞吐量为215万吨。", context="日照港")
    (tokens,) = collate([asked("哪一年？", read_)], real).reads
    pair = real.tokenizer.encode(f"{QUESTION_PROMPT}哪一年？", f"{read_.context}\n{read_.text}")
    assert tokens.ids == pair.ids


def test_both_scripts_are_read_alike(real: Vocabulary) -> None:
    simple = collate([asked("扶贫资金", read("投入扶贫资金", context="资金"))], real)
    traditional = collate([asked("扶貧資金", read("投入扶貧資金", context="資金"))], real)
    assert torch.equal(simple.ids, traditional.ids)


@given(st.text("日照港1986年 \n，。㎡Ａ投入10.4亿元扶貧", min_size=1, max_size=40), st.data())
def test_tokens_cover_the_answer_and_no_whole_token_more(
    real: Vocabulary, text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    if not text[start:end].strip() or text[start:end] != text[start:end].strip():
        return
    (tokens,) = collate([asked("问", read(text, (start, end)))], real).reads
    ((first, last),) = tokens.golds
    spans = tokens.offsets[first - tokens.first : last - tokens.first + 1]
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
