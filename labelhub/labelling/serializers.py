"""What leaves through the labelling API, field by field."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labelhub.labelling.models import Annotation, Assignment, GuidelineVersion, Round
from labelhub.labelling.services import showing
from labelhub.labelling.services.claims import PREFETCH


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


class SampleOut(serializers.Serializer[Any]):
    """A product as its round shows it; a field that the round hides is left out."""

    product_id = serializers.CharField()
    name = serializers.CharField()
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


class AssignmentOut(serializers.ModelSerializer[Assignment]):
    """An assignment that the caller holds. The context brings `suggestions` by assignment."""

    sample = serializers.SerializerMethodField()
    suggestions = serializers.SerializerMethodField()

    class Meta:
        model = Assignment
        fields = ["id", "round_id", "lease_expires_at", "sample", "suggestions"]
        read_only_fields = fields

    @extend_schema_field(SampleOut)
    def get_sample(self, assignment: Assignment) -> dict[str, Any]:
        sample, round = assignment.sample, assignment.round
        images = showing.pictures(sample) if "image" in round.fields_shown else []
        return {
            "product_id": sample.product_id,
            "name": sample.name,
            "images": [PictureOut(image).data for image in images],
            **showing.fields(sample, round),
        }

    @extend_schema_field(SuggestionOut(many=True))
    def get_suggestions(self, assignment: Assignment) -> list[dict[str, Any]]:
        found = self.context["suggestions"].get(assignment.pk, [])
        return [dict(SuggestionOut(suggestion).data) for suggestion in found]


class AnnotationOut(serializers.ModelSerializer[Annotation]):
    """An answer as it was kept."""

    category_path = serializers.CharField(source="category.path", read_only=True, allow_null=True)

    class Meta:
        model = Annotation
        fields = [
            "id",
            "assignment_id",
            "category_id",
            "category_path",
            "is_undecidable",
            "answered_at",
        ]
        read_only_fields = fields


class ClaimIn(serializers.Serializer[Any]):
    count = serializers.IntegerField(
        min_value=1, max_value=PREFETCH, default=PREFETCH, help_text="assignments to hold"
    )


class AnswerIn(serializers.Serializer[Any]):
    """Either a category, or `is_undecidable: true`."""

    category_id = serializers.IntegerField(required=False, allow_null=True)
    is_undecidable = serializers.BooleanField(default=False)

    def validate(self, answer: dict[str, Any]) -> dict[str, Any]:
        if answer["is_undecidable"] == (answer.get("category_id") is not None):
            raise serializers.ValidationError(
                "Send either category_id or is_undecidable: true, not both and not neither."
            )
        return answer


class SkipIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class AnsweredOut(serializers.Serializer[Any]):
    """The kept answer, and the next assignment or null when nothing is left."""

    annotation = AnnotationOut()
    next = AssignmentOut(allow_null=True)


class NextOut(serializers.Serializer[Any]):
    next = AssignmentOut(allow_null=True)


class RefusalOut(serializers.Serializer[Any]):
    """Why the rules refuse the request (409)."""

    detail = serializers.CharField()
    code = serializers.CharField()


class ProblemOut(serializers.Serializer[Any]):
    """Why the request was not answered (401, 403, 404)."""

    detail = serializers.CharField()
