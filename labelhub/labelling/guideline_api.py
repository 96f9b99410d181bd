"""Guidelines over /api/v1: what guides a category."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelhub.accounts.permissions import Allowed
from labelhub.accounts.roles import Action
from labelhub.api_refusals import missing
from labelhub.catalog.models import Category
from labelhub.labelling.services import guiding
from labelhub.markdown import render


class ExampleOut(serializers.Serializer[Any]):
    """A product that belongs to the category, or does not."""

    name = serializers.CharField()
    image = serializers.CharField(help_text="address of a small picture, or empty")
    belongs = serializers.BooleanField()
    note = serializers.CharField()


class CategoryGuidelineOut(serializers.Serializer[Any]):
    """What guides one category; version 0 means that nobody has written about it yet."""

    text_html = serializers.CharField(help_text="sanitised HTML")
    version = serializers.IntegerField(min_value=0)
    examples = ExampleOut(many=True)


class CategoryGuideline(APIView):
    """The newest guideline of a category, with examples that give no answer away."""

    permission_classes = [Allowed(Action.ENTER)]

    @extend_schema(responses={200: CategoryGuidelineOut, 404: missing("no such category")})
    def get(self, request: Request, category_id: int) -> Response:
        guidance = guiding.of_category(get_object_or_404(Category, pk=category_id))
        shown = [
            {
                "name": each.row.sample.name,
                "image": each.picture.small if each.picture else "",
                "belongs": each.row.belongs,
                "note": each.row.note,
            }
            for each in guidance.examples
        ]
        return Response(
            {
                "text_html": render(guidance.version.text) if guidance.version else "",
                "version": guidance.version.number if guidance.version else 0,
                "examples": shown,
            }
        )
