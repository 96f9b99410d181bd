"""The statements behind `checks`: which samples make a check, and which check is due."""

from labelhub.labelling.services.effective import EFFECTIVE_JUDGEMENTS

# What reviewers say of the drawn samples, which are few among all that are judged.
TALLIES = """
SELECT sample_id, category_id, count(*) FILTER (WHERE is_acceptable) AS yes,
       count(*) FILTER (WHERE NOT is_acceptable) AS no
FROM labelling_judgement
WHERE superseded_at IS NULL AND sample_id IN (SELECT sample_id FROM labelling_reviewdraw)
GROUP BY sample_id, category_id
"""
# Two reviewers or more accept one category, and they are divided on none.
AGREE = "bool_and(yes <> no) AND bool_or(yes >= %(reviewers)s AND yes > no)"
AGREED = f"""
SELECT sample_id FROM ({TALLIES}) AS tallies GROUP BY sample_id HAVING {AGREE}
"""  # noqa: S608  # no value of a user is in it

MAKE = f"""
INSERT INTO labelling_hiddencheck (sample_id, made_at, showings)
SELECT sample_id, %(now)s, 0 FROM ({AGREED}) AS agreed ORDER BY sample_id
ON CONFLICT (sample_id) DO NOTHING
"""  # noqa: S608

# What reviewers no longer agree on is no check any more. One that was shown often enough is over
# once those who have it before them have had time to answer.
RETIRE = f"""
UPDATE labelling_hiddencheck AS hidden SET retired_at = %(now)s
WHERE retired_at IS NULL AND (
    sample_id NOT IN ({AGREED})
    OR showings >= %(most)s AND NOT EXISTS (
        SELECT FROM labelling_checkshowing AS showing
        WHERE showing.check_shown_id = hidden.id AND showing.annotation_id IS NULL
          AND showing.shown_at > %(open_since)s)
)
"""  # noqa: S608

# A check is taken only where it cannot be told from the rest of the round and asks this person
# nothing that they have said, seen or will be asked: the sample is new to them, no assignment of it
# waits in the round, no guideline shows it, its answer is one that the round takes, in an assisted
# round a model has something to suggest, and it is as the annotator wished (`wishes`, which call
# what has the sample `assignment`).
CHOOSE = f"""
WITH tallies AS MATERIALIZED ({TALLIES}), answerable AS MATERIALIZED (
    SELECT tallies.sample_id
    FROM tallies JOIN catalog_category AS category ON category.id = tallies.category_id
    GROUP BY tallies.sample_id
    HAVING {AGREE} AND bool_or(
        yes > no AND category.retired_at IS NULL
        AND (category.is_leaf OR coalesce(category.level >= %(level)s, false)))
)
SELECT assignment.id, assignment.sample_id, coalesce(suggested.suggestions, '[]')
FROM labelling_hiddencheck AS assignment
LEFT JOIN LATERAL (
    SELECT other.suggestions FROM labelling_assignment AS other
    WHERE NOT %(is_blind)s AND other.sample_id = assignment.sample_id AND other.suggestions <> '[]'
    ORDER BY other.id DESC LIMIT 1
) AS suggested ON true
WHERE assignment.retired_at IS NULL AND assignment.showings < %(most)s
  AND assignment.sample_id IN (SELECT sample_id FROM answerable)
  AND (%(is_blind)s OR suggested.suggestions IS NOT NULL)
  AND NOT EXISTS (SELECT FROM labelling_annotation AS said
                  WHERE said.sample_id = assignment.sample_id AND said.annotator_id = %(annotator)s)
  AND NOT EXISTS (SELECT FROM labelling_judgement AS own
                  WHERE own.sample_id = assignment.sample_id AND own.reviewer_id = %(annotator)s)
  AND NOT EXISTS (SELECT FROM labelling_assignment AS met
                  WHERE met.sample_id = assignment.sample_id
                    AND (met.annotator_id = %(annotator)s
                         OR %(annotator)s = ANY(met.passed_from)
                         OR met.round_id = %(round)s AND met.answered_at IS NULL
                            AND NOT met.is_check))
  AND NOT EXISTS (SELECT FROM labelling_skip AS skip
                  JOIN labelling_assignment AS skipped ON skipped.id = skip.assignment_id
                  WHERE skipped.sample_id = assignment.sample_id
                    AND skip.annotator_id = %(annotator)s)
  AND NOT EXISTS (SELECT FROM labelling_guidelineexample AS example
                  WHERE example.sample_id = assignment.sample_id AND example.removed_at IS NULL)
  AND {{fits}}
ORDER BY md5(concat_ws(' ', assignment.id, %(annotator)s)), assignment.id
LIMIT 1
FOR UPDATE OF assignment SKIP LOCKED
"""  # noqa: S608

# How many assignments of the round this person has had before: answered, passed on and held.
PLACE = """
WITH held AS (
    SELECT count(*) AS number FROM labelling_assignment
    WHERE round_id = %(round)s AND annotator_id = %(annotator)s AND answered_at IS NULL
      AND lease_expires_at > %(now)s
)
SELECT held.number
     + (SELECT count(*) FROM labelling_annotation
        WHERE round_id = %(round)s AND annotator_id = %(annotator)s AND superseded_at IS NULL)
     + (SELECT count(*) FROM labelling_skip AS skip
        JOIN labelling_assignment AS passed_on ON passed_on.id = skip.assignment_id
        WHERE passed_on.round_id = %(round)s AND skip.annotator_id = %(annotator)s),
       held.number
FROM held
"""

# Served next to what comes next, so that a reload shows the same order.
POSITION = """
SELECT turn, position - 1 FROM labelling_assignment
WHERE round_id = %(round)s AND answered_at IS NULL AND annotator_id IS NULL AND NOT is_check
ORDER BY turn, position, id LIMIT 1
"""

IS_RIGHT = f"""
SELECT EXISTS (
    SELECT FROM ({EFFECTIVE_JUDGEMENTS}) AS effective
    JOIN catalog_category AS category ON category.id = effective.category_id
    WHERE effective.sample_id = %(sample)s AND effective.is_acceptable
      AND %(answer)s = ANY(category.lineage))
"""  # noqa: S608
