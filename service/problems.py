"""One problem detail (RFC 9457): its fields, its kinds, and how it becomes a response."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from service import examples

PROBLEM_TYPE = "application/problem+json"


class FieldProblem(BaseModel):
    """One part of the request that is wrong."""

    field: str
    detail: str


class Problem(BaseModel):
    """The body of every error."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.PROBLEM]})

    type: str = Field(description="错误的种类（URN），供程序判断")
    title: str = Field(description="错误种类的名称")
    status: int = Field(description="HTTP 状态码")
    detail: str = Field(description="这一次错在哪里、该怎么办")
    instance: str = Field(description="请求的路径")
    errors: list[FieldProblem] | None = Field(default=None, description="有误的字段")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem; `advice` is added to a detail that does not yet give it."""

    status: int
    name: str
    title: str
    advice: str = ""


def problem_response(
    kind: Kind,
    detail: str,
    instance: str,
    *,
    errors: Sequence[FieldProblem] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem as a response, which no cache may keep."""
    problem = Problem(
        type=f"urn:youju:problem:{kind.name}",
        title=kind.title,
        status=kind.status,
        detail=encodable(detail),
        instance=encodable(instance),
        errors=list(errors) or None,
    )
    safe = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    return Response(
        problem.model_dump_json(exclude_none=True),
        kind.status,
        {**safe, **(headers or {})},
        PROBLEM_TYPE,
    )


def encodable(text: str) -> str:
    """The text with question marks for characters that UTF-8 cannot express.

    Names of unknown fields come from the client: the report of an error must not be one itself.
    """
    return text.encode("utf-8", "replace").decode("utf-8")
