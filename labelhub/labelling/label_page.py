"""What the labelling page brings along for its script: addresses, texts, keys."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from labelhub.accounts.models import User
from labelhub.labelling.models import Round
from labelhub.labelling.services import acceptance, claims
from labelhub.labelling.services.wishes import Wish

FIELD_LABELS = {
    "mall_name": gettext_lazy("Mall"),
    "mall_category": gettext_lazy("Mall category"),
    "brand": gettext_lazy("Brand"),
    "maker": gettext_lazy("Maker"),
    "registered_at": gettext_lazy("Registered"),
    "price": gettext_lazy("Price"),
}
FILTERS = ("mall_name", "brand", "maker", "mall_category")
# The commands in the order of the list of keys; keymap.js has their default keys.
COMMANDS: dict[str, Promise] = {
    "skip": gettext_lazy("skip"),
    "undecidable": gettext_lazy("cannot be decided"),
    "undo": gettext_lazy("take back my last answer"),
    "flag": gettext_lazy("flag the product"),
    "comment": gettext_lazy("comment on the answer"),
    "word": gettext_lazy("find the selected word, or the next word of the name"),
    "tree": gettext_lazy("the tree as columns"),
    "guideline": gettext_lazy("guideline"),
    "zoom": gettext_lazy("enlarge the image"),
    "nextPicture": gettext_lazy("next image"),
    "previousPicture": gettext_lazy("previous image"),
    "copy": gettext_lazy("copy the name"),
    "outside": gettext_lazy("search outside"),
    "filter": gettext_lazy("filter the products"),
    "pace": gettext_lazy("my progress"),
    "find": gettext_lazy("back to finding"),
    "keys": gettext_lazy("this list"),
}
# Of the line at the bottom, in as few words as the buttons have.
HINTS: dict[str, Promise] = {
    "skip": gettext_lazy("Skip"),
    "undecidable": gettext_lazy("Cannot be decided"),
    "flag": gettext_lazy("Flag"),
    "undo": gettext_lazy("Undo"),
}


def field_labels() -> dict[str, str]:
    """Name the fields of a product, in the order of the page."""
    return {field: str(label) for field, label in FIELD_LABELS.items()}


def wish(query: QueryDict, round: Round) -> Wish:
    """Return the filter in the page's address; what the round hides is no filter."""
    asked = {field: query.get(field, "").strip() for field in filters(round)}
    return Wish(q=query.get("words", "").strip(), **asked)


def filters(round: Round) -> list[str]:
    """Return the fields by which products of the round may be filtered."""
    return [field for field in FILTERS if field in round.fields_shown]


def filter_of(wish: Wish) -> dict[str, str]:
    """Return the parts of a filter that ask for something, as the API takes them."""
    parts = {field: getattr(wish, field) for field in ("q", *FILTERS)}
    return {field: value for field, value in parts.items() if value}


def filter_fields(round: Round, wish: Wish) -> list[dict[str, str]]:
    """Return name, label and value of each field of the filter's form."""
    return [
        {"name": field, "label": str(FIELD_LABELS[field]), "value": getattr(wish, field)}
        for field in filters(round)
    ]


def commands() -> dict[str, Promise]:
    """Return the commands that the page has, with what they do."""
    left_out = set() if settings.SEARCH_URL else {"outside"}
    return {command: text for command, text in COMMANDS.items() if command not in left_out}


def outside(name: str) -> str:
    """Return where else this name can be looked up, or nothing."""
    return str(settings.SEARCH_URL).replace("{query}", quote(name, safe=""))


def script(round: Round, person: User, wish: Wish, assignments: list[Any]) -> dict[str, Any]:
    """Return what label.js reads; of a blind round it holds nothing that a model said."""
    shares = [] if round.is_blind else acceptance.by_rank(round)
    return {
        "assignments": assignments,
        "person": person.pk,
        "labels": field_labels(),
        "acceptance": [{"taken": each.taken, "offered": each.offered} for each in shares],
        "texts": texts(),
        "round": {
            "id": round.pk,
            "name": round.name,
            "claim": reverse("labelling:api-claim", args=[round.pk]),
            "renew": reverse("labelling:api-renew", args=[round.pk]),
            "release": reverse("labelling:api-release", args=[round.pk]),
            "most": claims.MOST_HELD,
            "filter": filter_of(wish),
            "outside": settings.SEARCH_URL,
            "channel": f"labelhub.round.{person.pk}.{round.pk}",
            "recents": f"labelhub.recent.{person.pk}.{round.answer_level or 'leaf'}",
            "addresses": {
                "undo": reverse("labelling:api-undo", args=[round.pk]),
                "person": reverse("labelling:label-person"),
                "pace": reverse("labelling:label-pace", args=[round.pk]),
            },
        },
    }


def texts() -> dict[str, Any]:
    """Return what the script says; 0 stands for a number or a name, 00:00 for a time."""
    return {
        "saved": _("All saved"),
        "saving": _("Saving…"),
        "coming": _("The next product is on its way…"),
        "cut": _("No connection. The next product comes when it is back."),
        "waiting": _("0 waiting to be saved since 00:00"),
        "offline": _("No connection."),
        "failing": _("The server has a fault; it is asked again."),
        "down": _("The server has a fault. The next product comes when it is back."),
        "closed": _("This round was closed while you were labelling. What you answered is kept."),
        "left": _("You no longer belong to this round."),
        "gone": _("The server does not know this product any more, so the answer was not taken."),
        "refused": _("The server did not take this answer (0). Tell a curator."),
        "skipped": _("skipped"),
        "unskipped": _("The product that you skipped is back."),
        "others": _("Answers of another person wait in this browser until they log in: 0"),
        "undone": _("Your last answer was taken back. Label the product again."),
        "undoneUndecidable": _("Your last answer, “cannot be decided”, was taken back."),
        "undoLater": _("No connection: your last answer can be taken back when it returns."),
        "undecidable": _("cannot be decided"),
        "passed": _("“0” went to somebody else, because you were away for long."),
        "otherTab": _("“0” was answered in another window."),
        "flagged": _("Flagged. A curator will look at it."),
        "accepted": _("taken 0"),
        "unchoosable": _("This category cannot be chosen in this round."),
        "dismiss": _("Put away"),
        "finding": _("Finding"),
        "tree": _("Tree"),
        "command": _("Command"),
        "keys": {
            "listening": _("Press the new key, or Esc."),
            "reserved": _("That key cannot be used. Choose a letter, a sign or F1–F12."),
            "taken": _("That key is taken by 0."),
        },
    }
