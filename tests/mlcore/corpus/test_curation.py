import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mlcore.corpus import curation, store
from mlcore.corpus.curation import StepCount
from mlcore.corpus.fingerprint import fingerprint, fingerprint_of
from mlcore.corpus.freezing import MANIFEST_FILE, freeze
from mlcore.corpus.plan import CurationPlan
from mlcore.exclusion import Action, ExclusionRule
from mlcore.progress import BadInput


@pytest.fixture
def corpus(csv_file, tmp_path, blank):
    path = csv_file("1,women coat,kids", "2,coat,kids", "3,free,kids", "4,women hat,women")
    store.import_rows(path, tmp_path / "corpus", tokeniser=blank)
    return store.read(tmp_path / "corpus")


def rule(keyword, action=Action.DROP):
    return ExclusionRule(keyword=keyword, categories=frozenset({"kids"}), action=action)


def test_each_step_is_counted(corpus):
    dataset = curation.curate(corpus, [rule("women"), rule("free", Action.STRIP)])

    assert dataset.table["product_id"].to_pylist() == ["2", "4"]
    assert dataset.hits == (1, 1)
    assert dataset.counts == (StepCount("exclude", 4, 3, changed=1), StepCount("wordless", 3, 2))


def test_without_rules_the_dataset_is_the_corpus(corpus):
    dataset = curation.curate(corpus, [])

    assert dataset.table.num_rows == 4


def test_a_rule_changes_the_fingerprint_and_a_rule_without_hits_does_not(corpus):
    plain = curation.curate(corpus, []).fingerprint

    assert curation.curate(corpus, [rule("women")]).fingerprint != plain
    assert curation.curate(corpus, [rule("absent")]).fingerprint == plain


def test_a_dataset_without_rows_is_refused(corpus):
    everything = [rule("coat"), rule("free")]

    with pytest.raises(BadInput, match="No row"):
        curation.curate(corpus.slice(1, 2), everything)


def test_a_written_dataset_reads_back_equal(corpus, tmp_path):
    dataset = curation.curate(corpus, [rule("women")], corpus="spring", tokeniser="blank-1")

    curation.write_dataset(tmp_path / "dataset", dataset)

    assert curation.read_dataset(tmp_path / "dataset") == dataset


def test_rows_changed_after_freezing_are_noticed(corpus, tmp_path):
    dataset = curation.curate(corpus, [])
    curation.write_dataset(tmp_path, dataset)
    pq.write_table(dataset.table.slice(1), tmp_path / curation.MANIFEST_FILE)

    with pytest.raises(BadInput, match="not those that were frozen"):
        curation.read_dataset(tmp_path)


@pytest.mark.parametrize("action", [Action.DROP, Action.STRIP])
def test_rows_stay_in_the_order_of_the_corpus(tmp_path, action):
    ids = [str(number * 7919 % 6000) for number in range(6000)]
    names = ["women coat" if number % 9 == 0 else "coat" for number in range(6000)]
    tokens = pa.array([name.split() for name in names], pa.list_(pa.string()))
    table = pa.table({"product_id": ids, "product_name": names, "category_path": ["kids"] * 6000})
    table = table.append_column("month", pa.array([""] * 6000)).append_column("name_tokens", tokens)
    table = table.append_column("mall_tokens", pa.array([[]] * 6000, pa.list_(pa.string())))
    pq.write_table(table, tmp_path / "rows.parquet", row_group_size=500)

    freeze(
        tmp_path / "rows.parquet",
        tmp_path / "dataset",
        rules=[rule("women", action)],
        plan=CurationPlan(m=400),
    )

    kept = pq.read_table(tmp_path / "dataset" / MANIFEST_FILE)["product_id"].to_pylist()
    assert len(kept) == CurationPlan(m=400).quota(6000 if action == Action.STRIP else 5333)
    assert kept == sorted(kept, key=ids.index)


def test_a_corpus_of_one_row_is_a_dataset(corpus):
    assert curation.curate(corpus.slice(1, 1), []).table.num_rows == 1


def test_the_fingerprint_of_rows_does_not_depend_on_their_order(corpus):
    rising, falling = corpus, corpus.take([3, 2, 1, 0])

    found = {fingerprint_of(duckdb.from_arrow(rows)) for rows in (rising, falling)}

    assert found == {fingerprint(corpus)}


def test_rows_of_one_id_have_no_fingerprint(corpus):
    with pytest.raises(BadInput, match="Two rows have the product id 2"):
        fingerprint_of(duckdb.from_arrow(corpus.take([0, 1, 1, 2])))
