"""A real server in its own process: before an index, while one is built, and to its end."""

from __future__ import annotations

import hashlib
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.processes import Server, data_folder, run_command, started, wait_until

FUND = "日照2016年以来投入了多少财政专项扶贫资金？"
PORT = "日照港在1986年建成开港，第一任港长是王有为，当年吞吐量为215万吨。"
PORT_QUESTION = "日照港是哪一年建成开港的？"
SECONDS_TO_NOTICE = 2.0


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    return folder


@pytest.fixture
def server(corpus: Path, models_dir: Path, tmp_path: Path) -> Iterator[Server]:
    """A server that has nothing to answer from."""
    data = data_folder(tmp_path / "data", models_dir)
    with Server.start(corpus, data, tmp_path / "log") as running:
        yield running


def rebuilding(server: Server) -> Any:
    return started("rebuild_index.py", "--corpus", server.corpus, "--data", server.data)


def published_at(server: Server) -> float:
    """When the pointer was moved, in seconds since 1970."""
    return (server.data / "CURRENT").stat().st_mtime


def rebuild_while_asking(server: Server) -> None:
    """Rebuild with questions all the while: none may fail, and the new index is soon taken up."""
    before = server.version()
    with rebuilding(server) as build:
        while server.version() == before:
            answered = server.ask(FUND)
            assert answered.status_code == 200, answered.text
            assert answered.json()["answer"] is not None
            assert build.poll() in {None, 0}, build.communicate()
            if build.poll() == 0:
                assert time.time() - published_at(server) < SECONDS_TO_NOTICE
            time.sleep(0.1)
        assert time.time() - published_at(server) < SECONDS_TO_NOTICE
        build.communicate()
    assert build.returncode == 0


def check_citations(server: Server, question: str) -> dict[str, Any]:
    """Ask, prove each citation by the document's text, and give the reply."""
    reply: dict[str, Any] = server.ask(question).raise_for_status().json()
    assert reply["citations"]
    for citation in reply["citations"]:
        address = f"/documents/{citation['document_id']}/text"
        whole = server.client.get(address).raise_for_status()
        text = whole.content.decode("utf-8")
        assert text[citation["start"] : citation["end"]] == citation["text"]
        assert hashlib.sha256(whole.content).hexdigest() == citation["sha256"]
        part = server.client.get(
            address, params={"start": citation["start"], "end": citation["end"]}
        )
        assert part.content.decode("utf-8") == citation["text"]
    return reply


def check_what_is_read(server: Server) -> None:
    """Passages are read unless told otherwise; what they answer is the same."""
    read = check_citations(server, FUND)
    unread = server.ask(FUND, rerank=False).raise_for_status().json()
    for reply, was_read in ((read, True), (unread, False)):
        assert "10.4亿元" in reply["answer"]["sentence"]
        assert [c["scores"]["reader"] is not None for c in reply["citations"]] == [was_read] * 5


def check_that_there_is_no_index(server: Server) -> None:
    for response in (server.ask(FUND), server.client.get("/health")):
        assert response.status_code == 503
        assert response.headers["content-type"] == "application/problem+json"
        assert "scripts/rebuild_index" in response.json()["detail"]
    assert server.client.get("/").status_code == 200
    assert "没有文档" in server.printed()


def check_that_a_killed_build_changes_nothing(server: Server) -> None:
    before = server.version()
    docks = [f"第{number}号码头的泊位水深{number}米，能停靠渔船。" * 8 for number in range(200)]
    (server.corpus / "docks.md").write_text("\n\n".join(docks), encoding="utf-8")
    (server.data / "build.lock").unlink(missing_ok=True)
    with rebuilding(server) as build:
        wait_until((server.data / "build.lock").exists, "the build to begin")
        # By now it has begun to embed what takes it seconds.
        time.sleep(0.5)
        assert build.poll() is None
        build.send_signal(signal.SIGKILL)
        assert build.wait(30) == -signal.SIGKILL
    (server.corpus / "docks.md").unlink()
    assert server.version() == before
    assert check_citations(server, FUND)["index_version"] == before


def test_the_life_of_a_server(server: Server, corpus: Path) -> None:
    check_that_there_is_no_index(server)

    shutil.copytree(ROOT / "corpus", corpus, dirs_exist_ok=True)
    built = run_command("rebuild_index.py", "--corpus", corpus, "--data", server.data)
    assert built.returncode == 0, built.stderr
    late = published_at(server) + SECONDS_TO_NOTICE - time.time()
    wait_until(lambda: server.version() is not None, "the first index", max(late, 0.5))
    check_what_is_read(server)

    check_that_a_killed_build_changes_nothing(server)

    (corpus / "port.md").write_text(f"# 日照港\n\n{PORT}\n", encoding="utf-8")
    rebuild_while_asking(server)
    assert "1986年" in check_citations(server, PORT_QUESTION)["answer"]["sentence"]

    assert server.interrupt() == 0, server.printed()
    assert "服务已停止" in server.printed()
    assert "Traceback" not in server.printed()


def serve_at(
    port: int, tmp_path: Path, host: str = "127.0.0.1"
) -> subprocess.CompletedProcess[str]:
    where = ("--corpus", tmp_path, "--data", tmp_path / "data")
    return run_command("serve.py", *where, "--host", host, "--port", str(port))


def test_a_port_in_use_is_told_at_once(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = serve_at(port, tmp_path)
    assert refused.returncode == 2
    assert f"端口 {port} 已被占用" in refused.stderr
    assert "--port" in refused.stderr
    assert "Traceback" not in refused.stderr
    # Nothing was built or decoded before.
    assert not (tmp_path / "data").exists()


def test_an_address_of_another_machine_is_refused(tmp_path: Path) -> None:
    # TEST-NET-1 (RFC 5737) is nobody's address.
    refused = serve_at(8000, tmp_path, host="192.0.2.1")
    assert refused.returncode == 2
    assert "无法监听 192.0.2.1 端口 8000" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    refused = run_command("serve.py", "--port", port)
    assert refused.returncode == 2
    assert "端口必须是 1 到 65535 的整数" in refused.stderr
