"""The category tree for programs and for the finder in the browser."""

from __future__ import annotations

import gzip

from django.http import HttpResponse
from django.utils.cache import patch_vary_headers
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from labelhub.accounts.permissions import Allowed
from labelhub.accounts.roles import Action
from labelhub.catalog.services import finder

YEAR = 31_536_000  # seconds


class FinderTreeOut(serializers.Serializer[finder.FinderTree]):
    """The current tree by columns: entry i of each list belongs to one category."""

    version = serializers.IntegerField(help_text="number of the last change of the tree")
    ids = serializers.ListField(child=serializers.IntegerField())
    parents = serializers.ListField(
        child=serializers.IntegerField(), help_text="place of the parent in these lists, or -1"
    )
    names = serializers.ListField(child=serializers.CharField())
    codes = serializers.ListField(child=serializers.CharField(), help_text="shop-wide ids, or “”")
    leaves = serializers.ListField(child=serializers.BooleanField())
    synonyms = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        help_text="other names of the category at a place of these lists",
    )


class Categories(APIView):
    """The category tree; with its version in the address the browser keeps it for ever."""

    permission_classes = [Allowed(Action.ENTER)]

    @extend_schema(
        parameters=[OpenApiParameter("v", str, description="version of the tree: kept for ever")],
        responses={200: FinderTreeOut, 304: OpenApiResponse(None, "unchanged since that ETag")},
    )
    def get(self, request: Request) -> HttpResponse:
        version = finder.version()
        tag = f'"tree-{version}"'
        if request.headers.get("If-None-Match", "").removeprefix("W/") == tag:
            return HttpResponse(status=304, headers={"ETag": tag})
        response = _file(request, finder.compressed(version))
        is_named = request.query_params.get("v") == str(version)
        response["ETag"] = tag
        response["Cache-Control"] = (
            f"private, max-age={YEAR}, immutable" if is_named else "private, no-cache"
        )
        return response


def _file(request: Request, packed: bytes) -> HttpResponse:
    """Send the file as it is kept; unpack it for programs that take no gzip."""
    takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(
        packed if takes_gzip else gzip.decompress(packed), content_type="application/json"
    )
    if takes_gzip:
        response["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response
