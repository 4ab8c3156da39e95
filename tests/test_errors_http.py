"""Bad requests: every endpoint answers with a problem detail that names what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from index import errors
from index.errors import FileRefused, QueryError, YoujuError
from service.errors import INTERNAL, KINDS, kind_of
from service.problems import problem_response
from tests.fakes_service import FakeShelf, assert_problem, client

ASKING = ["/ask", "/search"]
NEEDING_AN_INDEX = [
    "/ask?question=问",
    "/search?question=问",
    "/documents",
    "/documents/tower",
    "/documents/tower/text",
    "/index",
    "/health",
]


@pytest.fixture(scope="module")
def served() -> Iterator[TestClient]:
    with client() as started:
        yield started


BAD_BODIES: list[tuple[Any, str]] = [
    ({}, "question"),
    ({"question": None}, "question"),
    ({"question": 1}, "question"),
    ({"question": ["问"]}, "question"),
    ({"question": ""}, "question"),
    ({"question": " \n\u3000"}, "question"),
    ({"question": "问" * 1001}, "question"),
    ({"question": "\ud800"}, "question"),
    ({"question": "问", "top_k": "5"}, "top_k"),
    ({"question": "问", "top_k": True}, "top_k"),
    ({"question": "问", "top_k": 1.5}, "top_k"),
    ({"question": "问", "top_k": None}, "top_k"),
    ({"question": "问", "top_k": 0}, "top_k"),
    ({"question": "问", "top_k": 51}, "top_k"),
    ({"question": "问", "top_k": -(10**30)}, "top_k"),
    ({"question": "问", "rerank": "false"}, "rerank"),
    ({"question": "问", "rerank": 0}, "rerank"),
    ({"question": "问", "rerank": None}, "rerank"),
    ({"question": "问", "topk": 3}, "topk"),
    ({"question": "问", "\ud800": 3}, "body"),
    ({"question": "问", "filters": []}, "filters"),
    ({"question": "问", "filters": {"date": "2020"}}, "filters.date"),
    ({"question": "问", "filters": {"source": ""}}, "filters.source"),
    ({"question": "问", "filters": {"source": 3}}, "filters.source"),
    ({"question": "问", "filters": {"document_ids": "a"}}, "filters.document_ids"),
    ({"question": "问", "filters": {"document_ids": []}}, "filters.document_ids"),
    ({"question": "问", "filters": {"document_ids": [1]}}, "filters.document_ids.0"),
    ({"question": "问", "filters": {"document_ids": ["\udfff"]}}, "filters.document_ids.0"),
    ({"question": "问", "filters": {"published_from": "2020-13-01"}}, "filters.published_from"),
    ({"question": "问", "filters": {"published_to": 20200101}}, "filters.published_to"),
    (
        {
            "question": "问",
            "filters": {"published_from": "2021-01-01", "published_to": "2020-01-01"},
        },
        "filters.published_to",
    ),
    ([], "body"),
    ("问", "body"),
    (None, "body"),
    (3, "body"),
]


@pytest.mark.parametrize("path", ASKING)
@pytest.mark.parametrize(("body", "field"), BAD_BODIES)
def test_a_bad_body_names_the_field(served: TestClient, path: str, body: Any, field: str) -> None:
    # Written with ASCII escapes, so that even a lone surrogate reaches the service.
    assert_problem(_post(served, path, _json(body)), 422, field)


@pytest.mark.parametrize("path", ASKING)
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not json",
        b"{",
        b'{"question": }',
        b'{"question": "\xff\xfe"}',
        '{"question": "问"}'.encode("gb18030"),
        b"[" * 60_000,
        b'{"question": "x", "top_k": ' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_not_json_is_told_so(served: TestClient, path: str, content: bytes) -> None:
    assert_problem(_post(served, path, content), 422, "body")
    bare = served.build_request("POST", path, content=content)
    bare.headers.pop("content-type", None)
    assert_problem(served.send(bare), 422, "body")


@pytest.mark.parametrize("path", ASKING)
@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "x"])
def test_another_format_is_refused(served: TestClient, path: str, media_type: str) -> None:
    response = served.post(path, content=b"question=1", headers={"content-type": media_type})
    assert "application/json" in assert_problem(response, 422, "body")


@pytest.mark.parametrize("path", ASKING)
def test_a_body_that_is_too_large_is_refused(served: TestClient, path: str) -> None:
    large = b'{"question": "' + b"x" * 70_000 + b'"}'
    assert_problem(_post(served, path, large), 413)
    pieces = (large[at : at + 1000] for at in range(0, len(large), 1000))
    headers = {"content-type": "application/json"}
    assert_problem(served.post(path, content=pieces, headers=headers), 413)


BAD_QUERIES = [
    ("", "question"),
    ("question=", "question"),
    ("question=%20", "question"),
    ("question=" + "x" * 1001, "question"),
    ("question=x&top_k=", "top_k"),
    ("question=x&top_k=five", "top_k"),
    ("question=x&top_k=0", "top_k"),
    ("question=x&top_k=51", "top_k"),
    ("question=x&top_k=1.5", "top_k"),
    ("question=x&rerank=", "rerank"),
    ("question=x&rerank=maybe", "rerank"),
    ("question=x&topk=5", "topk"),
    ("question=x&source=", "source"),
    ("question=x&document_ids=", "document_ids.0"),
    ("question=x&published_from=2020", "published_from"),
    ("question=x&published_from=2021-01-01&published_to=2020-01-01", "published_to"),
]


@pytest.mark.parametrize("path", ASKING)
@pytest.mark.parametrize(("query", "field"), BAD_QUERIES)
def test_a_bad_query_names_the_field(served: TestClient, path: str, query: str, field: str) -> None:
    assert_problem(served.get(f"{path}?{query}"), 422, field)


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/documents?offset=-1", "offset"),
        ("/documents?offset=x", "offset"),
        ("/documents?offset=" + "9" * 30, "offset"),
        ("/documents?limit=0", "limit"),
        ("/documents?limit=101", "limit"),
        ("/documents?page=2", "page"),
        ("/documents/tower/text?start=-1", "start"),
        ("/documents/tower/text?start=x", "start"),
        ("/documents/tower/text?end=1000", "end"),
        ("/documents/tower/text?start=1000", "start"),
        ("/documents/tower/text?start=3&end=2", "start"),
        ("/documents/tower/text?begin=3", "begin"),
    ],
)
def test_a_bad_place_names_the_field(served: TestClient, path: str, field: str) -> None:
    assert_problem(served.get(path), 422, field)


@pytest.mark.parametrize("document_id", ["nothing", "%00", "%ff", "..%2e", quote("𠮷")])
@pytest.mark.parametrize("rest", ["", "/text"])
def test_an_unknown_document(served: TestClient, document_id: str, rest: str) -> None:
    assert_problem(served.get(f"/documents/{document_id}{rest}"), 404)


@pytest.mark.parametrize(
    "path", ["/nothing", "/ask/", "/documents/a/b", "/static/nothing.js", "/static/../app.py"]
)
def test_an_unknown_path(served: TestClient, path: str) -> None:
    assert_problem(served.get(path), 404)


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/ask", "GET, POST"),
        ("PUT", "/search", "GET, POST"),
        ("PATCH", "/documents", "GET"),
        ("POST", "/documents/tower/text", "GET"),
        ("POST", "/index", "GET"),
        ("POST", "/health", "GET"),
        ("POST", "/", "GET, HEAD"),
        ("POST", "/static/app.js", "GET, HEAD"),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(
    served: TestClient, method: str, path: str, allow: str
) -> None:
    response = served.request(method, path)
    assert allow in assert_problem(response, 405)
    assert response.headers["allow"] == allow


@pytest.mark.parametrize("path", NEEDING_AN_INDEX)
def test_without_an_index_every_address_says_what_to_run(path: str) -> None:
    with client(FakeShelf(version=None)) as started:
        assert "scripts/rebuild_index" in assert_problem(started.get(path), 503)


@pytest.mark.parametrize("path", ASKING)
def test_a_bad_request_is_told_even_without_an_index(path: str) -> None:
    with client(FakeShelf(version=None)) as started:
        assert_problem(started.post(path, json={}), 422, "question")
        assert_problem(started.post(path, json={"question": "问"}), 503)


@pytest.mark.parametrize("path", ASKING)
def test_a_surprise_does_not_leak(served: TestClient, path: str) -> None:
    response = served.post(path, json={"question": "出错"})
    assert_problem(response, 500)
    assert "secret" not in response.text


@pytest.mark.parametrize("path", ASKING)
def test_odd_characters_are_questions_like_any_other(served: TestClient, path: str) -> None:
    for question in ["\u0000", "a\u0000b", "\u200b\ufeff", "\uffff", "𠮷", "？！"]:
        assert served.post(path, json={"question": question}).status_code == 200
        assert served.get(path, params={"question": question}).status_code == 200
    assert served.get(f"{path}?question=%ff%fe").status_code == 200


def test_the_errors_of_a_flood_of_fields_are_bounded(served: TestClient) -> None:
    response = served.post("/ask", json={"question": "问", **{f"k{n}": 1 for n in range(2000)}})
    assert_problem(response, 422, "k0")
    assert len(response.json()["errors"]) == 20


def test_a_problem_can_be_written_whatever_it_quotes() -> None:
    response = problem_response(INTERNAL, "坏\ud800字", "/\udfff")
    assert json.loads(bytes(response.body))["detail"] == "坏?字"


def _leaves(error: type[YoujuError]) -> Iterator[type[YoujuError]]:
    below = [kind for kind in error.__subclasses__() if kind.__module__ == errors.__name__]
    if not below:
        yield error
    for kind in below:
        yield from _leaves(kind)


def test_every_error_of_the_index_has_a_kind_of_its_own() -> None:
    leaves = list(_leaves(YoujuError))
    assert len(leaves) > 8
    assert [leaf for leaf in leaves if leaf not in KINDS] == []
    assert [leaf for leaf in leaves if kind_of(leaf) is INTERNAL] == []


def test_an_error_without_an_entry_takes_that_of_its_parent() -> None:
    class Strange(errors.IndexDamaged):
        pass

    assert kind_of(Strange) is KINDS[errors.IndexDamaged]


@pytest.mark.parametrize("error", list(_leaves(YoujuError)))
def test_each_error_of_the_index_becomes_its_problem(error: type[YoujuError]) -> None:
    with client() as started:

        def fail() -> None:
            if issubclass(error, QueryError | FileRefused):
                raise error("somewhere", "说明")
            raise error("说明")

        started.app.add_api_route("/fail", fail)  # type: ignore[attr-defined]
        kind = KINDS[error]
        told = started.get("/fail")
        assert "说明" in assert_problem(
            told, kind.status, "somewhere" if kind.name == "invalid-request" else None
        )
        assert told.json()["type"] == f"urn:youju:problem:{kind.name}"


def _json(body: Any) -> bytes:
    return json.dumps(body).encode("ascii")


def _post(served: TestClient, path: str, content: bytes) -> Any:
    return served.post(path, content=content, headers={"content-type": "application/json"})
