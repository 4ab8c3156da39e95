"""The application: put together by `create_app`, with no work at import."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.staticfiles import StaticFiles
from fastapi_offline import FastAPIOffline
from starlette.concurrency import run_in_threadpool

from service import errors
from service.library import Library, Opener
from service.middleware import BodyLimit, SecurityHeaders
from service.problems import Problem
from service.routes import TAGS, router
from service.settings import Settings

STATIC = Path(__file__).parent / "static"

_DESCRIPTION = """\
中文资料检索：答案都是原文里的话，每条引用都给出文档、起止位置和全文的 SHA-256，可以逐字核对。

位置按字符计，左闭右开。出错时一律返回 `application/problem+json`（RFC 9457）。"""


def create_app(settings: Settings, library: Library | None = None) -> FastAPI:
    """The service over one data folder; `library` takes the place of the one it would make.

    The library is started and stopped with the application.
    """
    shelf = library or Library(settings.data_dir, Opener(settings))
    app = FastAPIOffline(
        docs_url="/docs",
        redoc_url=None,
        static_url="/docs/assets",
        title="有据",
        summary="问资料，有据可查",
        description=_DESCRIPTION,
        version="1",
        openapi_tags=TAGS,
        lifespan=_lifespan(shelf),
        redirect_slashes=False,
        swagger_ui_oauth2_redirect_url="/docs/oauth2-redirect",
    )
    app.state.library = shelf
    app.state.settings = settings
    app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    errors.install(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(SecurityHeaders)
    app.openapi = partial(_openapi, app)  # type: ignore[method-assign]
    return app


def _lifespan(library: Library) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(library.start)
        try:
            yield
        finally:
            await run_in_threadpool(library.stop)

    return lifespan


def _openapi(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI description, with the schema that every error response refers to."""
    if app.openapi_schema is None:
        described = get_openapi(
            title=app.title,
            version=app.version,
            summary=app.summary,
            description=app.description,
            tags=app.openapi_tags,
            routes=app.routes,
        )
        schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        parts = schema.pop("$defs")
        described["components"]["schemas"].update({"Problem": schema, **parts})
        app.openapi_schema = described
    return app.openapi_schema
