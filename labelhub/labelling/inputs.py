"""What the labelling API takes, field by field."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from labelhub.labelling.models import Annotation, Flag, Skip
from labelhub.labelling.services.claims import MOST_HELD, Ahead
from labelhub.labelling.services.wishes import NO_WISH, Wish

BIGGEST_ID = 2**63 - 1  # the database's bigint
MOST_WORDS = 100  # characters
MOST_IDS = 100  # far more than anybody holds


class IdField(serializers.IntegerField):
    """The id of a row."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=BIGGEST_ID, **kwargs)


def _text(field: Any) -> serializers.CharField:
    """Return the input of a text that its table holds so long."""
    return serializers.CharField(
        max_length=field.max_length, required=False, allow_blank=True, default=""
    )


def _words(help_text: str) -> serializers.CharField:
    return serializers.CharField(
        max_length=MOST_WORDS, required=False, allow_blank=True, default="", help_text=help_text
    )


class WishIn(serializers.Serializer[Any]):
    """Which samples; only fields that the round shows, else 400."""

    q = _words("words in the name, all of them")
    mall_name = _words("exactly")
    mall_category = _words("this one and all below it: a>b")
    brand = _words("exactly")
    maker = _words("exactly")

    def to_internal_value(self, data: Any) -> Wish:
        return Wish(**super().to_internal_value(data))


class ClaimIn(serializers.Serializer[Any]):
    count = serializers.IntegerField(
        min_value=1, max_value=MOST_HELD, default=1, help_text="assignments to hold"
    )
    filter = WishIn(required=False, default=NO_WISH)


class AheadIn(serializers.Serializer[Any]):
    """What the page has, and how many it wants to hold."""

    holding = serializers.ListField(
        child=IdField(),
        max_length=MOST_IDS,
        default=[],
        help_text="assignments in the page",
    )
    ahead = serializers.IntegerField(
        min_value=0, max_value=MOST_HELD, default=1, help_text="assignments to hold, these included"
    )
    filter = WishIn(required=False, default=NO_WISH)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().to_internal_value(data)
        count, holding, wish = (found.pop(name) for name in ("ahead", "holding", "filter"))
        return {**found, "ahead": Ahead(count=count, holding=holding, wish=wish)}


class AnswerIn(AheadIn):
    """Either a category, or `is_undecidable: true`."""

    category_id = IdField(required=False, allow_null=True, default=None)
    is_undecidable = serializers.BooleanField(default=False)
    key = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="one answer, however often sent"
    )
    comment = _text(Annotation._meta.get_field("comment"))
    missed = _words("what was searched for without success before the choice")

    def validate(self, answer: dict[str, Any]) -> dict[str, Any]:
        if answer["is_undecidable"] == (answer["category_id"] is not None):
            raise serializers.ValidationError(
                "Send either category_id or is_undecidable: true, not both and not neither."
            )
        return answer


class SkipIn(AheadIn):
    """Why, in words of the person."""

    reason = _text(Skip._meta.get_field("reason"))


class FlagIn(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=Flag.Kind.choices)
    comment = _text(Flag._meta.get_field("comment"))


class HeldIn(serializers.Serializer[Any]):
    assignments = serializers.ListField(child=IdField(), max_length=MOST_IDS)


class ReleaseIn(HeldIn):
    """What a page gives back."""

    until = serializers.DateTimeField(
        required=False,
        allow_null=True,
        default=None,
        help_text="the latest lease_expires_at that the page knows; later leases are kept",
    )


class UndoIn(serializers.Serializer[Any]):
    """Which answer to take back; without an assignment the last one of the round."""

    assignment = IdField(required=False, allow_null=True, default=None)
