"""The figures of an evaluation as one self-contained HTML page, its charts drawn by matplotlib."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
from jinja2 import Environment
from matplotlib.figure import Figure

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Youju: evaluation</title>
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:1100px;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;margin:1rem 0;font-size:13px}
td,th{padding:.2rem .5rem;border-bottom:1px solid #ddd;text-align:right}
td:first-child,td:nth-child(2),th:first-child,th:nth-child(2){text-align:left}
svg{max-width:100%;height:auto}</style>
<h1>Evaluation</h1><p>Made by <code>{{ command }}</code></p>
{% for chart in charts %}{{ chart | safe }}{% endfor %}
<h2>All figures</h2><table><tr><th>set<th>method<th>questions
{% for name in names %}<th>{{ name }}{% endfor %}</tr>
{% for row in rows %}<tr><td>{{ row.set }}<td>{{ row.method }}<td>{{ row.questions }}
{% for name in names %}<td>{{ "%.3f" | format(row.measures[name]) if name in row.measures }}
{% endfor %}</tr>{% endfor %}</table>
<h2>By type of question</h2><table><tr><th>set<th>method<th>type<th>questions
<th>document@1<th>evidence@1<th>evidence@5</tr>
{% for row in rows %}{% for kind, found in row.by_type.items() %}
<tr><td>{{ row.set }}<td>{{ row.method }}<td>{{ kind }}<td>{{ found.questions }}
{% for name in ["document@1", "evidence@1", "evidence@5"] %}<td>{{ "%.3f" | format(found[name]) }}
{% endfor %}</tr>{% endfor %}{% endfor %}</table></html>
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One method's figures on one set: shares within 0 and 1, times in milliseconds."""

    set: str
    method: str
    questions: int
    measures: dict[str, float]
    by_type: dict[str, dict[str, float]]

    def as_json(self) -> dict[str, Any]:
        """The row as JSON takes it."""
        return asdict(self)


def write_page(path: Path, rows: Sequence[Row], command: str) -> None:
    """Write the page; `command` is shown as what made it."""
    names = list(dict.fromkeys(name for row in rows for name in row.measures))
    charts = [_chart(rows, name) for name in ("document@1", "evidence@1")]
    # Set names are folder names: nothing of them is trusted.
    template = Environment(autoescape=True).from_string(_PAGE)
    page = template.render(command=command, charts=charts, names=names, rows=rows)
    path.write_text(page, encoding="utf-8")


def _chart(rows: Sequence[Row], measure: str) -> str:
    """Bars of one measure: a group a set, a bar a method; as SVG."""
    sets = list(dict.fromkeys(row.set for row in rows))
    methods = list(dict.fromkeys(row.method for row in rows))
    figure = Figure(figsize=(10, 3.2), layout="constrained")
    axes = figure.subplots()
    width = 0.8 / len(methods)
    for number, method in enumerate(methods):
        mine = {row.set: row.measures.get(measure, 0.0) for row in rows if row.method == method}
        places = [place + number * width for place in range(len(sets))]
        axes.bar(places, [mine.get(name, 0.0) for name in sets], width, label=method)
    middles = [place + 0.4 - width / 2 for place in range(len(sets))]
    axes.set_xticks(middles, sets)
    axes.set_ylim(0.5, 1)
    axes.set_title(measure)
    axes.legend(fontsize=8, loc="lower right")
    out = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": "youju"}):
        figure.savefig(out, format="svg", metadata={"Date": None})
    svg = out.getvalue()
    return svg[svg.index("<svg") :]
