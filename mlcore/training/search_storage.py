"""Where the trials of a search are kept, so that several workers share them and none is lost."""

import fcntl
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import optuna
from optuna.exceptions import ExperimentalWarning
from optuna.storages import BaseStorage, JournalStorage, RDBStorage, fail_stale_trials
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from mlcore.progress import BadInput

SCHEMA = "optuna"
"""Of Optuna's tables in PostgreSQL: apart from everybody else's, `alembic_version` too."""

CREATION_LOCK = 0x6F7074
"""Advisory lock under which one worker makes the schema and the tables."""

HEARTBEAT_SECONDS = 30
"""How often a worker says that it is alive; three missed ones mean that it is not."""

WORKER = "worker"
"""Name under which a trial keeps the number of its worker."""

JOURNAL_FILE = "trials.journal"

optuna.logging.set_verbosity(logging.WARNING)
# Noticing killed workers is called experimental since 2021; the version is pinned.
warnings.filterwarnings("ignore", category=ExperimentalWarning)


def in_postgresql(url: str) -> RDBStorage:
    """
    Return the storage in a PostgreSQL database, for any number of workers at once.

    The tables lie in a schema of their own, made here when it is missing. Trials of a worker
    that was killed are failed by the next one that looks (`drop_the_dead`).

    Args:
        url: `postgresql://user:password@host:port/database`.

    Raises:
        BadInput: it is no such address, or the database does not answer or may not be written.
    """
    if not url.startswith(("postgresql:", "postgres:")):
        raise BadInput("The storage of a search is postgresql://user:password@host:port/database.")
    address = make_url(url.replace("postgres://", "postgresql://", 1))
    address = address.set(drivername="postgresql+psycopg2")
    engine = create_engine(address)
    try:
        with engine.connect() as connection:
            lock = {"lock": CREATION_LOCK}
            connection.execute(text("SELECT pg_advisory_lock(:lock)"), lock)
            connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
            connection.commit()
            # The lock is the connection's: it goes with it, whatever happens here.
            return RDBStorage(
                address.render_as_string(hide_password=False),
                engine_kwargs={"connect_args": {"options": f"-csearch_path={SCHEMA}"}},
                heartbeat_interval=HEARTBEAT_SECONDS,
                grace_period=3 * HEARTBEAT_SECONDS,
            )
    except SQLAlchemyError as problem:
        raise BadInput(
            f"The storage {address.render_as_string()} cannot be used: {problem}"
        ) from problem
    finally:
        engine.dispose()


@contextmanager
def shared(url: str) -> Iterator[RDBStorage]:
    """Give the storage of `in_postgresql`, and close its connections at the end."""
    storage = in_postgresql(url)
    try:
        yield storage
    finally:
        storage.remove_session()
        storage.engine.dispose()


@contextmanager
def in_folder(folder: Path) -> Iterator[BaseStorage]:
    """
    Give the storage in a file of a folder, for one process at a time.

    Raises:
        BadInput: another process searches in this folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    journal = folder / JOURNAL_FILE
    with (folder / f".{JOURNAL_FILE}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BadInput(
                f"Another process searches in {folder}; several workers need a PostgreSQL storage."
            ) from None
        yield JournalStorage(JournalFileBackend(str(journal)))


def drop_the_dead(study: optuna.Study, storage: BaseStorage, worker: int | None = None) -> None:
    """
    Mark trials as failed whose worker was killed; the study goes on without them.

    Args:
        worker: one that begins anew; what it left running is dead however recent it is.
    """
    running = study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))
    for trial in running:
        # A folder is ours alone, so whatever still runs there is left from a dead process.
        is_left = worker is not None and trial.user_attrs.get(WORKER) == worker
        if is_left or isinstance(storage, JournalStorage):
            study.tell(trial.number, state=TrialState.FAIL)
    if isinstance(storage, RDBStorage):
        fail_stale_trials(study)
