"""Examples as lines of JSON: what is written is read, and what is wrong is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from training.examples import KINDS, BadExamples, Example, Read, read_examples, write_examples

TEXT = "桥长420米。\u2028新桥昨天通车。"
GOOD: dict[str, Any] = {
    "question": "桥有多长？",
    "reads": [
        {"context": "新桥", "text": TEXT, "answers": [[2, 6]]},
        {"context": "", "text": "桥宽9米。", "answers": []},
    ],
    "source": "桥",
    "kind": "asked",
}
BRIDGE = Example(
    "桥有多长？", (Read("新桥", TEXT, ((2, 6),)), Read("", "桥宽9米。", ())), "桥", "asked"
)


def file_of(folder: Path, *lines: str) -> Path:
    path = folder / "examples.jsonl"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="")
    return path


@st.composite
def reads(draw: st.DrawFn, *, answered: bool) -> Read:
    text = draw(st.text(min_size=1))
    starts = draw(st.lists(st.integers(0, len(text) - 1), max_size=3)) if answered else []
    spans = tuple((start, draw(st.integers(start + 1, len(text)))) for start in starts)
    return Read(draw(st.text()), text, spans)


@st.composite
def examples(draw: st.DrawFn) -> Example:
    others = draw(st.lists(reads(answered=False), max_size=2))
    question = draw(st.text(min_size=1).filter(str.strip))
    return Example(
        question,
        (draw(reads(answered=True)), *others),
        draw(st.text()),
        draw(st.sampled_from(KINDS)),
    )


@given(st.lists(examples(), max_size=4))
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, some: list[Example]
) -> None:
    path = tmp_path_factory.mktemp("examples") / "deep" / "examples.jsonl"
    assert write_examples(path, iter(some)) == len(some)
    assert list(read_examples(path)) == some
    assert [one.name for one in path.parent.iterdir()] == ["examples.jsonl"]


def test_an_example_is_one_line_that_a_person_can_read(tmp_path: Path) -> None:
    path = tmp_path / "examples.jsonl"
    write_examples(path, [BRIDGE])
    assert path.read_text(encoding="utf-8") == json.dumps(GOOD, ensure_ascii=False) + "\n"


def test_a_file_that_is_not_finished_does_not_replace_another(tmp_path: Path) -> None:
    path = tmp_path / "examples.jsonl"
    write_examples(path, [BRIDGE])
    with pytest.raises(ValueError, match="没有问题"):
        write_examples(path, (Example(text, BRIDGE.reads, "桥", "asked") for text in ("a", "")))
    assert list(read_examples(path)) == [BRIDGE]


def test_only_the_first_passage_makes_an_example_answerable() -> None:
    first, second = BRIDGE.reads
    assert BRIDGE.answerable
    assert not Example("桥？", (second,), "桥", "asked").answerable
    with pytest.raises(ValueError, match="只有第一个段落可以有答案"):
        Example("桥？", (second, first), "桥", "asked")


@pytest.mark.parametrize("span", [(-1, 1), (2, 2), (3, 2), (0, len(TEXT) + 1)])
def test_a_span_lies_within_its_passage(span: tuple[int, int], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="不在"):
        Read("", TEXT, (span,))
    reads = [{"context": "", "text": TEXT, "answers": [list(span)]}]
    path = file_of(tmp_path, json.dumps(GOOD), json.dumps(GOOD | {"reads": reads}))
    with pytest.raises(
        BadExamples, match=rf"examples\.jsonl 第 2 行不合训练样例的格式：\[{span[0]}"
    ):
        list(read_examples(path))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "第 1 行不是 JSON"),
        ("", "第 1 行不是 JSON"),
        ("[]", "第 1 行不合训练样例的格式"),
        (json.dumps(GOOD | {"reads": []}), "没有问题或没有段落"),
        (json.dumps(GOOD | {"question": " "}), "没有问题或没有段落"),
        (json.dumps(GOOD | {"kind": "odd"}), "没有“odd”这一类"),
        (json.dumps(GOOD | {"source": 3}), "3 应为文字"),
        (json.dumps({"question": "?"}), "缺少字段 'reads'"),
        (json.dumps(GOOD | {"reads": [{"context": "", "text": TEXT}]}), "缺少字段 'answers'"),
        *(
            (
                json.dumps(GOOD | {"reads": [{"context": "", "text": TEXT, "answers": [span]}]}),
                "应为 .起点, 终点.",
            )
            for span in ([1], [0, 1.5], [False, True], 3, "ab")
        ),
    ],
)
def test_what_is_no_example_is_refused_by_line(line: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(BadExamples, match=message):
        list(read_examples(file_of(tmp_path, line)))


def test_a_file_that_cannot_be_read_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(BadExamples, match=r"读不到训练样例 .*nowhere\.jsonl"):
        list(read_examples(tmp_path / "nowhere.jsonl"))
    (tmp_path / "bytes.jsonl").write_bytes(b"\xff\n")
    with pytest.raises(BadExamples, match=r"读不到训练样例 .*bytes\.jsonl"):
        list(read_examples(tmp_path / "bytes.jsonl"))
