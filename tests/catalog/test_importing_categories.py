import pytest

from labelhub.catalog.models import Category, TreeVersion
from labelhub.catalog.services import exporting, reasons
from tests.factories import NOW, CategoryFactory
from tests.importing import counts, exported, refusals, taken, written

TREE = """category_id,name,category_path
1,의류,의류
2,여성,의류>여성
3,원피스,의류>여성>원피스
4,기타의류,의류>기타의류
"""

pytestmark = pytest.mark.django_db


def import_tree(tmp_path, text=TREE, **options):
    return taken("categories", written(tmp_path, text), **options)


def at(path):
    return Category.objects.current().get(path=path)


def test_a_tree_gets_its_paths_levels_lineage_and_leaves(tmp_path):
    batch = import_tree(tmp_path)

    top, middle, leaf = at("의류"), at("의류>여성"), at("의류>여성>원피스")
    assert counts(batch) == (4, 0, 0, 0)
    assert leaf.lineage == [top.pk, middle.pk, leaf.pk]
    assert (leaf.level, leaf.parent, leaf.code) == (3, middle, "3")
    assert [c.is_leaf for c in (top, middle, leaf)] == [False, False, True]


def test_other_things_are_marked_as_catch_all_by_name(tmp_path):
    import_tree(tmp_path)

    assert list(Category.objects.filter(is_catch_all=True).values_list("code", flat=True)) == ["4"]


def test_a_catch_all_flag_that_somebody_changed_stays(tmp_path):
    import_tree(tmp_path)
    Category.objects.filter(code="4").update(is_catch_all=False)

    import_tree(tmp_path)

    assert not Category.objects.get(code="4").is_catch_all


def test_the_same_file_again_changes_nothing(tmp_path):
    import_tree(tmp_path)
    before = list(Category.objects.order_by("pk").values())
    versions = TreeVersion.objects.count()

    batch = import_tree(tmp_path)

    assert counts(batch) == (0, 0, 4, 0)
    assert list(Category.objects.order_by("pk").values()) == before
    assert TreeVersion.objects.count() == versions


def test_missing_ancestors_are_made(tmp_path):
    batch = import_tree(tmp_path, "category_path\n식품 > 과일> 사과\n")

    assert counts(batch) == (1, 0, 0, 0)
    assert list(Category.objects.order_by("level").values_list("path", flat=True)) == [
        "식품",
        "식품>과일",
        "식품>과일>사과",
    ]


def test_what_the_file_lacks_is_retired_not_deleted(tmp_path):
    import_tree(tmp_path)

    batch = import_tree(tmp_path, "category_id,category_path\n1,의류\n2,의류>여성\n")

    assert batch.notes["retired"] == 2
    retired = Category.objects.filter(retired_at=NOW).order_by("code")
    assert list(retired.values_list("code", flat=True)) == ["3", "4"]
    assert at("의류>여성").is_leaf


def test_a_retired_category_comes_back_as_itself(tmp_path):
    import_tree(tmp_path)
    pk = at("의류>여성>원피스").pk
    import_tree(tmp_path, "category_id,category_path\n1,의류\n")

    batch = import_tree(tmp_path)

    assert counts(batch) == (0, 3, 1, 0)
    assert at("의류>여성>원피스").pk == pk
    assert not at("의류>여성").is_leaf


def test_a_part_of_the_tree_retires_nothing(tmp_path):
    import_tree(tmp_path)

    import_tree(tmp_path, "category_id,category_path\n9,식품\n", is_part=True)

    assert Category.objects.current().count() == 5


def test_refused_rows_retire_nothing(tmp_path):
    import_tree(tmp_path)

    import_tree(tmp_path, "category_id,category_path\n1,의류\n2,의류>>여성\n", keep_good=True)

    assert Category.objects.current().count() == 4


def test_categories_made_beside_the_tree_are_not_retired_by_it(tmp_path):
    CategoryFactory(path="식품>가공식품")

    import_tree(tmp_path)

    assert at("식품>가공식품").retired_at is None


