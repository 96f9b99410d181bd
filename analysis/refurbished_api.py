"""What a run refurbished, and decisions about it, over /api/v1; the same as its page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelhub.accounts.models import User
from labelhub.accounts.permissions import Allowed
from labelhub.accounts.roles import Action
from labelhub.api_refusals import missing, refused
from labelhub.registry.models import Run
from labelhub.registry.services import refurbishing

LARGEST_PAGE = 500
NO_RUN = missing("no such run")


class PageAsked(serializers.Serializer[None]):
    """Which part of a list."""

    page = serializers.IntegerField(required=False, min_value=1, max_value=10**6, default=1)
    page_size = serializers.IntegerField(
        required=False, min_value=1, max_value=LARGEST_PAGE, default=100
    )


class RowsAsked(PageAsked):
    """The refurbished rows of one given category, or of all."""

    category = serializers.CharField(
        required=False, allow_blank=True, help_text="path of the given category; all without it"
    )


class RefurbishedCategoryOut(serializers.Serializer[refurbishing.CategoryCount]):
    """How many rows given one category were refurbished, and what became of them."""

    category_path = serializers.CharField(source="path")
    rows = serializers.IntegerField()
    accepted = serializers.IntegerField()
    refused = serializers.IntegerField()
    open = serializers.IntegerField(help_text="rows about which nobody has decided")


class RefurbishedCategoriesOut(serializers.Serializer[Any]):
    """A page of categories, those with most undecided rows first."""

    version = serializers.CharField()
    count = serializers.IntegerField(help_text="categories on all pages")
    pages = serializers.IntegerField()
    results = RefurbishedCategoryOut(many=True)


class RefurbishedDecisionOut(serializers.Serializer[Any]):
    """What a curator has said of a row."""

    is_accepted = serializers.BooleanField()
    decided_at = serializers.DateTimeField()


class VoteOut(serializers.Serializer[Any]):
    """How often the network answered a category in the epochs that decided."""

    category_path = serializers.CharField()
    votes = serializers.IntegerField()


class RefurbishedRowOut(serializers.Serializer[refurbishing.Row]):
    """One refurbished row."""

    product_id = serializers.CharField()
    product_name = serializers.CharField(source="name")
    given_path = serializers.CharField(source="given")
    new_path = serializers.CharField(source="new")
    certainty = serializers.FloatField()
    history = serializers.SerializerMethodField()
    decision = RefurbishedDecisionOut(allow_null=True)

    @extend_schema_field(VoteOut(many=True))
    def get_history(self, row: refurbishing.Row) -> list[dict[str, Any]]:
        """Return the votes, the most frequent first."""
        return [{"category_path": path, "votes": votes} for path, votes in row.votes]


class RefurbishedRowsOut(serializers.Serializer[Any]):
    """A page of rows, the surest first."""

    count = serializers.IntegerField(help_text="rows on all pages")
    pages = serializers.IntegerField()
    results = RefurbishedRowOut(many=True)


class RefurbishedDecisionIn(serializers.Serializer[None]):
    """A decision about one row, or about every undecided row of a given category."""

    is_accepted = serializers.BooleanField()
    product_id = serializers.CharField(required=False, max_length=200)
    category_path = serializers.CharField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a body that speaks of both, or of neither."""
        if ("product_id" in attrs) == ("category_path" in attrs):
            raise serializers.ValidationError(_("Name a product_id or a category_path, not both."))
        return attrs


class DecidedOut(serializers.Serializer[None]):
    """How many rows were decided; others had been decided before."""

    decided = serializers.IntegerField()


class Refurbished(APIView):
    """GET: the given categories with refurbished rows."""

    permission_classes = [Allowed(Action.CURATE)]

    @extend_schema(
        operation_id="refurbished_categories",
        parameters=[PageAsked],
        responses={200: RefurbishedCategoriesOut, 404: NO_RUN},
        tags=["analysis"],
    )
    def get(self, request: Request, run_id: int) -> Response:
        """Count the refurbished rows of each category they were given."""
        run = get_object_or_404(Run, pk=run_id)
        found = refurbishing.by_category(run, refurbishing.log_of(run))
        page = {"version": run.version_name, **_page(request, found)}
        return Response(RefurbishedCategoriesOut(page).data)


class RefurbishedRows(APIView):
    """GET: the refurbished rows, of one given category or of all."""

    permission_classes = [Allowed(Action.CURATE)]

    @extend_schema(
        operation_id="refurbished_rows",
        parameters=[RowsAsked],
        responses={200: RefurbishedRowsOut, 404: NO_RUN},
        tags=["analysis"],
    )
    def get(self, request: Request, run_id: int) -> Response:
        """List rows with what was given, what it became, and what was decided."""
        run = get_object_or_404(Run, pk=run_id)
        asked = RowsAsked(data=request.query_params)
        asked.is_valid(raise_exception=True)
        log = refurbishing.log_of(run)
        if path := asked.validated_data.get("category"):
            log = refurbishing.given(log, path)
        return Response(RefurbishedRowsOut(_page(request, refurbishing.rows(run, log))).data)


class RefurbishedDecisions(APIView):
    """POST: accept or refuse."""

    permission_classes = [Allowed(Action.CURATE)]

    @extend_schema(
        operation_id="refurbished_decide",
        request=RefurbishedDecisionIn,
        responses={
            200: DecidedOut,
            404: NO_RUN,
            409: refused("the run has not refurbished that product or category"),
        },
        tags=["analysis"],
    )
    def post(self, request: Request, run_id: int) -> Response:
        """Decide about a row, whose earlier decision is replaced, or about a category."""
        run = get_object_or_404(Run, pk=run_id)
        said = RefurbishedDecisionIn(data=request.data)
        said.is_valid(raise_exception=True)
        return Response({"decided": _decide(run, said.validated_data, request.user)})


def _decide(run: Run, said: dict[str, Any], by: Any) -> int:
    assert isinstance(by, User)  # the permission let nobody else in
    now, is_accepted = timezone.now(), said["is_accepted"]
    if "product_id" in said:
        product_id = said["product_id"]
        refurbishing.decide(run=run, product_id=product_id, is_accepted=is_accepted, by=by, now=now)
        return 1
    return refurbishing.decide_category(
        run=run, path=said["category_path"], is_accepted=is_accepted, by=by, now=now
    )


def _page(request: Request, found: Sequence[Any]) -> dict[str, Any]:
    """Return what the address asks for; nothing beyond the last page."""
    asked = PageAsked(data=request.query_params)
    asked.is_valid(raise_exception=True)
    pages = Paginator(found, asked.validated_data["page_size"])
    number = asked.validated_data["page"]
    results = list(pages.page(number)) if number <= pages.num_pages else []
    return {"count": pages.count, "pages": pages.num_pages, "results": results}
