"""What a curator fills in about a round: which samples it asks about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from labelhub.catalog.models import Category, ImportBatch
from labelhub.errors import DomainError
from labelhub.labelling.forms import MOST_MORE, TermsForm, terms_of
from labelhub.labelling.models import Round
from labelhub.labelling.services import drawing, product_lists
from labelhub.labelling.services.drawing import Choice, Proposal, SamplingPlan
from labelhub.labelling.services.frames import Frame
from labelhub.labelling.services.product_lists import Listed

MONTH = re.compile(r"([1-9]\d{3})-(0[1-9]|1[0-2])")
BATCHES = 50  # imports to choose from, the newest first
PLANS = [
    (Round.Plan.EVERYTHING, _("all that fit")),
    (Round.Plan.RANDOM, _("some, at random")),
    (Round.Plan.STRATIFIED, _("some of every given category, at random")),
    (Round.Plan.FILE, _("those on a list")),
]


class MonthField(forms.Field):
    """A month as the browser writes it, 2026-01; the first of the month."""

    widget = forms.DateInput(attrs={"type": "month", "placeholder": "2026-01"}, format="%Y-%m")

    def to_python(self, value: Any) -> date | None:
        if not value or isinstance(value, date):
            return value or None
        written = MONTH.fullmatch(str(value).strip())
        if written is None:
            raise ValidationError(_("Write a month as 2026-01."))
        return date(int(written[1]), int(written[2]), 1)


class BatchField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """An import that added samples."""

    def label_from_instance(self, obj: ImportBatch) -> str:
        return f"{timezone.localdate(obj.created_at):%Y-%m-%d} · {obj.file_name} · {obj.added:,}"


class FrameForm(forms.Form):
    """Which samples fit."""

    finder = "under"  # the field that the category finder of the page fills
    under = forms.ModelChoiceField(
        label=_("Given a category in"),
        queryset=Category.objects.current(),
        required=False,
        widget=forms.HiddenInput,
    )
    words = forms.CharField(
        label=_("Words in the name"), required=False, help_text=_("All of them, in any order.")
    )
    mall_name = forms.CharField(label=_("Mall"), required=False)
    brand = forms.CharField(label=_("Brand"), required=False)
    month_from = MonthField(label=_("Registered from"), required=False)
    month_to = MonthField(
        label=_("Registered to"),
        required=False,
        help_text=_("Products without a month are left out then."),
    )
    has_image = forms.TypedChoiceField(
        label=_("Image"),
        required=False,
        choices=[("", _("with or without")), ("yes", _("with")), ("no", _("without"))],
        coerce=lambda said: said == "yes",
        empty_value=None,
    )
    batch = BatchField(
        label=_("Added by the import"),
        queryset=ImportBatch.objects.none(),
        required=False,
        empty_label=pgettext_lazy("import", "any"),
    )
    is_new = forms.BooleanField(label=_("In no round yet"), required=False)
    is_unlabelled = forms.BooleanField(label=_("Without an answer yet"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        added = ImportBatch.objects.filter(kind="samples", is_applied=True, added__gt=0)
        newest = added.order_by("-created_at", "-pk").values("pk")[:BATCHES]
        self.fields["batch"].queryset = (  # type: ignore[attr-defined]
            ImportBatch.objects.filter(pk__in=list(newest.values_list("pk", flat=True))).order_by(
                "-created_at", "-pk"
            )
        )

    def clean(self) -> dict[str, Any]:
        chosen: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = chosen.get("month_from"), chosen.get("month_to")
        if first and last and first > last:
            self.add_error("month_to", _("This month is before the first one."))
        if self.data.get("q", "").strip() and not chosen.get(self.finder):
            self.add_error(self.finder, _("Choose a category that is found, or empty the field."))
        return chosen

    def frame(self) -> Frame:
        """Return what the form says."""
        chosen = self.cleaned_data
        same = ("mall_name", "brand", "words", "month_from", "month_to", "has_image")
        return Frame(
            under=chosen["under"].pk if chosen.get("under") else None,
            batch=chosen["batch"].pk if chosen["batch"] else None,
            is_new=chosen["is_new"],
            is_unlabelled=chosen["is_unlabelled"],
            **{name: chosen[name] for name in same},
        )


@dataclass(frozen=True)
class ListDraw:
    """What a list would draw."""

    listed: Listed
    choice: Choice
    drawn: int

    @property
    def unfit(self) -> int:
        """Known products of the list that the filters leave out."""
        return len(self.listed.ids) - len(self.listed.unknown) - self.drawn


class ListForm(forms.Form):
    """Product ids, in a file or typed."""

    file = forms.FileField(
        label=_("File of product ids"),
        required=False,
        help_text=_("Text with one id a line, or CSV with the column product_id."),
    )
    product_ids = forms.CharField(
        label=_("Or type the product ids"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line."),
    )
    skip_unknown = forms.BooleanField(label=_("Skip ids that are unknown"), required=False)
    listed: Listed | None = None  # what the list names, once the form is clean

    def clean(self) -> dict[str, Any]:
        chosen: dict[str, Any] = super().clean() or self.cleaned_data
        if self.takes_list(chosen) and "file" not in self.errors:
            self._read_list(chosen)
        return chosen

    def takes_list(self, chosen: dict[str, Any]) -> bool:
        """Tell whether the form as it was filled in asks for a list."""
        return True

    def _read_list(self, chosen: dict[str, Any]) -> None:
        file, typed = chosen.get("file"), chosen.get("product_ids", "")
        where = "file" if file else "product_ids"
        try:
            if file and typed.strip():
                raise product_lists.BadList(_("Choose a file or type the ids, not both."))
            self.listed = (
                product_lists.from_file(file.read()) if file else product_lists.from_text(typed)
            )
        except DomainError as problem:
            self.add_error(where, str(problem))

    def list_draw(self, frame: Frame) -> ListDraw:
        """Return what the list would draw of the samples that fit."""
        assert self.listed is not None  # the form is clean
        samples = frame.samples().filter(product_id__in=self.listed.ids)
        file, drawn = self.cleaned_data.get("file"), samples.count()
        details = {
            "frame_of_list": frame.as_record(),
            "file_name": file.name if file else "",
            "listed": len(self.listed.ids),
            "repeated": self.listed.repeated,
            "unknown": len(self.listed.unknown),
            "drawn": drawn,
        }
        choice = drawing.all_of(samples, plan=Round.Plan.FILE, details=details)
        return ListDraw(self.listed, choice, drawn)

    def list_choice(self, frame: Frame) -> Choice:
        """
        Return the samples of the list.

        Raises:
            BadList: ids are unknown, and are not to be skipped.
        """
        found = self.list_draw(frame)
        if not self.cleaned_data["skip_unknown"]:
            found.listed.refuse_unknown()
        return found.choice


class PlanForm(FrameForm, ListForm):
    """Which of the samples that fit are drawn, and how."""

    plan = forms.ChoiceField(
        label=_("Draw"),
        choices=PLANS,
        initial=Round.Plan.EVERYTHING,
        widget=forms.RadioSelect,
    )
    number = forms.IntegerField(
        label=_("Number of samples"), required=False, min_value=1, max_value=MOST_MORE
    )
    level = forms.TypedChoiceField(
        label=_("Categories at level"), required=False, coerce=int, empty_value=None
    )
    minimum = forms.IntegerField(
        label=_("At least of each category"),
        required=False,
        min_value=0,
        max_value=MOST_MORE,
        help_text=_("Small categories are drawn more often then; figures weigh them down again."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        deepest = Category.objects.aggregate(level=Max("level"))["level"] or 1
        levels = [(level, str(level)) for level in range(1, deepest + 1)]
        self.fields["level"].choices = levels  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        chosen = super().clean()
        plan = chosen.get("plan")
        is_random = plan in (Round.Plan.RANDOM, Round.Plan.STRATIFIED)
        if is_random and not chosen.get("number") and "number" not in self.errors:
            self.add_error("number", _("Say how many samples to draw."))
        return chosen

    def takes_list(self, chosen: dict[str, Any]) -> bool:
        return bool(chosen.get("plan") == Round.Plan.FILE)

    def draw(self) -> Proposal | ListDraw:
        """
        Return what would be drawn.

        Raises:
            CannotDraw: the plan asks for what the samples do not give.
        """
        if self.listed is not None:
            return self.list_draw(self.frame())
        return drawing.propose(self._plan())

    def choice(self, *, seed: int) -> Choice:
        """Return the samples of the round; raises what `draw` does."""
        if self.listed is not None:
            return self.list_choice(self.frame())
        return drawing.propose(self._plan()).choice(seed=seed)

    def _plan(self) -> SamplingPlan:
        chosen, kind = self.cleaned_data, self.cleaned_data["plan"]
        is_stratified = kind == Round.Plan.STRATIFIED
        return SamplingPlan(
            frame=self.frame(),
            kind=kind,
            number=(chosen["number"] or 0) if kind != Round.Plan.EVERYTHING else 0,
            level=(chosen["level"] or 1) if is_stratified else 0,
            minimum=(chosen["minimum"] or 0) if is_stratified else 0,
        )


class RoundForm(TermsForm, PlanForm):
    """A new round: which samples, how often, under which guideline, and who sees what."""


def like(round: Round) -> dict[str, Any]:
    """Return what the form shows at first when a round is made like another one."""
    details = round.plan_details
    frame = Frame.of_record(details.get("frame") or details.get("frame_of_list") or {})
    known = {str(plan) for plan, _name in PLANS}
    said = {name: value for name, value in vars(frame).items() if value is not None}
    if frame.has_image is not None:
        said["has_image"] = "yes" if frame.has_image else "no"
    return {
        **terms_of(round),
        **said,
        "plan": round.plan if round.plan in known else Round.Plan.EVERYTHING,
        "number": details.get("number") or None,
        "level": details.get("level") or 1,
        "minimum": details.get("minimum") or None,
    }
