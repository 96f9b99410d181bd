"""How people did in hidden checks is forgotten in time."""

from datetime import timedelta

import pytest

from labelhub.accounts.models import User
from labelhub.jobs.services import carrying, jobs
from labelhub.labelling.models import Annotation, CheckShowing
from labelhub.labelling.services import forgetting
from tests.factories import NOW, AnnotationFactory, HiddenCheckFactory

pytestmark = pytest.mark.django_db

HALF_A_YEAR = timedelta(days=180)


def shown(at, **more):
    answer = AnnotationFactory(is_check=True)
    check = HiddenCheckFactory(sample=answer.sample)
    values = {"annotation": answer, "is_right": False, **more}
    return CheckShowing.objects.create(
        check_shown=check,
        assignment=answer.assignment,
        annotator=answer.annotator,
        shown_at=at,
        **values,
    )


def test_old_outcomes_are_deleted_and_their_answers_stay():
    shown(NOW - timedelta(days=181))
    younger = shown(NOW - timedelta(days=179))

    count = forgetting.forget_checks(older_than=HALF_A_YEAR, now=NOW)

    assert count == 1
    assert list(CheckShowing.objects.all()) == [younger]
    assert Annotation.objects.count() == 2


def test_what_is_contested_is_kept_until_it_is_decided(curator):
    contested = shown(NOW - timedelta(days=300), contested_at=NOW - timedelta(days=200))
    assert forgetting.forget_checks(older_than=HALF_A_YEAR, now=NOW) == 0

    CheckShowing.objects.filter(pk=contested.pk).update(
        decided_at=NOW, decided_by=curator, is_upheld=False, decision="It has no zip."
    )

    assert forgetting.forget_checks(older_than=HALF_A_YEAR, now=NOW) == 1


def test_a_check_that_nobody_answered_says_nothing_about_anybody():
    shown(NOW - timedelta(days=300), annotation=None, is_right=None)

    assert forgetting.forget_checks(older_than=HALF_A_YEAR, now=NOW) == 0


def test_the_nightly_job_forgets_names_logins_and_outcomes(annotator):
    shown(NOW - 20 * HALF_A_YEAR)
    User.objects.filter(pk=annotator.pk).update(
        is_active=False, deactivated_at=NOW - 20 * HALF_A_YEAR
    )
    job = jobs.enqueue("forget", by=None)

    carrying.carry_out(job.pk)

    job.refresh_from_db()
    assert job.state == "done", job.error
    annotator.refresh_from_db()
    assert annotator.username == annotator.pseudonym
    assert not CheckShowing.objects.exists()
