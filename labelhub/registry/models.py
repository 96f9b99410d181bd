"""What models say: corpora, datasets, runs, model versions, predictions."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from labelhub.catalog.models import Category, Sample

STORED_RANKS = 20  # categories kept of one prediction; the mass of the others is `rest`


class Corpus(models.Model):
    """Training rows as Parquet, in the folder `corpora/<name>` of the data folder."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    rows = models.PositiveBigIntegerField()
    categories = models.PositiveIntegerField()
    fingerprint = models.CharField(max_length=64)
    tokeniser = models.CharField(max_length=100)  # fingerprint of what made the tokens
    mall_rows = models.PositiveBigIntegerField(
        null=True
    )  # with a shop's category; null: not counted
    picture_rows = models.PositiveBigIntegerField(default=0)  # with a picture that is kept
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} ({self.pk})"


class Dataset(models.Model):
    """A corpus after curation, fingerprinted. Never changes."""

    corpus = models.ForeignKey(Corpus, on_delete=models.PROTECT, related_name="datasets")
    fingerprint = models.CharField(max_length=64, unique=True)
    rules = models.JSONField(default=list)  # the exclusion rules as values, to build it again
    plan = models.JSONField(default=dict)  # class and month balance; empty: none
    list_version = models.PositiveIntegerField(default=0)  # of the exclusion list; 0: none
    relabelled = models.JSONField(default=dict)  # category path by product id, as people accepted
    counts = models.JSONField(default=dict)  # rows before and after each step
    rows = models.PositiveBigIntegerField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"dataset {self.fingerprint[:12]} ({self.pk})"


