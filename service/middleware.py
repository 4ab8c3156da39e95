"""What holds for every request and response: a limit on bodies, and headers that protect."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.errors import http_problem

MAX_BODY_BYTES = 64 * 1024

_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# The interactive documentation starts itself from an inline script.
_DOCS_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"
)


class BodyLimit:
    """Refuses bodies above `limit` bytes, by their declared length or as they arrive."""

    def __init__(self, app: ASGIApp, limit: int = MAX_BODY_BYTES) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared) > self._limit:
            # The body stays unread, so the connection cannot serve another request.
            response = http_problem(413, scope["path"], headers={"Connection": "close"})
            return await response(scope, receive, send)
        await self._app(scope, self._counted(receive), send)
        return None

    def _counted(self, receive: Receive) -> Receive:
        total = 0

        async def counted() -> Message:
            nonlocal total
            message = await receive()
            total += len(message.get("body", b""))
            if total > self._limit:
                raise HTTPException(413)
            return message

        return counted


class SecurityHeaders:
    """Adds the headers that keep a browser from guessing, framing or loading from elsewhere."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Referrer-Policy", "no-referrer")
                headers.setdefault("Content-Security-Policy", _policy(scope["path"]))
            await send(message)

        await self._app(scope, receive, protected)


def _policy(path: str) -> str:
    return _DOCS_POLICY if path == "/docs" or path.startswith("/docs/") else _PAGE_POLICY
