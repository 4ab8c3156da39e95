"""The web page in a real browser, against a real server."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, expect, sync_playwright

from service.app import create_app
from service.settings import Settings
from tests.conftest import ROOT
from tests.fakes_service import COPIES, DOUBT, DOUBTED, HOSTILE, FakeShelf, listening
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
def copied() -> Iterator[str]:
    """The address of a service over the fake index of passages that were reprinted."""
    app = create_app(Settings(), FakeShelf(texts=COPIES).library())
    with listening(app) as address:
        yield address


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


@pytest.fixture(scope="module")
def doubted() -> Iterator[str]:
    """The address of a service over the fake index of sources that contradict each other."""
    app = create_app(Settings(), FakeShelf(texts=DOUBTED).library())
    with listening(app) as address:
        yield address


class Visit:
    """A page with what it asked for and what it complained of."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
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
        self.page.goto(self.address + path)
        return self.page

    def ask(self, question: str) -> Page:
        """Ask on the page, and wait for what comes back."""
        page = self.open()
        page.get_by_label("问题").fill(question)
        page.get_by_role("button", name="提问").click()
        # The first page is shown until the address has changed.
        expect(page.locator("ul.how")).to_have_count(0)
        expect(page.locator("#status")).not_to_have_text("请稍候……")
        expect(page.locator("#view > *").first).to_be_visible()
        return page

    def check(self) -> None:
        """Nothing went wrong, and nothing was asked of another server."""
        hosts = {urlsplit(url).netloc for url in self.requested if not url.startswith("data:")}
        assert hosts == {urlsplit(self.address).netloc}
        assert self.complaints == []


@contextmanager
def visiting(browser: Browser, address: str) -> Iterator[Visit]:
    """A browser of its own at a service; afterwards nothing may have gone wrong."""
    context = browser.new_context(locale="zh-CN")
    made = Visit(context.new_page(), address)
    yield made
    made.check()
    context.close()


@pytest.fixture
def visit(server: Server, browser: Browser) -> Iterator[Visit]:
    with visiting(browser, server.address) as made:
        yield made


@pytest.fixture
def visit_copied(copied: str, browser: Browser) -> Iterator[Visit]:
    with visiting(browser, copied) as made:
        yield made


@pytest.fixture
def visit_doubted(doubted: str, browser: Browser) -> Iterator[Visit]:
    with visiting(browser, doubted) as made:
        yield made


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


def test_the_source_opens_at_the_words_that_answer(visit: Visit, server: Server) -> None:
    reply = server.ask(FUND).json()
    page = visit.ask(FUND)
    page.get_by_role("article", name="答案").get_by_role("link").first.click()
    mark = page.locator("pre mark")
    expect(mark).to_have_count(1)
    assert mark.text_content() == reply["answer"]["text"]
    assert in_view(page, "pre mark")
    expect(mark).to_be_focused()
    page.get_by_role("link", name="回到答案").click()
    expect(page.get_by_role("article", name="答案")).to_contain_text("10.4亿元")


def test_a_citation_opens_at_its_passage(visit: Visit, server: Server) -> None:
    reply = server.ask(FUND).json()
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


def test_a_few_reprints_are_listed_and_open_at_the_passage(visit_copied: Visit) -> None:
    page = visit_copied.ask("建于")
    reprints = page.locator("#citation-1").get_by_role("list", name="另见于 2 处")
    expect(reprints.get_by_role("listitem")).to_have_text(
        ["乙报 · 晚报 · 2021-02-03", f"{HOSTILE} · 晚报 · 2021-02-03"]
    )
    reprints.get_by_role("link", name="乙报").click()
    assert page.locator("pre mark").text_content() == "铁塔建于1889年。"
    expect(page.get_by_role("heading")).to_have_text("乙报")
    page.go_back()
    page.get_by_role("link", name=HOSTILE).click()
    expect(page.get_by_role("heading")).to_have_text(HOSTILE)
    expect(page.locator("pre mark")).to_have_text("铁塔建于1889年。")
    assert page.evaluate("window.hacked") is None


def test_many_reprints_are_folded_away(visit_copied: Visit) -> None:
    page = visit_copied.ask("高330米")
    items = page.locator("#citation-1 li")
    expect(items).to_have_count(4)
    expect(items.first).to_be_hidden()
    page.get_by_text("另见于 4 处").focus()
    page.keyboard.press("Enter")
    expect(items.first).to_be_visible()


def names(page: Page) -> list[str | None]:
    """What the cards are called, in their order."""
    return [card.get_attribute("aria-label") for card in page.locator("#view > article").all()]