class Run(models.Model):
    """One training from one dataset with one config and seed."""

    version_name = models.CharField(_("version"), max_length=100, unique=True)
    corpus = models.ForeignKey(Corpus, on_delete=models.PROTECT, related_name="runs")
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, null=True, related_name="runs")
    rules = models.JSONField(default=list)
    plan = models.JSONField(default=dict)  # class and month balance; empty: none
    list_version = models.PositiveIntegerField(default=0)
    relabelled = models.JSONField(default=dict)  # category path by product id, as people accepted
    confirmed = models.JSONField(default=list)  # product ids whose given category people kept
    config = models.JSONField(default=dict)
    learns_sample_names = models.BooleanField(default=False)  # without anybody's categories
    seed = models.BigIntegerField()
    history = models.JSONField(default=list)  # loss and accuracy of each epoch
    job = models.ForeignKey("jobs.Job", on_delete=models.SET_NULL, null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"run of {self.version_name} ({self.pk})"


class Search(models.Model):
    """Many short trainings on one dataset, to find better settings for a run."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    corpus = models.ForeignKey(Corpus, on_delete=models.PROTECT, related_name="searches")
    dataset = models.ForeignKey(
        Dataset, on_delete=models.PROTECT, null=True, related_name="searches"
    )
    rules = models.JSONField(default=list)
    plan = models.JSONField(default=dict)
    list_version = models.PositiveIntegerField(default=0)
    relabelled = models.JSONField(default=dict)  # as of a run
    confirmed = models.JSONField(default=list)
    config = models.JSONField(default=dict)  # what it begins with, and leaves alone
    trials = models.PositiveIntegerField()  # wanted in all
    workers = models.PositiveSmallIntegerField()  # at once, at most
    found = models.JSONField(default=dict)  # see `mlcore.training.search_found.Found`
    job = models.ForeignKey("jobs.Job", on_delete=models.SET_NULL, null=True)  # the first worker's
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(trials__gte=1, workers__gte=1), name="search_tries_something"
            ),
        ]

    def __str__(self) -> str:
        return f"search {self.name} ({self.pk})"


class Ladder(models.Model):
    """Every model from the majority class to the shipped one, on the same rows of a corpus."""

    corpus = models.ForeignKey(Corpus, on_delete=models.PROTECT, related_name="ladders")
    rules = models.JSONField(default=list)
    list_version = models.PositiveIntegerField(default=0)
    learnt = models.PositiveIntegerField(null=True)  # rows each rung learns from; null: all
    config = models.JSONField(default=dict)
    ground = models.JSONField(default=dict)  # numbers of the rows, once they are known
    steps = models.JSONField(default=list)  # see `mlcore.training.ladder.Step`
    job = models.ForeignKey("jobs.Job", on_delete=models.SET_NULL, null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"ladder on {self.corpus_id} ({self.pk})"


class ModelVersionQuerySet(models.QuerySet["ModelVersion"]):
    """Versions by what they have said."""

    def predicting(self) -> ModelVersionQuerySet:
        """Versions with a prediction; each is looked up once, however many it has."""
        return self.filter(Exists(Prediction.objects.filter(version=OuterRef("pk"))))


class ModelVersion(models.Model):
    """What a finished run made, or predictions that came from elsewhere (origin *imported*)."""

    class Origin(models.TextChoices):
        TRAINED = "trained", _("trained here")
        IMPORTED = "imported", _("imported")

    class Stage(models.TextChoices):
        CANDIDATE = "candidate", _("candidate")
        LIVE = "live", _("live")
        RETIRED = "retired", _("retired")

    name = models.CharField(_("name"), max_length=100, unique=True)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.CANDIDATE)
    run = models.OneToOneField(Run, on_delete=models.PROTECT, null=True, related_name="version")
    folder = models.CharField(max_length=200, blank=True)  # inside `models/` of the data folder
    fingerprint = models.CharField(max_length=64, blank=True)
    scores = models.JSONField(default=dict)  # on held-out rows of the dataset
    is_calibrated = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    promoted_at = models.DateTimeField(null=True)  # orders the versions that were live

    objects = ModelVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["stage"],
                condition=Q(stage="live"),
                name="at_most_one_live_version",
            ),
            models.CheckConstraint(
                condition=Q(origin="trained", run__isnull=False, folder__gt="")
                | Q(origin="imported", run=None, folder=""),
                name="trained_version_has_run_and_artifact",
            ),
            models.CheckConstraint(
                condition=~Q(origin="imported", stage="live"),
                name="imported_version_is_never_live",
            ),
            models.CheckConstraint(
                condition=~Q(stage="live") | Q(promoted_at__isnull=False),
                name="live_version_was_promoted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.pk})"


class Prediction(models.Model):
    """One version's categories and probabilities for one sample, most probable first."""

    # No index of its own for version and category: two indexes below begin with the version.
    version = models.ForeignKey(
        ModelVersion, on_delete=models.PROTECT, related_name="predictions", db_index=False
    )
    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="predictions")
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    probability = models.FloatField()
    # Four bytes an id: with 20 ranks a row, eight would be a fifth of the table.
    category_ids = ArrayField(models.IntegerField(), size=STORED_RANKS)
    probabilities = ArrayField(models.FloatField(), size=STORED_RANKS)
    rest = models.FloatField()  # mass of the categories not stored
    predicted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "sample"], name="one_prediction_a_sample"),
            models.CheckConstraint(
                condition=Q(probability__gte=0, probability__lte=1),
                name="probability_in_range",
            ),
            models.CheckConstraint(
                condition=Q(rest__gte=0, rest__lte=1), name="rest_mass_in_range"
            ),
            models.CheckConstraint(
                condition=Q(category_ids__len=F("probabilities__len")),
                name="a_probability_for_each_rank",
            ),
            models.CheckConstraint(
                condition=Q(category_ids__0=F("category")),
                name="category_is_the_first_rank",
            ),
        ]
        indexes = [models.Index(fields=["version", "category"], name="prediction_by_category")]

    def __str__(self) -> str:
        return f"prediction {self.pk}"


class RefurbishDecision(models.Model):
    """What a curator decided about one row that a run refurbished; the last word counts."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="decisions")
    product_id = models.CharField(max_length=200)
    given_path = models.TextField()
    new_path = models.TextField()
    is_accepted = models.BooleanField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "product_id"], name="one_decision_a_refurbished_row"
            ),
            models.CheckConstraint(
                condition=~Q(given_path=F("new_path")), name="refurbished_label_is_another"
            ),
        ]

    def __str__(self) -> str:
        return f"decision {self.pk}"
