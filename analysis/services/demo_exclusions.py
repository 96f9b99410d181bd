"""The exclusion list of the demo market: groups of categories, and a keyword a rule."""

from __future__ import annotations

from django.utils import timezone

from analysis.models import CategoryGroup, ExclusionRule
from analysis.services import exclusions, groups, impacts
from analysis.services.demo_walk import Walk
from labelhub.catalog.models import Category
from mlcore.demo.rules import DemoRule, demo_groups, demo_rules


def exclude(walk: Walk) -> None:
    """Put the rules of the talk in force, and count what they hit."""
    walk.job.report(stage="Writing the exclusion list")
    made = {group.key: _group(walk, group.name_ko, group.paths) for group in demo_groups()}
    for rule in demo_rules():
        _add(walk, rule, made[rule.group])
    impacts.request_counts(by=walk.by)


def _group(walk: Walk, name: str, paths: tuple[str, ...]) -> CategoryGroup:
    there = CategoryGroup.objects.filter(name=name).first()
    if there:
        return there
    named = list(Category.objects.current().filter(path__in=paths))
    with walk.job.writing():
        return groups.make_group(name=name, categories=named, by=walk.by, now=timezone.now())


def _add(walk: Walk, rule: DemoRule, group: CategoryGroup) -> None:
    draft = exclusions.draft(
        group=group, keyword=rule.keyword, unless=rule.unless, reason=rule.reason_ko
    )
    if ExclusionRule.objects.in_force().filter(keyword=draft.keyword, group=group).exists():
        return
    with walk.job.writing():
        exclusions.add_rule(
            rule=draft, base=exclusions.current_version(), by=walk.by, now=timezone.now()
        )
