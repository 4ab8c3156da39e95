"""From small sets to examples, through the real pipeline with the model that is worked by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from question_set import BadSet, read_set
from training.annotations import marked_places
from training.examples import Example, Read
from training.gathering import Shares, gather
from training.reads import answering, as_read, holds, near_misses, unspaced

from index.types import Citation, Metadata, Scores, Span
from service.settings import Settings
from tests.fakes import SubjectEncoder
from tests.question_sets import Record, passage, write_set

FUND = "日照市2016年投入扶贫资金10.4亿元，都是真金白银的钱，按季度下达，账目每月公开。"
USES = "这笔钱用来修建村里的道路，也用来补贴危房改造，还用来添置课桌和图书，账目每月公开。"
LAND = "烟台市的山地完成流转，土地租金按亩计算，合同由村委会保管，期限最长三十年。"
PEOPLE = "走访的人说，村里人的日子越过越好，年轻人也愿意回乡创业，人人都有事情做。"
PASSAGES = [
    passage("a", f"{FUND}\n\n{USES}", "扶贫资金"),
    passage("b", LAND, "土地流转"),
    passage("c", PEOPLE),
]
MUCH = "日照市2016年投入了多少钱？"
WHO = "谁保管土地的合同？"
ALL, NONE = Shares(1, 1, 1), Shares(0, 0, 0)


def asked(text: str, home: str | None, *answers: tuple[str, int], **more: Any) -> Record:
    marks = [{"text": words, "start": start} for words, start in answers]
    return {"id": text, "question": text, "passage_id": home, "answers": marks, **more}


def mark(words: str, number: int = 0) -> tuple[str, int]:
    return words, str(PASSAGES[number]["text"]).index(words)


@pytest.fixture
def money(tmp_path: Path) -> Path:
    """A set of three documents, of which the first is two passages."""
    questions = [
        asked(MUCH, "a", mark("10.4亿元"), mark("资金10.4亿元")),
        asked(WHO, "b", mark("村委会", 1)),
    ]
    return write_set(tmp_path / "money", PASSAGES, questions)


def gathered(
    sets: Sequence[Path | str], folder: Path, shares: Shares = NONE, **more: Any
) -> list[Example]:
    settings = Settings(data_dir=folder / "data", model="subjects", max_chars=60)
    names = [str(one) for one in sets]
    return list(gather(names, settings, SubjectEncoder(), shares=shares, **more))


def test_a_question_has_the_passage_that_answers_and_those_that_do_not(
    money: Path, tmp_path: Path
) -> None:
    uses, land, people = (
        Read("扶贫资金", USES, ()),
        Read("土地流转", LAND, ()),
        Read("", PEOPLE, ()),
    )
    much, who = gathered([money], tmp_path)
    fund = Read("扶贫资金", FUND, ((12, 20), (14, 20)))
    assert [FUND[start:end] for start, end in fund.answers] == ["资金10.4亿元", "10.4亿元"]
    assert (much.question, much.source, much.kind) == (MUCH, "money", "asked")
    assert much.reads[0] == fund
    assert set(much.reads[1:]) == {uses, land, people}
    assert who.reads[0] == Read("土地流转", LAND, ((23, 26),))
    assert set(who.reads[1:]) == {Read("扶贫资金", FUND, ()), uses, people}


def test_of_few_passages_one_is_of_the_document_that_answers(money: Path, tmp_path: Path) -> None:
    much, who = gathered([money], tmp_path, negatives=1)
    assert [read.text for read in much.reads] == [FUND, USES]
    assert len(who.reads) == 2
    assert {len(one.reads) for one in gathered([money], tmp_path, negatives=0)} == {1}


def test_a_question_also_comes_shorter_and_altered(money: Path, tmp_path: Path) -> None:
    much, short, changed, *rest = gathered([money], tmp_path, ALL)
    assert [one.kind for one in (much, short, changed)] == ["asked", "shortened", "altered"]
    assert (short.question, short.reads) == ("日照市2016年投入多少钱", much.reads)
    assert changed.question != MUCH
    # Nothing else can take the place of 日照 in this set.
    assert changed.question.startswith("日照市20")
    assert changed.reads == (replace(much.reads[0], answers=()), *much.reads[1:])
    assert [one.kind for one in rest] == ["asked", "shortened"]


def test_what_holds_the_name_put_in_is_not_read_with_an_altered_question(tmp_path: Path) -> None:
    texts = ["烟台的桥长420米，人人都走。", "青岛的桥长500米，人人都走。", "地上没有别的。"]
    passages = [passage(number, text) for number, text in zip("abc", texts, strict=True)]
    questions = [
        asked("烟台的桥多长？", "a", ("420米", 5)),
        asked("青岛的桥多长？", "b", ("500米", 5)),
    ]
    folder = write_set(tmp_path / "bridges", passages, questions)
    first, changed, *_ = gathered([folder], tmp_path, Shares(1, 0, 0))
    assert {read.text for read in first.reads} == set(texts)
    assert (changed.question, changed.kind) == ("青岛的桥多长？", "altered")
    assert [read.text for read in changed.reads] == [texts[0], texts[2]]


def test_a_set_with_questions_without_answers_is_not_altered(tmp_path: Path) -> None:
    passages = [passage("a", "烟台的桥长420米。"), passage("b", "青岛的桥长500米。")]
    questions = [
        asked("烟台的桥多长？", "a", ("420米", 4)),
        asked("青岛的桥多长？", "b", ("500米", 4)),
    ]
    plain = write_set(tmp_path / "plain", passages, questions)
    kinds = [one.kind for one in gathered([plain], tmp_path, Shares(1, 0, 0))]
    assert kinds == ["asked", "altered", "asked", "altered"]
    whole = write_set(tmp_path / "whole", passages, [*questions, asked("谁造的？", None)])
    kinds = [one.kind for one in gathered([whole], tmp_path, Shares(1, 0, 0))]
    assert kinds == ["asked", "asked", "asked"]


def test_what_another_set_asks_is_not_answered_here(money: Path, tmp_path: Path) -> None:
    questions = [asked("谁保管？", "z", ("村委会", 0)), asked(MUCH, "z", ("村", 0))]
    other = write_set(tmp_path / "other", [passage("z", "村委会保管合同。")], questions)
    strange = [one for one in gathered([money, other], tmp_path, ALL) if one.kind == "foreign"]
    # The one passage of the other set has what the question asks for here: it may answer.
    assert [(one.question, one.source) for one in strange] == [("谁保管？", "money +foreign other")]
    assert {read.text for read in strange[0].reads} == {FUND, USES, PEOPLE}
    assert not any(one.answerable for one in strange)
    # A pool that shares a folder asks nothing strange of it.
    pooled = gathered([money, f"{money}+{other}"], tmp_path, ALL)
    assert all(one.kind != "foreign" for one in pooled)


def test_what_a_passage_does_not_answer_is_read_with_its_document_alone(tmp_path: Path) -> None:
    questions = [
        asked("这笔钱有多少？", None, context_passage_id="a"),
        asked(MUCH, "a", mark("10.4亿元")),
    ]
    folder = write_set(tmp_path / "judged", PASSAGES, questions)
    absent, present = gathered([folder], tmp_path)
    assert not absent.answerable
    assert {read.text for read in absent.reads} == {FUND, USES}
    assert [read.text for read in present.reads] == [FUND, USES]


def test_what_no_document_answers_is_read_with_what_is_nearest(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "absent", PASSAGES, [asked("钱去了哪里？", None)])
    (one,) = gathered([folder], tmp_path, ALL, negatives=1)
    assert (one.kind, one.answerable, len(one.reads)) == ("asked", False, 2)


def test_an_answer_in_two_passages_is_in_none(tmp_path: Path) -> None:
    over = (f"公开。\n\n{USES[:3]}", len(FUND) - 3)
    folder = write_set(
        tmp_path / "over", PASSAGES, [asked(MUCH, "a", over), asked(WHO, "b", mark("村委会", 1))]
    )
    assert [one.question for one in gathered([folder], tmp_path)] == [WHO]


def test_the_same_seed_gives_the_same_examples(money: Path, tmp_path: Path) -> None:
    first = gathered([money], tmp_path, ALL)
    assert gathered([money], tmp_path, ALL) == first
    years = {gathered([money], tmp_path, ALL, seed=seed)[2].question for seed in range(6)}
    assert len(years) > 1
    # What is drawn for a question does not hang on the others.
    limited = gathered([money], tmp_path, ALL, limit=1)
    assert len({one.reads[0].text for one in limited}) == 1
    assert [one for one in first if one in limited] == limited


def test_what_is_no_set_is_told_before_anything_is_built(money: Path, tmp_path: Path) -> None:
    with pytest.raises(BadSet, match="nowhere 不是题库"):
        gathered([money, tmp_path / "nowhere"], tmp_path)
    assert not (tmp_path / "data").exists()


def test_marks_are_places_in_the_documents(tmp_path: Path) -> None:
    texts = ["---\n长420米。", "---\n长420米。", "桥。"]
    passages = [passage(n, text, t) for n, text, t in zip("abc", texts, "甲乙丙", strict=True)]
    other = [
        {"text": "长", "start": 4, "passage_id": "a"},
        {"text": "桥", "start": 0},
        {"text": "桥"},
    ]
    questions = [
        asked("多长？", "a", ("420米", 5), ("420", 5)),
        asked("多长？", "a", ("长", 4), ("长", 3)),
        {"question": "什么？", "passage_id": "c", "passage_ids": ["a", "c"], "answers": other},
    ]
    one = read_set([write_set(tmp_path, passages, questions)])
    words = {
        key: [one.documents[key[1]][place.start : place.end] for place in places]
        for key, places in marked_places(one).items()
    }
    assert words == {
        ("多长？", "000000.md"): ["长", "420", "420米"],
        ("多长？", "000001.md"): ["长", "420", "420米"],
        ("什么？", "000000.md"): ["长"],
        ("什么？", "000001.md"): ["长"],
        ("什么？", "000002.md"): ["桥"],
    }


@given(st.text(), st.text("\r\n -:ab桥。", max_size=9), st.data())
def test_any_mark_is_placed_where_its_words_are(
    tmp_path_factory: pytest.TempPathFactory, title: str, text: str, data: st.DataObject
) -> None:
    text = f"{text}桥"
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    questions = [asked("？", "a", (text[start:end], start))]
    folder = write_set(tmp_path_factory.mktemp("set"), [passage("a", text, title)], questions)
    one = read_set([folder])
    ((place,),) = marked_places(one).values()
    (content,) = one.documents.values()
    assert content[place.start : place.end] == text[start:end]
    assert content[place.start - start :] == text


def cited(text: str, start: int = 0, path: str = "a.md", title: str = "") -> Citation:
    return Citation(
        rank=1,
        score=0.5,
        scores=Scores(0.5, 0.5),
        document_id=path,
        path=path,
        metadata=Metadata(title or path),
        headings=("一", "二"),
        text=text,
        start=start,
        end=start + len(text),
        highlights=(),
        sha256="0" * 64,
    )


@given(st.text("桥a4。 \n", min_size=2) | st.text(min_size=2), st.data())
def test_a_marked_answer_is_found_in_the_passage_that_covers_it(
    text: str, data: st.DataObject
) -> None:
    text = f"桥{text}桥"
    cut = data.draw(st.integers(1, len(text) - 1))
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    passages = [cited(text[cut:], 7 + cut), cited(text[:cut], 7)]
    words = text[start:end]
    found = answering(passages, {"a.md": (Span(7 + start, 7 + end),)}, [words])
    if start < cut < end or not holds(words, [words]):
        assert found is None
    else:
        assert found is not None
        passage, place = found.citation.text, 7 + start - found.citation.start
        assert passage[place : place + len(words)] == words
        assert found.read == unspaced(Read("a.md 一 二", passage, ((place, place + len(words)),)))


def test_without_marks_an_answer_is_wherever_its_words_are() -> None:
    passages = [cited("没有。"), cited("桥长420米，宽420米。", 9)]
    found = answering(passages, {"a.md": ()}, ["420米", "", "桥"])
    assert found is not None
    assert found.read.answers == ((0, 1), (2, 6), (8, 12))
    assert answering(passages, {}, ["9米"]) is None


@pytest.mark.parametrize("marked", [True, False])
def test_an_answer_of_spaces_is_none(marked: bool) -> None:
    places = {"a.md": (Span(1, 2), Span(2, 3))} if marked else {}
    found = answering([cited("桥 长。")], places, [" ", "长"])
    assert found is not None
    assert found.read == Read("a.md 一 二", "桥长。", ((1, 2),))
    assert answering([cited("桥 长。")], places, [" "]) is None


def test_near_misses_are_the_best_ones_with_one_of_the_same_document() -> None:
    hits = [cited(text, path=f"{n}.md") for n, text in enumerate(["长420米", "宽", "高", "深"])]
    right, sibling = cited("共四百二十米"), cited("远", 20)
    assert near_misses(hits, [right], ["420米"], 2) == hits[1:3]
    assert near_misses(hits, [right, sibling], ["420米"], 2) == [hits[1], sibling]
    assert near_misses([sibling, *hits], [sibling], ["420米"], 2) == [sibling, hits[1]]
    assert near_misses(hits, [sibling], ["420米"], 0) == []


@pytest.mark.parametrize(
    ("text", "answer"),
    [("漢語", "汉语"), ("ＧＤＰ", "gdp"), ("三千万元", "3000万元"), ("「甲」、乙", "甲乙")],
)
def test_an_answer_is_held_in_whatever_form(text: str, answer: str) -> None:
    assert holds(f"是{text}。", [answer])
    assert not holds(f"是{text}。", ["丙", "", "。"])


def test_a_passage_is_read_with_its_title_unless_that_is_only_a_number() -> None:
    assert as_read(cited("桥", title="新桥")) == Read("新桥 一 二", "桥", ())
    assert as_read(cited("桥", path="000001.md", title="000001")).context == "一 二"
