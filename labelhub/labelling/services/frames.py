"""The frame of a round: the samples that its plan may draw from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from labelhub.catalog.models import ImportBatch, Sample
from labelhub.labelling.models import Annotation, Assignment, Round, Source


@dataclass(frozen=True, kw_only=True)
class Frame:
    """
    Which samples fit. A part that says nothing leaves all in.

    A round stores its frame, so that it can be extended by the same rule, and so that the chance
    of a sample that it did not draw can be told later.
    """

    under: int | None = None  # given category in the subtree of this one
    mall_name: str = ""
    brand: str = ""
    words: str = ""  # each stands in the name
    month_from: date | None = None  # first of the month; both ends count
    month_to: date | None = None
    has_image: bool | None = None
    batch: int | None = None  # added by this import
    is_new: bool = False  # in no round of people yet
    is_unlabelled: bool = False  # no answer of people stands

    def as_record(self) -> dict[str, Any]:
        """Return the parts that say something, as JSON values."""
        said = {name: value for name, value in vars(self).items() if value not in (None, "", False)}
        if self.has_image is not None:
            said["has_image"] = self.has_image
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in said.items()
        }

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> Frame:
        """Return the frame that `as_record` wrote."""
        months = {
            name: date.fromisoformat(record[name])
            for name in ("month_from", "month_to")
            if name in record
        }
        return cls(**{**record, **months})

    def samples(self) -> QuerySet[Sample]:
        """Return the samples that fit now."""
        fitting = self._lasting()
        if self.is_new:
            fitting = fitting.exclude(Exists(_met(Round.objects.filter(source=Source.PEOPLE))))
        if self.is_unlabelled:
            fitting = fitting.exclude(Exists(_answered(Round.objects.filter(source=Source.PEOPLE))))
        return fitting

    def samples_before(
        self, round: Round, *, last_id: int, ignoring: Collection[int] = ()
    ) -> QuerySet[Sample]:
        """
        Return the samples that fitted when the round was drawn, as far as that is still known.

        Args:
            last_id: the highest id of a sample then.
            ignoring: ids of rounds to which "in no round yet" and "no answer" close their eyes.
        """
        earlier = Round.objects.filter(source=Source.PEOPLE, pk__lt=round.pk)
        earlier = earlier.exclude(pk__in=ignoring)
        fitting = self._lasting().filter(pk__lte=last_id)
        if self.is_new:
            fitting = fitting.exclude(Exists(_met(earlier)))
        if self.is_unlabelled:
            then = Q(answered_at__lt=round.created_at) & (
                Q(superseded_at=None) | Q(superseded_at__gt=round.created_at)
            )
            fitting = fitting.exclude(Exists(_answered(earlier, then)))
        return fitting

    def _lasting(self) -> QuerySet[Sample]:
        """Return the samples that fit by what they are, whatever people did with them."""
        samples = Sample.objects.all()
        if self.under is not None:
            samples = samples.filter(given_category__lineage__contains=[self.under])
        if self.mall_name:
            samples = samples.filter(mall_name__iexact=self.mall_name)
        if self.brand:
            samples = samples.filter(brand__iexact=self.brand)
        for word in self.words.split():
            samples = samples.filter(name__icontains=word)
        if self.month_from:
            samples = samples.filter(registered_month__gte=self.month_from)
        if self.month_to:
            samples = samples.filter(registered_month__lte=self.month_to)
        if self.has_image is not None:
            samples = samples.exclude(image="") if self.has_image else samples.filter(image="")
        if self.batch is not None:
            # An import stamps what it adds with the time at which it ends.
            ended = ImportBatch.objects.filter(pk=self.batch).values("finished_at")
            samples = samples.filter(created_at=Subquery(ended))
        return samples


def _met(rounds: QuerySet[Round]) -> QuerySet[Assignment]:
    return Assignment.objects.filter(sample=OuterRef("pk"), round__in=rounds, is_check=False)


def _answered(rounds: QuerySet[Round], when: Q | None = None) -> QuerySet[Annotation]:
    stood = Q(superseded_at=None) if when is None else when
    return Annotation.objects.filter(stood, sample=OuterRef("pk"), round__in=rounds, is_check=False)
