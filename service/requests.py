"""What may be asked over HTTP, and how it is turned into the index's own values.

A JSON body is read strictly (`"5"` and `true` are not numbers); in a query string everything is
text, so there the same fields are parsed.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from index.types import Filters
from service.wording import OWN_PREFIX

MAX_QUESTION_CHARS = 1000
MAX_TOP_K = 50
MAX_FILTER_IDS = 1000
MAX_PAGE = 100
MAX_POSITION = 10**9
"""Above any list or text, and within what a database can count."""

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _not_blank(question: str) -> str:
    if not question.strip():
        raise PydanticCustomError(f"{OWN_PREFIX}blank", "不能只有空白，请写出要问的内容")
    return question


def _iso_date(value: Any) -> Any:
    """Only `YYYY-MM-DD`: pydantic would also read numbers, as seconds since 1970."""
    if value is None or isinstance(value, date):
        return value
    if isinstance(value, str) and _ISO_DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError("date_parsing", "not a date")


IsoDate = Annotated[date | None, BeforeValidator(_iso_date)]
FilterText = Annotated[str, Field(min_length=1, max_length=1000)]


class _Asked(BaseModel):
    """What is asked, in a body as in a query string."""

    question: Annotated[
        str,
        Field(min_length=1, max_length=MAX_QUESTION_CHARS, description="要问的问题"),
        AfterValidator(_not_blank),
    ]
    top_k: Annotated[int, Field(ge=1, le=MAX_TOP_K, description="最多返回几条引用")] = 5
    rerank: Annotated[
        bool, Field(description="是否用阅读器重排段落、摘取答案；false 更快，但不如它准")
    ] = True


class _FilterFields(BaseModel):
    """Which documents may be searched; what is left out restricts nothing."""

    document_ids: Annotated[
        list[FilterText] | None,
        Field(min_length=1, max_length=MAX_FILTER_IDS, description="只在这些文档里找"),
    ] = None
    source: Annotated[FilterText | None, Field(description="只在这个来源的文档里找")] = None
    published_from: Annotated[IsoDate, Field(description="最早的发布日期（含当天）")] = None
    published_to: Annotated[IsoDate, Field(description="最晚的发布日期（含当天）")] = None

    @field_validator("published_to")
    @classmethod
    def _ordered(cls, value: date | None, info: ValidationInfo) -> date | None:
        first = info.data.get("published_from")
        if value is not None and first is not None and value < first:
            raise PydanticCustomError(
                f"{OWN_PREFIX}date_order", "不能早于 published_from，请对调两个日期或改正其一"
            )
        return value

    def index_filters(self) -> Filters:
        """As the index takes them."""
        ids = None if self.document_ids is None else frozenset(self.document_ids)
        return Filters(ids, self.source, self.published_from, self.published_to)


class FilterRequest(_FilterFields):
    """The filters of a JSON body."""

    model_config = ConfigDict(extra="forbid", strict=True)


class AskRequest(_Asked):
    """The JSON body of `/ask` and `/search`."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [
                {"question": "日照2016年以来投入了多少财政专项扶贫资金？"},
                {
                    "question": "日照2016年以来投入了多少财政专项扶贫资金？",
                    "top_k": 3,
                    "filters": {"source": "齐鲁晚报·齐鲁壹点"},
                },
            ]
        },
    )

    filters: Annotated[FilterRequest | None, Field(description="限定检索的范围")] = None

    def index_filters(self) -> Filters:
        """As the index takes them."""
        return Filters() if self.filters is None else self.filters.index_filters()


class AskQuery(_FilterFields, _Asked):
    """The same in a query string, where the filters lie beside the question."""

    model_config = ConfigDict(extra="forbid")


class PageQuery(BaseModel):
    """Which part of the list of documents."""

    model_config = ConfigDict(extra="forbid")

    offset: Annotated[int, Field(ge=0, le=MAX_POSITION, description="跳过几篇")] = 0
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE, description="最多返回几篇")] = 20


class TextQuery(BaseModel):
    """Which characters of a document's text; all where left out."""

    model_config = ConfigDict(extra="forbid")

    start: Annotated[int, Field(ge=0, le=MAX_POSITION, description="从第几个字符起（从 0 数）")] = 0
    end: Annotated[
        int | None, Field(ge=0, le=MAX_POSITION, description="到第几个字符止（不含）")
    ] = None