def test_what_other_sources_say_is_shown_below_the_answer(visit_doubted: Visit) -> None:
    page = visit_doubted.ask("塔高几米")
    assert names(page) == ["答案", "另一处的说法（引用 2）", "引用 1", "引用 2", "引用 3"]
    other = page.get_by_role("article", name="另一处的说法（引用 2）")
    expect(other.get_by_role("heading")).to_have_text("另一处的说法")
    expect(other.locator(".words")).to_have_text("324")
    expect(other.locator("blockquote")).to_have_text(DOUBT)
    expect(other.locator("blockquote mark")).to_have_text("324")
    expect(other).to_contain_text(f"出自 {HOSTILE}")
    expect(other).to_contain_text("把握 75%")
    other.get_by_role("link", name=HOSTILE).click()
    expect(page.locator("pre mark")).to_have_text("324")
    expect(page.locator("pre mark")).to_be_focused()
    page.get_by_role("link", name="回到答案").click()
    expect(other).to_be_visible()
    assert page.evaluate("window.hacked") is None


def test_several_of_them_have_names_of_their_own(visit_doubted: Visit) -> None:
    page = visit_doubted.ask("铁塔高")
    assert names(page)[:3] == ["答案", "另一处的说法（引用 2）", "另一处的说法（引用 3）"]
    answer = page.get_by_role("article", name="答案").locator(".words")
    for other in page.locator("article.other .words").all():
        assert size(other) < size(answer)
    visit_doubted.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert fits(page)


def size(words: Locator) -> float:
    """The size of the letters."""
    return float(words.evaluate("e => parseFloat(getComputedStyle(e).fontSize)"))


@pytest.mark.parametrize(
    ("more", "scored"), [("", "能回答的概率 0.75"), ("&rerank=false", "得分 0.75")]
)
def test_a_citation_says_how_it_was_scored(visit_doubted: Visit, more: str, scored: str) -> None:
    page = visit_doubted.open(f"/#/ask?question=塔高几米{more}")
    expect(page.locator("#citation-1")).to_contain_text(f"第 0–8 字 · {scored}")
    expect(page.locator("article.other")).to_have_count(0 if more else 1)


def test_a_time_that_the_question_names_can_limit_it(visit_copied: Visit) -> None:
    page = visit_copied.ask("2020年铁塔高多少米？比1889年呢？")
    expect(page.locator("p.dates")).to_have_text(
        [
            "问题里提到的时间：2020年（2020-01-01 至 2020-12-31） 只看这段时间发布的资料",
            "问题里提到的时间：1889年（1889-01-01 至 1889-12-31） 只看这段时间发布的资料",
        ]
    )
    expect(page.get_by_label("发布于")).to_have_value("")
    before = page.locator("article.citation").count()
    page.get_by_role("link", name="只看这段时间发布的资料：2020年").click()
    expect(page.get_by_label("发布于")).to_have_value("2020-01-01")
    expect(page.get_by_label("至", exact=True)).to_have_value("2020-12-31")
    expect(page.get_by_label("发布于")).to_be_visible()
    expect(page.get_by_role("link", name="不限发布时间：2020年")).to_be_visible()
    page.get_by_role("link", name="只看这段时间发布的资料：1889年").click()
    expect(page.get_by_role("article", name="没有答案")).to_contain_text("在所选的范围里没有答案")
    page.get_by_role("link", name="不限发布时间：1889年").click()
    expect(page.get_by_label("发布于")).to_have_value("")
    expect(page.locator("article.citation")).to_have_count(before)


def test_back_and_forward_keep_the_limit_with_its_page(visit_copied: Visit) -> None:
    page = visit_copied.ask("2020年铁塔高多少米？")
    page.get_by_role("link", name="只看这段时间发布的资料").click()
    expect(page.get_by_label("发布于")).to_have_value("2020-01-01")
    page.go_back()
    expect(page.get_by_label("发布于")).to_have_value("")
    expect(page.get_by_role("link", name="只看这段时间发布的资料")).to_be_visible()
    page.go_forward()
    expect(page.get_by_label("发布于")).to_have_value("2020-01-01")


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        ("2016-01-01", None, "2016-01-01 起"),
        (None, "2019-12-31", "2019-12-31 及以前"),
        ("2020-11-17", "2020-11-17", "2020-11-17"),
    ],
)
def test_a_stretch_of_time_is_told_in_words(
    visit_copied: Visit, first: str | None, last: str | None, told: str
) -> None:
    page = visit_copied.open()
    asked = """async ([from, to]) => {
        const { dateLine } = await import("./static/cards.js");
        const query = new URLSearchParams({ question: "问", top_k: 3, published_to: "1999-01-01" });
        const line = dateLine({ text: "<b>时", from, to }, query);
        return [line.textContent, line.querySelector("a").hash];
    }"""
    text, address = page.evaluate(asked, [first, last])
    assert text == f"问题里提到的时间：<b>时（{told}） 只看这段时间发布的资料"
    wanted = {"question": ["问"], "top_k": ["3"]}
    wanted |= {"published_from": [first]} if first else {}
    wanted |= {"published_to": [last]} if last else {}
    assert parse_qs(address.partition("?")[2]) == wanted


def test_reprints_and_times_fit_on_a_phone(visit_copied: Visit) -> None:
    visit_copied.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page = visit_copied.ask("2020年铁塔高330米")
    page.get_by_text("另见于 4 处").click()
    assert fits(page)


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
