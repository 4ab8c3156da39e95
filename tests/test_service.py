"""The service over a fake index: what each address gives, the page, the docs, and live swaps."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from starlette.testclient import TestClient

from service.app import STATIC, create_app
from service.settings import Settings
from tests.fakes_service import COPIES, DOUBTED, TEXTS, FakeShelf, client, listening, sha256


@pytest.fixture(scope="module")
def served() -> Iterator[TestClient]:
    with client() as started:
        yield started


def test_ask_answers_with_words_of_the_source(served: TestClient) -> None:
    reply = served.post("/ask", json={"question": "铁塔高"}).json()
    assert reply["question"] == "铁塔高"
    assert reply["answer"]["text"] == "铁塔高330米。"
    assert reply["reason"] is None
    assert reply["index_version"] == "one"
    assert 0 <= reply["took_ms"] < 5000
    assert [(c["rank"], round(c["score"], 2), c["start"]) for c in reply["citations"]] == [
        (1, 1.0, 0),
        (2, 0.67, 10),
    ]


def test_every_citation_is_the_words_of_its_document(served: TestClient) -> None:
    citations = served.post("/search", json={"question": "铁塔茶", "top_k": 50}).json()["citations"]
    assert {c["document_id"] for c in citations} == {"tower", "tea"}
    for citation in citations:
        address = f"/documents/{citation['document_id']}/text"
        whole = served.get(address).content.decode("utf-8")
        place = {"start": citation["start"], "end": citation["end"]}
        assert whole[citation["start"] : citation["end"]] == citation["text"]
        assert served.get(address, params=place).content.decode("utf-8") == citation["text"]
        assert sha256(whole) == citation["sha256"]


@pytest.mark.parametrize("path", ["/ask", "/search"])
@pytest.mark.parametrize(
    "fields",
    [
        {"question": "铁塔茶"},
        {"question": "铁塔茶", "top_k": 1},
        {"question": "铁塔茶", "rerank": True},
        {"question": "铁塔茶", "rerank": False},
        {"question": "铁塔茶", "document_ids": ["tea"]},
        {"question": "铁塔茶", "document_ids": ["tea", "tower"], "source": "百科"},
        {"question": "铁塔茶", "published_from": "2020-11-17", "published_to": "2020-11-17"},
    ],
)
def test_get_and_post_give_the_same(served: TestClient, path: str, fields: dict[str, Any]) -> None:
    filters = {k: v for k, v in fields.items() if k not in {"question", "top_k", "rerank"}}
    body = {k: v for k, v in fields.items() if k not in filters} | {"filters": filters}
    posted = served.post(path, json=body).json()
    got = served.get(path, params=fields).json()
    assert posted.pop("took_ms") >= 0
    assert got.pop("took_ms") >= 0
    assert posted == got
    assert posted["citations"]


def test_a_reprint_is_the_same_words_in_another_document() -> None:
    with client(FakeShelf(texts=COPIES)) as served:
        [cited] = served.post("/search", json={"question": "建于"}).json()["citations"]
        assert cited["document_id"] == "tower"
        assert len(cited["reprints"]) == 2
        for reprint in cited["reprints"]:
            whole = served.get(f"/documents/{reprint['document_id']}/text").content.decode("utf-8")
            assert whole[reprint["start"] : reprint["end"]] == cited["text"]
            assert sha256(whole) == reprint["sha256"]


@pytest.mark.parametrize("path", ["/ask", "/search"])
@pytest.mark.parametrize(("asked", "read"), [({}, True), ({"rerank": False}, False)])
def test_passages_are_read_unless_told_otherwise(
    served: TestClient, path: str, asked: dict[str, bool], read: bool
) -> None:
    citations = served.post(path, json={"question": "铁塔高", **asked}).json()["citations"]
    assert [cited["scores"]["reader"] is not None for cited in citations] == [read, read]


def test_an_alternative_is_the_same_words_in_its_document() -> None:
    with client(FakeShelf(texts=DOUBTED)) as served:
        reply = served.post("/ask", json={"question": "铁塔高"}).json()
        told = [(other["text"], other["citation"]) for other in reply["alternatives"]]
        assert told == [("324", 2), ("1889", 3)]
        for other in reply["alternatives"]:
            cited = reply["citations"][other["citation"] - 1]
            place = {"start": other["start"], "end": other["end"]}
            address = f"/documents/{quote(cited['document_id'])}/text"
            assert served.get(address, params=place).text == other["text"]
            assert other["sentence"] in cited["text"]


@pytest.mark.parametrize("path", ["/ask", "/search"])
def test_the_times_that_a_question_names_are_told(served: TestClient, path: str) -> None:
    asked = {"question": "1889年的铁塔和2020年的茶"}
    told = [
        {"text": "1889年", "from": "1889-01-01", "to": "1889-12-31"},
        {"text": "2020年", "from": "2020-01-01", "to": "2020-12-31"},
    ]
    assert served.post(path, json=asked).json()["dates"] == told
    assert served.get(path, params=asked).json()["dates"] == told
    assert served.get(path, params={"question": "铁塔"}).json()["dates"] == []


@pytest.mark.parametrize(
    ("body", "reason", "citations"),
    [
        ({"question": "xyz"}, "no_match", 0),
        ({"question": "铁xyz"}, "low_confidence", 2),
        ({"question": "铁塔", "filters": {"source": "别处"}}, "filtered_out", 0),
        ({"question": "铁塔", "filters": {"published_to": "2020-11-16"}}, "filtered_out", 0),
    ],
)
def test_no_answer_has_a_reason(
    served: TestClient, body: dict[str, Any], reason: str, citations: int
) -> None:
    reply = served.post("/ask", json=body).json()
    assert (reply["answer"], reply["reason"]) == (None, reason)
    assert len(reply["citations"]) == citations


def test_a_body_without_a_content_type_is_json(served: TestClient) -> None:
    request = served.build_request("POST", "/ask", content='{"question": "铁塔"}'.encode())
    request.headers.pop("content-type", None)
    assert served.send(request).status_code == 200


def test_documents_are_paged(served: TestClient) -> None:
    first = served.get("/documents", params={"limit": 1}).json()
    rest = served.get("/documents", params={"offset": 1}).json()
    assert (first["total"], first["offset"], first["limit"]) == (2, 0, 1)
    assert [item["id"] for item in first["items"] + rest["items"]] == ["tea", "tower"]
    assert served.get("/documents", params={"offset": 10**9}).json()["items"] == []
    assert served.get("/documents/tea").json() == first["items"][0]


@pytest.mark.parametrize("name", TEXTS)
def test_the_text_is_exact_and_can_be_checked(served: TestClient, name: str) -> None:
    response = served.get(f"/documents/{name}/text")
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.content == TEXTS[name].encode("utf-8")
    assert response.headers["x-content-sha256"] == sha256(TEXTS[name])
    etag = response.headers["etag"]
    assert etag == f'"{sha256(TEXTS[name])}"'
    for known in (etag, f'"other", W/{etag}', "*"):
        again = served.get(f"/documents/{name}/text", headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
    other = served.get(f"/documents/{name}/text", headers={"If-None-Match": '"other"'})
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("query", "wanted"),
    [("start=1&end=3", "𠮷茶"), ("start=19", "。"), ("end=0", ""), ("start=20&end=20", "")],
)
def test_a_slice_counts_characters(served: TestClient, query: str, wanted: str) -> None:
    response = served.get(f"/documents/tea/text?{query}")
    assert response.content == wanted.encode("utf-8")
    assert response.headers["x-content-sha256"] == sha256(wanted)


def test_index_and_health(served: TestClient) -> None:
    told = served.get("/index").json()
    assert (told["version"], told["model"], told["documents"]) == ("one", "fake", 2)
    assert served.get("/health").json() == {"status": "ok", "index_version": "one"}


def test_the_page_and_its_parts_are_the_services_own(served: TestClient) -> None:
    page = served.get("/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src 'self';" in page.headers["content-security-policy"]
    links = re.findall(r'(?:src|href)="([^"#]+)"', page.text)
    assert {"static/app.js", "static/style.css"} <= set(links)
    for link in links:
        assert "//" not in link
        if not link.startswith("data:"):
            assert served.get(f"/{link}").status_code == 200
    assert served.head("/").status_code == 200


def test_the_page_writes_text_only_as_text() -> None:
    script = "".join(path.read_text(encoding="utf-8") for path in STATIC.glob("*.js"))
    assert "textContent" in script
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script)


def test_the_docs_work_without_a_network(served: TestClient) -> None:
    page = served.get("/docs")
    assets = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(assets) >= 3
    for asset in assets:
        assert asset.startswith("/docs/assets/")
        assert served.get(asset).status_code == 200
    assert "'unsafe-inline'" in page.headers["content-security-policy"]


def test_openapi_describes_answers_and_problems(served: TestClient) -> None:
    described = served.get("/openapi.json").json()
    text = json.dumps(described)
    names = set(re.findall(r"#/components/schemas/(\w+)", text))
    assert names <= set(described["components"]["schemas"])
    assert "HTTPValidationError" not in names
    for path, operations in described["paths"].items():
        for operation in operations.values():
            assert operation["summary"]
            assert operation["tags"]
            for status, response in operation["responses"].items():
                if status != "200":
                    assert list(response["content"]) == ["application/problem+json"], path
    assert set(described["paths"]["/ask"]) == {"get", "post"}
    assert set(described["paths"]["/ask"]["post"]["responses"]) == {
        "200",
        "413",
        "422",
        "503",
    }


def test_every_response_has_the_headers_that_protect(served: TestClient) -> None:
    for path in ["/", "/health", "/docs", "/nothing", "/documents/tower/text", "/static/app.js"]:
        headers = served.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_making_an_application_opens_nothing(tmp_path: Path) -> None:
    shelf = FakeShelf()
    create_app(Settings(data_dir=tmp_path), shelf.library())
    assert shelf.attempts == 0
    assert list(tmp_path.iterdir()) == []


def test_the_index_is_closed_with_the_application() -> None:
    shelf = FakeShelf()
    with client(shelf) as started:
        assert started.get("/health").status_code == 200
    assert [index.closed for index in shelf.opened] == [1]


def _hammer(address: str, count: int, seen: list[tuple[int, str]]) -> None:
    with httpx2.Client(base_url=address, trust_env=False, timeout=20) as http:
        for _ in range(count):
            response = http.post("/ask", json={"question": "铁塔高"})
            seen.append((response.status_code, response.json().get("index_version", "")))


def test_no_request_fails_while_generations_are_swapped() -> None:
    shelf = FakeShelf("0")
    app = create_app(Settings(), shelf.library(poll_seconds=0.01))
    seen: list[tuple[int, str]] = []
    with listening(app) as address:
        threads = [threading.Thread(target=_hammer, args=(address, 60, seen)) for _ in range(4)]
        for thread in threads:
            thread.start()
        number = 0
        while any(thread.is_alive() for thread in threads) and number < 200:
            number += 1
            shelf.version = str(number)
            time.sleep(0.02)
        for thread in threads:
            thread.join(timeout=60)
    assert len(seen) == 240
    assert {status for status, _ in seen} == {200}
    assert len({version for _, version in seen}) > 2
    assert all(index.closed == 1 for index in shelf.opened)
