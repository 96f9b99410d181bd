"""Serve stored pictures. The address is the content's hash, so browsers keep them for ever."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponseBase
from django.views.decorators.http import require_GET

from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action
from labelhub.catalog.services import images

FOREVER = "private, max-age=31536000, immutable"


@require_GET
@allowed(Action.ENTER)
def image(request: AuthenticatedRequest, sha256: str, width: int) -> HttpResponseBase:
    """One picture at one of the stored widths."""
    if width not in images.WIDTHS or len(sha256) != 64 or not sha256.isalnum():
        raise Http404
    name = images.small_name(sha256, width)
    if not default_storage.exists(name):
        raise Http404
    response = FileResponse(default_storage.open(name), content_type="image/webp")
    response["Cache-Control"] = FOREVER
    return response
