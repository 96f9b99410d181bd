"""The smallest valid row of each table."""

from __future__ import annotations

from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from analysis.models import CategoryGroup, ExclusionRule, ListVersion
from labelhub.accounts.models import User
from labelhub.accounts.roles import Role
from labelhub.accounts.services import notice
from labelhub.catalog.models import Category, Sample
from labelhub.jobs.models import Job
from labelhub.labelling.models import (
    Annotation,
    Assignment,
    CheckShowing,
    Consensus,
    Guideline,
    GuidelineVersion,
    HiddenCheck,
    Judgement,
    ReviewDraw,
    Round,
)
from labelhub.registry.models import Corpus, ModelVersion, Prediction

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class UserFactory(DjangoModelFactory[User]):
    """A person who has read what is recorded; `notice_read=0, notice_read_at=None` has not."""

    username = factory.Sequence(lambda n: f"person{n}")
    role = Role.ANNOTATOR
    notice_read = notice.EDITION
    notice_read_at = NOW

    class Meta:
        model = User


class CategoryFactory(DjangoModelFactory[Category]):
    """A category at a path; its missing ancestors are made too: `CategoryFactory(path="a>b")`."""

    path = factory.Sequence(lambda n: f"category{n}")

    class Meta:
        model = Category
        django_get_or_create = ("path",)

    @classmethod
    def _create(cls, model_class, *args, path, **kwargs):
        found = model_class.objects.filter(path=path).first()
        if found:
            return found
        above, _, name = path.rpartition(">")
        parent = cls._create(model_class, path=above) if above else None
        level = path.count(">") + 1
        category = model_class.objects.create(
            path=path, name=name, parent=parent, level=level, **kwargs
        )
        category.lineage = [*(parent.lineage if parent else []), category.pk]
        category.save()
        if parent:
            model_class.objects.filter(pk=parent.pk).update(is_leaf=False)
        return category


class SampleFactory(DjangoModelFactory[Sample]):
    product_id = factory.Sequence(lambda n: f"p{n}")
    name = factory.Sequence(lambda n: f"product {n}")
    content_hash = ""
    created_at = NOW

    class Meta:
        model = Sample


class RoundFactory(DjangoModelFactory[Round]):
    name = factory.Sequence(lambda n: f"round {n}")
    seed = 1
    created_at = NOW

    class Meta:
        model = Round


class GuidelineFactory(DjangoModelFactory[Guideline]):
    """A guideline of rounds with its first version: `GuidelineFactory(text="…")`."""

    name = factory.Sequence(lambda n: f"guideline {n}")
    created_at = NOW

    class Meta:
        model = Guideline

    @classmethod
    def _create(cls, model_class, *args, text="Follow the size.", **kwargs):
        guideline = model_class.objects.create(**kwargs)
        GuidelineVersion.objects.create(guideline=guideline, number=1, text=text, created_at=NOW)
        return guideline


class AssignmentFactory(DjangoModelFactory[Assignment]):
    round = factory.SubFactory(RoundFactory)
    sample = factory.SubFactory(SampleFactory)
    turn = factory.LazyAttribute(lambda row: 0 if row.round.is_blind else -row.sample.priority)
    position = factory.Sequence(int)

    class Meta:
        model = Assignment


class AnnotationFactory(DjangoModelFactory[Annotation]):
    """A current answer, with the answered assignment it belongs to."""

    annotator = factory.SubFactory(UserFactory)
    round = factory.SubFactory(RoundFactory)
    sample = factory.SubFactory(SampleFactory)
    category = factory.SubFactory(CategoryFactory)
    answered_at = NOW
    assignment = factory.SubFactory(
        AssignmentFactory,
        round=factory.SelfAttribute("..round"),
        sample=factory.SelfAttribute("..sample"),
        annotator=factory.SelfAttribute("..annotator"),
        answered_at=NOW,
    )

    class Meta:
        model = Annotation


class ConsensusFactory(DjangoModelFactory[Consensus]):
    sample = factory.SubFactory(SampleFactory)
    category = factory.SubFactory(CategoryFactory)
    source = "people"
    state = "settled"
    method = "majority"
    quality = 1.0
    votes = 2
    computed_at = NOW

    class Meta:
        model = Consensus


