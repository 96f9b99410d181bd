"""Where the balance is worked out: DuckDB in this process, or Spark on this or other machines."""

import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from mlcore.corpus import balance
from mlcore.corpus.plan import CurationPlan
from mlcore.progress import BadInput

if TYPE_CHECKING:
    import duckdb

DUCKDB = "duckdb"
SPARK_MASTERS = ("spark://", "local[", "local", "yarn", "k8s://")

PICKS = "picks"
"""The table that an engine fills: the column `row` of what it picked."""

SHUFFLE_PARTITIONS = "16"
"""Spark's 200 are for clusters a hundred times the size of these keys."""


GAVE_UP = "stopped SparkContext"
"""What Spark says a minute after it found no master."""


class Engine(Protocol):
    """Anything that can pick rows as a plan says."""

    def pick(
        self, connection: "duckdb.DuckDBPyConnection", plan: CurationPlan, workspace: Path
    ) -> None:
        """
        Make the table `picks` out of the table `candidates`, both of the connection.

        Raises:
            BadInput: the engine failed, in one line.
        """
        ...


class DuckDb:
    """Runs where the rows are."""

    def pick(
        self, connection: "duckdb.DuckDBPyConnection", plan: CurationPlan, workspace: Path
    ) -> None:
        """Make the table `picks`."""
        connection.sql(balance.as_sql(plan, "duckdb")).create(PICKS)


class Spark:
    """Runs on a Spark session; a cluster has to see the workspace under the same path."""

    def __init__(self, session: Any, master: str) -> None:
        self._session = session
        self._master = master

    def pick(
        self, connection: "duckdb.DuckDBPyConnection", plan: CurationPlan, workspace: Path
    ) -> None:
        """Hand the candidates over as Parquet, and take the picks back as Parquet."""
        given, taken = workspace / "candidates.parquet", workspace / "picks"
        connection.table(balance.CANDIDATES).write_parquet(str(given))
        try:
            rows = self._session.read.parquet(given.absolute().as_uri())
            rows.createOrReplaceTempView(balance.CANDIDATES)
            picked = self._session.sql(balance.as_sql(plan, "pyspark"))
            picked.write.parquet(taken.absolute().as_uri())
        except Exception as problem:
            raise _failed(self._master, problem) from problem
        connection.read_parquet(str(taken / "*.parquet")).create(PICKS)


@contextmanager
def opened(name: str) -> Iterator[Engine]:
    """
    Give the engine of that name: `duckdb`, or a Spark master like `local[2]`, `spark://…`.

    Raises:
        BadInput: there is no such engine, or something that it needs is not installed.
    """
    if name == DUCKDB:
        yield DuckDb()
        return
    if not name.startswith(SPARK_MASTERS):
        raise BadInput(f"There is no engine {name}; choose duckdb, local[2] or spark://host:port.")
    session = _spark_session(name)
    try:
        yield Spark(session, name)
    finally:
        session.stop()


def _spark_session(master: str) -> Any:
    try:
        from pyspark.sql import SparkSession
    except ImportError as problem:
        raise BadInput("Spark is not installed here: pip install pyspark==4.0.5.") from problem
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise BadInput("Spark needs Java 17: apt-get install default-jre-headless.")
    logging.getLogger("py4j").setLevel(logging.WARNING)  # it tells of every connection
    builder = SparkSession.builder.master(master).appName("LabelHub curation")
    for setting, value in (
        ("spark.ui.enabled", "false"),
        ("spark.ui.showConsoleProgress", "false"),
        ("spark.log.level", "OFF"),
        ("spark.sql.shuffle.partitions", SHUFFLE_PARTITIONS),
    ):
        builder = builder.config(setting, value)
    try:
        return builder.getOrCreate()
    except Exception as problem:  # py4j wraps whatever Java threw in classes of its own
        raise _failed(master, problem) from problem


def _failed(master: str, problem: Exception) -> BadInput:
    lines = [line.strip() for line in str(problem).splitlines() if line.strip()]
    causes = [line for line in lines if line.startswith(("Caused by:", ": "))]
    reason = (causes or lines or [type(problem).__name__])[-1].removeprefix("Caused by:")
    if GAVE_UP in reason:
        reason = "the master does not answer"
    return BadInput(f"Spark at {master} failed: {reason.strip(' :')}")
