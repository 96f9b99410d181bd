"""What leaves through the labelling API, field by field."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labelhub.labelling.models import Annotation, Flag, GuidelineVersion, Round
from labelhub.labelling.services import showing
from labelhub.labelling.services.annotations import Outcome


class GuidelineOut(serializers.ModelSerializer[GuidelineVersion]):
    """The newest version of a guideline, in Markdown."""

    name = serializers.CharField(source="guideline.name")
    version = serializers.IntegerField(source="number")

    class Meta:
        model = GuidelineVersion
        fields = ["name", "version", "text"]


class RoundOut(serializers.ModelSerializer[Round]):
    """A round that the caller may label in. The context brings `guidelines` by id."""

    guideline = serializers.SerializerMethodField()

    @extend_schema_field(GuidelineOut(allow_null=True))
    def get_guideline(self, round: Round) -> dict[str, Any] | None:
        version = self.context["guidelines"].get(round.guideline_id)
        return dict(GuidelineOut(version).data) if version else None

    class Meta:
        model = Round
        fields = ["id", "name", "is_blind", "answer_level", "fields_shown", "guideline"]
        read_only_fields = fields


class PictureOut(serializers.Serializer[showing.Picture]):
    large = serializers.CharField()
    small = serializers.CharField()
    whole = serializers.CharField(help_text="all of its pixels; “” where `large` has them")


class SampleOut(serializers.Serializer[Any]):
    """A product as its round shows it; a field that the round hides is left out."""

    product_id = serializers.CharField()
    name = serializers.CharField()
    is_adult = serializers.BooleanField(help_text="somebody flagged it: blur the images")
    images = PictureOut(many=True)
    mall_name = serializers.CharField(required=False)
    mall_category = serializers.CharField(required=False)
    brand = serializers.CharField(required=False)
    maker = serializers.CharField(required=False)
    registered_at = serializers.CharField(required=False)
    price = serializers.CharField(required=False)


class SuggestionOut(serializers.Serializer[showing.Suggestion]):
    category_id = serializers.IntegerField()
    path = serializers.CharField()
    probability = serializers.FloatField()


class AssignmentOut(serializers.Serializer[showing.Served]):
    """An assignment that the caller holds."""

    id = serializers.IntegerField()
    round = serializers.IntegerField()
    lease_expires_at = serializers.DateTimeField()
    sample = SampleOut()
    suggestions = SuggestionOut(many=True)


def assignment(served: showing.Served) -> dict[str, Any]:
    """Return an assignment as it leaves; the same as `AssignmentOut`, in a tenth of the time."""
    return {
        "id": served.number,
        "round": served.round_id,
        "lease_expires_at": timezone.localtime(served.lease_expires_at).isoformat(),
        "sample": {
            "product_id": served.product_id,
            "name": served.name,
            "is_adult": served.is_adult,
            "images": [vars(picture) for picture in served.pictures],
            **served.fields,
        },
        "suggestions": [vars(each) for each in served.suggestions],
    }


class AnnotationOut(serializers.ModelSerializer[Annotation]):
    """An answer as it was kept."""

    class Meta:
        model = Annotation
        fields = ["id", "category_id", "is_undecidable", "answered_at"]
        read_only_fields = fields


def annotation(kept: Annotation) -> dict[str, Any]:
    """Return an answer as it leaves; the same as `AnnotationOut`."""
    return {
        "id": kept.pk,
        "category_id": kept.category_id,
        "is_undecidable": kept.is_undecidable,
        "answered_at": timezone.localtime(kept.answered_at).isoformat(),
    }


class AnsweredOut(serializers.Serializer[Any]):
    """The kept answer (null while the round is closed), and what to label next."""

    annotation = AnnotationOut(allow_null=True)
    next = AssignmentOut(many=True)
    outcome = serializers.ChoiceField(choices=[(str(each), each) for each in Outcome])
    detail = serializers.CharField(help_text="what to tell the person, or “”")


class NextOut(serializers.Serializer[Any]):
    next = AssignmentOut(many=True)


class WasOut(serializers.Serializer[Any]):
    """The answer that was taken back."""

    category_id = serializers.IntegerField(allow_null=True)
    path = serializers.CharField(allow_null=True)
    is_undecidable = serializers.BooleanField()
    comment = serializers.CharField()


class UndoneOut(AssignmentOut):
    """The assignment, in the caller's hands again, and its former answer."""

    was = WasOut()


class HeldOut(serializers.Serializer[Any]):
    held = serializers.ListField(child=serializers.IntegerField(), help_text="lease renewed")
    passed = serializers.ListField(
        child=serializers.IntegerField(), help_text="with somebody else by now, or given back"
    )


class FlagOut(serializers.ModelSerializer[Flag]):
    class Meta:
        model = Flag
        fields = ["id", "kind"]
        read_only_fields = fields
