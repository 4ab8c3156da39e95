"""The settings: each from the environment, refused with a message that names it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from index.types import IndexSettings
from service.settings import REPOSITORY, BadSettings, Settings, markdown_table, settings_table


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for row in settings_table():
        monkeypatch.delenv(row.name, raising=False)


def test_defaults() -> None:
    settings = Settings.load()
    assert settings.model_dump() == {
        "corpus_dir": REPOSITORY / "corpus",
        "data_dir": REPOSITORY / "data",
        "host": "127.0.0.1",
        "port": 8000,
        "model": "default",
        "question_prompt": None,
        "passage_prompt": None,
        "precision": "auto",
        "reader": "default",
        "read_passages": 10,
        "max_chars": 250,
        "max_file_mb": 20,
        "log_level": "info",
    }
    assert settings.index_settings() == IndexSettings()


def test_values_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {
        "DATA_DIR": "~/youju",
        "PORT": "65535",
        "MODEL": "some/model",
        "QUESTION_PROMPT": "query: ",
        "PASSAGE_PROMPT": "",
        "PRECISION": "float32",
        "MAX_CHARS": "50",
        "MAX_FILE_MB": "1024",
        "LOG_LEVEL": "WARNING",
    }
    for name, value in values.items():
        monkeypatch.setenv(f"YOUJU_{name}", value)
    settings = Settings.load()
    assert settings.data_dir == Path.home() / "youju"
    assert (settings.port, settings.log_level) == (65535, "warning")
    # An empty prompt is a prompt: none is put before the text.
    assert settings.index_settings() == IndexSettings(
        "some/model", "query: ", "", "float32", 50, 1024 * 1024 * 1024
    )


def test_the_reader_is_no_part_of_a_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YOUJU_READER", "~/reader.onnx")
    monkeypatch.setenv("YOUJU_READ_PASSAGES", "50")
    settings = Settings.load()
    assert (settings.reader, settings.read_passages) == ("~/reader.onnx", 50)
    assert settings.index_settings() == IndexSettings()


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("YOUJU_PORT", "0", "不能小于 1"),
        ("YOUJU_PORT", "65536", "不能大于 65535"),
        ("YOUJU_PORT", "八千", "必须是整数"),
        ("YOUJU_PORT", "", "必须是整数"),
        ("YOUJU_MAX_CHARS", "49", "不能小于 50"),
        ("YOUJU_MAX_CHARS", "2001", "不能大于 2000"),
        ("YOUJU_MAX_FILE_MB", "0", "不能小于 1"),
        ("YOUJU_MAX_FILE_MB", "1025", "不能大于 1024"),
        ("YOUJU_PRECISION", "int8", "'auto'、'float32'、'bfloat16'"),
        ("YOUJU_LOG_LEVEL", "loud", "只能是这些值之一"),
        ("YOUJU_DATA_DIR", " ", "不能为空"),
        ("YOUJU_CORPUS_DIR", "", "不能为空"),
        ("YOUJU_HOST", "", "不能为空"),
        ("YOUJU_MODEL", "", "不能为空"),
        ("YOUJU_READER", "", "不能为空"),
        ("YOUJU_READ_PASSAGES", "0", "不能小于 1"),
        ("YOUJU_READ_PASSAGES", "51", "不能大于 50"),
    ],
)
def test_a_bad_value_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings, match=f"{name}：.*{told}"):
        Settings.load()


def test_all_bad_values_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YOUJU_PORT", "x")
    monkeypatch.setenv("YOUJU_MAX_CHARS", "y")
    with pytest.raises(BadSettings, match=r"YOUJU_PORT.*；YOUJU_MAX_CHARS"):
        Settings.load()


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("YOUJU_PROT", "YOUJU_PORT"),
        ("YOUJU_DATADIR", "YOUJU_DATA_DIR"),
        ("youju_modle", "YOUJU_MODEL"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(
    monkeypatch: pytest.MonkeyPatch, name: str, nearest: str
) -> None:
    monkeypatch.setenv(name, "1")
    with pytest.raises(BadSettings, match=f"没有名为 {name} 的设置。是不是想写 {nearest}？"):
        Settings.load()


def test_an_unknown_name_like_no_other_gets_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YOUJU_ZZZZZZZZ", "1")
    with pytest.raises(BadSettings, match=r"YOUJU_ZZZZZZZZ 的设置。请改名.*YOUJU_CORPUS_DIR、"):
        Settings.load()


def test_names_of_tests_are_exempt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YOUJU_TEST_ANYTHING", "1")
    assert Settings.load().port == 8000


def test_the_table_has_every_setting() -> None:
    rows = settings_table()
    assert [row.name for row in rows] == [f"YOUJU_{f.upper()}" for f in Settings.model_fields]
    assert all(row.help for row in rows)
    assert rows[3].markdown() == "| `YOUJU_PORT` | int | `8000` | 监听端口，1–65535 |"
    told = {row.name: (row.type, row.default) for row in rows}
    assert told["YOUJU_DATA_DIR"] == ("path", "data")
    assert told["YOUJU_QUESTION_PROMPT"] == ("str", None)
    assert told["YOUJU_PRECISION"] == ("auto / float32 / bfloat16", "auto")


def test_the_module_prints_the_table() -> None:
    command = [sys.executable, "-m", "service.settings"]
    printed = subprocess.run(
        command, cwd=REPOSITORY, capture_output=True, check=True, encoding="utf-8", timeout=60
    )
    assert printed.stdout.strip() == markdown_table()
