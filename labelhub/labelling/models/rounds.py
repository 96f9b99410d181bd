"""What is asked of whom: rounds, assignments, skips."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from labelhub.accounts.models import User
from labelhub.catalog.models import Category, Sample
from labelhub.labelling.models.guidelines import Guideline

LEASE = timedelta(minutes=30)  # long enough for a coffee; a reload or the page renews it
MOST_CHECKS = 0.2  # share of hidden checks in a round
# By these each sample has a known chance, so that figures may stand on them; the others hold what
# somebody or something pointed to.
PROBABILITY_PLANS = ("everything", "random", "stratified")
POINTED_PLANS = ("uncertainty", "disagreement", "file")
FIELDS = [
    "mall_name",
    "mall_category",
    "brand",
    "maker",
    "registered_at",
    "price",
    "image",
]


class Source(models.TextChoices):
    """Whose answers a round holds."""

    PEOPLE = "people", _("people")
    GIVEN = "given", _("given category")


def all_fields() -> list[str]:
    return list(FIELDS)


class RoundQuerySet(models.QuerySet["Round"]):
    """Rounds by who may work in them."""

    def of(self, annotator: User) -> RoundQuerySet:
        """Rounds of people that this person belongs to, open or not."""
        belongs = Round.members.through.objects.filter(round=OuterRef("pk"), user=annotator)
        return self.filter(source=Source.PEOPLE).filter(Q(is_for_everyone=True) | Exists(belongs))

    def open_to(self, annotator: User) -> RoundQuerySet:
        """Open rounds of people in which this person may label."""
        return self.of(annotator).filter(state=Round.State.OPEN)

    def locked(self) -> RoundQuerySet:
        """Rounds that nobody else changes meanwhile; answers, which refer to them, go on coming."""
        return self.select_for_update(no_key=True, of=("self",))


class Round(models.Model):
    """A drawn set of samples labelled under one guideline."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        PAUSED = "paused", _("paused")
        CLOSED = "closed", _("closed")

    class Plan(models.TextChoices):
        EVERYTHING = "everything", _("all that fit")
        RANDOM = "random", _("at random")
        STRATIFIED = "stratified", _("stratified by given category")
        UNCERTAINTY = "uncertainty", _("where the model is unsure")
        DISAGREEMENT = "disagreement", _("where people and model differ")
        FILE = "file", _("from a list")

    name = models.CharField(_("name"), max_length=200, unique=True)
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.PEOPLE)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    overlap = models.PositiveSmallIntegerField(_("annotators a sample"), default=1)
    is_blind = models.BooleanField(_("blind"), default=True)
    fields_shown = ArrayField(models.CharField(max_length=20), default=all_fields)
    answer_level = models.PositiveSmallIntegerField(
        _("level of answers"), null=True
    )  # null: leaves
    guideline = models.ForeignKey(
        Guideline, on_delete=models.PROTECT, null=True, related_name="rounds"
    )
    plan = models.CharField(max_length=12, choices=Plan.choices, default=Plan.EVERYTHING)
    plan_details = models.JSONField(default=dict)  # what was asked of the plan, and what it drew
    check_share = models.FloatField(_("share of hidden checks"), default=0)
    # Ids of assignments that were at work when checks were switched on: they keep their numbers.
    openly_numbered = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    closed_at = models.DateTimeField(null=True)
    # When it last went on after it had been closed: answers from before stand.
    reopened_at = models.DateTimeField(null=True)
    is_for_everyone = models.BooleanField(default=True)
    members = models.ManyToManyField(User, related_name="rounds", blank=True)
    seed = models.BigIntegerField()  # fixes the serving order, so that a round can be redrawn
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()

    objects = RoundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(overlap__gte=1), name="overlap_is_at_least_one"),
            models.CheckConstraint(
                condition=Q(answer_level=None) | Q(answer_level__gte=1),
                name="answer_level_counts_from_one",
            ),
            models.CheckConstraint(
                condition=Q(source__in=Source.values), name="round_has_a_known_source"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "paused", "closed"]), name="round_has_a_known_state"
            ),
            models.CheckConstraint(
                condition=Q(plan__in=[*PROBABILITY_PLANS, *POINTED_PLANS]),
                name="round_has_a_known_plan",
            ),
            models.CheckConstraint(
                condition=Q(check_share__gte=0, check_share__lte=MOST_CHECKS),
                name="checks_are_a_small_share",
            ),
            models.CheckConstraint(
                condition=Q(state="closed") | Q(closed_at=None),
                name="only_a_closed_round_was_closed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.pk})"

    @property
    def is_probability_sample(self) -> bool:
        """Tell whether figures may stand on the samples of the round."""
        return self.plan in PROBABILITY_PLANS

    def takes(self, category: Category) -> bool:
        """Tell whether answers may name this category: a leaf, or a node of the round's level."""
        if category.retired_at is not None:
            return False
        if self.answer_level is None:
            return category.is_leaf
        is_short_leaf = category.is_leaf and category.level < self.answer_level
        return category.level == self.answer_level or is_short_leaf


class Assignment(models.Model):
    """One answer wanted of one sample in one round; two annotators means two rows."""

    # No index of its own for `round` and `annotator`: those below begin with them, and every one
    # that is left out makes drawing, claiming and answering cheaper.
    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="assignments", db_index=False
    )
    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="assignments")
    # Smaller first: in assisted rounds minus the priority of the sample, which the database keeps
    # up with; 0 in blind ones.
    turn = models.FloatField(default=0, db_default=0)
    position = models.BigIntegerField()  # random at drawing
    annotator = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="assignments", db_index=False
    )
    lease_expires_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    # Ids of annotators whose lease ran out before another took it: their late answers still count.
    passed_from = ArrayField(models.BigIntegerField(), default=list)
    suggestions = models.JSONField(default=list)  # assisted rounds: [category id, probability]
    # The chance with which the plan drew the sample; null where the plan is no probability sample.
    inclusion_probability = models.FloatField(null=True)
    # Brought by an answer that came late, beside those that the round wants: nobody else gets it.
    is_extra = models.BooleanField(default=False, db_default=False)
    # A hidden check; counted in nothing else.
    is_check = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "sample", "annotator"],
                name="annotator_meets_sample_once_a_round",
            ),
            models.CheckConstraint(
                condition=Q(annotator=None, lease_expires_at=None, answered_at=None)
                | Q(annotator__isnull=False, lease_expires_at__isnull=False)
                | Q(annotator__isnull=False, answered_at__isnull=False),
                name="assignment_is_free_leased_or_answered",
            ),
            models.CheckConstraint(
                condition=Q(is_extra=False) | Q(annotator__isnull=False, answered_at__isnull=False),
                name="extra_assignment_is_of_who_answered",
            ),
            models.CheckConstraint(
                condition=Q(inclusion_probability=None)
                | Q(inclusion_probability__gt=0, inclusion_probability__lte=1),
                name="inclusion_probability_is_a_chance",
            ),
        ]
        indexes = [
            models.Index(
                fields=["round", "turn", "position", "id"],
                condition=Q(answered_at=None),
                name="assignment_waiting",
            ),
            models.Index(
                fields=["annotator", "round"],
                condition=Q(answered_at=None, annotator__isnull=False),
                name="assignment_held",
            ),
        ]

    def __str__(self) -> str:
        return f"assignment {self.pk}"


class Skip(models.Model):
    """An annotator passed on an assignment; somebody else gets it."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="skips")
    annotator = models.ForeignKey(User, on_delete=models.PROTECT, related_name="skips")
    reason = models.CharField(max_length=200, blank=True)
    skipped_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)  # a curator has dealt with the reason
    handled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    resolution = models.CharField(max_length=500, blank=True, db_default="")  # what came of it

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(handled_at=None, handled_by=None)
                | Q(handled_at__isnull=False, handled_by__isnull=False),
                name="handled_skip_says_by_whom",
            ),
            models.UniqueConstraint(fields=["assignment", "annotator"], name="skipped_once"),
        ]
        indexes = [models.Index(fields=["annotator", "assignment"], name="skip_by_annotator")]

    def __str__(self) -> str:
        return f"skip {self.pk}"
