import threading

import pytest
from django.db import connection

from labelhub.catalog.models import ImportBatch, Sample
from tests.importing import taken, written

AT_ONCE = 3


@pytest.mark.django_db(transaction=True)
def test_the_same_file_imported_at_once_adds_its_rows_once(tmp_path):
    rows = "".join(f"p{n},name {n}\n" for n in range(200))
    path = written(tmp_path, "product_id,product_name\n" + rows)
    start = threading.Barrier(AT_ONCE)

    def import_it():
        start.wait()
        try:
            taken("samples", path)
        finally:
            connection.close()

    threads = [threading.Thread(target=import_it) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Sample.objects.count() == 200
    counts = ImportBatch.objects.order_by("-added").values_list("added", "unchanged")
    assert list(counts) == [(200, 0), (0, 200), (0, 200)]
