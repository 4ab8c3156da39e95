"""The READMEs list exactly the settings that there are."""

from __future__ import annotations

import re

import pytest

from service.settings import REPOSITORY, settings_table

_ROW = re.compile(r"^\| `(YOUJU_\w+)` \| ([^|]+) \| (—|`[^`|]+`) \| [^|]+ \|$", re.MULTILINE)


def rows(markdown: str) -> list[tuple[str, str, str | None]]:
    """Name, type and default of each row of a table of settings."""
    return [
        (name, kind, None if default == "—" else default.strip("`"))
        for name, kind, default in _ROW.findall(markdown)
    ]


def test_rows_are_read_as_they_are_written() -> None:
    written = "\n".join(row.markdown() for row in settings_table())
    assert rows(written) == [(row.name, row.type, row.default) for row in settings_table()]


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_readme_lists_the_settings(name: str) -> None:
    listed = rows((REPOSITORY / name).read_text(encoding="utf-8"))
    assert listed == [(row.name, row.type, row.default) for row in settings_table()]
