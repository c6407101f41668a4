"""Milliseconds per letter as a chart: plain SVG, readable on light and dark ground."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

LABELS, BARS, FIGURES, STEP, TOP = 300, 330, 90, 30, 34
"""The widths of the three columns, the height of a bar's line and of the heading."""

STYLE = (
    "text{font:14px system-ui,sans-serif;fill:#1f2328}"
    ".title{font-weight:600}.ours{fill:#0b7285}.other{fill:#9aa5ae}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.ours{fill:#3bc9db}.other{fill:#6e7a85}}"
)


@dataclass(frozen=True)
class Bar:
    """One bar: whose, how long, and whether it is brevgen's."""

    label: str
    value: float
    ours: bool


def chart(title: str, bars: Sequence[Bar]) -> str:
    """Horizontal bars, each with its label before and its figure behind it.

    Args:
        title: what is measured, and in what.
        bars: from top to bottom; there must be one, and the longest must be above zero.
    """
    longest = max(bar.value for bar in bars)
    height = TOP + STEP * len(bars)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LABELS + BARS + FIGURES} {height}"'
        f' width="{LABELS + BARS + FIGURES}" height="{height}" role="img">',
        f"<title>{escape(title)}: {escape(_in_words(bars))}</title>",
        f"<style>{STYLE}</style>",
        f'<text class="title" x="0" y="16">{escape(title)}</text>',
    ]
    for number, bar in enumerate(bars):
        y = TOP + number * STEP
        length = round(BARS * bar.value / longest, 1)
        lines += [
            f'<text x="{LABELS - 10}" y="{y + 17}" text-anchor="end">{escape(bar.label)}</text>',
            f'<rect class="{"ours" if bar.ours else "other"}" x="{LABELS}" y="{y + 3}"'
            f' width="{length}" height="20" rx="2"/>',
            f'<text x="{LABELS + length + 8:g}" y="{y + 17}">{figure(bar.value)}</text>',
        ]
    return "\n".join([*lines, "</svg>", ""])


def figure(value: float) -> str:
    """Milliseconds, exact to two digits or more."""
    return f"{value:.0f} ms" if value >= 10 else f"{value:.1f} ms"


def _in_words(bars: Sequence[Bar]) -> str:
    return ", ".join(f"{bar.label} {figure(bar.value)}" for bar in bars)