class JudgementFactory(DjangoModelFactory[Judgement]):
    sample = factory.SubFactory(SampleFactory)
    category = factory.SubFactory(CategoryFactory)
    reviewer = factory.SubFactory(UserFactory, role=Role.CURATOR)
    is_acceptable = True
    judged_at = NOW

    class Meta:
        model = Judgement


class ReviewDrawFactory(DjangoModelFactory[ReviewDraw]):
    sample = factory.SubFactory(SampleFactory)
    drawn_at = NOW

    class Meta:
        model = ReviewDraw


class HiddenCheckFactory(DjangoModelFactory[HiddenCheck]):
    """A check whose sample was drawn and accepted as `category` by two reviewers."""

    sample = factory.SubFactory(SampleFactory)
    made_at = NOW

    class Meta:
        model = HiddenCheck

    @classmethod
    def _create(cls, model_class, *args, category=None, **kwargs):
        check = model_class.objects.create(**kwargs)
        category = category or CategoryFactory()
        ReviewDrawFactory(sample=check.sample)
        JudgementFactory.create_batch(2, sample=check.sample, category=category)
        return check


class CheckShowingFactory(DjangoModelFactory[CheckShowing]):
    """A check that an annotator answered, wrongly unless `is_right`."""

    check_shown = factory.SubFactory(HiddenCheckFactory)
    annotator = factory.SubFactory(UserFactory)
    round = factory.SubFactory(RoundFactory)
    shown_at = NOW
    is_right = False
    annotation = factory.SubFactory(
        AnnotationFactory,
        annotator=factory.SelfAttribute("..annotator"),
        round=factory.SelfAttribute("..round"),
        sample=factory.SelfAttribute("..check_shown.sample"),
        is_check=True,
        assignment__is_check=True,
    )

    class Meta:
        model = CheckShowing

    @classmethod
    def _create(cls, model_class, *args, round, annotation, **kwargs):
        return model_class.objects.create(
            annotation=annotation, assignment=annotation.assignment, **kwargs
        )


class ModelVersionFactory(DjangoModelFactory[ModelVersion]):
    """Predictions from elsewhere; a trained version needs a run (see tests/registry)."""

    name = factory.Sequence(lambda n: f"version {n}")
    origin = "imported"
    created_at = NOW

    class Meta:
        model = ModelVersion


class PredictionFactory(DjangoModelFactory[Prediction]):
    version = factory.SubFactory(ModelVersionFactory)
    sample = factory.SubFactory(SampleFactory)
    category = factory.SubFactory(CategoryFactory)
    probability = 0.8
    category_ids = factory.LazyAttribute(lambda made: [made.category.pk])
    probabilities = factory.LazyAttribute(lambda made: [made.probability])
    rest = factory.LazyAttribute(lambda made: 1 - made.probability)
    predicted_at = NOW

    class Meta:
        model = Prediction


class CorpusFactory(DjangoModelFactory[Corpus]):
    name = factory.Sequence(lambda n: f"corpus{n}")
    rows = 0
    categories = 0
    fingerprint = "f" * 64
    tokeniser = "mecab"
    mall_rows = 0
    created_at = NOW

    class Meta:
        model = Corpus


class JobFactory(DjangoModelFactory[Job]):
    kind = "probe"
    created_at = NOW
    rung_at = NOW

    class Meta:
        model = Job


class CategoryGroupFactory(DjangoModelFactory[CategoryGroup]):
    name = factory.Sequence(lambda n: f"group{n}")

    class Meta:
        model = CategoryGroup


class ListVersionFactory(DjangoModelFactory[ListVersion]):
    number = factory.Sequence(lambda n: n + 1)
    reason = "for a test"
    created_at = NOW

    class Meta:
        model = ListVersion


class ExclusionRuleFactory(DjangoModelFactory[ExclusionRule]):
    keyword = factory.Sequence(lambda n: f"word{n}")
    group = factory.SubFactory(CategoryGroupFactory)
    added_in = factory.SubFactory(ListVersionFactory)

    class Meta:
        model = ExclusionRule
