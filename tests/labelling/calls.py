"""What tests of the labelling API do all the time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.labelling.models import Assignment
from tests.factories import AssignmentFactory


def held_by(annotator: User, **fields: Any) -> Assignment:
    """Return an assignment that the annotator holds by the clock of the server."""
    expires = timezone.now() + timedelta(minutes=5)
    return AssignmentFactory(annotator=annotator, lease_expires_at=expires, **fields)


def post(client: Client, address: str, **body: Any) -> Any:
    """Send JSON to an address below /api/v1/."""
    return client.post(f"/api/v1/{address}", body, content_type="application/json")
