"""A generated installation of any size: a tree, samples, labels, predictions and judgements."""

from __future__ import annotations

from django.db import connection

from labelhub.accounts.models import User
from labelhub.accounts.roles import Role

FAN_OUT = (12, 15, 6, 4)  # 4,320 leaves on four levels, about the shop's 4,215
RIGHT = 0.85  # share of predictions that equal the label
JUDGED = 0.3  # share of disagreements that a reviewer has judged


def generate(samples: int) -> None:
    """Fill the database with `samples` labelled, predicted and partly judged products."""
    for number in (1, 2):
        User.objects.create(username=f"bench-person-{number}", role=Role.CURATOR)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.42)")
        _tree(cursor)
        for statement in ROWS:
            cursor.execute(statement, {"samples": samples, "right": RIGHT, "judged": JUDGED})
            # Without it the rows just written look few, and the next statement takes minutes.
            cursor.execute("ANALYZE")


def _tree(cursor) -> None:
    for level, children in enumerate(FAN_OUT, start=1):
        cursor.execute(BRANCHES if level > 1 else ROOTS, {"level": level, "children": children})
        cursor.execute(LINEAGES, {"level": level, "is_leaf": level == len(FAN_OUT)})


ROOTS = """
    INSERT INTO catalog_category (name, path, lineage, level, is_leaf, is_catch_all)
    SELECT 'bench ' || n, 'bench ' || n, '{}', 1, false, false
    FROM generate_series(1, %(children)s) AS n"""
BRANCHES = """
    INSERT INTO catalog_category (name, path, parent_id, lineage, level, is_leaf, is_catch_all)
    SELECT 'part ' || n, path || '>part ' || n, id, '{}', %(level)s, false, n = 1
    FROM catalog_category, generate_series(1, %(children)s) AS n
    WHERE level = %(level)s - 1 AND path LIKE 'bench %%'"""
LINEAGES = """
    UPDATE catalog_category AS category SET is_leaf = %(is_leaf)s,
        lineage = coalesce((SELECT lineage FROM catalog_category AS parent
                            WHERE parent.id = category.parent_id), '{}') || category.id
    WHERE level = %(level)s AND path LIKE 'bench %%'"""
ROWS = (
    """
    CREATE TEMPORARY TABLE leaf ON COMMIT DROP AS
    SELECT row_number() OVER (ORDER BY id) AS place, id
    FROM catalog_category WHERE is_leaf AND path LIKE 'bench %%'""",
    "CREATE UNIQUE INDEX ON leaf (id)",
    "CREATE UNIQUE INDEX ON leaf (place)",
    """
    INSERT INTO catalog_sample (product_id, name, mall_name, mall_category, brand, maker, price,
        registered_at, image, attributes, content_hash, priority, created_at)
    SELECT 'bench-' || n, 'product ' || n, '', '', '', '', '', '', '', '{}', '', 0, now()
    FROM generate_series(1, %(samples)s) AS n""",
    """
    INSERT INTO labelling_consensus (sample_id, source, state, category_id, method, quality,
        votes, computed_at)
    SELECT sample.id, 'people', 'settled', leaf.id, 'majority', 1, 1, now()
    FROM (SELECT id, 1 + floor(random() * (SELECT count(*) FROM leaf))::int AS place
          FROM catalog_sample WHERE product_id LIKE 'bench-%%') AS sample
    JOIN leaf USING (place)""",
    """
    INSERT INTO registry_modelversion (name, origin, stage, folder, fingerprint, scores,
        is_calibrated, created_at)
    SELECT 'bench version ' || n, 'imported', 'candidate', '', '', '{}', false, now()
    FROM generate_series(1, 2) AS n""",
    """
    INSERT INTO registry_prediction (version_id, sample_id, category_id, probability,
        category_ids, probabilities, rest, predicted_at)
    SELECT drawn.version_id, drawn.sample_id, leaf.id, 0.5, ARRAY[leaf.id], ARRAY[0.5], 0.5, now()
    FROM (
        SELECT version.id AS version_id, consensus.sample_id,
            CASE WHEN random() < %(right)s THEN labelled.place
                 ELSE 1 + floor(random() * (SELECT count(*) FROM leaf))::int END AS place
        FROM registry_modelversion AS version, labelling_consensus AS consensus
        JOIN leaf AS labelled ON labelled.id = consensus.category_id
        WHERE version.name LIKE 'bench version %%'
    ) AS drawn JOIN leaf USING (place)""",
    """
    INSERT INTO labelling_judgement (sample_id, category_id, is_acceptable, reviewer_id,
        pair_shown, is_unblinded, judged_at)
    SELECT pair.sample_id, shown.category_id, random() < 0.5,
        (SELECT id FROM accounts_user WHERE username = 'bench-person-2'), '{}', false, now()
    FROM (
        SELECT consensus.sample_id, consensus.category_id AS human, prediction.category_id AS model
        FROM labelling_consensus AS consensus
        JOIN registry_prediction AS prediction USING (sample_id)
        JOIN registry_modelversion AS version ON version.id = prediction.version_id
        WHERE version.name = 'bench version 1'
          AND consensus.category_id <> prediction.category_id AND random() < %(judged)s
    ) AS pair, unnest(ARRAY[human, model]) AS shown (category_id)""",
)
