"""The ladder as people read it, in Markdown, and as programs do."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from mlcore.training.ladder import DONE, Step

HEADER = ("rung", "accuracy", "by level", "macro F1", "gain", "fit", "rows/s", "size")
MEGABYTE = 1_000_000


def as_table(steps: Sequence[Step]) -> str:
    """Return one line a rung, the simplest first."""
    lines = [HEADER, ("---",) * len(HEADER), *(_line(step) for step in steps)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def as_record(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """Return the steps as JSON values."""
    return [asdict(step) for step in steps]


def _line(step: Step) -> tuple[str, ...]:
    if step.state != DONE:
        return (step.title, f"{step.state}: {step.reason}", *[""] * (len(HEADER) - 2))
    levels = step.figures["levels"]
    return (
        step.title,
        f"{step.figures['accuracy']:.4f}",
        " ".join(f"{levels[level]:.3f}" for level in sorted(levels, key=int)),
        f"{step.figures['macro_f1']:.3f}",
        _gain(step),
        f"{step.fit_seconds:,.0f} s",
        f"{step.rows_per_second:,.0f}",
        f"{(step.size or 0) / MEGABYTE:,.1f} MB",
    )


def _gain(step: Step) -> str:
    if step.gain is None:
        return ""
    points, low, high = (100 * step.gain[name] for name in ("points", "low", "high"))
    return f"{points:+.1f} ({low:+.1f} to {high:+.1f})"
