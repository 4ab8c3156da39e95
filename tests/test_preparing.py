"""What is learnt from and what is held out: apart, and the same each time."""

from __future__ import annotations

from pathlib import Path

from training.examples import Example, write_examples
from training.preparing import EXAMPLES, prepared, thinned, write_all

from service.settings import Settings
from tests.tiny_reader import asked, letters, read

SOME = [
    asked(f"{n}是什么？", *(read(f"甲{n}{m}", context=f"题{n // 2}") for m in range(6)))
    for n in range(60)
]


def folder(tmp_path: Path) -> Path:
    write_examples(tmp_path / EXAMPLES, SOME)
    return tmp_path


def titles(examples: list[Example]) -> set[str]:
    return {one.reads[0].context for one in examples}


def test_no_title_is_in_both_parts_and_every_example_in_one(tmp_path: Path) -> None:
    found = prepared(folder(tmp_path), 0.3, 9)
    assert titles(found.learnt) & titles(found.held_out) == set()
    known = [one.question for one in (*found.learnt, *found.held_out)]
    assert sorted(known) == sorted(one.question for one in SOME)
    assert 0 < len(found.held_out) < len(SOME) / 2


def test_the_more_are_held_out_the_fewer_are_learnt_from(tmp_path: Path) -> None:
    few, many = (prepared(folder(tmp_path), share, 9) for share in (0.1, 0.6))
    assert titles(few.held_out) < titles(many.held_out)


def test_only_what_is_learnt_from_is_thinned(tmp_path: Path) -> None:
    found = prepared(folder(tmp_path), 0.3, 2)
    assert {len(one.reads) for one in found.learnt} == {3}
    assert {len(one.reads) for one in found.held_out} == {6}
    assert prepared(tmp_path, 0.3, 2) == found


def test_the_first_read_stays_and_the_others_keep_their_order() -> None:
    for thin, whole in zip(thinned(SOME, 3), SOME, strict=True):
        assert thin.reads[0] == whole.reads[0]
        places = [whole.reads.index(one) for one in thin.reads]
        assert places == sorted(places)
    assert list(thinned(SOME, 9)) == SOME


def test_files_of_examples_are_put_together(tmp_path: Path) -> None:
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    write_examples(one, letters())
    write_examples(two, SOME)
    write_all([str(one), str(two)], tmp_path / "out", Settings())
    found = prepared(tmp_path / "out", 0.5, 9)
    assert len(found.learnt) + len(found.held_out) == len(letters()) + len(SOME)
