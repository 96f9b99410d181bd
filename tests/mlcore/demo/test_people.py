from collections import defaultdict
from datetime import UTC

import numpy as np
import pytest

from mlcore.demo.people import annotate, judge, reviewers_of
from mlcore.demo.tree import leaves

PATHS = {leaf.path for leaf in leaves()}


@pytest.fixture(scope="module")
def answers(shown):
    return annotate(shown, np.random.default_rng(5))


@pytest.fixture(scope="module")
def true_paths(shown):
    return {row.product_id: row.true_category_path for row in shown}


def test_people_are_right_three_times_in_four(answers, true_paths):
    right = np.mean([answer.category_path == true_paths[answer.product_id] for answer in answers])

    assert 0.72 <= right <= 0.78


def test_about_one_in_a_hundred_cannot_be_decided(answers):
    undecided = np.mean([answer.category_path is None for answer in answers])

    assert 0.005 < undecided < 0.02


def test_every_product_is_answered_by_two_different_people(answers, shown):
    people = defaultdict(set)
    for answer in answers:
        people[answer.product_id].add(answer.annotator)

    assert len(answers) == 2 * len(shown)
    assert all(len(names) == 2 for names in people.values())


def test_two_people_who_agree_are_nearly_always_right(answers, true_paths):
    given = defaultdict(list)
    for answer in answers:
        given[answer.product_id].append(answer.category_path)
    agreed = {key: first for key, (first, second) in given.items() if first == second and first}

    right = np.mean([path == true_paths[key] for key, path in agreed.items()])

    assert 0.5 < len(agreed) / len(given) < 0.7
    assert 0.9 < right < 0.99


def test_some_annotators_are_better_than_others(answers, true_paths):
    right = defaultdict(list)
    for answer in answers:
        right[answer.annotator].append(answer.category_path == true_paths[answer.product_id])
    shares = [np.mean(values) for values in right.values()]

    assert len(shares) == 5
    assert max(shares) - min(shares) > 0.1


def test_childrens_clothes_are_taken_for_babies_clothes(answers, true_paths):
    mistaken = [
        answer
        for answer in answers
        if true_paths[answer.product_id] == "출산/육아>유아동의류>원피스"
        if answer.category_path == "출산/육아>유아의류>원피스"
    ]

    assert mistaken


def test_answers_are_leaves_given_at_a_time_with_zone(answers):
    assert {answer.category_path for answer in answers} - {None} <= PATHS
    assert all(answer.answered_at.tzinfo is UTC for answer in answers)


def test_one_annotator_gives_one_answer_at_a_time(answers):
    times = [answer.answered_at for answer in answers if answer.annotator == "label.haneul"]

    assert len(set(times)) == len(times)


def test_more_answers_than_annotators_are_refused(shown):
    with pytest.raises(ValueError, match="overlap"):
        annotate(shown[:1], np.random.default_rng(5), annotators=2, overlap=3)


def test_reviewers_judge_by_the_truth_but_for_three_in_a_hundred():
    truth = {f"p{number}": frozenset({"a", "b"}) for number in range(2000)}
    pairs = [(key, path) for key in truth for path in ("a", "c")]

    judged = judge(truth, pairs, np.random.default_rng(5))
    wrong = np.mean([j.is_acceptable != (j.category_path == "a") for j in judged])

    assert len(judged) > len(pairs)
    assert 0.02 < wrong < 0.04


def test_the_pairs_of_a_product_go_to_the_same_reviewers():
    truth = {"p1": frozenset({"a"})}

    judged = judge(truth, [("p1", "a"), ("p1", "b")], np.random.default_rng(5))
    by_path = {path: {j.reviewer for j in judged if j.category_path == path} for path in "ab"}

    assert by_path["a"] == by_path["b"] == set(reviewers_of("p1"))


def test_one_product_in_ten_is_judged_twice():
    twice = sum(len(reviewers_of(f"p{number}")) == 2 for number in range(5000))

    assert 400 < twice < 600
