"""Guidelines: documents in versions, for rounds or for one category."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from labelhub.accounts.models import User
from labelhub.accounts.services import audit
from labelhub.catalog.models import Category
from labelhub.errors import DomainError
from labelhub.labelling.models import Guideline, GuidelineVersion


class NameTaken(DomainError):
    """Another guideline has the name."""


class NothingWritten(DomainError):
    """A new guideline has no text."""


class ChangedMeanwhile(DomainError):
    """Somebody saved a version after the one that was being edited."""


def overview(*, words: Iterable[str] = (), of_rounds: bool | None = None) -> QuerySet[Guideline]:
    """
    Return guidelines with `heading`, `number`, `changed_at`, `rounds_led` and `waiting`.

    Args:
        words: only those with all of them in their name or path.
        of_rounds: only those of rounds (True) or of categories (False).
    """
    versions = GuidelineVersion.objects.filter(guideline=OuterRef("pk")).order_by("-number")
    found = Guideline.objects.annotate(
        heading=Coalesce("category__path", "name", output_field=TextField()),
        number=Subquery(versions.values("number")[:1]),
        changed_at=Subquery(versions.values("created_at")[:1]),
        rounds_led=Count("rounds", distinct=True),
        waiting=Count("questions", filter=Q(questions__answered_at=None), distinct=True),
    )
    for word in words:
        found = found.filter(heading__icontains=word)
    return found if of_rounds is None else found.filter(category__isnull=of_rounds)


def newest(guideline: Guideline | None) -> GuidelineVersion | None:
    """Return the version to follow; a category can have examples before it has a text."""
    if guideline is None:
        return None
    return guideline.versions.select_related("created_by").order_by("-number").first()


def newest_of(guidelines: Iterable[int | None]) -> dict[int, GuidelineVersion]:
    """Return the versions to follow by guideline id, in one query."""
    wanted = {each for each in guidelines if each is not None}
    versions = GuidelineVersion.objects.newest().filter(guideline__in=wanted)
    return {each.guideline_id: each for each in versions.select_related("guideline")}


@transaction.atomic
def write(*, name: str, text: str, by: User | None, now: datetime) -> Guideline:
    """
    Write a guideline for rounds.

    Raises:
        NameTaken: another guideline has the name.
        NothingWritten: the text is empty.
    """
    if not text.strip():
        raise NothingWritten(_("Write the guideline first; its text is empty."))
    try:
        with transaction.atomic():
            guideline = Guideline.objects.create(name=name, created_at=now)
    except IntegrityError:
        message = _("There is a guideline named “%(name)s” already; choose it or another name.")
        raise NameTaken(message % {"name": name}) from None
    _add(guideline, number=1, text=text, by=by, now=now, verb="wrote a guideline")
    return guideline


@transaction.atomic
def of_category(*, category: Category, now: datetime) -> Guideline:
    """Return the guideline of a category; it begins without a text."""
    guideline, _is_new = Guideline.objects.get_or_create(
        category=category, defaults={"created_at": now}
    )
    return guideline


@transaction.atomic
def revise(
    *,
    guideline: Guideline,
    seen: int,
    text: str,
    by: User | None,
    now: datetime,
    name: str | None = None,
) -> GuidelineVersion:
    """
    Add a version with this text, unless the newest says the same.

    Args:
        seen: the number of the version that was being edited; 0 where there was none.
        name: another name for a guideline of rounds; None leaves it.

    Raises:
        ChangedMeanwhile: that is no longer the newest version.
        NameTaken: another guideline has the name.
    """
    if name is not None and name != guideline.name:
        _rename(guideline, name, by, now)
    last = guideline.versions.order_by("-number").first()
    if last is not None and last.number == seen and last.text == _tidy(text):
        return last
    if (last.number if last else 0) != seen:
        raise _changed_meanwhile()
    return _add(guideline, number=seen + 1, text=text, by=by, now=now, verb="revised a guideline")


def restore(
    *, guideline: Guideline, number: int, seen: int, by: User, now: datetime
) -> GuidelineVersion:
    """Add a version with the text of an older one; nothing between them is lost."""
    text = guideline.versions.get(number=number).text
    return revise(guideline=guideline, seen=seen, text=text, by=by, now=now)


def _rename(guideline: Guideline, name: str, by: User | None, now: datetime) -> None:
    try:
        with transaction.atomic():
            Guideline.objects.filter(pk=guideline.pk, category=None).update(name=name)
    except IntegrityError:
        message = _("There is a guideline named “%(name)s” already; choose another name.")
        raise NameTaken(message % {"name": name}) from None
    details = {"name": [guideline.name, name]}
    audit.record(by=by, verb="renamed a guideline", target=guideline, details=details, now=now)


def _add(
    guideline: Guideline, *, number: int, text: str, by: User | None, now: datetime, verb: str
) -> GuidelineVersion:
    try:
        with transaction.atomic():
            version = GuidelineVersion.objects.create(
                guideline=guideline, number=number, text=_tidy(text), created_by=by, created_at=now
            )
    except IntegrityError:  # the other one saved between our look and our write
        raise _changed_meanwhile() from None
    audit.record(by=by, verb=verb, target=guideline, details={"version": number}, now=now)
    return version


def _tidy(text: str) -> str:
    """Forms end lines as the network does; versions are compared line by line."""
    return text.replace("\r\n", "\n").strip()


def _changed_meanwhile() -> ChangedMeanwhile:
    return ChangedMeanwhile(
        _("Somebody saved another version meanwhile. Compare it with your text, then save again.")
    )