def test_a_category_that_was_made_by_hand_takes_the_id_of_the_tree(tmp_path):
    made = CategoryFactory(path="의류>여성")

    batch = import_tree(tmp_path)

    assert counts(batch) == (2, 2, 0, 0)  # its parent takes its id too
    assert at("의류>여성").pk == made.pk
    assert at("의류>여성").code == "2"


def test_an_id_at_another_path_is_refused_without_update(tmp_path):
    import_tree(tmp_path)

    batch = import_tree(tmp_path, TREE.replace("원피스", "드레스"))

    assert refusals(batch) == [(4, "category_id", reasons.CODE_MOVED)]
    assert not batch.is_applied


def test_update_moves_a_category_and_what_stands_below(tmp_path):
    import_tree(tmp_path)
    pk = at("의류>여성>원피스").pk
    text = "category_id,category_path\n1,패션\n2,패션>여성\n4,패션>기타의류\n"

    batch = import_tree(tmp_path, text, update=True, is_part=True)

    leaf = at("패션>여성>원피스")
    assert counts(batch) == (0, 3, 0, 0)
    assert leaf.pk == pk
    assert leaf.lineage == [at("패션").pk, at("패션>여성").pk, pk]


def test_two_categories_can_change_places(tmp_path):
    import_tree(tmp_path, "category_id,category_path\n1,가\n2,나\n")

    import_tree(tmp_path, "category_id,category_path\n1,나\n2,가\n", update=True)

    assert dict(Category.objects.values_list("code", "path")) == {"1": "나", "2": "가"}


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("5,이름,", "category_path", reasons.EMPTY),
        ("5,이름,의류>>이름", "category_path", reasons.MALFORMED_PATH),
        (f"5,,의류>{'가' * 201}", "category_path", reasons.LEVEL_TOO_LONG),
        (f"{'5' * 41},신발,신발", "category_id", reasons.TOO_LONG),
        ("5,구두,신발", "name", reasons.NAME_IS_NOT_LAST_LEVEL),
    ],
)
def test_a_row_that_makes_no_sense_is_refused(tmp_path, row, column, reason):
    batch = import_tree(tmp_path, f"category_id,name,category_path\n{row}\n")

    assert refusals(batch) == [(2, column, reason)]
    assert not Category.objects.exists()


def test_a_depth_that_contradicts_the_path_is_refused(tmp_path):
    batch = import_tree(tmp_path, "category_path,depth\n의류>여성,3\n")

    assert refusals(batch) == [(2, "depth", reasons.DEPTH_DIFFERS)]


def test_the_same_path_or_id_twice_refuses_all_of_them(tmp_path):
    batch = import_tree(tmp_path, "category_id,category_path\n1,가\n2,가 \n3,나\n3,다\n")

    assert refusals(batch) == [
        (2, "category_path", reasons.PATH_TWICE),
        (3, "category_path", reasons.PATH_TWICE),
        (4, "category_id", reasons.REPEATED),
        (5, "category_id", reasons.REPEATED),
    ]


def test_another_id_for_a_path_is_refused_without_update(tmp_path):
    import_tree(tmp_path)

    batch = import_tree(tmp_path, TREE.replace("4,", "44,"))

    assert refusals(batch) == [(5, "category_id", reasons.CODE_CHANGED)]


def test_the_exported_tree_changes_nothing_when_imported(tmp_path):
    import_tree(tmp_path)
    Category.objects.filter(code="4").update(is_catch_all=False)
    CategoryFactory(path="식품>가공식품")
    path = exported(tmp_path, exporting.categories())

    batch = taken("categories", path)

    assert counts(batch) == (0, 0, 6, 0)
    assert not Category.objects.get(code="4").is_catch_all


def test_an_exported_tree_comes_back_into_an_empty_installation(tmp_path):
    import_tree(tmp_path)
    Category.objects.filter(code="4").update(is_catch_all=False)
    path = exported(tmp_path, exporting.categories())
    before = list(Category.objects.order_by("path").values_list("code", "path", "is_catch_all"))
    for level in (3, 2, 1):
        Category.objects.filter(level=level).delete()

    taken("categories", path)

    after = Category.objects.order_by("path").values_list("code", "path", "is_catch_all")
    assert list(after) == before
