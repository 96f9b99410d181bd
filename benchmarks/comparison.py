"""
How long the comparison takes on 120,000 samples, beside the plainest SQL that counts them.

    ./run bench comparison

Everything is generated inside one transaction that is rolled back at the end.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labelhub.settings")
django.setup()

from django.core.management import call_command  # noqa: E402  # after django.setup()
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from analysis.services.comparison import compare  # noqa: E402
from analysis.services.difference import differences  # noqa: E402
from analysis.services.headline import headline  # noqa: E402
from analysis.services.verdicts import Scope  # noqa: E402
from benchmarks.generated import generate  # noqa: E402
from labelhub.accounts.models import User  # noqa: E402
from labelhub.labelling.models import Source  # noqa: E402
from labelhub.registry.models import ModelVersion  # noqa: E402

SAMPLES = 120_000
REPEATS = 7

FLOOR = """
    SELECT consensus.category_id, count(*),
        count(*) FILTER (WHERE consensus.category_id = prediction.category_id)
    FROM labelling_consensus AS consensus
    JOIN registry_prediction AS prediction USING (sample_id)
    WHERE prediction.version_id = %s AND consensus.source = 'people'
      AND consensus.state = 'settled'
    GROUP BY 1"""


def milliseconds(work: Callable[[], object]) -> float:
    """Return the median time of the work, after one run to warm up."""
    work()
    taken = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return round(1000 * statistics.median(taken), 1)


def measure() -> dict[str, float]:
    """Time each way of reading the comparison, in milliseconds."""
    version, older = ModelVersion.objects.filter(name__startswith="bench").order_by("pk")
    scope = Scope(version=version, source=Source.PEOPLE)
    coarse = Scope(version=version, source=Source.PEOPLE, level=2)
    reader = Client(SERVER_NAME="localhost")
    reader.force_login(
        User.objects.get(username="bench-person-1"),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return {
        "plain aggregate": milliseconds(lambda: plain(version)),
        "compare, 4,320 leaves": milliseconds(lambda: compare(scope, now=timezone.now())),
        "compare, level 2": milliseconds(lambda: compare(coarse, now=timezone.now())),
        "headline": milliseconds(lambda: headline(compare(scope, now=timezone.now()))),
        "difference of two versions": milliseconds(lambda: differences(scope, against=older)),
        "page": milliseconds(lambda: page(reader, version)),
    }


def plain(version: ModelVersion) -> list[tuple[int, ...]]:
    """Count samples and agreements per category, with no judgements and no intervals."""
    with connection.cursor() as cursor:
        cursor.execute(FLOOR, [version.pk])
        return list(cursor.fetchall())


def page(reader: Client, version: ModelVersion) -> None:
    """Load the page of the table as a browser would."""
    response = reader.get("/analysis/", {"model": version.name}, secure=True)
    if response.status_code != 200:
        raise SystemExit(f"The page answered {response.status_code}.")


def main() -> None:
    """Time the comparison on generated rows, and leave none behind."""
    call_command("migrate", verbosity=0)  # the data folder may be new
    with transaction.atomic():
        generate(SAMPLES)
        User.objects.filter(username="bench-person-1").update(is_active=True)
        print(json.dumps({"samples": SAMPLES, "milliseconds": measure()}, indent=2))
        transaction.set_rollback(True)


if __name__ == "__main__":
    main()
