from datetime import date

import pytest

from labelhub.accounts.models import User
from labelhub.catalog.models import Category, Sample, SampleImage
from labelhub.catalog.services import exporting, reasons
from labelhub.jobs.models import Job
from labelhub.labelling.models import Annotation, Consensus, Round
from tests.factories import CategoryFactory, RoundFactory
from tests.importing import counts, exported, refusals, taken, written

HEADER = (
    "product_id,product_name,mall_name,mall_category,brand,maker,price,registered_at,image,"
    "category_path,source\n"
)
SHIRT = (
    "s1,셔츠,가나몰,남성>셔츠,브랜드,제조,1000,2025-03-14,a.jpg|https://x.kr/b.jpg,의류>셔츠,shop\n"
)

pytestmark = pytest.mark.django_db


def import_samples(tmp_path, text, **options):
    return taken("samples", written(tmp_path, text), **options)


def test_every_column_finds_its_place(tmp_path):
    category = CategoryFactory(path="의류>셔츠")

    import_samples(tmp_path, HEADER + SHIRT)

    sample = Sample.objects.get()
    assert (sample.product_id, sample.name, sample.mall_name) == ("s1", "셔츠", "가나몰")
    assert (sample.mall_category, sample.brand, sample.maker) == ("남성>셔츠", "브랜드", "제조")
    assert (sample.price, sample.registered_at) == ("1000", "2025-03-14")
    assert sample.registered_month == date(2025, 3, 1)
    assert sample.attributes == {"source": "shop"}
    assert sample.given_category == category
    images = SampleImage.objects.order_by("position").values_list("name", flat=True)
    assert list(images) == ["a.jpg", "https://x.kr/b.jpg"]


def test_an_update_keeps_what_the_file_lacks_and_empties_what_it_has_empty(tmp_path):
    category = CategoryFactory(path="의류>셔츠")
    import_samples(tmp_path, HEADER + SHIRT)

    import_samples(tmp_path, "product_id,product_name,price,maker\ns1,셔츠,900,\n", update=True)

    sample = Sample.objects.get()
    assert (sample.price, sample.maker) == ("900", "")
    assert (sample.brand, sample.given_category) == ("브랜드", category)
    assert sample.attributes == {"source": "shop"}
    assert SampleImage.objects.count() == 2


def test_a_file_that_lacks_columns_and_says_nothing_new_changes_nothing(tmp_path):
    CategoryFactory(path="의류>셔츠")
    import_samples(tmp_path, HEADER + SHIRT)

    batch = import_samples(tmp_path, "product_id,product_name\ns1,셔츠\n")

    assert counts(batch) == (0, 0, 1, 0)


@pytest.mark.parametrize(
    ("written_as", "month"),
    [
        ("2025-03-14", date(2025, 3, 1)),
        ("2025-03", date(2025, 3, 1)),
        ("2025-03-14T09:00:00", date(2025, 3, 1)),
        ("2025", None),
        ("2025-13", None),
        ("last spring", None),
        ("", None),
    ],
)
def test_a_month_is_read_where_there_is_one(tmp_path, written_as, month):
    import_samples(tmp_path, f"product_id,product_name,registered_at\n1,a,{written_as}\n")

    sample = Sample.objects.get()
    assert (sample.registered_at, sample.registered_month) == (written_as, month)


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (",name,", "product_id", reasons.EMPTY),
        ("1, \t,", "product_name", reasons.EMPTY),
        (f"{'1' * 201},name,", "product_id", reasons.TOO_LONG),
        (f"1,{'n' * 2001},", "product_name", reasons.TOO_LONG),
        ("1,name,a>>b", "category_path", reasons.MALFORMED_PATH),
        ("1,name,a>b", "category_path", reasons.UNKNOWN_PATH),
    ],
)
def test_a_row_that_makes_no_sense_is_refused(tmp_path, row, column, reason):
    batch = import_samples(tmp_path, f"product_id,product_name,category_path\n{row}\n")

    assert refusals(batch) == [(2, column, reason)]


def test_an_id_twice_in_one_file_refuses_all_of_them(tmp_path):
    text = "product_id,product_name\n1,a\n2,b\n 1 ,c\n"

    batch = import_samples(tmp_path, text, keep_good=True)

    assert refusals(batch) == [
        (2, "product_id", reasons.REPEATED),
        (4, "product_id", reasons.REPEATED),
    ]
    assert Sample.objects.get().product_id == "2"


def test_the_same_file_again_changes_nothing(tmp_path):
    import_samples(tmp_path, HEADER + SHIRT, create_categories=True)
    before = list(Sample.objects.values())

    batch = import_samples(tmp_path, HEADER + SHIRT, create_categories=True)

    assert counts(batch) == (0, 0, 1, 0)
    assert list(Sample.objects.values()) == before
    assert SampleImage.objects.count() == 2


def test_other_content_is_refused_without_update(tmp_path):
    import_samples(tmp_path, "product_id,product_name\n1,a\n2,b\n")

    batch = import_samples(tmp_path, "product_id,product_name\n1,changed\n2,b\n")

    assert refusals(batch) == [(2, "product_id", reasons.OTHER_CONTENT)]


def test_update_changes_what_differs(tmp_path):
    import_samples(tmp_path, HEADER + SHIRT, create_categories=True)
    pk = Sample.objects.get().pk
    other = SHIRT.replace("셔츠,가나몰", "블라우스,가나몰").replace("a.jpg|", "")

    batch = import_samples(tmp_path, HEADER + other, update=True)

    assert counts(batch) == (0, 1, 0, 0)
    assert Sample.objects.get(pk=pk).name == "블라우스"
    assert SampleImage.objects.get().name == "https://x.kr/b.jpg"


