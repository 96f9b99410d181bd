"""What guides the people of the demo market: examples, questions, words for categories."""

from __future__ import annotations

from django.utils import timezone

from analysis.services.demo_walk import SEED, Walk
from labelhub.accounts.models import User
from labelhub.catalog.models import Category, Sample, SynonymProposal
from labelhub.catalog.services import synonyms
from labelhub.labelling.models import Assignment, Guideline
from labelhub.labelling.services import examples, guidelines, questions
from mlcore.demo import sayings
from mlcore.demo.market import truth
from mlcore.demo.people import ANNOTATORS

ASKERS = ANNOTATORS[:2]


def explain(walk: Walk) -> None:
    """Show examples in the guideline, write one for a category, and ask and answer questions."""
    with walk.job.writing():
        guideline = walk.round.guideline
        if guideline is None or guideline.examples.exists():
            return
        _show_examples(guideline, walk)
        _write_about_category(walk)
        _ask(guideline, walk)


def propose_synonyms(walk: Walk) -> None:
    """Count what people searched for in vain, so that curators find proposals."""
    with walk.job.writing():
        if SynonymProposal.objects.exists():
            return
        by, now = User.objects.get(username=ANNOTATORS[0]), timezone.now()
        for word, path, times in sayings.MISSED:
            category = Category.objects.get(path=path)
            for _time in range(times):
                synonyms.propose(word=word, category=category, by=by, now=now)


def _show_examples(guideline: Guideline, walk: Walk) -> None:
    samples = iter(_kids_jackets(walk))
    for example in sayings.EXAMPLES:
        sample = next(samples, None)
        if sample is None:
            return
        examples.add(
            guideline=guideline,
            sample=sample,
            category=Category.objects.get(path=example.category_path),
            belongs=example.belongs,
            note=example.note_ko,
            by=walk.by,
            now=timezone.now(),
        )


def _kids_jackets(walk: Walk) -> list[Sample]:
    """Return products with an image that are kids' jackets in truth and wait for no answer."""
    known = truth(SEED, walk.samples)
    jackets = [name for name, paths in known.items() if sayings.KIDS_JACKET in paths]
    waiting = Assignment.objects.filter(answered_at=None).values("sample")
    answered = Sample.objects.filter(product_id__in=jackets).exclude(pk__in=waiting)
    return list(answered.exclude(image="").order_by("pk")[: len(sayings.EXAMPLES)])


def _write_about_category(walk: Walk) -> None:
    now = timezone.now()
    category = Category.objects.get(path=sayings.KIDS_JACKET)
    guidelines.revise(
        guideline=guidelines.of_category(category=category, now=now),
        seen=0,
        text=sayings.KIDS_JACKET_GUIDELINE_KO,
        by=walk.by,
        now=now,
    )


def _ask(guideline: Guideline, walk: Walk) -> None:
    for asker, said in zip(ASKERS, sayings.QUESTIONS, strict=True):
        asked = questions.ask(
            guideline=guideline,
            text=said.text_ko,
            asked_by=User.objects.get(username=asker),
            now=timezone.now(),
        )
        if said.answer_ko:
            questions.answer(
                question=asked, seen="", text=said.answer_ko, by=walk.by, now=timezone.now()
            )
