"""Every error of the service as a problem detail (RFC 9457), one shape everywhere.

    {"type": "urn:youju:problem:…", "title": …, "status": …, "detail": …, "instance": path,
     "errors": [{"field": …, "detail": …}]}            `errors` only where fields are wrong

The index's own errors are translated here and nowhere else. What is not an error of ours never
shows its message to the client: it goes to the log.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from index import errors as index_errors
from service.problems import FieldProblem, Kind, encodable, problem_response
from service.wording import field_name, sentence

MAX_FIELD_ERRORS = 20

_REBUILD = "请运行 scripts/rebuild_index 重建索引，完成后服务会自动载入。"
_METHODS = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")


INVALID = Kind(422, "invalid-request", "请求有误")
INTERNAL = Kind(500, "internal", "服务内部出错")

KINDS: Mapping[type[index_errors.YoujuError], Kind] = {
    index_errors.YoujuError: INTERNAL,
    index_errors.CorpusMissing: Kind(409, "corpus-missing", "没有语料目录"),
    index_errors.CorpusEmpty: Kind(409, "corpus-empty", "语料里没有可收录的文件"),
    index_errors.FileRefused: Kind(422, "file-refused", "文件无法收录"),
    index_errors.BuildError: Kind(500, "build-failed", "索引没有建成"),
    index_errors.BuildLocked: Kind(409, "build-locked", "正在重建索引"),
    index_errors.IndexUnusable: Kind(503, "index-unusable", "没有可用的索引", _REBUILD),
    index_errors.IndexMissing: Kind(503, "index-missing", "还没有索引", _REBUILD),
    index_errors.IndexDamaged: Kind(503, "index-damaged", "索引已损坏", _REBUILD),
    index_errors.IndexMismatch: Kind(503, "index-mismatch", "索引与设置不符", _REBUILD),
    index_errors.ModelError: Kind(503, "model-unavailable", "模型无法使用"),
    index_errors.QueryError: INVALID,
    index_errors.BadQuestion: INVALID,
    index_errors.BadFilter: INVALID,
    index_errors.UnknownDocument: Kind(404, "unknown-document", "没有这篇文档"),
}

_HTTP: Mapping[int, tuple[Kind, str]] = {
    404: (Kind(404, "not-found", "没有这个地址"), "请检查路径；可用的接口见 /docs。"),
    405: (Kind(405, "method-not-allowed", "不支持这种请求方法"), "这个地址可用的方法：{allow}。"),
    413: (Kind(413, "too-large", "请求体太大"), "请缩短请求后再试。"),
}


def kind_of(error: type[index_errors.YoujuError]) -> Kind:
    """The kind of an index error: its own, or that of the nearest class above it."""
    return next(KINDS[base] for base in error.__mro__ if base in KINDS)


def http_problem(status: int, instance: str, headers: Mapping[str, str] | None = None) -> Response:
    """A problem that has only its HTTP status to say what it is."""
    kind, detail = _HTTP.get(status) or _other(status)
    detail = detail.format(allow=(headers or {}).get("Allow", ""))
    return problem_response(kind, detail, instance, headers=headers)


def install(app: FastAPI) -> None:
    """Make every error of this application a problem detail."""
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(index_errors.YoujuError, _on_index_error)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(Exception, _on_surprise)


def _fields_response(request: Request, wrong: Sequence[FieldProblem]) -> Response:
    detail = "；".join(f"{item.field}：{item.detail}" for item in wrong)
    return problem_response(INVALID, detail, request.url.path, errors=wrong)


async def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return _fields_response(
        request,
        [
            FieldProblem(field=encodable(field_name(item["loc"])), detail=sentence(item))
            for item in error.errors()[:MAX_FIELD_ERRORS]
        ],
    )


async def _on_index_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, index_errors.YoujuError)
    kind = kind_of(type(error))
    if isinstance(error, index_errors.QueryError) and kind is INVALID:
        return _fields_response(request, [FieldProblem(field=error.field, detail=error.detail)])
    detail = str(error) or kind.title
    if kind.advice and "rebuild_index" not in detail:
        detail = f"{detail.rstrip('。')}。{kind.advice}"
    return problem_response(kind, detail, request.url.path)


async def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == 400:
        # FastAPI's word for a body whose bytes cannot be decoded, or are nested too deep.
        invalid = sentence({"type": "json_invalid"})
        return _fields_response(request, [FieldProblem(field="body", detail=invalid)])
    if error.status_code == 405:
        headers["Allow"] = _allowed(request) or headers.get("Allow") or "GET, HEAD"
    return http_problem(error.status_code, request.url.path, headers)


async def _on_surprise(request: Request, error: Exception) -> Response:
    """The traceback goes to the server's log: Starlette raises the error again after this."""
    detail = "原因已写入服务日志。请稍后再试；若一直如此，请联系管理员。"
    return problem_response(INTERNAL, detail, request.url.path)


def _other(status: int) -> tuple[Kind, str]:
    phrase = HTTPStatus(status).phrase
    return Kind(status, f"http-{status}", phrase), "请求没有完成，请对照接口文档 /docs 检查。"


def _allowed(request: Request) -> str:
    """Every method of this path: Starlette names only those of the first route that fits."""
    return ", ".join(
        method
        for method in _METHODS
        if any(
            route.matches({**request.scope, "method": method})[0] is Match.FULL
            for route in request.app.router.routes
        )
    )
