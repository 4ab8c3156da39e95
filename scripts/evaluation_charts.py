"""The charts of an evaluation as SVG, drawn by matplotlib."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Sequence

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from measures import Row


def bars(rows: Sequence[Row], measure: str) -> str:
    """One measure of the rows that have it: a group of bars a set, a bar a method."""
    having = [row for row in rows if measure in row.measures]
    sets = list(dict.fromkeys(row.set for row in having))
    methods = list(dict.fromkeys(row.method for row in having))
    width = 0.8 / len(methods)

    def draw(axes: Axes) -> None:
        for number, method in enumerate(methods):
            mine = {row.set: row.measures[measure] for row in having if row.method == method}
            places = [place + number * width for place in range(len(sets))]
            axes.bar(places, [mine.get(name, 0.0) for name in sets], width, label=method)
        middles = [place + 0.4 - width / 2 for place in range(len(sets))]
        axes.set_xticks(middles, sets, rotation=20, ha="right")
        axes.set_ylim(0, 1)
        axes.set_title(measure)

    return _svg(draw)


def reliability(rows: Sequence[Row]) -> str:
    """Confidence against the share of right answers, a line a row; the dashes are perfect."""

    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color="#bbb", linestyle="--")
        for row in rows:
            confidences = [one.confidence for one in row.reliability]
            shares = [one.accuracy for one in row.reliability]
            label = f"{row.set} (ECE {row.measures['ECE']:.3f})"
            axes.plot(confidences, shares, marker="o", markersize=4, label=label)
        axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="confidence", ylabel="share of right answers")
        axes.set_title("reliability")

    return _svg(draw)


def _svg(draw: Callable[[Axes], None]) -> str:
    out = io.StringIO()
    # Names stay text, which the browser draws: matplotlib's own font has no Chinese, and a "$" in
    # a name is no formula.
    style = mpl.rc_context(
        {"svg.fonttype": "none", "svg.hashsalt": "youju", "text.parse_math": False}
    )
    with style, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
        figure = Figure(figsize=(11, 3.6), layout="constrained")
        draw(figure.subplots())
        figure.legend(fontsize=8, loc="outside right upper")
        figure.savefig(out, format="svg", metadata={"Date": None})
    svg = out.getvalue()
    return svg[svg.index("<svg") :]
