"""The statements behind `consensus`: tally blind answers and write what they support."""

from labelhub.labelling.services.effective import EFFECTIVE_JUDGEMENTS

# Answers that count: current, blind, of one source, and not to a hidden check.
COUNTED = """
labelling_annotation AS annotation
JOIN labelling_round AS round ON round.id = annotation.round_id
WHERE annotation.superseded_at IS NULL AND NOT annotation.is_assisted AND NOT annotation.is_check
  AND round.is_blind AND round.source = %(source)s
"""

ANSWERED = f"""
SELECT DISTINCT annotation.sample_id FROM {COUNTED}
UNION
SELECT sample_id FROM labelling_consensus WHERE source = %(source)s
ORDER BY 1
"""  # noqa: S608  # no value of a user is in it

ANSWERS = f"""
SELECT annotation.sample_id, annotation.annotator_id, coalesce(annotation.category_id, 0)
FROM {COUNTED}
"""  # noqa: S608

HAS_MANY = f"""
SELECT EXISTS (SELECT FROM {COUNTED} GROUP BY annotation.sample_id HAVING count(*) > %(few)s)
"""  # noqa: S608

# Whoever answers one of these samples meanwhile waits, and then counts again.
LOCK = """
SELECT id FROM catalog_sample WHERE id = ANY(%(samples)s) ORDER BY id FOR NO KEY UPDATE
"""

# The planner takes a tally of 10^4 samples for one row and would look for its judgements row by
# row; many samples are joined by hashing.
JOIN_BY_HASHING = "SET LOCAL enable_nestloop = off"

# `weighed` holds what Dawid and Skene say of samples with three answers or more; it is passed
# over where another answer has come since, and where most say that it cannot be decided.
SETTLE = f"""
WITH tallies AS (
    SELECT annotation.sample_id, annotation.category_id, count(*) AS votes
    FROM {COUNTED} AND annotation.sample_id = ANY(%(samples)s)
    GROUP BY annotation.sample_id, annotation.category_id
), ranked AS (
    SELECT tallies.*, sum(votes) OVER (PARTITION BY sample_id) AS total,
           rank() OVER (PARTITION BY sample_id ORDER BY votes DESC) AS place
    FROM tallies
), winners AS (
    SELECT sample_id, total, max(votes) AS votes, count(*) AS leaders,
           max(category_id) AS category_id, array_agg(category_id) AS candidates
    FROM ranked WHERE place = 1 GROUP BY sample_id, total
), weighed AS (
    SELECT * FROM unnest(%(weighed)s::bigint[], %(categories)s::bigint[], %(ties)s::boolean[],
                         %(qualities)s::float8[], %(totals)s::bigint[])
      AS row (sample_id, category_id, is_tied, quality, total)
), proposed AS (
    SELECT winners.sample_id, winners.total, winners.candidates,
           coalesce(weighed.is_tied, winners.leaders > 1) AS is_tied,
           CASE WHEN weighed.sample_id IS NULL THEN winners.category_id
                ELSE weighed.category_id END AS category_id,
           coalesce(weighed.quality, winners.votes::float8 / winners.total::float8) AS quality,
           CASE WHEN weighed.sample_id IS NULL THEN 'majority' ELSE 'dawid_skene' END AS method
    FROM winners LEFT JOIN weighed
      ON weighed.sample_id = winners.sample_id AND weighed.total = winners.total
     AND NOT (winners.category_id IS NULL AND 2 * winners.votes > winners.total)
), judged AS MATERIALIZED (
    SELECT proposed.sample_id, min(effective.category_id) AS category_id
    FROM proposed JOIN ({EFFECTIVE_JUDGEMENTS}) AS effective
      ON effective.sample_id = proposed.sample_id
     AND effective.category_id = ANY(proposed.candidates)
    WHERE proposed.is_tied AND effective.is_acceptable
      AND effective.sample_id = ANY(%(samples)s)
    GROUP BY proposed.sample_id HAVING count(*) = 1
), waiting AS MATERIALIZED (
    SELECT DISTINCT assignment.sample_id
    FROM labelling_assignment AS assignment
    JOIN labelling_round AS round ON round.id = assignment.round_id
    WHERE assignment.answered_at IS NULL AND NOT assignment.is_check
      AND assignment.sample_id = ANY(%(samples)s)
      AND round.is_blind AND round.source = %(source)s AND round.state <> 'closed'
)
INSERT INTO labelling_consensus AS old
    (sample_id, source, state, category_id, method, quality, votes, computed_at)
SELECT sample_id, %(source)s,
       CASE WHEN waiting.sample_id IS NOT NULL THEN 'provisional'
            WHEN judged.category_id IS NOT NULL THEN 'settled'
            WHEN proposed.is_tied THEN 'tied'
            WHEN proposed.category_id IS NULL THEN 'undecidable'
            ELSE 'settled' END,
       CASE WHEN proposed.is_tied THEN judged.category_id ELSE proposed.category_id END,
       CASE WHEN judged.category_id IS NOT NULL THEN 'judgement' ELSE proposed.method END,
       proposed.quality, proposed.total, %(now)s
FROM proposed LEFT JOIN judged USING (sample_id) LEFT JOIN waiting USING (sample_id)
ON CONFLICT (sample_id, source) DO UPDATE
SET state = excluded.state, category_id = excluded.category_id, method = excluded.method,
    quality = excluded.quality, votes = excluded.votes, computed_at = excluded.computed_at
WHERE (old.state, old.category_id, old.method, old.quality, old.votes) IS DISTINCT FROM
      (excluded.state, excluded.category_id, excluded.method, excluded.quality, excluded.votes)
"""  # noqa: S608

