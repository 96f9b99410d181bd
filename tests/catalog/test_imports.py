"""What every import does, whatever its kind; shown with samples."""

import unicodedata

import pytest

from labelhub.catalog.models import ImportBatch, Sample
from labelhub.catalog.services import imports, reasons, refused_rows
from tests.factories import NOW, CategoryFactory
from tests.importing import counts, refusals, taken, written

pytestmark = pytest.mark.django_db


def import_samples(tmp_path, text, **options):
    return taken("samples", written(tmp_path, text), **options)


GOOD_AND_BAD = "product_id,product_name\na,good\nb,\nc\nd,also good\n"


def test_one_refused_row_keeps_everything_out(tmp_path):
    batch = import_samples(tmp_path, GOOD_AND_BAD)

    assert not batch.is_applied
    assert (batch.rows, *counts(batch)) == (4, 0, 0, 0, 2)
    assert not Sample.objects.exists()


def test_keep_good_takes_the_others(tmp_path):
    batch = import_samples(tmp_path, GOOD_AND_BAD, keep_good=True)

    assert batch.is_applied
    assert counts(batch) == (2, 0, 0, 2)
    assert set(Sample.objects.values_list("product_id", flat=True)) == {"a", "d"}


def test_refused_rows_say_line_column_and_reason_and_keep_their_cells(tmp_path):
    text = "note,product_name,product_id,brand\n100%,,a,나이키\nx,y\n"

    batch = import_samples(tmp_path, text)

    assert refusals(batch) == [
        (2, "product_name", reasons.EMPTY),
        (3, "", reasons.WRONG_WIDTH),
    ]
    cells = list(batch.refused_rows.order_by("line").values_list("cells", flat=True))
    assert cells == [["100%", "", "a", "나이키"], ["x", "y"]]


def test_refused_rows_can_be_corrected_and_imported_again(tmp_path):
    refused = "".join(refused_rows.lines(import_samples(tmp_path, GOOD_AND_BAD, keep_good=True)))
    corrected = refused.replace("b,\r\n", "b,named\r\n").replace(",c\r\n", ",c,complete\r\n")

    batch = import_samples(tmp_path, corrected)

    assert counts(batch) == (2, 0, 0, 0)
    assert Sample.objects.get(product_id="b").attributes == {}


def test_the_refused_rows_unchanged_are_refused_again(tmp_path):
    refused = "".join(refused_rows.lines(import_samples(tmp_path, GOOD_AND_BAD)))

    batch = import_samples(tmp_path, refused)

    assert counts(batch) == (0, 0, 0, 2)


def test_a_missing_column_is_named_with_what_was_found(tmp_path):
    batch = import_samples(tmp_path, "id,product_name\n1,a\n")

    assert batch.problem == "The file lacks the column product_id. It has: id, product_name."
    assert batch.finished_at


def test_an_unreadable_file_leaves_a_batch_with_the_problem(tmp_path):
    batch = import_samples(tmp_path, "")

    assert ImportBatch.objects.get(pk=batch.pk).problem == "The file is empty."
    assert not batch.is_applied


def test_the_encoding_is_detected_and_kept(tmp_path):
    path = written(tmp_path, "product_id,product_name\n1,똠방각하\n", encoding="cp949")

    batch = taken("samples", path)

    assert batch.encoding == "cp949"
    assert Sample.objects.get().name == "똠방각하"


def test_an_ended_batch_is_not_imported_again(tmp_path):
    batch = import_samples(tmp_path, "product_id,product_name\n1,a\n")
    path = written(tmp_path, "product_id,product_name\n2,b\n")

    imports.carry_out(batch=batch, path=path, now=NOW)

    assert Sample.objects.count() == 1


def test_columns_may_come_in_any_order_and_further_ones_are_kept(tmp_path):
    text = 'colour,product_name,"it\'s 100%",product_id\nred,shirt,,1\nblue,shirt,x,2\n'

    import_samples(tmp_path, text)

    attributes = dict(Sample.objects.values_list("product_id", "attributes"))
    assert attributes == {"1": {"colour": "red"}, "2": {"colour": "blue", "it's 100%": "x"}}


def test_an_unknown_category_path_is_refused(tmp_path):
    CategoryFactory(path="의류>여성")
    text = "product_id,product_name,category_path\n1,a,의류 > 여성\n2,b,의류>남성\n"

    batch = import_samples(tmp_path, text)

    assert refusals(batch) == [(3, "category_path", reasons.UNKNOWN_PATH)]


def test_a_decomposed_path_means_the_composed_one(tmp_path):
    CategoryFactory(path="의류>여성")
    path = unicodedata.normalize("NFD", "의류>여성")

    batch = import_samples(tmp_path, f"product_id,product_name,category_path\n1,a,{path}\n")

    assert counts(batch) == (1, 0, 0, 0)
