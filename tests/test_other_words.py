"""A question in other words than the texts': synonyms, short names, figures, scripts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from index.search_index import SearchIndex
from index.types import Citation, FileCode
from tests.corpora import FILES, build_small, open_small, write_corpus

ALLOWANCE = "最低生活保障金按季度发放，钱直接打到卡上。\n"
BANK = "中国农业发展银行（以下简称“农发行”）的支行设在县城，地方不大。\n"
LOANS = "农发行去年投放贷款，钱用于修水库。\n"
FOUNDED = "中国农业发展银行成立于1994年，钱由国家出。\n"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return tmp_path / "corpus"


@contextmanager
def index_of(corpus: Path, files: Mapping[str, str]) -> Iterator[SearchIndex]:
    """An index over these files beside those that every test has."""
    write_corpus(corpus, {**FILES, **files})
    build_small(corpus, corpus.parent / "data")
    with open_small(corpus.parent / "data") as index:
        yield index


def found(index: SearchIndex, question: str) -> dict[str, list[str]]:
    """The paths of the hits, best first, each with its highlighted words."""
    return {one.path: marked(one) for one in index.search(question).citations}


def marked(citation: Citation) -> list[str]:
    """The highlighted words as the document has them."""
    at = citation.start
    return [citation.text[span.start - at : span.end - at] for span in citation.highlights]


# The user's own words


def test_a_synonym_finds_the_passage_and_is_highlighted(corpus: Path) -> None:
    files = {"allowance.txt": ALLOWANCE}
    with index_of(corpus, files) as index:
        assert found(index, "低保怎么发放？") == {}
    synonyms = {"_synonyms.txt": "低保，最低生活保障\n"}
    with index_of(corpus, {**files, **synonyms}) as index:
        assert found(index, "低保怎么发放？") == {"allowance.txt": ["最低生活保障", "发放"]}
        # As good as if it had been asked for in the text's own words.
        replies = index.search("低保怎么发放？"), index.search("最低生活保障怎么发放？")
        (one,), (other,) = (reply.citations for reply in replies)
        assert (one.scores, one.highlights) == (other.scores, other.highlights)


def test_a_one_way_synonym_is_not_found_the_other_way(corpus: Path) -> None:
    files = {"allowance.txt": ALLOWANCE, "aid.txt": "低保钱已发放。\n"}
    with index_of(corpus, {**files, "_synonyms.txt": "低保 => 最低生活保障\n"}) as index:
        assert found(index, "低保怎么发放？").keys() == {"allowance.txt", "aid.txt"}
        assert found(index, "最低生活保障怎么发放？").keys() == {"allowance.txt"}


def test_a_word_of_the_dictionary_is_found_whole(corpus: Path) -> None:
    files = {"a.txt": "水上红桥坊的钱，时间。\n", "b.txt": "红桥与书坊的钱，时间。\n"}
    with index_of(corpus, {**files, "_dictionary.txt": "水上红桥坊\n"}) as index:
        assert next(iter(found(index, "水上红桥坊在哪里？").items())) == ("a.txt", ["水上红桥坊"])


def test_lines_that_cannot_be_used_are_remarks_and_the_others_are_used(corpus: Path) -> None:
    files = {"allowance.txt": ALLOWANCE, "_dictionary.txt": "坊\n"}
    files["_synonyms.txt"] = "孤词\n低保，最低生活保障\n"
    with index_of(corpus, files) as index:
        told = [(one.path, one.code, one.detail.split("：")[0]) for one in index.info.remarks]
        assert told == [
            ("_dictionary.txt", FileCode.LEXICON, "第 1 行没有采用"),
            ("_synonyms.txt", FileCode.LEXICON, "第 1 行没有采用"),
        ]
        assert index.info.skipped == ()
        assert found(index, "低保怎么发放？")


# Names that a document declares


def test_a_short_name_declared_in_one_document_is_known_in_all(corpus: Path) -> None:
    with index_of(corpus, {"loans.txt": LOANS, "founded.txt": FOUNDED}) as index:
        assert "loans.txt" not in found(index, "中国农业发展银行投放贷款")
        assert "founded.txt" not in found(index, "农发行成立")
    files = {"bank.txt": BANK, "loans.txt": LOANS, "founded.txt": FOUNDED}
    with index_of(corpus, files) as index:
        hits = found(index, "中国农业发展银行投放贷款")
        assert next(iter(hits.items())) == ("loans.txt", ["农发行", "投放贷款"])
        hits = found(index, "农发行成立")
        assert next(iter(hits.items())) == ("founded.txt", ["中国农业发展银行成立"])


def test_a_short_name_that_stands_somewhere_finds_the_long_name_too(corpus: Path) -> None:
    files = {"bank.txt": BANK, "loans.txt": LOANS, "founded.txt": FOUNDED}
    with index_of(corpus, files) as index:
        assert found(index, "农发行").keys() == files.keys()


# Figures and scripts

FIGURES = {
    "reservoir.txt": "水库投资3000万元，时间很紧。\n",
    "road.txt": "公路投资30,000,000元，时间很紧。\n",
    "bridge.txt": "大桥投资三千万元，时间很紧。\n",
    "number.txt": "依照国办发〔2024〕3号文件，地已收回。\n",
    "contract.txt": "合同第十二条写明，地归集体。\n",
    "share.txt": "入户率达到百分之八十，地还剩一半。\n",
    "tea.txt": "臺灣的茶葉種植在高地。\n",
}


@pytest.mark.parametrize(
    ("question", "path", "words"),
    [
        ("国办发[2024]3号", "number.txt", ["国办发〔2024〕3号"]),
        ("国办发（2024）3号文件", "number.txt", ["国办发〔2024〕3号文件"]),
        ("第12条", "contract.txt", ["第十二条"]),
        ("80%", "share.txt", ["百分之八十"]),
        ("８０％", "share.txt", ["百分之八十"]),
        ("台湾的茶叶", "tea.txt", ["臺灣", "茶葉"]),
        ("合約第12條寫明", "contract.txt", ["第十二条写明"]),
    ],
)
def test_what_is_written_in_another_form_is_found_and_highlighted_as_it_stands(
    corpus: Path, question: str, path: str, words: list[str]
) -> None:
    with index_of(corpus, FIGURES) as index:
        assert found(index, question) == {path: words}


SAME = {
    "reservoir.txt": ["投资3000万元"],
    "road.txt": ["投资30,000,000元"],
    "bridge.txt": ["投资三千万元"],
}


@pytest.mark.parametrize("figure", ["三千万", "3000万", "30,000,000", "３０００万", "30000000"])
def test_a_figure_is_found_in_all_its_forms(corpus: Path, figure: str) -> None:
    with index_of(corpus, FIGURES) as index:
        assert found(index, f"谁投资了{figure}元？") == SAME


@pytest.mark.parametrize("name", sorted(SAME))
def test_a_figure_alone_is_found_in_a_form_that_is_not_the_same_letters(
    corpus: Path, name: str
) -> None:
    forms = {"reservoir.txt": "3000万", "road.txt": "30,000,000", "bridge.txt": "三千万"}
    others = {path: [form] for path, form in forms.items() if path != name}
    with index_of(corpus, {path: FIGURES[path] for path in others}) as index:
        assert found(index, forms[name]) == others


@pytest.mark.parametrize("figure", ["三千万", "3000万", "30,000,000"])
def test_a_figure_alone_is_found_in_all_its_forms(corpus: Path, figure: str) -> None:
    with index_of(corpus, FIGURES) as index:
        assert found(index, figure).keys() == SAME.keys()
