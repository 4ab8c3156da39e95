"""The web page in a real browser, against a real server."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

from tests.conftest import ROOT
from tests.processes import Server

pytestmark = pytest.mark.browser

FUND = "日照2016年以来投入了多少财政专项扶贫资金？"
SCRIPT = "<script>window.hacked = true</script><img src=x onerror='window.hacked = true'>"
QUAY = f"鱼骨码头的灯塔高{SCRIPT}33米，是1911年建的。"
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 375, "height": 667}


@pytest.fixture(scope="module")
def server(built_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The project's corpus and one hostile document, which the server builds in by itself."""
    folder = tmp_path_factory.mktemp("page")
    shutil.copytree(built_data, folder / "data", symlinks=True)
    shutil.copytree(ROOT / "corpus", folder / "corpus")
    front = f'---\ntitle: "{SCRIPT}灯塔"\npublished: 2021-03-04\nsource: 渔报\n---\n'
    (folder / "corpus" / "quay.md").write_text(front + QUAY + "\n", encoding="utf-8")
    with Server.start(folder / "corpus", folder / "data", folder / "log") as running:
        assert "索引缺失或已过期，正在重建" in running.printed()
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = os.environ.get("YOUJU_TEST_CHROMIUM") or shutil.which("chromium")
    if found is None:
        pytest.fail(
            "没有找到 chromium。请安装（apt-get install chromium），或设 YOUJU_TEST_CHROMIUM。"
        )
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield started
        started.close()


