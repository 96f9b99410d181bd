"""What a search found, written out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analysis.services import search_page
from analysis.services.search_page import Trial
from labelhub.registry.models import Search
from labelhub.ui_tags import percent, points

SHOWN_WEIGHTS = 3
SURE = 0.05  # largest p-value at which a trend is called one
FEWEST_FINISHED = 8  # before anything is said about the settings; mlcore's
FEWEST_A_SIDE = 5  # small and large layers each, before they are compared; mlcore's


def findings(search: Search, trials: Sequence[Trial]) -> list[str]:
    """Return a sentence or two on each question that a search answers."""
    said = [_best(search, trials), _what_mattered(search), *_sizes(search.found.get("sizes"))]
    return [sentence for sentence in said if sentence]


def _best(search: Search, trials: Sequence[Trial]) -> str:
    best = next((trial for trial in trials if trial.is_best), None)
    if best is None:
        return _("No trial has finished yet.")
    begun = search_page.begun_with(search, trials)
    words = {"number": best.number, "accuracy": percent(best.accuracy)}
    if begun is None:
        return _("Best so far: trial %(number)d with %(accuracy)s.") % words
    if begun.number == best.number:
        return _("No trial was better than the settings it began with (%(accuracy)s).") % words
    assert best.accuracy is not None
    assert begun.accuracy is not None
    words |= {"base": percent(begun.accuracy), "gain": points(best.accuracy - begun.accuracy)}
    return (
        _(
            "Best so far: trial %(number)d with %(accuracy)s, %(gain)s points against the"
            " settings it began with (%(base)s)."
        )
        % words
    )


def _what_mattered(search: Search) -> str:
    weights = [each for each in search_page.weights(search) if each.importance is not None]
    if not weights:
        return _("Which settings mattered is not said before %(count)d trials have finished.") % {
            "count": FEWEST_FINISHED
        }
    named = ", ".join(
        f"{each.title} {percent(each.importance, 0)}" for each in weights[:SHOWN_WEIGHTS]
    )
    said = _("What differs between trials goes mostly with: %(settings)s.") % {"settings": named}
    sure = [
        each
        for each in search_page.weights(search)
        if each.p_value is not None and each.p_value <= SURE and each.correlation
    ]
    rising = ", ".join(each.title for each in sure if (each.correlation or 0) > 0)
    falling = ", ".join(each.title for each in sure if (each.correlation or 0) < 0)
    if rising:
        said += " " + _("Accuracy rises with: %(settings)s.") % {"settings": rising}
    if falling:
        said += " " + _("Accuracy falls with: %(settings)s.") % {"settings": falling}
    return said


def _sizes(sizes: Mapping[str, Any] | None) -> list[str]:
    """Answer whether small hidden layers win."""
    if not sizes:
        return []
    bound = sizes["small_up_to"]
    if sizes["verdict"] == "too few":
        words = {
            "bound": bound,
            "small": _trials(sizes["small"]),
            "large": _trials(sizes["large"]),
            "fewest": FEWEST_A_SIDE,
        }
        return [
            _(
                "Whether a small hidden layer (fcl_dim) wins here too cannot be told yet:"
                " %(small)d trials with up to %(bound)d units and %(large)d with more; it takes"
                " %(fewest)d of each."
            )
            % words
        ]
    verdicts = {
        "small": _("A small hidden layer wins here too: fcl_dim up to %(bound)d beats more units."),
        "large": _("A small hidden layer does not win here: more units than %(bound)d are better."),
        "alike": _(
            "Whether the hidden layer is small (fcl_dim up to %(bound)d) or large makes no"
            " difference that could be told."
        ),
    }
    return [verdicts[sizes["verdict"]] % {"bound": bound} + " " + _numbers(sizes)]


def _numbers(sizes: Mapping[str, Any]) -> str:
    said = [
        _("Up to %(bound)d units: best %(best)s, median %(median)s (%(trials)s).")
        % {"bound": sizes["small_up_to"], **_side(sizes["small"])},
        _("More units: best %(best)s, median %(median)s (%(trials)s).") % _side(sizes["large"]),
        _("The small one was better in %(share)s of all pairs (p = %(p)s).")
        % {"share": percent(sizes["superiority"], 0), "p": f"{sizes['p_value']:.3f}"},
    ]
    return " ".join(said)


def _side(side: Mapping[str, Any]) -> dict[str, str]:
    return {
        "best": percent(side["best"]),
        "median": percent(side["median"]),
        "trials": _counted(side),
    }


def _counted(side: Mapping[str, Any]) -> str:
    finished = ngettext(
        "%(count)d trial finished", "%(count)d trials finished", side["finished"]
    ) % {"count": side["finished"]}
    if not side["pruned"]:
        return finished
    return f"{finished}, " + _("%(count)d ended early") % {"count": side["pruned"]}


def _trials(side: Mapping[str, Any]) -> int:
    return int(side["finished"] + side["pruned"])
