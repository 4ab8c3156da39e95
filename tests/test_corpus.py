"""The documents of corpus/ and the questions asked of them.

The documents retell articles that may not be copied, so they are held to two things at once: no
sentence may be shared with the article, and no figure of it may be missing. The articles lie
outside the repository; where they are absent, the tests that need them are skipped.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "corpus"
SEEDS = ROOT.parent / "shared" / "seeds"
QUESTIONS = ROOT / "tests" / "data" / "questions.jsonl"
ANSWERS = ROOT / "tests" / "data" / "answers.jsonl"

SEED_OF = {
    "rizhao-2020": "000_041c029b2ed1c76e.txt",
    "binzhou-2020": "001_ed52a4f7d5c47ab9.txt",
    "rizhao-2018": "002_27947317a7f97848.txt",
    "jinan-2020": "003_b99ab30563691860.txt",
    "qingdao-2016": "004_48d87976c1b5289f.txt",
}

RUN = 16

# Names and headlines cannot be put in other words, so they may be shared whole.
ALLOWED = (
    # headlines
    "尽锐出战 精准务实 滨州市脱贫攻坚战取得全面胜利",
    "精准发力“坚中之坚”——日照创新“五大机制”推进脱贫攻坚纪实",
    "健全“四个体系”打好“四场硬仗”做好“四个衔接” 济南奋力书写脱贫攻坚新时代答卷",
    "2016年底青岛脱贫目标：农村贫困人口实现全部脱贫",
    # the article's own address
    "http://www.3jise.com/article/63987.html",
    # official papers
    "《日照市扶贫开发长效机制建设五个实施意见》",
    "《关于创新开展资产收益扶贫工作的指导意见》",
    "《市标贫困人口动态管理暂行办法》",
    "《济南市脱贫攻坚工作问责办法》《济南市脱贫攻坚责任制实施细则》",
    "《关于率先完成农村精准脱贫任务的意见》",
    "《青岛市农村精准脱贫行业部门分工方案》",
    # a campaign known by these words
    "“进村入户结穷亲，助力脱贫献爱心”",
)

# Figures of the web page around an article, not of what it tells.
FURNITURE: dict[str, frozenset[str]] = {
    # 08:32:00, the clock time of publication
    "rizhao-2018": frozenset({"32", "00"}),
    # 06:13:50, the clock time of publication
    "jinan-2020": frozenset({"06", "13", "50"}),
    # numbers of list items, and the e-mail address in the site's disclaimer
    "qingdao-2016": frozenset({"1", "2", "320919107"}),
}

NUMBER = re.compile(r"\d+(?:\.\d+)?%?")
# Commas are dropped only between digits that they group: "1,006" is one number, "3770,5" two.
GROUPING = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")

needs_seeds = pytest.mark.skipif(not SEEDS.is_dir(), reason="the articles are not at hand")
each_document = pytest.mark.parametrize("name", sorted(SEED_OF))


def read_document(name: str) -> str:
    return (CORPUS / f"{name}.md").read_text(encoding="utf-8")


def read_seed(name: str) -> str:
    return (SEEDS / SEED_OF[name]).read_text(encoding="utf-8")


def split_front_matter(text: str) -> tuple[dict[str, Any], str]:
    opening, head, body = text.split("---\n", 2)
    assert opening == "", "front matter must open the file"
    meta = yaml.safe_load(head)
    assert isinstance(meta, dict)
    return meta, body


def paragraphs(body: str) -> list[str]:
    blocks = (block.strip() for block in re.split(r"\n\s*\n", body))
    return [block for block in blocks if block and not block.startswith("#")]


def squeeze(text: str) -> str:
    """What stays when width, blanks and Markdown marks no longer count."""
    return re.sub(r"[\s*#-]", "", unicodedata.normalize("NFKC", text))


def bare(text: str) -> str:
    return re.sub(r"[\s*]", "", text)


def shared_runs(text: str, source: str, length: int = RUN) -> list[str]:
    """The longest runs of at least `length` characters of `text` that stand in `source`."""
    grams = {source[i : i + length] for i in range(len(source) - length + 1)}
    runs: list[str] = []
    start = 0
    while start <= len(text) - length:
        if text[start : start + length] not in grams:
            start += 1
            continue
        end = start + length
        while end < len(text) and text[start : end + 1] in source:
            end += 1
        runs.append(text[start:end])
        # A run that overlaps this one must end further right, so it starts after this start.
        start = end - length + 1
    return runs


def numbers(text: str) -> Counter[str]:
    return Counter(NUMBER.findall(GROUPING.sub("", unicodedata.normalize("NFKC", text))))


def read_questions() -> list[dict[str, Any]]:
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_shared_runs_finds_maximal_runs() -> None:
    assert shared_runs("xxabcdeyy", "00abcde11", 4) == ["abcde"]
    assert shared_runs("abcdXbcde", "abcde", 4) == ["abcd", "bcde"]
    assert shared_runs("abcXcde", "abcde", 4) == []
    assert shared_runs("ab", "ab", 4) == []


@needs_seeds
@each_document
def test_no_run_is_copied(name: str) -> None:
    text, source = squeeze(read_document(name)), squeeze(read_seed(name))
    for allowed in ALLOWED:
        # Cut, not deleted: deleting would join what stands left and right of the name.
        text = text.replace(squeeze(allowed), "\0")
    runs = shared_runs(text, source)
    assert not runs, f"{name}.md copies from {SEED_OF[name]}: {runs}"


@needs_seeds
def test_allowed_names_are_all_needed() -> None:
    sources = [squeeze(read_seed(name)) for name in SEED_OF]
    texts = [squeeze(read_document(name)) for name in SEED_OF]
    for allowed in map(squeeze, ALLOWED):
        assert any(allowed in text for text in texts), f"no document has {allowed}"
        assert any(shared_runs(allowed, source) for source in sources), f"{allowed} is not shared"


@needs_seeds
@each_document
def test_every_number_is_kept(name: str) -> None:
    wanted = set(numbers(read_seed(name))) - FURNITURE.get(name, frozenset())
    missing = sorted(wanted - set(numbers(read_document(name))))
    assert not missing, f"{name}.md lacks numbers of {SEED_OF[name]}: {missing}"


@needs_seeds
@each_document
def test_no_number_is_invented(name: str) -> None:
    _, body = split_front_matter(read_document(name))
    # A date written out ("8月17日") drops the zero that the article's "08-17" has.
    wanted = {number.lstrip("0") for number in numbers(read_seed(name))}
    extra = sorted(n for n in numbers(body) if n.lstrip("0") not in wanted)
    assert not extra, f"{name}.md has numbers that {SEED_OF[name]} lacks: {extra}"


@each_document
def test_front_matter(name: str) -> None:
    meta, body = split_front_matter(read_document(name))
    assert isinstance(meta.get("title"), str)
    assert meta["title"].strip()
    assert set(meta) <= {"title", "source", "author", "published", "url"}
    if "published" in meta:
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(meta["published"]))
    assert re.search(r"^## ", body, re.MULTILINE)


@each_document
def test_each_paragraph_names_its_place(name: str) -> None:
    # A paragraph is found and quoted alone, where "全市" says nothing.
    city = {"rizhao": "日照市", "binzhou": "滨州市", "jinan": "济南市", "qingdao": "青岛市"}
    place = city[name.split("-")[0]]
    _, body = split_front_matter(read_document(name))
    for paragraph in paragraphs(body):
        assert place in paragraph, f"{name}.md: no {place} in {paragraph[:30]}"


def test_size_of_the_corpus() -> None:
    total = sum(len(paragraphs(split_front_matter(read_document(name))[1])) for name in SEED_OF)
    assert 36 <= total <= 60


def test_questions_are_well_formed() -> None:
    questions = read_questions()
    answered = {"how_many", "who", "when", "where", "what", "how", "why"}
    unanswered = {"foreign", "small_talk"}
    for row in questions:
        assert set(row) == {"question", "document", "seed", "evidence", "type"}, row
        assert isinstance(row["question"], str)
        assert row["question"].strip()
        if row["document"] is None:
            assert row["seed"] is None, row
            assert row["evidence"] == [], row
            assert row["type"] in unanswered, row
        else:
            assert row["seed"] == SEED_OF[row["document"]], row
            assert row["evidence"], row
            assert row["type"] in answered, row
    asked = Counter(row["question"] for row in questions)
    assert not [question for question, times in asked.items() if times > 1]
    types = Counter(row["type"] for row in questions)
    assert sum(types[kind] for kind in answered) >= 100
    assert sum(types[kind] for kind in unanswered) >= 40
    assert types["small_talk"] >= 10


def test_evidence_stands_in_its_document() -> None:
    for row in read_questions():
        if row["document"] is None:
            continue
        _, body = split_front_matter(read_document(row["document"]))
        # A paragraph at a time: evidence across two of them is in no passage.
        blocks = [bare(paragraph) for paragraph in paragraphs(body)]
        for evidence in row["evidence"]:
            assert evidence == bare(evidence), row
            assert any(evidence in block for block in blocks), row


def test_every_paragraph_is_asked_about() -> None:
    questions = read_questions()
    for name in SEED_OF:
        evidence = [e for row in questions if row["document"] == name for e in row["evidence"]]
        _, body = split_front_matter(read_document(name))
        for paragraph in paragraphs(body):
            known = [e for e in evidence if e in bare(paragraph)]
            assert known, f"{name}.md: nothing is asked about {paragraph[:30]}"


@needs_seeds
def test_evidence_stands_in_its_article() -> None:
    for row in read_questions():
        if row["document"] is None:
            continue
        source = bare(read_seed(row["document"]))
        for evidence in row["evidence"]:
            assert evidence in source, row


def test_each_answer_stands_in_every_document_that_it_is_given_for() -> None:
    rows = [json.loads(line) for line in ANSWERS.read_text(encoding="utf-8").splitlines()]
    assert len({row["question"] for row in rows}) == len(rows) > 100
    for row in rows:
        paths = [row["path"]] if isinstance(row["path"], str) else row["path"] or []
        assert bool(paths) == bool(row["answers"]), row
        for path in paths:
            text = (CORPUS / path).read_text(encoding="utf-8").split("---", 2)[2]
            assert all(answer in text for answer in row["answers"]), row
