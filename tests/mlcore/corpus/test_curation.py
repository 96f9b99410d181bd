import pyarrow.parquet as pq
import pytest

from mlcore.corpus import curation, store
from mlcore.corpus.curation import StepCount
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
