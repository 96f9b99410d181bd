"""Serve stored pictures. The address is the content's hash, so browsers keep them for ever."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action
from labelhub.catalog.models import Image
from labelhub.catalog.services import images

# By what the content was found to be; with `nosniff` a browser takes it for nothing else.
TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "gif": "image/gif"}
FOREVER = "private, max-age=31536000, immutable"


@require_GET
@allowed(Action.ENTER)
def image(request: AuthenticatedRequest, sha256: str, width: int) -> HttpResponseBase:
    """One picture at one of the stored widths."""
    if width not in images.WIDTHS or len(sha256) != 64 or not sha256.isalnum():
        raise Http404
    return _file(images.small_name(sha256, width), "image/webp")


@require_GET
@allowed(Action.ENTER)
def whole(request: AuthenticatedRequest, sha256: str) -> HttpResponseBase:
    """One picture with all of its pixels, as it came; it was decoded when it was taken in."""
    picture = get_object_or_404(Image, sha256=sha256)
    return _file(images.original_name(sha256, picture.format), TYPES[picture.format])


def _file(name: str, content_type: str) -> HttpResponseBase:
    if not default_storage.exists(name):
        raise Http404
    response = FileResponse(default_storage.open(name), content_type=content_type)
    response["Cache-Control"] = FOREVER
    return response
