"""From question sets to rows with the model that is worked by hand, and the command itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from evaluate import RECALLED, TOGETHER, main, rows_of
from measures import Asked
from methods import METHODS, OURS
from plans import Plan, Wanted, plans
from question_set import Question, read_set

from service.settings import Settings
from tests.corpora import FUND, LAND, VISIT
from tests.fakes import SubjectEncoder
from tests.processes import data_folder, run_command
from tests.question_sets import passage, question, write_set

FUND_QUESTION = "日照市投入的扶貧資金是真金白銀的錢嗎？"
LAND_QUESTION = "土地租金按什么计算？"
STRANGE_QUESTION = "青岛市的游客有多少？"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A set of three passages, two questions for the corpus, and one for its passage alone."""
    bodies = [text.split("---\n")[-1] for text in (FUND, LAND, VISIT)]
    passages = [passage(number, text) for number, text in zip("abc", bodies, strict=True)]
    questions = [
        question(FUND_QUESTION, "a", ["10.4億元"]),
        question(LAND_QUESTION, "b", ["按亩计算"]),
        question(STRANGE_QUESTION, context_passage_id="c"),
    ]
    return write_set(
        tmp_path / "small", passages, questions, [passage("z", "远的一篇，无人问起。")]
    )


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A set of one question that nothing in the other set answers."""
    return write_set(
        tmp_path / "other",
        [passage("a", "游客有三人。")],
        [question(STRANGE_QUESTION, "a", ["三人"])],
    )


def test_what_is_wanted_decides_what_is_asked(small: Path, other: Path) -> None:
    one, foreign = read_set([small]), read_set([other])
    ours = {OURS: METHODS[OURS]}
    given = Plan("small (given its passage)", one.given, ours)
    assert list(plans(one, Wanted())) == [Plan("small", one.questions, ours), given]
    assert list(plans(one, Wanted(limit=1))) == [
        Plan("small", one.questions[1:], ours),
        Plan("small (given its passage)", one.given[1:2], ours),
    ]
    first, simple, last = plans(one, Wanted(ablate=True, simplified=True, foreign=foreign))
    asked = (*one.questions, Question(STRANGE_QUESTION, frozenset(), ()))
    assert first == Plan("small +foreign other", asked, METHODS)
    assert simple.name == "small +foreign other (simplified)"
    assert [q.text for q in simple.questions] == [
        "日照市投入的扶贫资金是真金白银的钱吗？",
        LAND_QUESTION,
        STRANGE_QUESTION,
    ]
    assert last == given


def test_a_set_is_not_foreign_to_itself_and_simplified_only_where_that_changes_it(
    other: Path,
) -> None:
    one = read_set([other])
    assert [plan.name for plan in plans(one, Wanted(simplified=True, foreign=one))] == ["other"]


def test_a_set_becomes_rows_through_the_real_pipeline(
    small: Path, other: Path, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path / "data", model="subjects", max_chars=60)
    encoder = SubjectEncoder()
    wanted = Wanted(ablate=True, foreign=read_set([other]))
    together: list[Asked] = []
    distracted = read_set([small], distractors=True)
    rows = list(rows_of(distracted, wanted, settings, encoder, None, together))
    name = "small +distractors"
    assert [(one.set, one.method) for one in rows] == [
        *((f"{name} +foreign other", method) for method in METHODS),
        (f"{name} (given its passage)", OURS),
    ]
    ours, within = rows[0], rows[-1]
    assert [one.question.text for one in together] == [
        FUND_QUESTION,
        LAND_QUESTION,
        STRANGE_QUESTION,
    ]
    assert (ours.questions, ours.unanswerable) == (3, 1)
    assert (within.questions, within.unanswerable) == (3, 1)
    for one in (ours, within):
        assert one.measures["document@1"] == one.measures["evidence@1"] == 1
        assert one.measures["refusal recall"] == one.measures["refusal AUC"] == 1
        assert set(one.times) == {"embed", "rank", "quote", "answer", "total"}
        assert one.timed == "question to answer"
    bm25 = rows[2]
    assert "EM" not in bm25.measures
    assert (bm25.measures["document@1"], bm25.measures["refusal AUC"]) == (1, 1)
    assert bm25.timed == f"search alone{RECALLED}"
    assert ours.by_type["what"]["questions"] == 2

    # The vectors are shared by all sets: another corpus embeds only what is new to it.
    assert (tmp_path / "data" / "evaluation" / "cache" / "vectors.sqlite").is_file()
    encoder.embedded.clear()
    list(rows_of(read_set([small, other]), Wanted(), settings, encoder, None, []))
    assert encoder.embedded == ["游客有三人。"]


def test_what_is_no_set_is_told_before_anything_is_built(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    for arguments in (
        [str(tmp_path / "nowhere")],
        [f"{small}+{tmp_path / 'nowhere'}"],
        [str(small), "--foreign", str(tmp_path / "nowhere")],
    ):
        assert main([*arguments, "--data", str(data)]) == 2
        printed = capsys.readouterr()
        assert printed.err == f"错误：{tmp_path / 'nowhere'} 不是题库：读不到 passages.jsonl\n"
        assert printed.out == ""
    assert not data.exists()


@pytest.mark.parametrize("limit", ["0", "-1", "two", "²"])
def test_a_limit_is_a_count(limit: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["set", f"--limit={limit}"])
    assert "应为正整数" in capsys.readouterr().err


def test_the_command_prints_a_table_and_writes_its_figures(
    small: Path, other: Path, tmp_path: Path, models_dir: Path
) -> None:
    data = data_folder(tmp_path / "data", models_dir)
    sets = (f"{small}+{other}", str(other))
    told = run_command("evaluate.py", *sets, "--simplified", "--data", data)
    assert told.returncode == 0, told.stderr
    name = "small+other"
    for words in (name, f"{name} (simplified)", f"{name} (given its passage)", TOGETHER, "p99 ms"):
        assert words in told.stdout
    written = json.loads((data / "evaluation" / "evaluation.json").read_text(encoding="utf-8"))
    assert [(row["set"], row["questions"]) for row in written["rows"]] == [
        (name, 3),
        (f"{name} (simplified)", 3),
        (f"{name} (given its passage)", 3),
        ("other", 1),
        (TOGETHER, 4),
    ]
    assert "<svg" in (data / "evaluation" / "evaluation.html").read_text(encoding="utf-8")
