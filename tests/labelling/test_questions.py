"""Questions about guidelines and their answers."""

from datetime import timedelta

import pytest

from labelhub.labelling.models import Guideline, Question
from labelhub.labelling.services import guiding, questions
from tests.factories import (
    NOW,
    AssignmentFactory,
    CategoryFactory,
    GuidelineFactory,
    RoundFactory,
    SampleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


def ask(annotator, guideline=None, text="Is a tote a bag?", **more):
    guideline = guideline or GuidelineFactory()
    return questions.ask(guideline=guideline, text=text, asked_by=annotator, now=NOW, **more)


def answer(question, curator, text="Yes.", seen=""):
    questions.answer(question=question, seen=seen, text=text, by=curator, now=LATER)


def test_a_question_waits_until_a_curator_answers(annotator, curator):
    question = ask(annotator)
    assert list(questions.waiting()) == [question]

    answer(question, curator)

    assert not questions.waiting().exists()


def test_the_same_question_sent_twice_is_kept_once(annotator):
    guideline = GuidelineFactory()

    assert ask(annotator, guideline) == ask(annotator, guideline)


def test_an_empty_question_is_refused(annotator):
    with pytest.raises(questions.NothingAsked):
        ask(annotator, text="  ")


def test_one_person_cannot_bury_the_questions_of_others(annotator):
    guideline = GuidelineFactory()
    for number in range(questions.MOST_UNANSWERED):
        ask(annotator, guideline, text=f"question {number}")

    with pytest.raises(questions.TooMany):
        ask(annotator, guideline, text="one more")


def test_a_round_without_a_guideline_gets_one_with_the_first_question(annotator):
    round = RoundFactory(name="Bags")

    question = questions.ask_in(round=round, text="Which level?", asked_by=annotator, now=NOW)

    round.refresh_from_db()
    assert round.guideline == question.guideline == Guideline.objects.get(name="Bags")


def test_the_second_of_two_answers_is_refused(annotator, curator):
    question = ask(annotator)
    answer(question, curator, "Yes.")

    with pytest.raises(questions.AnsweredMeanwhile):
        answer(question, UserFactory(role="curator"), "No.")

    assert Question.objects.get().answer == "Yes."


def test_an_answer_can_be_put_right_and_is_then_unread_again(annotator, curator):
    question = ask(annotator)
    answer(question, curator, "Yes.")
    questions.mark_read(asker=annotator, question_id=question.pk, now=LATER)

    answer(question, curator, "Only with a zip.", seen="Yes.")

    assert list(questions.unread(annotator)) == [question]


def test_the_asker_sees_the_answer_once(annotator, curator):
    question = ask(annotator)
    answer(question, curator)
    assert list(questions.unread(annotator)) == [question]

    questions.mark_read(asker=annotator, question_id=question.pk, now=LATER)

    assert not questions.unread(annotator).exists()


def test_nobody_reads_an_answer_for_somebody_else(annotator, curator):
    question = ask(annotator)
    answer(question, curator)

    questions.mark_read(asker=UserFactory(), question_id=question.pk, now=LATER)

    assert questions.unread(annotator).exists()


def test_answered_questions_are_for_everybody_open_ones_for_asker_and_curators(annotator, curator):
    guideline = GuidelineFactory()
    answered = ask(annotator, guideline, text="first")
    answer(answered, curator)
    ask(annotator, guideline, text="second")

    def read_by(reader):
        return [each.row.text for each in guiding.of(guideline, reader=reader).questions]

    assert read_by(UserFactory()) == ["first"]
    assert read_by(annotator) == ["second", "first"]
    assert read_by(curator) == ["second", "first"]


def test_a_product_that_is_still_labelled_blind_is_named_to_the_asker_and_curators_only(
    annotator, curator
):
    assignment = AssignmentFactory(sample=SampleFactory(name="red tote"))
    guideline = GuidelineFactory()
    answer(ask(annotator, guideline, sample=assignment.sample), curator)

    def named_to(reader):
        return guiding.of(guideline, reader=reader).questions[0].product

    assert named_to(UserFactory()) == ""
    assert named_to(annotator) == named_to(curator) == "red tote"


def test_in_the_label_page_a_curator_is_told_no_more_than_others(annotator, curator):
    assignment = AssignmentFactory(
        sample=SampleFactory(name="red tote"), round=RoundFactory(guideline=GuidelineFactory())
    )
    question = ask(annotator, assignment.round.guideline, sample=assignment.sample)
    answer(question, curator)

    [shown] = guiding.of_round(assignment.round, reader=curator).questions

    assert shown.product == ""


def test_a_category_without_a_guideline_guides_nobody():
    assert guiding.of_category(CategoryFactory()).version is None
