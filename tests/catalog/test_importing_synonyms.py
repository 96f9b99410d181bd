from __future__ import annotations

import pytest
from django.core.management import call_command

from labelhub.catalog.models import Synonym, TreeVersion
from labelhub.catalog.services import exporting, reasons, spelling
from tests.factories import CategoryFactory
from tests.importing import counts, exported, refusals, taken, written

pytestmark = pytest.mark.django_db

HEADER = "word,category_path,category_id,stands_for,is_inside\n"


def imported(folder, *lines: str):
    return taken("synonyms", written(folder, HEADER + "\n".join(lines)))


def test_synonyms_of_categories_and_of_words_come_in(tmp_path):
    jacket = CategoryFactory(path="옷>재킷", code="418")

    batch = imported(tmp_path, "가죽잠바,,418,,", "상의,옷>재킷,,,", " 자켓 ,,,재킷,true")

    assert counts(batch) == (3, 0, 0, 0)
    rows = Synonym.objects.order_by("pk").values_list("word", "category", "stands_for", "is_inside")
    assert list(rows) == [
        ("가죽잠바", jacket.pk, "", False),
        ("상의", jacket.pk, "", False),
        ("자켓", None, "재킷", True),
    ]


def test_the_same_file_twice_changes_nothing(tmp_path):
    lines = ["자켓,,,재킷,true", "치마,,,스커트,"]
    imported(tmp_path, *lines)
    versions = TreeVersion.objects.count()

    assert counts(imported(tmp_path, *lines)) == (0, 0, 2, 0)
    assert TreeVersion.objects.count() == versions


def test_where_a_word_may_stand_can_change(tmp_path):
    imported(tmp_path, "자켓,,,재킷,")

    assert counts(imported(tmp_path, "자켓,,,재킷,1")) == (0, 1, 0, 0)
    assert Synonym.objects.get().is_inside


def test_new_synonyms_make_browsers_fetch_the_tree_again(tmp_path):
    imported(tmp_path, "자켓,,,재킷,")

    assert TreeVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        (",옷>재킷,,,", "word", reasons.EMPTY),
        ("자켓,,,,", "stands_for", reasons.CATEGORY_OR_WORD),
        ("자켓,옷>재킷,,재킷,", "stands_for", reasons.CATEGORY_OR_WORD),
        ("자켓,옷>모자,,,", "category_path", reasons.UNKNOWN_PATH),
        ("자켓,,999,,", "category_id", reasons.UNKNOWN_CODE),
        ("재킷,,,재킷,", "word", reasons.SAME_WORD),
        ("재킷,옷>재킷,,,", "word", reasons.SAME_WORD),
        ("가" * 41 + ",,,재킷,", "word", reasons.TOO_LONG),
    ],
)
def test_a_row_that_says_nothing_useful_is_refused(tmp_path, line, column, reason):
    CategoryFactory(path="옷>재킷")

    batch = imported(tmp_path, line)

    assert refusals(batch) == [(2, column, reason)]
    assert not Synonym.objects.exists()


def test_one_synonym_twice_in_a_file_is_refused_however_it_is_written(tmp_path):
    batch = imported(tmp_path, "Jacket,,,재킷,", " jacket,,,재킷,1")

    assert [line for line, _, _ in refusals(batch)] == [2, 3]


def test_an_export_is_imported_again_without_a_change(tmp_path):
    CategoryFactory(path="옷>재킷", code="418")
    imported(tmp_path, "가죽잠바,,418,,", "자켓,,,재킷,true")

    again = taken("synonyms", exported(tmp_path, exporting.synonyms()))

    assert counts(again) == (0, 0, 2, 0)


def test_the_starting_list_comes_in_whole_into_any_tree():
    call_command("import_synonyms", str(spelling.STARTING_LIST), verbosity=0)

    assert Synonym.objects.of_words().count() == len(spelling.starting())
