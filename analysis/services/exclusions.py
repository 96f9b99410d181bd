"""
The exclusion list: rules are added and removed, and each change is a new version of the list.

Whoever changes the list says which version they saw. A change that came in between is refused,
and two changes at the same moment are settled by the unique number of a version.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from analysis.models import CategoryGroup, ExclusionRule, ListVersion
from labelhub.accounts.models import User
from labelhub.accounts.services import audit
from labelhub.errors import DomainError
from mlcore import exclusion
from mlcore.text.normalise import fold


class StaleList(DomainError):
    """Somebody changed the exclusion list since this person looked at it."""


class BadRule(DomainError):
    """The words or the group of a rule cannot make a rule."""


class RuleInForce(DomainError):
    """The list says this already, or does not say it any more."""


def current_version() -> int:
    """Return the number of the list's newest version; 0 when there is none yet."""
    newest: int | None = ListVersion.objects.aggregate(newest=Max("number"))["newest"]
    return newest or 0


def value_of(rule: ExclusionRule) -> exclusion.ExclusionRule:
    """
    Return the rule as the value that travels down to datasets.

    Raises:
        BadRule: the words or the group cannot make a rule.
    """
    try:
        return exclusion.ExclusionRule(
            id=str(rule.pk or ""),
            keyword=rule.keyword,
            categories=frozenset(category.path for category in rule.group.categories.all()),
            action=exclusion.Action(rule.action),
            unless=tuple(rule.unless),
            in_mall_category=rule.in_mall_category,
            is_substring=rule.is_substring,
            reason=rule.reason,
        )
    except ValueError as problem:
        raise BadRule(str(problem)) from problem


def rules_in_force() -> tuple[exclusion.ExclusionRule, ...]:
    """Return the rules of the newest version, their groups resolved to category paths."""
    return tuple(value_of(rule) for rule in _in_force())


def rules_at(*, number: int) -> tuple[exclusion.ExclusionRule, ...]:
    """Return the rules as they were at a version, whatever became of the groups since."""
    records = ListVersion.objects.get(number=number).rules
    return tuple(exclusion.ExclusionRule.from_record(record) for record in records)


def draft(
    *,
    group: CategoryGroup,
    keyword: str,
    action: str = ExclusionRule.Action.DROP,
    unless: Sequence[str] = (),
    in_mall_category: bool = False,
    is_substring: bool = False,
    reason: str = "",
) -> ExclusionRule:
    """
    Return a rule that is not saved, its words folded as they will be matched.

    Raises:
        BadRule: there is no keyword or no category, or a substring should be stripped.
    """
    rule = ExclusionRule(
        keyword=fold(keyword),
        group=group,
        action=action,
        unless=[folded for word in unless if (folded := fold(word))],
        in_mall_category=in_mall_category,
        is_substring=is_substring,
        reason=reason.strip(),
    )
    value_of(rule)
    return rule


@transaction.atomic
def add_rule(*, rule: ExclusionRule, base: int, by: User | None, now: datetime) -> ExclusionRule:
    """
    Put a drafted rule in force, as a new version of the list.

    Args:
        rule: what `draft` returned.
        base: the version of the list that the person saw; 0 for none.

    Raises:
        StaleList: the list has another version by now.
        RuleInForce: the keyword has a rule for this group and action.
    """
    version = next_version(base=base, reason=rule.reason or rule.keyword, by=by, now=now)
    rule.added_in = version
    try:
        with transaction.atomic():
            rule.save()
    except IntegrityError:
        raise RuleInForce(
            _("“%(keyword)s” has a rule for the group %(group)s already.")
            % {"keyword": rule.keyword, "group": rule.group.name}
        ) from None
    seal(version)
    _audit(rule, version, by, now, verb="added an exclusion rule")
    return rule


@transaction.atomic
def remove_rule(
    *, rule: ExclusionRule, reason: str, base: int, by: User | None, now: datetime
) -> ListVersion:
    """
    Take a rule out of force, as a new version of the list.

    Raises:
        StaleList: the list has another version by now.
        RuleInForce: the rule was removed before.
    """
    version = next_version(base=base, reason=reason.strip() or rule.keyword, by=by, now=now)
    standing = ExclusionRule.objects.in_force().filter(pk=rule.pk)
    if not standing.update(removed_in=version):
        raise RuleInForce(_("This rule is not in force any more."))
    seal(version)
    _audit(rule, version, by, now, verb="removed an exclusion rule")
    return version


def next_version(*, base: int, reason: str, by: User | None, now: datetime) -> ListVersion:
    """
    Begin the version after `base`; `seal` it when its rules are written.

    Raises:
        StaleList: the list has another version by now.
    """
    if current_version() != base:
        raise _stale()
    try:
        with transaction.atomic():
            return ListVersion.objects.create(number=base + 1, reason=reason, by=by, created_at=now)
    except IntegrityError:
        raise _stale() from None


def seal(version: ListVersion) -> None:
    """Write the rules into the version as values, which nothing changes any more."""
    version.rules = [value_of(rule).as_record() for rule in _in_force()]
    version.save(update_fields=["rules"])


def _in_force() -> list[ExclusionRule]:
    standing = ExclusionRule.objects.in_force().select_related("group")
    return list(standing.prefetch_related("group__categories").order_by("pk"))


def _stale() -> StaleList:
    return StaleList(
        _("Somebody changed the exclusion list meanwhile. Look at it again, then repeat this.")
    )


def _audit(
    rule: ExclusionRule, version: ListVersion, by: User | None, now: datetime, *, verb: str
) -> None:
    record = value_of(rule).as_record()
    details = {
        **record,
        "unless": ", ".join(record["unless"]),
        "categories": ", ".join(record["categories"]),
        "group": rule.group.name,
        "version": version.number,
    }
    audit.record(by=by, verb=verb, target=rule, details=details, now=now)