# One sample whose answers name a winner, as `SETTLE` writes it without weights. It is a twentieth
# of the work to plan and to carry out. No row: there is a tie, or no answer that counts.
SETTLE_ONE = f"""
WITH tallies AS MATERIALIZED (
    SELECT annotation.category_id, count(*) AS votes
    FROM {COUNTED} AND annotation.sample_id = %(sample)s
    GROUP BY annotation.category_id
), leaders AS MATERIALIZED (
    SELECT category_id, votes FROM tallies WHERE votes = (SELECT max(votes) FROM tallies)
), total AS MATERIALIZED (
    SELECT sum(votes) AS votes FROM tallies
)
INSERT INTO labelling_consensus AS old
    (sample_id, source, state, category_id, method, quality, votes, computed_at)
SELECT %(sample)s, %(source)s,
       CASE WHEN EXISTS (
                SELECT FROM labelling_assignment AS assignment
                JOIN labelling_round AS round ON round.id = assignment.round_id
                WHERE assignment.sample_id = %(sample)s AND assignment.answered_at IS NULL
                  AND NOT assignment.is_check
                  AND round.is_blind AND round.source = %(source)s AND round.state <> 'closed')
            THEN 'provisional'
            WHEN leaders.category_id IS NULL THEN 'undecidable'
            ELSE 'settled' END,
       leaders.category_id, 'majority', leaders.votes::float8 / total.votes::float8, total.votes,
       %(now)s
FROM leaders, total
WHERE (SELECT count(*) FROM leaders) = 1
ON CONFLICT (sample_id, source) DO UPDATE
SET state = excluded.state, category_id = excluded.category_id, method = excluded.method,
    quality = excluded.quality, votes = excluded.votes, computed_at = excluded.computed_at
"""  # noqa: S608

FORGET = f"""
DELETE FROM labelling_consensus AS old
WHERE source = %(source)s AND sample_id = ANY(%(samples)s)
  AND NOT EXISTS (SELECT FROM {COUNTED} AND annotation.sample_id = old.sample_id)
"""  # noqa: S608
