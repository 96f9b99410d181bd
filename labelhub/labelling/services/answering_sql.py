"""The statement behind `answering`: an ordinary answer, checked and written at once."""

# An ordinary answer: the annotator holds the assignment, the round goes on, the category fits.
# Whatever else comes finds no row here, and `annotations.submit` says what it is.
#
# The person is locked first (two tabs take turns), then the sample (answers to it wait for each
# other, so that each counts the ones before it). The update looks at the assignment again.
ORDINARY = """
WITH person AS MATERIALIZED (
    SELECT id FROM accounts_user WHERE id = %(annotator)s FOR NO KEY UPDATE
), asked AS MATERIALIZED (
    SELECT assignment.id, assignment.sample_id, assignment.turn, assignment.position,
           round.id AS round_id, round.state, round.is_blind, round.fields_shown,
           round.check_share, round.openly_numbered, round.source,
           CASE WHEN round.is_blind THEN '[]' ELSE assignment.suggestions END AS suggestions,
           (SELECT version.id FROM labelling_guidelineversion AS version
            WHERE version.guideline_id = round.guideline_id
            ORDER BY version.number DESC LIMIT 1) AS guideline_version_id
    FROM person, labelling_assignment AS assignment
    JOIN labelling_round AS round ON round.id = assignment.round_id
    WHERE assignment.id = %(assignment)s AND assignment.annotator_id = person.id
      AND assignment.answered_at IS NULL AND NOT assignment.is_check
      AND round.source = 'people' AND round.state <> 'closed'
      AND (round.is_for_everyone
           OR EXISTS (SELECT FROM labelling_round_members AS member
                      WHERE member.round_id = round.id AND member.user_id = person.id))
      AND (%(is_sealed)s OR round.check_share = 0 OR assignment.id = ANY(round.openly_numbered))
      AND {fits}
), sample AS MATERIALIZED (
    SELECT sample.id FROM catalog_sample AS sample
    WHERE sample.id = (SELECT sample_id FROM asked) FOR NO KEY UPDATE
), held AS (
    UPDATE labelling_assignment AS assignment SET answered_at = %(now)s
    FROM asked JOIN sample ON sample.id = asked.sample_id
    WHERE assignment.id = asked.id AND assignment.annotator_id = %(annotator)s
      AND assignment.answered_at IS NULL
    RETURNING asked.*
), made AS (
    INSERT INTO labelling_annotation (assignment_id, round_id, sample_id, annotator_id,
        category_id, is_undecidable, is_assisted, fields_shown, suggestions,
        guideline_version_id, comment, key, is_check, answered_at)
    SELECT id, round_id, sample_id, %(annotator)s, %(category)s, %(category)s IS NULL,
           suggestions <> '[]', fields_shown, suggestions, guideline_version_id,
           %(comment)s, %(key)s, false, %(now)s
    FROM held
    RETURNING id
)
SELECT made.id, held.sample_id, held.turn, held.position,
       held.round_id, held.source, held.state, held.is_blind, held.fields_shown, held.check_share,
       held.openly_numbered
FROM held, made
"""
# The same as `Round.takes`.
CATEGORY_FITS = """
EXISTS (
    SELECT FROM catalog_category AS category
    WHERE category.id = %(category)s AND category.retired_at IS NULL
      AND CASE WHEN round.answer_level IS NULL THEN category.is_leaf
               ELSE category.level = round.answer_level
                    OR category.is_leaf AND category.level < round.answer_level END
)
"""
TYPES = {
    "assignment": "bigint",
    "is_sealed": "boolean",
    "annotator": "bigint",
    "category": "bigint",
    "comment": "text",
    "key": "uuid",
    "now": "timestamptz",
}
FOR_A_CATEGORY = ORDINARY.format(fits=CATEGORY_FITS)
UNDECIDABLE = ORDINARY.format(fits="TRUE")