def test_create_categories_makes_the_path_with_its_ancestors(tmp_path):
    batch = import_samples(tmp_path, HEADER + SHIRT, create_categories=True)

    assert batch.notes["categories_made"] == 2
    assert Sample.objects.get().given_category.path == "의류>셔츠"
    assert not Category.objects.get(path="의류").is_leaf


def test_a_given_category_may_be_any_node(tmp_path):
    CategoryFactory(path="의류>셔츠")

    import_samples(tmp_path, "product_id,product_name,category_path\n1,a,의류\n")

    assert Sample.objects.get().given_category.path == "의류"


def test_exported_samples_change_nothing_when_imported(tmp_path):
    names = [
        "=1+1",
        "+82",
        "-5%",
        "@me",
        'a "b", c',
        "😀\ufffd",
        "two\nlines",
        "cr\rlf\r\n",
        "\\.",
        " x ",
    ]
    cells = [name.replace('"', '""') for name in names]
    rows = "".join(f'p{n},"{cell}","{cell}"\n' for n, cell in enumerate(cells))
    import_samples(tmp_path, "product_id,product_name,=odd\n" + rows)
    assert list(Sample.objects.order_by("pk").values_list("name", flat=True)) == names

    batch = taken("samples", exported(tmp_path, exporting.samples()))

    assert counts(batch) == (0, 0, len(names), 0)


def test_a_round_of_people_gets_an_assignment_for_each_annotator(tmp_path):
    text = "product_id,product_name\n1,a\n2,b\n"

    batch = import_samples(tmp_path, text, round="first", source="people", overlap=2)

    assert batch.notes["round"] == {"name": "first", "is_new": True, "assignments": 4}
    positions = Round.objects.get().assignments.values_list("position", flat=True)
    assert len(set(positions)) == 4


def test_a_round_is_extended_by_new_samples_only(tmp_path):
    import_samples(tmp_path, "product_id,product_name\n1,a\n", round="first", overlap=2)

    batch = import_samples(tmp_path, "product_id,product_name\n1,a\n2,b\n", round="first")

    assert batch.notes["round"] == {"name": "first", "is_new": False, "assignments": 2}
    assert Round.objects.get().assignments.count() == 4


def test_a_round_of_given_categories_is_answered_by_the_shop(tmp_path):
    import_samples(tmp_path, HEADER + SHIRT, create_categories=True, round="g", source="given")

    answer = Annotation.objects.select_related("category", "annotator").get()
    settled = Consensus.objects.get()
    assert Round.objects.get().source == "given"
    assert (answer.category.path, answer.annotator.username) == ("의류>셔츠", "shop")
    assert (settled.source, settled.state, settled.category) == (
        "given",
        "settled",
        answer.category,
    )


def test_the_shop_cannot_log_in(tmp_path):
    import_samples(tmp_path, HEADER + SHIRT, create_categories=True, round="g", source="given")

    shop = User.objects.get(username="shop")
    assert not shop.is_active
    assert not shop.has_usable_password()


def test_a_given_round_imported_twice_changes_nothing(tmp_path):
    options = {"create_categories": True, "round": "g", "source": "given"}
    import_samples(tmp_path, HEADER + SHIRT, **options)
    before = list(Annotation.objects.values()), list(Consensus.objects.values())

    import_samples(tmp_path, HEADER + SHIRT, **options)

    assert (list(Annotation.objects.values()), list(Consensus.objects.values())) == before


def test_a_changed_given_category_supersedes_the_answer(tmp_path):
    options = {"create_categories": True, "round": "g", "source": "given", "update": True}
    import_samples(tmp_path, HEADER + SHIRT, **options)

    import_samples(tmp_path, HEADER + SHIRT.replace("의류>셔츠", "의류>바지"), **options)

    assert Annotation.objects.count() == 2
    assert Annotation.objects.current().get().category.path == "의류>바지"
    assert Consensus.objects.get().category.path == "의류>바지"


def test_a_given_category_that_is_taken_away_leaves_no_consensus(tmp_path):
    options = {"create_categories": True, "round": "g", "source": "given", "update": True}
    import_samples(tmp_path, HEADER + SHIRT, **options)

    import_samples(tmp_path, HEADER + SHIRT.replace("의류>셔츠", ""), **options)

    assert not Annotation.objects.current().exists()
    assert not Consensus.objects.exists()


def test_a_round_of_another_source_is_left_alone(tmp_path):
    RoundFactory(name="people's")

    batch = import_samples(
        tmp_path, HEADER + SHIRT, create_categories=True, round="people's", source="given"
    )

    assert "another source" in batch.problem
    assert not Sample.objects.exists()


def test_a_closed_round_takes_no_samples(tmp_path):
    RoundFactory(name="over", state=Round.State.CLOSED)

    batch = import_samples(tmp_path, "product_id,product_name\n1,a\n", round="over")

    assert "closed" in batch.problem
    assert not Sample.objects.exists()


def test_samples_that_join_an_assisted_round_get_suggestions_too(tmp_path):
    round = RoundFactory(name="assisted", is_blind=False)

    import_samples(tmp_path, "product_id,product_name\n1,a\n", round="assisted")

    assert Job.objects.get(kind="suggest").params == {"round_id": round.pk}
