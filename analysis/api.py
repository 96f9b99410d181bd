"""The comparison as JSON, the same as `export_comparison --format json` prints."""

from __future__ import annotations

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from analysis.services import exporting
from analysis.services.comparison import COLUMNS, compare
from analysis.services.verdicts import Axis, Scope, default_source
from labelhub.accounts.models import User
from labelhub.accounts.permissions import Allowed
from labelhub.accounts.roles import Action
from labelhub.api_refusals import refused
from labelhub.labelling.models import Source
from labelhub.registry.services import versions


class ComparisonAsked(serializers.Serializer[None]):
    """What the address may say."""

    model = serializers.CharField(
        required=False,
        allow_blank=True,
        help_text="Name of a version; without it the live one, else the newest.",
    )
    level = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=100,
        help_text="Cut categories to this level; without it they are compared as they are.",
    )
    axis = serializers.ChoiceField(choices=[*Axis], default=Axis.HUMAN, allow_blank=True)
    source = serializers.ChoiceField(  # type: ignore[assignment]  # a field of the query, too
        choices=Source.values,
        required=False,
        allow_blank=True,
        help_text="Whose labels; without it people's where there are any, else the given ones.",
    )


class RowOut(serializers.Serializer[None]):
    """One category; shares are fractions, null where no sample counts."""

    category_id = serializers.CharField(allow_null=True)
    category_path = serializers.CharField()
    same = serializers.IntegerField()
    human = serializers.IntegerField()
    model = serializers.IntegerField()
    both = serializers.IntegerField()
    neither = serializers.IntegerField()
    unreviewed = serializers.IntegerField()
    total = serializers.IntegerField()
    error_before = serializers.FloatField(allow_null=True)
    error_before_low = serializers.FloatField(allow_null=True)
    error_before_high = serializers.FloatField(allow_null=True)
    error_after = serializers.FloatField(allow_null=True)
    error_after_low = serializers.FloatField(allow_null=True)
    error_after_high = serializers.FloatField(allow_null=True)
    error_after_unreviewed_low = serializers.FloatField(allow_null=True)
    error_after_unreviewed_high = serializers.FloatField(allow_null=True)


class ComparisonOut(serializers.Serializer[None]):
    """The table of a version."""

    model = serializers.CharField()
    axis = serializers.ChoiceField(choices=[*Axis])
    level = serializers.IntegerField(allow_null=True)
    as_of = serializers.DateTimeField()
    rows = RowOut(many=True)


assert tuple(RowOut().fields) == COLUMNS  # the schema names every column, in their order


class ComparisonView(APIView):
    """GET: verdicts and errors per category of a model version."""

    permission_classes = [Allowed(Action.READ_REPORT)]

    @extend_schema(
        operation_id="comparison",
        parameters=[ComparisonAsked],
        responses={200: ComparisonOut, 409: refused("no version of that name, or none at all")},
        tags=["analysis"],
    )
    def get(self, request: Request) -> Response:
        """Count same, human, model, both, neither and unreviewed samples per category."""
        asked = ComparisonAsked(data=request.query_params)
        asked.is_valid(raise_exception=True)
        source = asked.validated_data.get("source")
        scope = Scope(
            version=versions.chosen(name=asked.validated_data.get("model") or None),
            source=Source(source) if source else default_source(),
            level=asked.validated_data.get("level"),
            axis=Axis(asked.validated_data["axis"] or Axis.HUMAN),
        )
        assert isinstance(request.user, User)  # the permission let nobody else in
        now = timezone.now()
        table = compare(scope, now=now)
        exporting.note(table=table, rows=len(table.counted), form="api", by=request.user, now=now)
        return Response(table.as_record())
