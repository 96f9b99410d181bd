import pytest

from labelhub.accounts.models import AuditEntry
from labelhub.catalog.services import reasons
from labelhub.registry.models import ModelVersion, Prediction, Run
from labelhub.registry.services import exporting
from tests.factories import NOW, CategoryFactory, CorpusFactory, SampleFactory
from tests.importing import counts, exported, refusals, taken, written

HEADER = "product_id,category_path,probability,rank\n"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def catalogue(db):
    for path in ("a", "b", "c"):
        CategoryFactory(path=path)
    SampleFactory(product_id="p1")
    SampleFactory(product_id="p2")


def import_predictions(tmp_path, rows, *, header=HEADER, **options):
    options.setdefault("model", "m1")
    return taken("predictions", written(tmp_path, header + rows), **options)


def stored(product_id="p1"):
    return Prediction.objects.select_related("category").get(sample__product_id=product_id)


def test_a_version_of_imported_origin_is_made_and_told(tmp_path):
    batch = import_predictions(tmp_path, "p1,a,0.7,1\n")

    version = ModelVersion.objects.get()
    assert (version.name, version.origin, version.run) == ("m1", "imported", None)
    assert batch.notes["model"] == "m1"
    assert AuditEntry.objects.filter(verb="imported a version", target_id=version.pk).exists()


def test_ranks_and_rest_sum_to_one(tmp_path):
    import_predictions(tmp_path, "p1,b,0.2,2\np1,a,0.5,1\n")

    prediction = stored()
    assert (prediction.category.path, prediction.probability) == ("a", 0.5)
    assert prediction.probabilities == [0.5, 0.2]
    assert prediction.rest == pytest.approx(0.3)


def test_without_ranks_the_larger_probability_comes_first(tmp_path):
    import_predictions(tmp_path, "p1,b,.2\np1,a,5e-1\n", header=HEADER.replace(",rank", ""))

    assert stored().category.path == "a"


def test_only_the_top_twenty_are_stored(tmp_path):
    for n in range(25):
        CategoryFactory(path=f"c{n}")
    rows = "".join(f"p1,c{n},0.04,{n + 1}\n" for n in range(25))

    import_predictions(tmp_path, rows)

    assert len(stored().category_ids) == 20
    assert stored().rest == pytest.approx(0.2)


@pytest.mark.parametrize("probability", ["1.5", "-0.1", "much", "", "nan", "inf", "1e999", "0,5"])
def test_what_is_no_probability_is_refused(tmp_path, probability):
    batch = import_predictions(tmp_path, f'p1,a,"{probability}",1\n')

    assert refusals(batch) == [(2, "probability", reasons.NOT_A_PROBABILITY)]


def test_a_probability_too_small_for_a_double_is_zero(tmp_path):
    import_predictions(tmp_path, "p1,a,1e-400,1\n")

    assert stored().probability == 0


@pytest.mark.parametrize(
    ("rows", "refused"),
    [
        ("nobody,a,1,1\n", [("product_id", reasons.UNKNOWN_PRODUCT)]),
        ("p1,z,1,1\n", [("category_path", reasons.UNKNOWN_PATH)]),
        ("p1,,1,1\n", [("category_path", reasons.NO_CATEGORY)]),
        ("p1,a,1,0\n", [("rank", reasons.NOT_A_RANK)]),
        ("p1,a,.5,1\np1,a,.4,2\n", [("category_path", reasons.CATEGORY_TWICE)] * 2),
        ("p1,a,.5,1\np1,b,.4,1\n", [("rank", reasons.RANK_TWICE)] * 2),
        ("p1,a,.7,1\np1,b,.6,2\n", [("probability", reasons.SUM_OVER_ONE)] * 2),
        (
            "p1,a,.3,1\np1,b,.6,2\n",
            [("product_id", reasons.NEIGHBOUR_REFUSED), ("rank", reasons.RANKS_OUT_OF_ORDER)],
        ),
    ],
)
def test_a_row_that_makes_no_sense_is_refused(tmp_path, rows, refused):
    batch = import_predictions(tmp_path, rows)

    assert [(column, reason) for _line, column, reason in refusals(batch)] == refused
    assert not Prediction.objects.exists()


def test_one_refused_row_takes_the_whole_product_with_it(tmp_path):
    batch = import_predictions(tmp_path, "p1,a,.6,1\np1,z,.3,2\np2,a,1,1\n", keep_good=True)

    assert counts(batch) == (1, 0, 0, 2)
    assert Prediction.objects.get().sample.product_id == "p2"


def test_the_same_file_again_changes_nothing(tmp_path):
    rows = "p1,a,.6,1\np1,b,.3,2\n"
    import_predictions(tmp_path, rows)
    before = list(Prediction.objects.values())

    batch = import_predictions(tmp_path, rows)

    assert counts(batch) == (0, 0, 2, 0)
    assert list(Prediction.objects.values()) == before


def test_every_change_of_an_imported_version_is_in_the_audit_trail(tmp_path):
    import_predictions(tmp_path, "p1,a,0.7,1\n")
    import_predictions(tmp_path, "p1,a,0.7,1\n")  # changes nothing
    import_predictions(tmp_path, "p2,b,0.7,1\n")

    verbs = AuditEntry.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["imported a version", "added to an imported version"]


def test_another_prediction_is_refused_without_update(tmp_path):
    import_predictions(tmp_path, "p1,a,.6,1\n")

    batch = import_predictions(tmp_path, "p1,b,.6,1\n")

    assert refusals(batch) == [(2, "product_id", reasons.OTHER_PREDICTION)]


def test_update_replaces_the_prediction(tmp_path):
    import_predictions(tmp_path, "p1,a,.6,1\n")

    batch = import_predictions(tmp_path, "p1,b,.6,1\n", update=True)

    assert counts(batch) == (0, 1, 0, 0)
    assert stored().category.path == "b"


def test_a_version_trained_here_takes_no_predictions(tmp_path):
    run = Run.objects.create(version_name="own", corpus=CorpusFactory(), seed=1, created_at=NOW)
    ModelVersion.objects.create(name="own", origin="trained", run=run, folder="own", created_at=NOW)

    batch = import_predictions(tmp_path, "p1,a,1,1\n", model="own")

    assert "was trained here" in batch.problem


@pytest.mark.parametrize("name", ["", "  ", "m" * 101])
def test_a_version_needs_a_name(tmp_path, name):
    batch = import_predictions(tmp_path, "p1,a,1,1\n", model=name)

    assert "Name the model version" in batch.problem


def test_exported_predictions_change_nothing_when_imported(tmp_path):
    import_predictions(tmp_path, "p1,a,0.1234567890123456,1\np1,b,1e-9,2\np2,c,1,1\n")
    path = exported(tmp_path, exporting.predictions(version=ModelVersion.objects.get()))

    batch = taken("predictions", path, model="m1")

    assert counts(batch) == (0, 0, 3, 0)
