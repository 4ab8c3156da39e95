"""Where a name begins whose end is known: before `（以下简称…）` there is only a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from index.language.folding import fold
from index.language.places import place_spans
from index.language.tokens import word_over_seam

LONGEST = 40
_QUOTES = {"》": "《", "”": "“", "」": "「", "』": "『"}
# After a title: the next one is not alone in what is declared of it.
_AND = re.compile(r"[》”」』]\s*[、，和与及與]?\s*$")
_RUN = re.compile(r"(?:[\w·•&＆－\-]|[（(][^（）()\s]{1,10}[）)](?=\w))+$")
_COUNTRIES = (
    "中国 美国 英国 法国 德国 日本 韩国 俄罗斯 印度 加拿大 澳大利亚 意大利 西班牙 巴西 乌克兰 "
    "以色列 新加坡 马来西亚 泰国 越南 朝鲜 荷兰 瑞士 瑞典 挪威 芬兰 丹麦 波兰 土耳其 伊朗 埃及 "
    "南非 墨西哥 新西兰"
)
_REALMS = (
    "中华人民共和国 中华民国 中华 中央 国家 国务院 最高 全国 世界 国际 全球 联合国 "
    "欧洲 亚洲 非洲 北美 亚太 东南亚 欧盟 联邦 皇家"
)
_FOREIGN = "|".join(_COUNTRIES.split())
_HEADS = f"{_FOREIGN}|{'|'.join(_REALMS.split())}"
_HEAD_BEFORE = re.compile(rf"(?:{_HEADS})$")
_PLACE_KIND = re.compile("(?:省|市|县|区|州|(?:壮族|回族)?自治区|特别行政区)?")
_SENTENCE = re.compile(
    r"[的了把被将暨]|位于|建成|成立|开展|推出|赢得|举行|召开|印发|签订|签署|委托"
)
# A branch's short name that does not say so is the name of the whole company elsewhere.
_BRANCH = re.compile(r"分行|支行|分公司|支公司|营业部")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_BODIES = (
    "组织|委员会|协会|学会|联合会|总会|公会|联盟|同盟|理事会|基金会|银行|公司|集团|管理局|总局|安全局|调查局|"
    "情报局|航天局|统计局|监管局|管理署|总署|机构|法院|法庭|研究院|研究所|科学院|大学|学院|中心|交易所|电视台|"
    "广播公司|新闻网|电视网|实验室|大会|论坛|运动会|协定|条约|公约|计划署|规划署|开发署|航空局|环保局|联赛"
)
_WHOLE = re.compile(
    r"(?:根据|按照|依据|据|由|在|与|和|及|以及|对|向|从|经|为|是|加入|退出|隶属于|作为|包括|例如|如)?"
    rf"(?P<name>(?:{_HEADS})\w{{0,16}}(?:{_BODIES}))"
)
_CLAUSE = re.compile(
    rf"[的了是在和与及或由从向对把被将为以于至到等\d]|(?:{_FOREIGN}).*(?:{_FOREIGN})"
    # One body's name after another's: whose acronym it is, is unclear.
    rf"|.(?:国际|世界)|(?:组织|机构|协会|公司|局|部|所属).*(?:{_BODIES})$"
    r"|任命|发布|公布|宣布|表示|加入|成立|举行|召开|批准|出现|通过|前往|参加|出席|出任|担任|报道|支持|获得|赢得|紧急机构"
)


def written_out(short: str, long: str, missing: int = 0) -> bool:
    """Whether the long name has the short one's characters in order, all but `missing` of them."""
    text, place, lost = fold(long).text, 0, 0
    for character in fold(short).text:
        found = text.find(character, place)
        lost += found < 0
        place = found + 1 if found >= 0 else place
    return lost <= missing


def quoted_name(text: str, end: int) -> str | None:
    """The name in quotes or title marks that ends at `end`; None where none does."""
    text = text[max(0, end - LONGEST * 2) : end].rstrip()
    end = len(text)
    closing = text[end - 1 : end]
    opening = _QUOTES.get(closing)
    if opening is None:
        return None
    depth = 0
    for place in range(end - 1, -1, -1):
        depth += (text[place] == closing) - (text[place] == opening)
        if depth == 0:
            name = text[place + 1 : end - 1]
            several = _AND.search(text[max(0, place - 4) : place])
            return None if several or "\n" in name else name
    return None


def name_for(text: str, end: int, shorts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The short names, each with the name that they stand for, which ends at `end`."""
    run = _run_before(text, end)
    folded = fold(run)
    starts = {short: _latest_start(folded.text, fold(short).text) for short in shorts}
    fitting = {short: start for short, start in starts.items() if start is not None}
    if fitting:
        start = _with_heads(folded.text, min(fitting.values()))
        long = "" if start is None else run[folded.starts[start] :]
        yield from ((short, long) for short in fitting if _is_name(long, short))
    elif whole := whole_name(text, end):
        yield from ((short, whole) for short in shorts if short.isascii())


def _is_name(long: str, short: str) -> bool:
    folded = fold(long).text
    return (
        len(long) <= LONGEST
        and _HAN.search(long) is not None
        and _SENTENCE.search(folded) is None
        and len(re.findall(r"[（(]", long)) == len(re.findall(r"[）)]", long))
        and (_BRANCH.search(folded) is None or _BRANCH.search(fold(short).text) is not None)
    )


def whole_name(text: str, end: int) -> str | None:
    """The name that ends at `end` where it is clear without a short one; None where it is not.

    It begins with a country or the like right after punctuation, and ends with a kind of body.
    """
    match = _WHOLE.fullmatch(_run_before(text, end))
    if match is None or _CLAUSE.search(match["name"]):
        return None
    return match["name"]


def _run_before(text: str, end: int) -> str:
    """The words before `end` up to the last punctuation; bracketed words within them stay."""
    match = _RUN.search(text[max(0, end - LONGEST - 20) : end].rstrip())
    return match[0] if match else ""


def _latest_start(name: str, short: str) -> int | None:
    place = len(name)
    for character in reversed(short):
        place = name.rfind(character, 0, place)
        if place < 0:
            return None
    return place


def _with_heads(run: str, start: int) -> int | None:
    """`start`, moved to a word's beginning and before the country or places that lead the name."""
    for _ in range(4):
        if start and word_over_seam(run[:start], run[start:]):
            start -= 1
    if start and word_over_seam(run[:start], run[start:]):
        return None
    while (earlier := _head_start(run[:start])) is not None:
        start = earlier
    return start


def _head_start(before: str) -> int | None:
    if head := _HEAD_BEFORE.search(before):
        return head.start()
    for start, end in place_spans(before):
        if _PLACE_KIND.fullmatch(before, end):
            return start
    return None
