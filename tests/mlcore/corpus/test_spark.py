import duckdb
import numpy as np
import pyarrow as pa
import pytest

from mlcore.corpus import balance, engines
from mlcore.corpus.plan import CurationPlan
from tests.brokers import program

pytestmark = pytest.mark.timeout(600)  # starting Spark takes minutes on a busy machine


@pytest.fixture
def spark():
    """Spark in a process of its own on this machine."""
    program("java", "default-jre-headless")
    with pytest.MonkeyPatch.context() as patch:
        # A process that lives for seconds gains nothing from Java's second compiler.
        patch.setenv("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")
        with engines.opened("local[1]") as engine:
            yield engine


@pytest.fixture
def candidates():
    """Three thousand rows; category 0 has half of them, category 9 one, months are uneven."""
    draw = np.random.default_rng(7)
    categories = np.append(np.minimum(draw.geometric(0.5, 2999) - 1, 8), 9)
    return pa.table(
        {
            "row": pa.array(draw.permutation(3000), pa.int64()),
            "category": pa.array(categories, pa.int32()),
            "month": pa.array(draw.geometric(0.4, 3000), pa.int32()),
            "ticket": pa.array(draw.integers(0, 2**60, 3000), pa.int64()),
            "tail": pa.array(draw.integers(0, 2**60, 3000), pa.int64()),
        }
    )


def picked(engine, candidates, plan, workspace):
    with duckdb.connect() as connection:
        connection.from_arrow(candidates).create(balance.CANDIDATES)
        engine.pick(connection, plan, workspace)
        return {row for (row,) in connection.table(engines.PICKS).fetchall()}


def test_spark_picks_the_rows_that_duckdb_picks(spark, candidates, tmp_path):
    sizes = np.bincount(candidates["category"])
    for by_month in (False, True):
        plan = CurationPlan(m=17.3, by_month=by_month)
        (tmp_path / str(by_month)).mkdir()

        picks = picked(spark, candidates, plan, tmp_path / str(by_month))

        assert picks == picked(engines.DuckDb(), candidates, plan, tmp_path)
        assert len(picks) == sum(plan.quota(int(size)) for size in sizes)


def test_what_spark_cannot_do_is_said_in_one_line(candidates, tmp_path):
    class Broken:
        @property
        def read(self):
            raise RuntimeError(
                "An error\n: org.apache.Failed: no\n  at line\nCaused by: a full disk\n"
            )

    with pytest.raises(ValueError, match=r"^Spark at spark://one failed: a full disk$"):
        picked(engines.Spark(Broken(), "spark://one"), candidates, CurationPlan(m=1), tmp_path)
