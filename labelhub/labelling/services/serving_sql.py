"""The statements behind `claims` and `showing`: what comes next, and what is shown of it."""

from functools import lru_cache

# One request of a person at a time: two tabs would otherwise each see nothing held.
LOCK_PERSON = "SELECT FROM accounts_user WHERE id = %(annotator)s FOR NO KEY UPDATE"

# Unanswered assignments that nobody holds, of samples that are new to this annotator.
# OFFSET 0 keeps these three conditions lookups of one row each, asked while walking
# along the queue; joined, they would be worked out for the whole round at every claim.
FREE = """
assignment.round_id = %(round)s AND assignment.answered_at IS NULL AND NOT assignment.is_check
AND (assignment.annotator_id IS NULL OR assignment.lease_expires_at <= %(now)s)
AND NOT EXISTS (
    SELECT FROM labelling_assignment AS met
    WHERE met.round_id = %(round)s AND met.sample_id = assignment.sample_id
      AND met.annotator_id = %(annotator)s AND met.id <> assignment.id OFFSET 0
)
AND NOT EXISTS (
    SELECT FROM labelling_skip AS skip
    JOIN labelling_assignment AS skipped ON skipped.id = skip.assignment_id
    WHERE skipped.round_id = %(round)s AND skipped.sample_id = assignment.sample_id
      AND skip.annotator_id = %(annotator)s OFFSET 0
)
"""

MOST_WORDS = 50  # in a wish; its text is not longer
FITS = """
EXISTS (SELECT FROM catalog_sample AS sample
        WHERE sample.id = assignment.sample_id AND {conditions} OFFSET 0)
"""
IN_SUBTREE = """
(sample.mall_category = %(mall_category)s OR starts_with(sample.mall_category, %(below)s))
"""

# What a page shows of an assignment that somebody holds. {suggestions} and {pictures} are empty
# lists where the round shows none, so that a blind statement does not even ask for them. {adult}:
# somebody flagged the sample as adult, in whatever round.
SHOWN = """
SELECT assignment.id, assignment.round_id, assignment.lease_expires_at, assignment.position,
       sample.product_id, sample.name, sample.mall_name, sample.mall_category, sample.brand,
       sample.maker, sample.registered_at, sample.price, {adult}, {pictures}, {suggestions}
FROM {assignments} AS assignment
JOIN catalog_sample AS sample ON sample.id = assignment.sample_id
"""
PICTURES = """
(SELECT coalesce(json_agg(json_build_array(picture.name, image.sha256,
                                           greatest(image.width, image.height))
                          ORDER BY picture.position), '[]')
 FROM catalog_sampleimage AS picture LEFT JOIN catalog_image AS image ON image.id = picture.image_id
 WHERE picture.sample_id = sample.id)
"""
SUGGESTIONS = """
(SELECT coalesce(json_agg(json_build_array(category.id, category.path, proposed.value -> 1)
                          ORDER BY proposed.place), '[]')
 FROM jsonb_array_elements(assignment.suggestions) WITH ORDINALITY AS proposed (value, place)
 JOIN catalog_category AS category ON category.id = (proposed.value ->> 0)::bigint)
"""
NONE = "'[]'::json"
ADULT = """
EXISTS (SELECT FROM labelling_flag AS flag
        JOIN labelling_assignment AS flagged ON flagged.id = flag.assignment_id
        WHERE flag.kind = 'adult' AND flagged.sample_id = sample.id)
"""

ORDER = "assignment.turn, assignment.position, assignment.id"
BEHIND = "(assignment.turn, assignment.position) > (%(turn)s, %(position)s)"

# Assignments that the annotator holds, and one free one where they are fewer than `ahead`. Those
# in `holding` are in the page already, so they count and are not returned. Free ones are taken
# one by one, since a second copy of a sample just taken is no longer free.
CLAIM = """
WITH held AS MATERIALIZED (
    SELECT assignment.id, assignment.turn, assignment.position,
           assignment.id = ANY(%(holding)s) AS is_there,
           {fits} AS is_wanted
    FROM labelling_assignment AS assignment
    WHERE assignment.annotator_id = %(annotator)s AND assignment.round_id = %(round)s
      AND assignment.answered_at IS NULL
      AND (assignment.lease_expires_at > %(now)s OR assignment.id = ANY(%(holding)s))
), again AS (
    SELECT id FROM held WHERE is_wanted AND NOT is_there
    ORDER BY turn, position, id
    LIMIT greatest(0, %(ahead)s - (SELECT count(*) FROM held WHERE is_there))
), free AS MATERIALIZED (
    SELECT assignment.id
    FROM labelling_assignment AS assignment
    WHERE (SELECT count(*) FROM held WHERE is_wanted OR is_there) < %(ahead)s
      AND (SELECT count(*) FROM held) < %(most)s
      AND {free} AND {fits} AND {after}
    ORDER BY {order} LIMIT 1
    FOR NO KEY UPDATE OF assignment SKIP LOCKED
), chosen AS (
    SELECT id FROM again UNION ALL SELECT id FROM free
), taken AS (
    UPDATE labelling_assignment AS assignment
    SET annotator_id = %(annotator)s, lease_expires_at = %(until)s,
        passed_from = CASE WHEN assignment.annotator_id <> %(annotator)s
                           THEN array_append(
                               array_remove(assignment.passed_from, assignment.annotator_id),
                               assignment.annotator_id)
                           ELSE assignment.passed_from END
    FROM chosen WHERE assignment.id = chosen.id
    RETURNING assignment.*
)
{shown}
ORDER BY {order}
"""

CLAIM_TYPES = {
    "round": "bigint",
    "annotator": "bigint",
    "now": "timestamptz",
    "until": "timestamptz",
    "ahead": "int",
    "holding": "bigint[]",
    "most": "int",
    "turn": "float8",
    "position": "bigint",
    **{f"word{number}": "text" for number in range(MOST_WORDS)},
    **dict.fromkeys(("mall_name", "brand", "maker", "mall_category", "below"), "text"),
}

# What the annotator holds beside what {fits} goes back, newest leases last, as far as there is no
# room for it.
MAKE_ROOM = """
UPDATE labelling_assignment AS held
SET annotator_id = NULL, lease_expires_at = NULL,
    passed_from = array_append(array_remove(held.passed_from, held.annotator_id),
                               held.annotator_id)
WHERE held.id IN (
    SELECT assignment.id FROM labelling_assignment AS assignment
    WHERE assignment.annotator_id = %(annotator)s AND assignment.round_id = %(round)s
      AND assignment.answered_at IS NULL AND NOT assignment.is_check AND NOT {fits}
    ORDER BY assignment.lease_expires_at DESC, assignment.id OFFSET %(room)s
)
"""


@lru_cache(maxsize=256)  # writing it out takes as long as a small query
def claim(*, fits: str, is_behind: bool, **columns: str) -> str:
    """Return `CLAIM` for a kind of round and a wish; `is_behind`: behind a spot in the queue."""
    shown = SHOWN.format(assignments="taken", **columns)
    return CLAIM.format(
        fits=fits,
        free=FREE,
        shown=shown,
        order=ORDER,
        after=BEHIND if is_behind else "TRUE",
    )
