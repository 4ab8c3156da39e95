from __future__ import annotations

from pathlib import Path

import pytest
from question_set import (
    BadSet,
    Question,
    folders_of,
    read_set,
    sample,
    simplified,
    strangers,
    write_corpus,
)

from index.documents.corpus import read_corpus
from tests.question_sets import passage, question, write_set

PASSAGES = [
    passage("a", "甲的内容\u2028有特别的行。", "甲"),
    passage("b", "甲的内容\u2028有特别的行。", "甲"),
    passage("c", "---\n乙的内容。", "--- 乙: ["),
    {"id": "d", "text": "没有标题。"},
]
QUESTIONS = [
    question("甲？", "b", ["内容"]),
    question(" ", "a"),
    question("丙？"),
    question("是吗？", "c"),
    question("真的是吗？", yes_no="YES", context_passage_id="c"),
    question("别处有的？", answer_string_somewhere_in_corpus=True),
    question("别处没有的？", answer_string_somewhere_in_corpus=False),
    question("两篇？", "a", ["内容"], passage_ids=["a", "c"]),
]


def test_a_set_becomes_documents_with_their_titles_and_texts(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "old.md").write_text("旧的一篇。", encoding="utf-8")
    one = read_set([write_set(tmp_path / "set", PASSAGES, QUESTIONS)])
    write_corpus(one.documents, corpus)
    documents = read_corpus(corpus, max_file_bytes=10**6).documents
    assert [(d.path, d.metadata.title, d.text[d.body_start :], d.cleaned) for d in documents] == [
        ("000000.md", "甲", PASSAGES[0]["text"], False),
        ("000001.md", "--- 乙: [", PASSAGES[2]["text"], False),
        ("000002.md", "000002", "没有标题。", False),
    ]


def test_questions_know_their_documents_and_what_has_no_answer_to_quote_is_left_out(
    tmp_path: Path,
) -> None:
    one = read_set([write_set(tmp_path / "set", PASSAGES, QUESTIONS)])
    assert one.name == "set"
    assert one.questions == (
        Question("甲？", frozenset({"000000.md"}), ("内容",)),
        Question("丙？", frozenset(), ()),
        Question("别处没有的？", frozenset(), ()),
        Question("两篇？", frozenset({"000000.md", "000001.md"}), ("内容",)),
    )
    assert one.given == ()


def test_what_only_its_passage_does_not_answer_is_asked_of_that_passage_alone(
    tmp_path: Path,
) -> None:
    questions = [question("甲？", "a", ["内容"]), question("乙？", context_passage_id="c")]
    one = read_set([write_set(tmp_path, PASSAGES, questions)])
    answerable = Question("甲？", frozenset({"000000.md"}), ("内容",))
    assert one.questions == (answerable,)
    assert one.given == (
        Question("甲？", frozenset({"000000.md"}), ("内容",), within="000000.md"),
        Question("乙？", frozenset(), (), within="000001.md"),
    )


def test_pooled_sets_share_documents_and_not_ids(tmp_path: Path) -> None:
    text = [passage("1", "同一篇。"), passage("2", "第一个题库的。")]
    first = write_set(tmp_path / "first", text, [question("一？", "2", ["一"])])
    text = [passage("2", "同一篇。"), passage("1", "第二个题库的。")]
    second = write_set(tmp_path / "second", text, [question("二？", "1", ["二"])])
    pooled = read_set(folders_of(f"{first}+{second}"))
    assert pooled.name == "first+second"
    assert [content.split("---\n")[-1] for content in pooled.documents.values()] == [
        "同一篇。",
        "第一个题库的。",
        "第二个题库的。",
    ]
    assert [one.documents for one in pooled.questions] == [{"000001.md"}, {"000002.md"}]


def test_a_folder_may_have_a_plus_in_its_name(tmp_path: Path) -> None:
    (tmp_path / "a+b").mkdir()
    assert folders_of(str(tmp_path / "a+b")) == [tmp_path / "a+b"]


def test_distractors_are_documents_that_nothing_asks_about(tmp_path: Path) -> None:
    far = [passage("f", "远的一篇。")]
    folder = write_set(tmp_path / "news", PASSAGES, QUESTIONS, far)
    near, both = read_set([folder]), read_set([folder], distractors=True)
    assert (near.name, len(near.documents)) == ("news", 3)
    assert (both.name, len(both.documents)) == ("news +distractors", 4)
    assert near.documents.items() <= both.documents.items()
    assert near.questions == both.questions
    (folder / "distractors.jsonl").unlink()
    assert read_set([folder], distractors=True) == near


def test_a_sample_is_the_same_each_time_and_in_order() -> None:
    questions = [Question(str(number), frozenset(), ()) for number in range(100)]
    chosen = sample(questions, 10)
    assert chosen == sample(questions, 10)
    assert len(chosen) == 10
    assert [questions.index(one) for one in chosen] == sorted(map(questions.index, chosen))
    assert sample(questions, 100) == sample(questions, None) == tuple(questions)


def test_questions_in_other_characters_and_of_other_sets() -> None:
    ours = Question("漢語是什麼？", frozenset({"a"}), ("漢語",))
    theirs = Question("誰？", frozenset({"b"}), ("張三",), within="b")
    assert simplified([ours]) == (Question("汉语是什么？", frozenset({"a"}), ("漢語",)),)
    assert strangers([ours, theirs], [ours]) == (Question("誰？", frozenset(), ()),)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("passages", None, r"读不到 passages\.jsonl"),
        ("questions", b"\xff", r"读不到 questions\.jsonl"),
        ("passages", b"\n{", "第 2 行不是 JSON"),
        ("passages", b"[]", "第 1 行不合题库的格式"),
        ("passages", b'{"id": "a"}', "第 1 行不合题库的格式：缺少字段 'text'"),
        ("questions", b'{"question": "?"}', "第 1 行不合题库的格式：缺少字段 'passage_id'"),
        ("questions", b'{"question": "?", "passage_id": "z", "answers": [{"text": "z"}]}', "'z'"),
        ("questions", b"", "没有可以问的问题"),
    ],
)
def test_what_is_no_set_is_refused_by_name(
    tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    write_set(tmp_path, PASSAGES, QUESTIONS)
    if content is None:
        (tmp_path / f"{name}.jsonl").unlink()
    else:
        (tmp_path / f"{name}.jsonl").write_bytes(content)
    with pytest.raises(BadSet, match=message):
        read_set([tmp_path])


def test_what_another_folder_of_the_pool_answers_is_not_left_open(tmp_path: Path) -> None:
    left_open = [question("甲？"), question("乙？")]
    one = write_set(tmp_path / "one", PASSAGES, left_open)
    other = write_set(tmp_path / "other", PASSAGES, [question("甲？", "a", ["内容"])])
    pooled = read_set([one, other])
    assert [(q.text, bool(q.documents)) for q in pooled.questions] == [
        ("乙？", False),
        ("甲？", True),
    ]
