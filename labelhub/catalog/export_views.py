"""Send rows as files that can be imported again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.http import Http404, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action
from labelhub.catalog.services import exporting
from labelhub.catalog.services.exporting import Export
from labelhub.catalog.services.formats import FORMATS

LINES_AT_ONCE = 500  # a chunk of the response; one line each would be one write each


def sent(request: AuthenticatedRequest, export: Export, about: str = "") -> StreamingHttpResponse:
    """Stream an export in the format that `?format=` asks for, and leave its audit row."""
    form = request.GET.get("format") or "csv"
    if form not in FORMATS:
        raise Http404
    exporting.note(export=export, by=request.user, now=timezone.now(), about=about, form=form)
    return file(f"{export.name}.{form}", FORMATS[form].pieces(export), FORMATS[form].content_type)


def file(name: str, pieces: Iterable[bytes], content_type: str) -> StreamingHttpResponse:
    """Stream a file piece by piece."""
    response = StreamingHttpResponse(pieces, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def csv_file(name: str, lines: Iterable[str]) -> StreamingHttpResponse:
    """Stream the lines of a CSV file."""
    response = StreamingHttpResponse(_chunks(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _chunks(lines: Iterable[str]) -> Iterator[str]:
    chunk: list[str] = []
    for line in lines:
        chunk.append(line)
        if len(chunk) == LINES_AT_ONCE:
            yield "".join(chunk)
            chunk.clear()
    yield "".join(chunk)


@require_GET
@allowed(Action.EXPORT_ROWS)
def categories(request: AuthenticatedRequest) -> StreamingHttpResponse:
    """The current category tree."""
    return sent(request, exporting.categories())


@require_GET
@allowed(Action.EXPORT_ROWS)
def samples(request: AuthenticatedRequest) -> StreamingHttpResponse:
    """All samples with their attributes."""
    return sent(request, exporting.samples())


@require_GET
@allowed(Action.EXPORT_ROWS)
def synonyms(request: AuthenticatedRequest) -> StreamingHttpResponse:
    """The synonyms in force."""
    return sent(request, exporting.synonyms())
