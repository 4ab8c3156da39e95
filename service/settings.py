"""Every setting of the service: declared once, with its type, default and help.

Each is read from the environment as `YOUJU_` and its name in capitals. A name that begins so
and is not known is refused, since a misspelt setting would otherwise be silently without effect.
`python -m service.settings` prints the table that the READMEs carry.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from index.types import IndexSettings
from service.wording import OWN_PREFIX, sentence

PREFIX = "YOUJU_"
TEST_PREFIX = "YOUJU_TEST_"
REPOSITORY = Path(__file__).resolve().parent.parent


class BadSettings(Exception):
    """A setting is unknown or its value is wrong; the message is for the person at the screen."""


def _not_blank(value: Any) -> Any:
    """An empty path would quietly mean the current folder."""
    if isinstance(value, str) and not value.strip():
        raise PydanticCustomError(f"{OWN_PREFIX}blank", "不能为空；要用默认值请删去这个变量")
    return value


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


Folder = Annotated[Path, BeforeValidator(_not_blank), AfterValidator(Path.expanduser)]
LogLevel = Literal["debug", "info", "warning", "error", "critical"]


class Settings(BaseSettings):
    """The settings of one running service; use `load` for messages a person can act on."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True)

    corpus_dir: Folder = Field(
        default=REPOSITORY / "corpus", description="语料目录：要检索的文档放在这里"
    )
    data_dir: Folder = Field(
        default=REPOSITORY / "data", description="数据目录：建好的索引和向量缓存"
    )
    host: Annotated[str, BeforeValidator(_not_blank)] = Field(
        default="127.0.0.1", description="监听地址；0.0.0.0 表示接受其他机器的连接"
    )
    port: int = Field(default=8000, ge=1, le=65535, description="监听端口，1–65535")
    model: Annotated[str, BeforeValidator(_not_blank)] = Field(
        default="default",
        description="向量模型：default 为附带的模型，也可写 sentence-transformers 的目录或名称",
    )
    question_prompt: str | None = Field(
        default=None, description="加在问题前的提示语；不设则用模型自带的，设为空则不加"
    )
    passage_prompt: str | None = Field(
        default=None, description="加在段落前的提示语；不设则用模型自带的，设为空则不加"
    )
    precision: Literal["auto", "float32", "bfloat16"] = Field(
        default="auto", description="计算精度；auto 按处理器选择"
    )
    reader: Annotated[str, BeforeValidator(_not_blank)] = Field(
        default="default",
        description="阅读器：default 为附带的，off 不用，也可写 scripts/train_reader 导出的文件",
    )
    read_passages: int = Field(default=10, ge=1, le=50, description="每个问题最多读几段，1–50")
    max_chars: int = Field(default=250, ge=50, le=2000, description="每段最多的字符数，50–2000")
    max_file_mb: int = Field(
        default=20, ge=1, le=1024, description="单个文件的大小上限（MiB），1–1024"
    )
    log_level: Annotated[LogLevel, BeforeValidator(_lower)] = Field(
        default="info", description="日志级别"
    )

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_names(cls, values: Any) -> Any:
        refuse_unknown(os.environ)
        return values

    @classmethod
    def load(cls) -> Settings:
        """The settings of this environment, or `BadSettings` that names the wrong variable."""
        try:
            return cls()
        except ValidationError as error:
            wrong = [f"{variable(str(e['loc'][0]))}：{sentence(e)}" for e in error.errors()]
            raise BadSettings("设置有误：" + "；".join(wrong)) from None

    def index_settings(self) -> IndexSettings:
        """The part that decides what a build makes."""
        return IndexSettings(
            model=self.model,
            question_prompt=self.question_prompt,
            passage_prompt=self.passage_prompt,
            precision=self.precision,
            max_chars=self.max_chars,
            max_file_bytes=self.max_file_mb * 1024 * 1024,
        )


def variable(field: str) -> str:
    """The environment variable of a field."""
    return PREFIX + field.upper()


def refuse_unknown(names: Iterable[str]) -> None:
    """Raise `BadSettings` for the first name with our prefix that is not a setting."""
    known = [variable(field) for field in Settings.model_fields]
    for name in sorted(names):
        ours = name.upper().startswith(PREFIX) and not name.upper().startswith(TEST_PREFIX)
        if ours and name.upper() not in known:
            raise BadSettings(_unknown(name, known))


def _unknown(name: str, known: list[str]) -> str:
    nearest = difflib.get_close_matches(name.upper(), known, n=1)
    hint = f"是不是想写 {nearest[0]}？" if nearest else ""
    return f"没有名为 {name} 的设置。{hint}请改名或删去它；可用的有：{'、'.join(known)}"


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting as the READMEs list it; `default` is None where there is none."""

    name: str
    type: str
    default: str | None
    help: str

    def markdown(self) -> str:
        """The row of a Markdown table."""
        default = "—" if self.default is None else f"`{self.default}`"
        return f"| `{self.name}` | {self.type} | {default} | {self.help} |"


def settings_table() -> list[SettingRow]:
    """Every setting, in the order of declaration."""
    return [
        SettingRow(variable(name), _type(info.annotation), _default(info), info.description or "")
        for name, info in Settings.model_fields.items()
    ]


def _type(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        return " / ".join(get_args(annotation))
    inner = [part for part in get_args(annotation) if part is not NoneType]
    return _type(inner[0]) if inner else str(annotation.__name__).lower()


def _default(info: FieldInfo) -> str | None:
    """As a reader would write it: folders of the repository without the machine's own path."""
    if info.default is None:
        return None
    if isinstance(info.default, Path):
        return info.default.relative_to(REPOSITORY).as_posix()
    return str(info.default)


def markdown_table() -> str:
    """The whole table in Markdown."""
    head = ["| 变量 | 类型 | 默认值 | 说明 |", "|---|---|---|---|"]
    return "\n".join([*head, *(row.markdown() for row in settings_table())])


if __name__ == "__main__":
    print(markdown_table())
