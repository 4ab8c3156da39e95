"""The JSON models: what is let in, and how the index's values come out."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any, get_args

import pytest
from pydantic import ValidationError
from pydantic_core.core_schema import ErrorType

from index.types import DateHint, Filters
from service import examples
from service.requests import AskQuery, AskRequest, FilterRequest, PageQuery
from service.responses import ask_response, document_out, index_response, search_response
from service.schemas import AskResponse, SearchResponse
from service.wording import field_name, sentence
from tests.fakes_service import COPIES, DOUBT, DOUBTED, HOSTILE, TEXTS, FakeIndex, sha256


def test_a_question_alone_is_enough() -> None:
    asked = AskRequest.model_validate({"question": "问"})
    assert (asked.question, asked.top_k, asked.index_filters()) == ("问", 5, Filters())
    assert asked.rerank is True


def test_filters_become_the_indexs_own() -> None:
    fields = {
        "document_ids": ["b", "a", "b"],
        "source": "百科",
        "published_from": "2020-02-29",
        "published_to": "2020-02-29",
    }
    wanted = Filters(frozenset({"a", "b"}), "百科", date(2020, 2, 29), date(2020, 2, 29))
    body = AskRequest.model_validate({"question": "问", "filters": fields})
    assert body.index_filters() == wanted
    assert AskQuery.model_validate({"question": "问", **fields}).index_filters() == wanted


def test_null_filters_restrict_nothing() -> None:
    nothing = dict.fromkeys(FilterRequest.model_fields)
    for filters in (None, {}, nothing):
        body = AskRequest.model_validate({"question": "问", "filters": filters})
        assert body.index_filters() == Filters()


def test_the_question_is_kept_to_the_letter() -> None:
    question = "  铁塔\u0000有多高？𠮷\n"
    assert AskRequest.model_validate({"question": question}).question == question


@pytest.mark.parametrize("top_k", ["5", True, 5.0, 0, 51, None, [5]])
def test_a_body_is_strict_with_numbers(top_k: Any) -> None:
    with pytest.raises(ValidationError, match="top_k"):
        AskRequest.model_validate({"question": "问", "top_k": top_k})


@pytest.mark.parametrize("rerank", ["false", 0, None, []])
def test_a_body_is_strict_with_truth(rerank: Any) -> None:
    with pytest.raises(ValidationError, match="rerank"):
        AskRequest.model_validate({"question": "问", "rerank": rerank})


def test_a_query_string_parses_truth() -> None:
    assert AskQuery.model_validate({"question": "问"}).rerank is True
    assert AskQuery.model_validate({"question": "问", "rerank": "false"}).rerank is False


def test_a_query_string_parses_numbers() -> None:
    assert AskQuery.model_validate({"question": "问", "top_k": "50"}).top_k == 50
    assert PageQuery.model_validate({"offset": "3", "limit": "100"}).offset == 3


@pytest.mark.parametrize(
    "published",
    ["2020-02-30", "2020-2-3", "20200203", "2020-02-03T00:00:00", "昨天", "", 0, 1580688000, True],
)
def test_only_iso_dates_are_dates(published: Any) -> None:
    with pytest.raises(ValidationError, match="published_from"):
        FilterRequest.model_validate({"published_from": published})


def test_an_ask_response_is_the_contract() -> None:
    reply = FakeIndex("v1").ask("铁塔高", top_k=1)
    text = TEXTS["tower"]
    assert ask_response(reply, 1.5).model_dump(mode="json") == {
        "question": "铁塔高",
        "answer": {
            "text": "铁塔高330米。",
            "sentence": "铁塔高330米。",
            "confidence": 1.0,
            "citation": 1,
            "start": 0,
            "end": 8,
        },
        "reason": None,
        "alternatives": [],
        "citations": [
            {
                "rank": 1,
                "score": 1.0,
                "scores": {"dense": 1.0, "lexical": 1.0, "reader": 1.0},
                "document_id": "tower",
                "title": "铁塔",
                "source": "百科",
                "author": "甲",
                "published": "2020-11-17",
                "url": "https://example.com/t",
                "path": "tower.txt",
                "headings": ["第一章"],
                "text": "铁塔高330米。",
                "start": 0,
                "end": 8,
                "highlights": [
                    {"start": 0, "end": 1},
                    {"start": 1, "end": 2},
                    {"start": 2, "end": 3},
                ],
                "sha256": sha256(text),
                "reprints": [],
            }
        ],
        "dates": [],
        "index_version": "v1",
        "took_ms": 1.5,
    }


def test_a_search_response_has_the_citations_alone() -> None:
    reply = FakeIndex("v1").search("铁塔高")
    dumped = search_response(reply, 2.0).model_dump(mode="json")
    assert set(dumped) == {"question", "citations", "dates", "index_version", "took_ms"}
    assert dumped["citations"] == ask_response(reply, 2.0).model_dump(mode="json")["citations"]


def test_alternatives_come_out_as_answers_do() -> None:
    reply = FakeIndex("v1", DOUBTED).ask("塔高几米")
    dumped = ask_response(reply, 1.5).model_dump(mode="json")
    assert dumped["answer"]["text"] == "铁塔高330米。"
    assert dumped["alternatives"] == [
        {
            "text": "324",
            "sentence": DOUBT,
            "confidence": 0.75,
            "citation": 2,
            "start": 6,
            "end": 9,
        }
    ]


def test_what_was_not_read_has_no_score_of_the_reader() -> None:
    reply = FakeIndex("v1", DOUBTED).ask("塔高几米", rerank=False)
    dumped = ask_response(reply, 1.5).model_dump(mode="json")
    assert [cited["scores"]["reader"] for cited in dumped["citations"]] == [None, None, None]
    assert dumped["alternatives"] == []


def test_reprints_come_out_with_their_own_metadata() -> None:
    reply = FakeIndex("v1", COPIES).ask("建于")
    [citation] = ask_response(reply, 1.5).model_dump(mode="json")["citations"]
    assert [reprint["document_id"] for reprint in citation["reprints"]] == ["乙报", HOSTILE]
    assert citation["reprints"][0] == {
        "document_id": "乙报",
        "title": "乙报",
        "source": "晚报",
        "author": None,
        "published": "2021-02-03",
        "url": None,
        "path": "乙报.txt",
        "start": 5,
        "end": 15,
        "sha256": sha256(COPIES["乙报"]),
    }


def test_date_hints_are_named_as_the_filters_are() -> None:
    hints = (
        DateHint("2016年以来", date(2016, 1, 1), None),
        DateHint("2020年底前", None, date(2020, 12, 31)),
    )
    reply = dataclasses.replace(FakeIndex("v1").ask("铁塔高"), dates=hints)
    for response in (ask_response(reply, 1.5), search_response(reply, 1.5)):
        assert response.model_dump(mode="json")["dates"] == [
            {"text": "2016年以来", "from": "2016-01-01", "to": None},
            {"text": "2020年底前", "from": None, "to": "2020-12-31"},
        ]
        assert type(response).model_validate_json(response.model_dump_json()) == response


def test_the_examples_are_replies() -> None:
    for example in (examples.ANSWERED, examples.ABSTAINED):
        assert AskResponse.model_validate(example).model_dump(mode="json") == example
    shown = SearchResponse.model_validate(examples.SEARCH)
    assert shown.model_dump(mode="json") == examples.SEARCH


def test_a_document_and_an_index_come_out_whole() -> None:
    index = FakeIndex("v1")
    assert document_out(index.document("tea")).model_dump(mode="json") == {
        "id": "tea",
        "title": "茶",
        "source": None,
        "author": None,
        "published": None,
        "url": None,
        "path": "tea.txt",
        "sha256": sha256(TEXTS["tea"]),
        "encoding": "utf-8",
        "characters": 20,
        "passages": 2,
    }
    told = index_response(index.info).model_dump(mode="json")
    assert set(told) == {field.name for field in dataclasses.fields(index.info)}
    assert told["built_at"] == "2024-05-01T08:30:00Z"
    assert told["skipped"] == [{"path": "坏.pdf", "code": "unreadable", "detail": "打不开"}]


@pytest.mark.parametrize("kind", get_args(ErrorType))
def test_every_validation_error_is_told_in_chinese(kind: str) -> None:
    told = sentence({"type": kind, "loc": (), "msg": "English", "ctx": {"error": "English"}})
    assert "English" not in told
    assert "\u4e00" <= told[0] <= "\u9fff"


@pytest.mark.parametrize(
    ("location", "name"),
    [
        (("body",), "body"),
        (("body", 17), "body"),
        (("body", "question"), "question"),
        (("body", "filters", "document_ids", 0), "filters.document_ids.0"),
        (("query", "top_k"), "top_k"),
        (("path", "document_id"), "document_id"),
        (("port",), "port"),
        ((), "body"),
        (("body", "长" * 1000), "长" * 100),
    ],
)
def test_fields_are_named_as_the_client_wrote_them(
    location: tuple[str | int, ...], name: str
) -> None:
    assert field_name(location) == name
