"""Category groups: named sets of nodes of the tree that rules speak about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from analysis.models import CategoryGroup, ExclusionRule, RuleImpact
from analysis.services import exclusions
from labelhub.accounts.models import User
from labelhub.accounts.services import audit
from labelhub.catalog.models import Category
from labelhub.errors import DomainError


class BadGroup(DomainError):
    """A group needs a name of its own and at least one category."""


class GroupInUse(DomainError):
    """Rules, or earlier versions of the list, speak about the group."""


@transaction.atomic
def make_group(
    *, name: str, categories: Sequence[Category], by: User | None, now: datetime
) -> CategoryGroup:
    """
    Name a set of categories; each stands for everything below it too.

    Raises:
        BadGroup: no category, no name, or one that is too long or taken.
    """
    group = CategoryGroup()
    _fill(group, name, categories)
    _audit(group, by, now, verb="made a category group")
    return group


@transaction.atomic
def change_group(
    *,
    group: CategoryGroup,
    name: str,
    categories: Sequence[Category],
    base: int,
    by: User | None,
    now: datetime,
) -> CategoryGroup:
    """
    Rename a group or change its categories.

    Other categories under rules in force are a new version of the exclusion list, so that a
    version's number never stands for two contents.

    Args:
        base: the version of the list that the person saw.

    Raises:
        BadGroup: no category, no name, or a name that is taken.
        exclusions.StaleList: the list has another version by now.
    """
    before = set(group.categories.all())
    rules = ExclusionRule.objects.in_force().filter(group=group)
    _fill(group, name, categories)
    if before != set(categories) and rules.exists():
        reason = _("Categories of the group %(name)s") % {"name": group.name}
        version = exclusions.next_version(base=base, reason=reason, by=by, now=now)
        exclusions.seal(version)
        RuleImpact.objects.filter(rule__in=rules).delete()
    _audit(group, by, now, verb="changed a category group")
    return group


@transaction.atomic
def remove_group(*, group: CategoryGroup, by: User | None, now: datetime) -> None:
    """
    Forget a group that no rule ever spoke about.

    Raises:
        GroupInUse: a rule does, or did.
    """
    _audit(group, by, now, verb="removed a category group")
    try:
        group.delete()
    except ProtectedError:
        raise GroupInUse(
            _("Rules speak about the group %(name)s, so it stays.") % {"name": group.name}
        ) from None


def _fill(group: CategoryGroup, name: str, categories: Sequence[Category]) -> None:
    if not name.strip() or not categories:
        raise BadGroup(_("Give the group a name and choose at least one category."))
    group.name = name.strip()
    longest = CategoryGroup._meta.get_field("name").max_length or 0
    if len(group.name) > longest:
        raise BadGroup(
            _("Give the group a name of at most %(longest)d letters.") % {"longest": longest}
        )
    try:
        with transaction.atomic():
            group.save()
    except IntegrityError:
        raise BadGroup(
            _("There is a group named %(name)s already.") % {"name": group.name}
        ) from None
    group.categories.set(categories)


def _audit(group: CategoryGroup, by: User | None, now: datetime, *, verb: str) -> None:
    paths = ", ".join(sorted(group.categories.values_list("path", flat=True)))
    audit.record(
        by=by, verb=verb, target=group, details={"name": group.name, "categories": paths}, now=now
    )
