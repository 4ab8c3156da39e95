"""The addresses of the service. Each is a plain `def`, so that Starlette runs it in a thread and
searching never holds up the event loop.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import FileResponse, PlainTextResponse, Response

from index.errors import QueryError
from service.library import Library
from service.problems import PROBLEM_TYPE
from service.requests import AskQuery, AskRequest, PageQuery, TextQuery
from service.responses import ask_response, document_out, index_response, search_response
from service.schemas import (
    AskResponse,
    DocumentOut,
    DocumentsResponse,
    HealthResponse,
    IndexResponse,
    SearchResponse,
)

PAGE = Path(__file__).parent / "static" / "index.html"

TAGS: list[dict[str, Any]] = [
    {"name": "检索", "description": "提问，或只找相关的段落"},
    {"name": "文档", "description": "已收录的文档和它们的原文"},
    {"name": "状态", "description": "索引与服务的状况"},
]

_MEANINGS = {
    404: "没有这篇文档",
    413: "请求体太大",
    422: "请求有误：`errors` 指出哪个字段",
    503: "没有可用的索引",
}

# Without a Content-Type a body is taken for JSON, as from a client that does not set one.
router = APIRouter(strict_content_type=False)


async def _library(request: Request) -> Library:
    library: Library = request.app.state.library
    return library


async def _json_only(request: Request) -> None:
    """A body that declares another format is told so, rather than be called malformed JSON."""
    declared = request.headers.get("content-type", "application/json")
    media_type = declared.partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        raise QueryError("body", "请求体必须是 JSON，并设请求头 Content-Type: application/json")


LibraryDep = Annotated[Library, Depends(_library)]
JsonOnly = Depends(_json_only)


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    content = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": _MEANINGS[status], "content": content} for status in statuses}


@router.post(
    "/ask",
    tags=["检索"],
    summary="提问",
    dependencies=[JsonOnly],
    responses=_problems(413, 422, 503),
)
def ask(body: AskRequest, library: LibraryDep) -> AskResponse:
    """答案是原文里的话，并附引用；没有把握时 `answer` 为 null，`reason` 说明原因。"""
    return _ask(library, body)


@router.get("/ask", tags=["检索"], summary="提问（查询串）", responses=_problems(422, 503))
def ask_by_query(query: Annotated[AskQuery, Query()], library: LibraryDep) -> AskResponse:
    """与 POST 相同，便于在浏览器或 curl 里用。"""
    return _ask(library, query)


@router.post(
    "/search",
    tags=["检索"],
    summary="找段落",
    dependencies=[JsonOnly],
    responses=_problems(413, 422, 503),
)
def search(body: AskRequest, library: LibraryDep) -> SearchResponse:
    """只返回与问题相关的段落，不作答。"""
    return _search(library, body)


@router.get("/search", tags=["检索"], summary="找段落（查询串）", responses=_problems(422, 503))
def search_by_query(query: Annotated[AskQuery, Query()], library: LibraryDep) -> SearchResponse:
    """与 POST 相同，便于在浏览器或 curl 里用。"""
    return _search(library, query)


@router.get("/documents", tags=["文档"], summary="文档列表", responses=_problems(422, 503))
def documents(page: Annotated[PageQuery, Query()], library: LibraryDep) -> DocumentsResponse:
    """已收录的文档，分页。"""
    with library.lease() as index:
        items, total = index.documents(page.offset, page.limit)
    return DocumentsResponse(
        total=total,
        offset=page.offset,
        limit=page.limit,
        items=[document_out(item) for item in items],
    )


@router.get(
    "/documents/{document_id}",
    tags=["文档"],
    summary="一篇文档",
    responses=_problems(404, 422, 503),
)
def document(document_id: str, library: LibraryDep) -> DocumentOut:
    """一篇文档的说明，不含正文。"""
    with library.lease() as index:
        return document_out(index.document(document_id))


@router.get(
    "/documents/{document_id}/text",
    tags=["文档"],
    summary="一篇文档的原文",
    response_class=PlainTextResponse,
    responses=_problems(404, 422, 503),
)
def document_text(
    document_id: str, query: Annotated[TextQuery, Query()], library: LibraryDep, request: Request
) -> Response:
    """一字不改的原文（UTF-8）；可用 `start`、`end` 只取其中一段。

    `X-Content-SHA256` 是返回内容的 SHA-256；取全文时就是引用里的 `sha256`。
    """
    with library.lease() as index:
        text = index.text(document_id)
    return _text_response(_slice(text, query), request.headers)


@router.get("/index", tags=["状态"], summary="索引的情况", responses=_problems(503))
def index_info(library: LibraryDep) -> IndexResponse:
    """正在使用的索引：版本、模型、数量，以及没能收录的文件。"""
    with library.lease() as index:
        return index_response(index.info)


@router.get("/health", tags=["状态"], summary="健康检查", responses=_problems(503))
def health(library: LibraryDep) -> HealthResponse:
    """能作答时为 200；没有可用的索引时为 503，并说明原因。"""
    with library.lease() as index:
        return HealthResponse(status="ok", index_version=index.info.version)


@router.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)
def page() -> FileResponse:
    """The web page."""
    return FileResponse(PAGE, media_type="text/html")


def _ask(library: Library, asked: AskRequest | AskQuery) -> AskResponse:
    began = time.perf_counter()
    with library.lease() as index:
        reply = index.ask(
            asked.question,
            top_k=asked.top_k,
            filters=asked.index_filters(),
            rerank=asked.rerank,
        )
    return ask_response(reply, _milliseconds(began))


def _search(library: Library, asked: AskRequest | AskQuery) -> SearchResponse:
    began = time.perf_counter()
    with library.lease() as index:
        reply = index.search(
            asked.question,
            top_k=asked.top_k,
            filters=asked.index_filters(),
            rerank=asked.rerank,
        )
    return search_response(reply, _milliseconds(began))


def _milliseconds(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 1)


def _slice(text: str, query: TextQuery) -> str:
    """The characters asked for; a place outside the text is an error, never a shorter answer."""
    end = len(text) if query.end is None else query.end
    if end > len(text):
        raise QueryError("end", f"超出范围：全文只有 {len(text)} 个字符")
    if query.start > end:
        raise QueryError("start", f"不能大于终点 {end}")
    return text[query.start : end]


def _text_response(text: str, headers: Mapping[str, str]) -> Response:
    """The text as bytes, with the checksum that a client can compare with a citation's."""
    body = text.encode("utf-8")
    sha256 = hashlib.sha256(body).hexdigest()
    etag = f'"{sha256}"'
    described = {"ETag": etag, "X-Content-SHA256": sha256, "Cache-Control": "no-cache"}
    known = {tag.strip().removeprefix("W/") for tag in headers.get("if-none-match", "").split(",")}
    if known & {etag, "*"}:
        return Response(status_code=304, headers=described)
    return PlainTextResponse(body, headers=described)
