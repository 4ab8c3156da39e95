"""The figures of an evaluation as one self-contained HTML page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from evaluation_charts import bars, reliability
from jinja2 import Environment
from measures import TOTAL, Row
from methods import OURS

_CHARTED = ("document@1", "evidence@1", "refusal AUC")
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Youju: evaluation</title>
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:1200px;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;margin:1rem 0;font-size:13px}
td,th{padding:.2rem .5rem;border-bottom:1px solid #ddd;text-align:right}
td:first-child,td:nth-child(2),th:first-child,th:nth-child(2){text-align:left}
.wide{overflow-x:auto}svg{max-width:100%;height:auto}</style></head><body>
<h1>Evaluation</h1><p>Made by <code>{{ command }}</code></p>
{% for chart in charts %}{{ chart | safe }}{% endfor %}
{% macro cell(value, digits) %}<td>{% if value is defined and value is not none -%}
{{ ("%." ~ digits ~ "f") | format(value) }}{% endif %}</td>{% endmacro %}
<h2>All figures</h2><div class="wide"><table><tr><th>set</th><th>method</th><th>questions</th>
<th>unanswerable</th>{% for name in names %}<th>{{ name }}</th>{% endfor %}</tr>
{% for row in rows %}<tr><td>{{ row.set }}</td><td>{{ row.method }}</td><td>{{ row.questions }}</td>
<td>{{ row.unanswerable }}</td>{% for name in names %}{{ cell(row.measures[name], 3) }}{% endfor %}
</tr>{% endfor %}</table></div>
<h2>Times</h2><p>Milliseconds a question: p50 / p99, each stage over the questions that came to it.
</p><div class="wide"><table><tr><th>set</th><th>method</th>{% for stage in stages %}
<th>{{ stage }}</th>{% endfor %}<th>timed</th></tr>
{% for row in rows %}<tr><td>{{ row.set }}</td><td>{{ row.method }}</td>{% for stage in stages %}
<td>{% if stage in row.times %}{{ "%.1f" | format(row.times[stage].p50) }} /
{{ "%.1f" | format(row.times[stage].p99) }}{% endif %}</td>{% endfor %}<td>{{ row.timed }}</td></tr>
{% endfor %}</table></div>
<h2>By type of question</h2><table><tr><th>set</th><th>method</th><th>type</th><th>questions</th>
{% for name in typed %}<th>{{ name }}</th>{% endfor %}</tr>
{% for row in rows %}{% for kind, found in row.by_type.items() %}
<tr><td>{{ row.set }}</td><td>{{ row.method }}</td><td>{{ kind }}</td><td>{{ found.questions }}</td>
{% for name in typed %}{{ cell(found[name], 3) }}{% endfor %}</tr>
{% endfor %}{% endfor %}</table></body></html>
"""


def write_page(path: Path, rows: Sequence[Row], command: str) -> None:
    """Write the page; `command` is shown as what made it."""
    names = list(dict.fromkeys(name for row in rows for name in row.measures))
    stages = dict.fromkeys(stage for row in rows for stage in row.times if stage != TOTAL)
    charts = [bars(rows, name) for name in _CHARTED if name in names]
    if calibrated := [row for row in rows if row.method == OURS and row.reliability]:
        charts.append(reliability(calibrated))
    # Set names are folder names: nothing of them is trusted.
    page = (
        Environment(autoescape=True)
        .from_string(_PAGE)
        .render(
            command=command,
            charts=charts,
            names=names,
            stages=[*stages, TOTAL],
            typed=("document@1", "evidence@1", "evidence@5"),
            rows=rows,
        )
    )
    path.write_text(page, encoding="utf-8")
