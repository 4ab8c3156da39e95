"""What the reader is taught by: losses and odds, worked by hand."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from training.batches import Batch, collate
from training.losses import answering_loss, pointing_loss, ranking_loss, total_loss
from training.recipe import Recipe
from training.scoring import Scores, odds, possible

from index.reading.pointing import LONGEST
from tests.tiny_reader import asked, letters, read, tiny_kit


def batch_of(sizes: tuple[int, ...], positive: list[bool], golds: list[list[list[int]]]) -> Batch:
    """A batch of four tokens a row, of which the first and the last two may answer."""
    rows = sum(sizes)
    allowed = torch.tensor([[True, False, True, True]] * rows)
    empty = torch.zeros(rows, 4, dtype=torch.long)
    told = torch.tensor(golds)
    return Batch(empty, allowed, allowed, told, torch.tensor(positive), sizes, ())


def test_ranking_is_over_the_reads_of_one_question() -> None:
    rank = torch.tensor([math.log(2), 0.0, 0.0, math.log(3), 0.0, 9.0])
    batch = batch_of((3, 2, 1), [True, False, False, True, False, False], [[[0, 0]]] * 6)
    expected = -(math.log(2 / 4) + math.log(3 / 4)) / 2
    assert ranking_loss(rank, batch).item() == pytest.approx(expected)


def test_without_a_passage_that_answers_there_is_nothing_to_rank() -> None:
    batch = batch_of((2,), [False, False], [[[0, 0]]] * 2)
    assert ranking_loss(torch.tensor([1.0, 2.0]), batch).item() == 0


def test_answering_is_told_of_each_read_by_itself() -> None:
    rank, positive = torch.tensor([math.log(3), 0.0]), torch.tensor([True, False])
    sharp = -(math.log(3 / 4) + math.log(1 / 2)) / 2
    assert answering_loss(rank, positive, 0.0).item() == pytest.approx(sharp)
    smooth = -(0.9 * math.log(3 / 4) + 0.1 * math.log(1 / 4) + math.log(1 / 2)) / 2
    assert answering_loss(rank, positive, 0.1).item() == pytest.approx(smooth)


def of_spans(*rows: dict[tuple[int, int], float]) -> Scores:
    """Scores of reads by the odds of their spans, of four tokens; no other span is possible."""
    spans = torch.full((len(rows), 4, 4), -math.inf)
    for row, odds_of in enumerate(rows):
        for span, odd in odds_of.items():
            spans[row][span] = math.log(odd)
    return Scores(torch.zeros(len(rows)), spans)


def test_pointing_counts_the_likeliest_gold() -> None:
    odds_of = {(0, 0): 1.0, (2, 2): 2.0, (2, 3): 4.0, (3, 3): 1.0}
    golds = [[[2, 2], [3, 3]], [[0, 0], [-1, -1]]]
    batch = batch_of((2,), [True, False], golds)
    expected = -(math.log(2 / 8) + math.log(1 / 8)) / 2
    assert pointing_loss(of_spans(odds_of, odds_of), batch).item() == pytest.approx(expected)


def test_reads_that_answer_count_as_much_as_all_those_that_do_not() -> None:
    right, even, sure = {(0, 0): 1.0, (2, 3): 3.0}, {(0, 0): 1.0, (2, 3): 1.0}, {(0, 0): 1.0}
    scores = of_spans(right, even, even, sure)
    golds = [[[2, 3]], [[0, 0]], [[0, 0]], [[0, 0]]]
    whole = batch_of((4,), [True, False, False, False], golds)
    answered, others = math.log(4 / 3), 2 * math.log(2) / 3
    assert pointing_loss(scores, whole).item() == pytest.approx((answered + others) / 2)
    # Where there are none of either, the others count alone.
    lost = batch_of((4,), [True, False, False, False], [[[-1, -1]], *golds[1:]])
    assert pointing_loss(scores, lost).item() == pytest.approx(others)
    alone = batch_of((1,), [True], golds[:1])
    assert pointing_loss(of_spans(right), alone).item() == pytest.approx(answered)


def test_a_lost_answer_teaches_no_span() -> None:
    scores = of_spans(*[{(0, 0): 1.0, (2, 2): 1.0, (2, 3): 1.0}] * 2)
    lost = batch_of((2,), [True, False], [[[-1, -1]], [[0, 0]]])
    assert pointing_loss(scores, lost).item() == pytest.approx(math.log(3))
    nothing = batch_of((2,), [True, False], [[[-1, -1]]] * 2)
    assert pointing_loss(scores, nothing).item() == 0


def test_the_total_is_weighted_and_its_gradient_finite(tiny_folder: Path) -> None:
    kit = tiny_kit(tiny_folder)
    batch = collate([*letters(), asked("a", read("甲"))], kit.vocabulary)
    rows, length = batch.ids.shape
    found = torch.randn(rows, length, length, requires_grad=True)
    spans = found.masked_fill(~possible(batch.allowed), -math.inf)
    scores = Scores(odds(spans), spans)
    recipe = Recipe(answering=2.0, pointing=3.0)
    total = total_loss(scores, batch, recipe)
    parts = (
        ranking_loss(scores.rank, batch),
        2.0 * answering_loss(scores.rank, batch.positive, recipe.smoothing),
        3.0 * pointing_loss(scores, batch),
    )
    assert total.item() == pytest.approx(sum(part.item() for part in parts))
    total.backward()  # type: ignore[no-untyped-call]
    assert found.grad is not None
    assert torch.isfinite(found.grad).all()


def test_a_span_is_of_the_text_and_goes_forwards() -> None:
    allowed = torch.tensor([[True, False, True, True], [True, False, True, False]])
    found = possible(allowed)
    assert found[0].nonzero().tolist() == [[0, 0], [2, 2], [2, 3], [3, 3]]
    assert found[1].nonzero().tolist() == [[0, 0], [2, 2]]
    long = possible(torch.ones(1, LONGEST + 9, dtype=torch.bool))[0]
    assert long[1, LONGEST]
    assert not long[1, LONGEST + 1]


def test_a_passage_ranks_by_how_much_likelier_an_answer_in_it_is_than_none() -> None:
    scores = of_spans({(0, 0): 2.0, (2, 2): 3.0, (2, 3): 5.0}, {(0, 0): 4.0, (3, 3): 1.0})
    assert odds(scores.spans).tolist() == pytest.approx([math.log(8 / 2), math.log(1 / 4)])
