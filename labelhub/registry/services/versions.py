"""Which model version a page or command means."""

from __future__ import annotations

from django.db.models import Case, Value, When
from django.utils.translation import gettext as _

from labelhub.errors import DomainError
from labelhub.registry.models import ModelVersion


class NoVersion(DomainError):
    """There is no such model version."""


def chosen(*, name: str | None) -> ModelVersion:
    """
    Return the version of that name; without a name the live one, else the newest.

    Raises:
        NoVersion: none has the name, or there is none at all.
    """
    if name:
        version = ModelVersion.objects.filter(name=name).first()
        if version is None:
            raise NoVersion(_("There is no model version named %(name)s.") % {"name": name})
        return version
    is_live = Case(When(stage=ModelVersion.Stage.LIVE, then=Value(0)), default=Value(1))
    version = ModelVersion.objects.order_by(is_live, "-created_at", "-pk").first()
    if version is None:
        raise NoVersion(_("There is no model version yet; train one or import predictions."))
    return version