class Visit:
    """A page with what it asked for and what it complained of."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page = page
        self.server = server
        self.requested: list[str] = []
        self.complaints: list[str] = []
        page.set_default_timeout(30_000)
        page.on("request", self._on_request)
        page.on("console", lambda said: self._complain(said.type, said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _on_request(self, request: Request) -> None:
        self.requested.append(request.url)

    def _complain(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(text)

    def open(self, path: str = "/") -> Page:
        """Open an address of the server."""
        self.page.goto(self.server.address + path)
        return self.page

    def ask(self, question: str) -> Page:
        """Ask on the page, and wait for what comes back."""
        page = self.open()
        page.get_by_label("问题").fill(question)
        page.get_by_role("button", name="提问").click()
        expect(page.locator("#status")).not_to_have_text("请稍候……")
        expect(page.locator("#view > *").first).to_be_visible()
        return page

    def check(self) -> None:
        """Nothing went wrong, and nothing was asked of another server."""
        hosts = {urlsplit(url).netloc for url in self.requested if not url.startswith("data:")}
        assert hosts == {urlsplit(self.server.address).netloc}
        assert self.complaints == []


@pytest.fixture
def visit(server: Server, browser: Browser) -> Iterator[Visit]:
    context = browser.new_context(locale="zh-CN")
    made = Visit(context.new_page(), server)
    yield made
    made.check()
    context.close()


def in_view(page: Page, selector: str) -> bool:
    """Whether the whole of an element is on the screen."""
    box = page.locator(selector).first.bounding_box()
    size: Any = page.viewport_size
    assert box is not None
    return box["y"] >= 0 and box["y"] + box["height"] <= size["height"]


def fits(page: Page) -> bool:
    """Whether no part of the page sticks out sideways."""
    wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    return bool(page.evaluate(wide))


def test_a_question_is_answered_with_sentence_and_source(visit: Visit) -> None:
    page = visit.ask(FUND)
    answer = page.get_by_role("article", name="答案")
    expect(answer).to_contain_text("10.4亿元")
    expect(answer).to_contain_text("财政专项扶贫资金10.4亿元")
    expect(answer).to_contain_text("日照高质量答好脱贫攻坚“考卷”")
    first = page.locator("#citation-1")
    expect(first).to_contain_text("日照高质量答好脱贫攻坚“考卷”")
    expect(first).to_contain_text("齐鲁晚报")
    expect(page.locator("#view article.citation")).to_have_count(5)
    assert page.title().startswith(FUND)


def test_a_date_is_shown_where_there_is_one(visit: Visit) -> None:
    page = visit.ask("鱼骨码头的灯塔是哪一年建的？")
    expect(page.locator("#citation-1")).to_contain_text("2021-03-04")
    expect(page.locator("#citation-1")).to_contain_text("渔报")


def test_the_source_opens_at_the_words_that_answer(visit: Visit) -> None:
    reply = visit.server.ask(FUND).json()
    page = visit.ask(FUND)
    page.get_by_role("article", name="答案").get_by_role("link").first.click()
    mark = page.locator("pre mark")
    expect(mark).to_have_count(1)
    assert mark.text_content() == reply["answer"]["text"]
    assert in_view(page, "pre mark")
    expect(mark).to_be_focused()
    page.get_by_role("link", name="回到答案").click()
    expect(page.get_by_role("article", name="答案")).to_contain_text("10.4亿元")


def test_a_citation_opens_at_its_passage(visit: Visit) -> None:
    reply = visit.server.ask(FUND).json()
    page = visit.ask(FUND)
    page.locator("#citation-3").get_by_role("link").first.click()
    expect(page.locator("pre mark")).to_have_count(1)
    # `text_content`, since what is shown folds white space.
    assert page.locator("pre mark").text_content() == reply["citations"][2]["text"]


def test_a_greeting_is_refused_in_a_friendly_way(visit: Visit) -> None:
    page = visit.ask("你好")
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_role("article")).to_contain_text("资料里没有找到")
    expect(page.get_by_role("article")).to_contain_text("换一种说法")


def test_scripts_in_documents_are_shown_and_not_run(visit: Visit) -> None:
    page = visit.ask("鱼骨码头的灯塔有多高？")
    expect(page.locator("#citation-1")).to_contain_text(SCRIPT)
    page.locator("#citation-1").get_by_role("link").first.click()
    expect(page.locator("pre")).to_contain_text(SCRIPT)
    expect(page.get_by_role("heading", name="灯塔")).to_contain_text(SCRIPT)
    assert page.evaluate("window.hacked") is None


def test_scripts_in_a_question_are_shown_and_not_run(visit: Visit) -> None:
    page = visit.ask(f"{SCRIPT}灯塔有多高？")
    expect(page.get_by_label("问题")).to_have_value(f"{SCRIPT}灯塔有多高？")
    assert page.evaluate("window.hacked") is None
    assert page.locator("#view script, #view img").count() == 0


def test_the_page_works_by_keyboard_alone(visit: Visit) -> None:
    page = visit.open()
    expect(page.get_by_label("问题")).to_be_focused()
    page.keyboard.type(FUND)
    page.keyboard.press("Enter")
    link = page.get_by_role("article", name="答案").get_by_role("link").first
    expect(link).to_be_visible()
    for _ in range(12):
        page.keyboard.press("Tab")
        if link.evaluate("link => link === document.activeElement"):
            break
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("pre mark")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("article", name="答案")).to_be_visible()


def test_every_field_has_a_name(visit: Visit) -> None:
    page = visit.open()
    page.get_by_text("缩小范围").click()
    for name in ("问题", "来源", "发布于", "至", "引用数"):
        expect(page.get_by_label(name, exact=True)).to_be_visible()
    assert page.get_by_role("main").count() == 1
    assert page.get_by_role("search").count() == 1
    assert page.locator("html").get_attribute("lang") == "zh-CN"


def test_a_filter_narrows_the_question(visit: Visit) -> None:
    page = visit.open()
    page.get_by_text("缩小范围").click()
    page.get_by_label("来源", exact=True).fill("渔报")
    page.get_by_label("问题").fill(FUND)
    page.keyboard.press("Enter")
    expect(page.get_by_role("article", name="没有答案")).to_be_visible()
    for found in page.locator("article.citation").all():
        expect(found).to_contain_text("渔报")


def test_the_documents_are_listed(visit: Visit) -> None:
    page = visit.open()
    page.get_by_role("link", name="文档").click()
    expect(page.locator("#view article")).to_have_count(6)
    page.get_by_role("link", name="日照高质量答好脱贫攻坚").click()
    expect(page.locator("pre")).to_contain_text("10.4亿元")


def test_everything_fits_on_a_phone(visit: Visit) -> None:
    visit.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page = visit.ask(FUND)
    assert fits(page)
    page.get_by_text("缩小范围").click()
    assert fits(page)
    page.get_by_role("article", name="答案").get_by_role("link").first.click()
    expect(page.locator("pre mark")).to_be_visible()
    assert fits(page)
    assert in_view(page, "pre mark")


def test_the_interactive_documentation_needs_no_other_server(visit: Visit) -> None:
    page = visit.open("/docs")
    expect(page.get_by_text("/ask", exact=True).first).to_be_visible()
    expect(page.locator(".opblock")).not_to_have_count(0)
