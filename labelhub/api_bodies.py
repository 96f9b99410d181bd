"""What the API takes as a body: JSON of a size and a depth that a call can have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser

# Bytes. The largest call has a comment and a hundred numbers; reading more costs time for nothing.
LONGEST = 64 * 1024


class BodyTooLarge(APIException):
    """The body is longer than anything that a call of the API needs."""

    status_code = 413
    default_detail = gettext_lazy("The body of the request is too large.")
    default_code = "too_large"


class BoundedJSONParser(JSONParser):
    """JSON that can be neither so long nor so deep that reading it harms anybody."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        # Without a length there is no body: the server hands on none that it has not measured.
        length = int((parser_context or {})["request"].META.get("CONTENT_LENGTH") or 0)
        if length > LONGEST:
            raise BodyTooLarge
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError(_("The JSON is nested too deeply.")) from None
