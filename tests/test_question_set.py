from __future__ import annotations

import json
from pathlib import Path

import pytest
from measures import question_type
from question_set import BadSet, Question, read_questions, write_corpus

from index.corpus import read_corpus

PASSAGES = [
    {"id": "a", "title": "甲", "text": "甲的内容\u2028有特别的行。"},
    {"id": "b", "title": "甲", "text": "甲的内容\u2028有特别的行。"},
    {"id": "c", "title": "--- 乙: [", "text": "---\n乙的内容。"},
]
QUESTIONS = [
    {"id": "1", "question": "甲？", "passage_id": "b", "answers": [{"text": "内容", "start": 2}]},
    {"id": "2", "question": " ", "passage_id": "a", "answers": []},
    {"id": "3", "question": "丙？", "passage_id": None, "answers": []},
    {"id": "4", "question": "是吗？", "passage_id": "c", "answers": []},
]


def write_set(folder: Path) -> Path:
    for name, records in (("passages", PASSAGES), ("questions", QUESTIONS)):
        lines = [json.dumps(record, ensure_ascii=False) for record in records]
        (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_a_set_becomes_documents_with_their_titles_and_texts(tmp_path: Path) -> None:
    paths = write_corpus(write_set(tmp_path), tmp_path / "corpus")
    assert paths["a"] == paths["b"] != paths["c"]
    documents = read_corpus(tmp_path / "corpus", max_file_bytes=10**6).documents
    assert [(d.path, d.metadata.title, d.text[d.body_start :]) for d in documents] == [
        (paths["a"], "甲", PASSAGES[0]["text"]),
        (paths["c"], "--- 乙: [", PASSAGES[2]["text"]),
    ]


def test_questions_know_their_documents_and_what_has_no_answer_to_quote_is_left_out(
    tmp_path: Path,
) -> None:
    paths = write_corpus(write_set(tmp_path), tmp_path / "corpus")
    assert read_questions(tmp_path, paths, None) == [
        Question("甲？", frozenset({paths["b"]}), ("内容",)),
        Question("丙？", frozenset(), ()),
    ]
    assert len(read_questions(tmp_path, paths, 2)) == 2


def test_what_is_no_set_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(BadSet, match=r"passages\.jsonl"):
        write_corpus(tmp_path, tmp_path / "corpus")
    (tmp_path / "passages.jsonl").write_text("{", encoding="utf-8")
    with pytest.raises(BadSet, match="第 1 行"):
        write_corpus(tmp_path, tmp_path / "corpus")


@pytest.mark.parametrize(
    ("question", "kind"),
    [("投入多少？", "how many"), ("谁是组长？", "who"), ("为什么？", "why"), ("叫什么？", "what")],
)
def test_types_of_questions(question: str, kind: str) -> None:
    assert question_type(question) == kind
