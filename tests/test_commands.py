"""The commands as a person runs them: what they print, and their exit status."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from service.schemas import AskResponse
from tests.conftest import ROOT
from tests.processes import (
    command,
    data_folder,
    environment,
    free_port,
    run_command,
    started,
    wait_until,
)

PORT = "日照港在1986年建成开港，第一任港长是王有为，当年吞吐量为215万吨。"
QUESTION = "日照港是哪一年建成开港的？"
DATED_QUESTION = "日照港1986年建成开港时谁是第一任港长？"
SKIPPED = {
    "empty.md": "文件是空的",
    "large.txt": "文件超过 1 MB 的上限",
    "link.txt": "链接指向文档文件夹之外",
    "picture.txt": "PNG 图片",
    "table.xlsx": "不支持这种文件",
}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """One good document."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "port.md").write_text(f"# 日照港\n\n{PORT}\n", encoding="utf-8")
    return folder


@pytest.fixture
def data(tmp_path: Path, models_dir: Path) -> Path:
    """A data folder without an index."""
    return data_folder(tmp_path / "data", models_dir)


def add_bad_files(corpus: Path) -> None:
    """One file of each kind that cannot be a document."""
    outside = corpus.parent / "outside.txt"
    outside.write_text("文件夹之外的文字。", encoding="utf-8")
    (corpus / "empty.md").touch()
    (corpus / "large.txt").write_text("大" * 400_000, encoding="utf-8")
    (corpus / "link.txt").symlink_to(outside)
    (corpus / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    (corpus / "table.xlsx").write_bytes(b"PK\x03\x04")


def test_from_a_first_build_to_an_answer(corpus: Path, data: Path) -> None:
    where = ("--corpus", corpus, "--data", data)
    add_bad_files(corpus)
    with started("rebuild_index.py", *where, YOUJU_MAX_FILE_MB="1") as first:
        wait_until((data / "build.lock").exists, "the build to begin")
        first.send_signal(signal.SIGSTOP)
        second = run_command("rebuild_index.py", *where)
        first.send_signal(signal.SIGCONT)
        report, _ = first.communicate()
    assert second.returncode == 2, second.stderr
    assert "错误：另一个重建正在" in second.stderr
    assert second.stdout == ""

    assert first.returncode == 1, report
    assert "文档 1 篇，段落 1 个" in report
    assert "新算向量 1 个，沿用 0 个" in report
    assert f"跳过的文件（{len(SKIPPED)} 个）：" in report
    for name, reason in SKIPPED.items():
        assert any(name in line and reason in line for line in report.splitlines()), (name, report)

    for name in SKIPPED:
        (corpus / name).unlink()
    clean = run_command("rebuild_index.py", *where)
    assert clean.returncode == 0, clean.stderr
    assert "新算向量 0 个，沿用 1 个" in clean.stdout
    assert "跳过" not in clean.stdout
    assert "没有变化" not in clean.stdout

    again = run_command("rebuild_index.py", *where)
    assert again.returncode == 0, again.stderr
    assert "没有变化，沿用现有索引" in again.stdout

    # Under the same title it has the same score, and the first of the two files is cited.
    (corpus / "reprint.md").write_text(f"\n# 日照港\n\n{PORT}\n", encoding="utf-8")
    assert run_command("rebuild_index.py", *where).returncode == 0

    with started("ask.py", "--data", data, QUESTION, "--json") as program:
        person = run_command("ask.py", "--data", data, "--no-rerank", DATED_QUESTION)
        printed, complaint = program.communicate()
    check_words_for_a_person(person)
    assert program.returncode == 0, complaint
    check_json_for_a_program(printed, (corpus / "port.md").read_text(encoding="utf-8"))


def check_words_for_a_person(asked: subprocess.CompletedProcess[str]) -> None:
    assert asked.returncode == 0, asked.stderr
    first, *rest = asked.stdout.splitlines()
    assert first.startswith("答：")
    assert "1986年" in first
    assert "出处 [1]" in first
    assert any(line.startswith("[1] 日照港") for line in rest), asked.stdout
    assert rest[0] == "问题里提到的时间：1986年（1986-01-01 至 1986-12-31）"
    assert any("port.md 第 " in line and "，得分 " in line for line in rest), asked.stdout
    assert any("另见于：reprint.md 第 " in line for line in rest), asked.stdout
    assert PORT in asked.stdout


def check_json_for_a_program(printed: str, text: str) -> None:
    told = json.loads(printed)
    assert set(told) == set(AskResponse.model_fields)
    AskResponse.model_validate_json(printed)
    assert told["question"] == QUESTION
    assert told["reason"] is None
    assert "1986" in told["answer"]["text"]
    assert "1986年" in told["answer"]["sentence"]
    citation = told["citations"][0]
    assert citation["scores"]["reader"] is not None
    assert text[citation["start"] : citation["end"]] == citation["text"]
    assert citation["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert [reprint["path"] for reprint in citation["reprints"]] == ["reprint.md"]


def test_without_an_index_asking_says_what_to_run(data: Path) -> None:
    asked = run_command("ask.py", "--data", data, QUESTION)
    assert asked.returncode == 2
    assert "还没有索引，请先运行 scripts/rebuild_index" in asked.stderr
    assert asked.stdout == ""


@pytest.mark.parametrize("script", ["rebuild_index.py", "serve.py", "ask.py"])
def test_an_unknown_setting_is_refused_with_the_nearest(script: str) -> None:
    question = [QUESTION] if script == "ask.py" else []
    refused = run_command(script, *question, YOUJU_CORPUS_DIRR="/nowhere")
    assert refused.returncode == 2
    assert "没有名为 YOUJU_CORPUS_DIRR 的设置" in refused.stderr
    assert "是不是想写 YOUJU_CORPUS_DIR？" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_bad_value_is_named() -> None:
    refused = run_command("rebuild_index.py", YOUJU_MAX_CHARS="many")
    assert refused.returncode == 2
    assert "YOUJU_MAX_CHARS：必须是整数" in refused.stderr


def test_a_missing_corpus_is_named_before_the_model_is_loaded(tmp_path: Path) -> None:
    # The data folder has no model: to decode one would show in it.
    missing = tmp_path / "nowhere"
    refused = run_command("rebuild_index.py", "--corpus", missing, "--data", tmp_path / "data")
    assert refused.returncode == 2
    assert f"文档文件夹不存在：{missing}" in refused.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("script", ["serve.py", "ask.py"])
def test_a_reader_that_is_not_there_is_named(script: str, built_data: Path, tmp_path: Path) -> None:
    missing = tmp_path / "reader.onnx"
    question = [QUESTION] if script == "ask.py" else ["--port", str(free_port())]
    refused = run_command(script, "--data", built_data, *question, YOUJU_READER=str(missing))
    assert refused.returncode == 2
    assert f"读不到阅读器的文件 {missing}" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("count", ["0", "51", "five", "-1"])
def test_a_count_of_passages_out_of_range_is_refused(count: str) -> None:
    refused = run_command("ask.py", QUESTION, f"--top-k={count}")
    assert refused.returncode == 2
    assert "段落数必须是 1 到 50 的整数" in refused.stderr


def test_ctrl_c_ends_a_build_without_a_traceback(corpus: Path, data: Path) -> None:
    many = [f"第{number}号码头的泊位水深{number}米，能停靠渔船。" * 8 for number in range(200)]
    (corpus / "docks.md").write_text("\n\n".join(many), encoding="utf-8")
    with started("rebuild_index.py", "--corpus", corpus, "--data", data) as building:
        wait_until((data / "build.lock").exists, "the build to begin")
        building.send_signal(signal.SIGINT)
        _, complaint = building.communicate(timeout=60)
    assert building.returncode == 130
    assert "已中断" in complaint
    assert "Traceback" not in complaint
    assert not (data / "CURRENT").exists()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the project whose environment is ready and leads to this interpreter."""
    root = tmp_path / "checkout"
    for name in ("scripts", "index", "service"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, root / name, ignore=ignored)
    for name in ("pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, root / name)
    python = root / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    python.chmod(python.stat().st_mode | stat.S_IXUSR)
    shown = subprocess.run(
        [sys.executable, "-c", "import environment; print(environment.stamp(), end='')"],
        cwd=root / "scripts",
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    # Only the extra is noted as installed: it holds what the plain commands need.
    (root / ".venv" / "installed-test").write_text(shown.stdout, encoding="utf-8")
    return root


@pytest.mark.parametrize("name", ["serve", "ask", "rebuild_index", "test"])
def test_the_wrappers_work_from_any_folder(name: str, checkout: Path, tmp_path: Path) -> None:
    shown = subprocess.run(
        [str(checkout / "scripts" / name), "--help"],
        cwd=tmp_path,
        env={**environment(), "PATH": os.environ["PATH"]},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert shown.returncode == 0, shown.stderr
    assert f"scripts/{name}" in shown.stdout
    assert shown.stderr == ""


def test_help_tells_what_each_command_does() -> None:
    shown = subprocess.run(
        command("serve.py", "--help"),
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    for words in ("启动问答服务", "--corpus", "--data", "--host", "--port"):
        assert words in shown.stdout
