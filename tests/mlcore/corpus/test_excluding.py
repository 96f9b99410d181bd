import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mlcore import exclusion
from mlcore.corpus import curation, excluding, freezing
from mlcore.corpus.plan import CurationPlan
from mlcore.exclusion import Action, ExclusionRule
from tests.mlcore.corpus import balancing

NAMES = [
    ("여성 코트", "a>x"),
    ("여 성 코트", "a>y"),
    ("여성용 코트", "a"),
    ("여성", "a"),
    ("남녀 여성 티", "a>x"),
    ("여성 코트", "b"),
    ("c++ (신형) 코트", "a"),
]


@pytest.fixture
def corpus():
    """Each name in turn, 70 rows, and a mall category that repeats the name backwards."""
    rows = [(str(number), *NAMES[number % len(NAMES)]) for number in range(70)]
    ids, names, categories = (list(column) for column in zip(*rows, strict=True))
    lists = pa.list_(pa.string())
    split = [name.split() for name in names]
    return pa.table(
        {
            "product_id": ids,
            "product_name": names,
            "category_path": categories,
            "month": pa.array([None] * len(ids), pa.string()),
            "mall_category": [">".join(reversed(words)) for words in split],
            "name_tokens": pa.array(split, lists),
            "mall_tokens": pa.array([words[::-1] for words in split], lists),
        }
    )


def rule(keyword, *categories, **changes):
    return ExclusionRule(keyword=keyword, categories=frozenset(categories or {"a"}), **changes)


RULES = [
    [rule("여성")],
    [rule("여성", action=Action.STRIP)],
    [rule("여성", "a>x", "b", unless=("남녀",))],
    [rule("여성", is_substring=True), rule("코트", action=Action.STRIP)],
    [rule("코트 여성", in_mall_category=True, action=Action.STRIP)],
    [rule("c++ (신형)"), rule("absent"), rule("신형)", is_substring=True)],
]


@pytest.mark.parametrize("rules", RULES)
def test_reading_only_rows_in_question_gives_what_reading_all_gives(corpus, rules, monkeypatch):
    monkeypatch.setattr(excluding, "BATCH_ROWS", 16)
    expected = exclusion.apply(corpus, rules)

    dataset = curation.curate(corpus, rules)

    worded = [row for row in expected.table.to_pylist() if row["name_tokens"]]
    names = dataset.table.column_names
    assert dataset.table.to_pylist() == [
        {name: row.get(name, "") for name in names} for row in worded
    ]
    assert dataset.hits == expected.hits
    assert dataset.counts[0].rows_after == expected.table.num_rows
    assert dataset.counts[0].changed == expected.stripped


def test_every_category_is_counted_at_every_step(corpus):
    dataset = curation.curate(corpus, [rule("여성", "a", action=Action.STRIP), rule("코트", "b")])

    counted = {one.path: one.rows for one in dataset.categories}
    # One row in seven is called 여성 alone: stripped, it has no word left.
    assert counted == {"a": (30, 30, 20), "a>x": (20, 20, 20), "a>y": (10, 10, 10), "b": (10, 0, 0)}


def test_corrected_categories_hold_before_the_rules(corpus, tmp_path):
    pq.write_table(corpus, tmp_path / "rows.parquet")

    freezing.freeze(
        tmp_path / "rows.parquet",
        tmp_path / "dataset",
        rules=[rule("여성", "b")],
        relabelled={"0": "b", "5": "c", "absent": "d"},
    )

    kept = curation.read_dataset(tmp_path / "dataset").table.to_pylist()
    paths = {row["product_id"]: row["category_path"] for row in kept}
    assert "0" not in paths
    assert paths["5"] == "c"
    assert [row["product_id"] for row in kept] == sorted(paths, key=int)


def test_the_order_of_the_corpus_stays_whatever_its_row_groups(tmp_path):
    ids = [f"{number:06}" for number in range(60_000)]
    rows = balancing.corpus((name, "xyz"[int(name) % 3], None) for name in ids)
    pq.write_table(rows, tmp_path / "rows.parquet", row_group_size=3000)

    freezing.freeze(tmp_path / "rows.parquet", tmp_path / "set", plan=CurationPlan(m=1000))

    left = pq.read_table(tmp_path / "set" / freezing.MANIFEST_FILE)["product_id"].to_pylist()
    assert len(left) == 3 * 9903  # 1000 ln 20,000 = 9903.5
    assert left == sorted(left)
