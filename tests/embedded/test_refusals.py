"""What cannot work ends in one line that a person can act on."""

from __future__ import annotations

import ast
import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from labelhub.embedded import cluster, database, ports, procfile, refusal, suite
from labelhub.embedded.guardian import Guardian
from labelhub.embedded.locks import Instance
from labelhub.embedded.places import ROOT, Places
from labelhub.embedded.refusal import Refusal
from tests.embedded.small_hub import SmallHub


def test_a_python_that_is_too_old_or_too_new_gets_a_sentence(tmp_path: Path):
    program = (ROOT / "run").read_text().replace("FIT = ((3, 11), (3, 12), (3, 13))", "FIT = ()")
    (tmp_path / "run").write_text(program)

    done = subprocess.run(
        [sys.executable, str(tmp_path / "run"), "up"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert done.stderr.startswith("LabelHub needs Python 3.11, 3.12 or 3.13; this is ")
    assert done.stderr.count("\n") == 1


def test_a_python_3_6_can_read_the_file_that_refuses_it():
    ast.parse((ROOT / "run").read_text(), feature_version=(3, 6))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("postgres://someone@127.0.0.1:1/hub", "Connection refused"),
        ("mysql://someone@127.0.0.1/hub", "must start with postgres://"),
    ],
)
def test_a_database_that_cannot_be_used_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, reason: str
):
    (tmp_path / ".venv").symlink_to(sys.prefix)
    here = Places(root=tmp_path, data=tmp_path / "data")
    monkeypatch.setenv("DATABASE_URL", url)

    with pytest.raises(Refusal, match=reason) as refused:
        database.Given(here, url)

    assert "\n" not in str(refused.value)


def test_a_full_disk_is_named_when_postgres_meets_it(tmp_path: Path):
    log = tmp_path / "postgres.log"
    log.write_text("FATAL:  could not write lock file: No space left on device\n")

    told = cluster.broken("PostgreSQL does not start", log)

    assert str(told).startswith("The disk is full")


def test_a_full_disk_is_named_when_we_meet_it():
    told = refusal.of_system(OSError(errno.ENOSPC, "No space left on device", "/data/logs"))

    assert str(told) == "The disk is full (/data/logs). Free some space and start again."


def test_a_data_folder_that_cannot_be_made_is_one_line(hub: SmallHub):
    (hub.root / "file").write_text("")

    refused = hub.run("up", "--data-dir", str(hub.root / "file" / "data"))

    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert "Traceback" not in refused.stderr


def test_a_web_server_that_never_starts_is_told_with_its_last_words(hub: SmallHub):
    (hub.root / "web.py").write_text("raise SystemExit('the settings are wrong')")

    refused = hub.run("up", "--port", str(hub.port))

    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-1].startswith(
        "The web server does not start: the settings are wrong"
    )
    assert hub.wait_until_gone() == []


def test_a_fault_while_preparing_is_told_in_the_last_line(hub: SmallHub):
    fault = "import sys; sys.exit('LABELHUB_SECRET_KEY is not set: sessions are signed with it.')"
    (hub.root / "labelhub" / "prepare.py").write_text(fault)

    refused = hub.run("up", "--port", str(hub.port))

    assert "LABELHUB_SECRET_KEY is not set" in refused.stderr.splitlines()[-1]
    assert hub.wait_until_gone() == []


def test_a_host_that_is_not_this_machine_is_refused():
    with pytest.raises(Refusal, match=r"Cannot listen on 192\.0\.2\.1:8000"):
        ports.refuse_unless_free("192.0.2.1", 8000)


def test_an_instance_that_was_killed_lets_the_next_one_in(tmp_path: Path):
    path = tmp_path / "up.lock"
    path.write_text('{"address": "http://127.0.0.1:8000", "pid": 1}')

    Instance(path, address="http://127.0.0.1:8001")

    assert '"http://127.0.0.1:8001"' in path.read_text()


def test_a_folder_with_a_space_stays_one_argument(tmp_path: Path):
    (tmp_path / "Procfile").write_text("beat: celery beat --schedule $LABELHUB_DATA/beat\n")

    commands = procfile.read(tmp_path / "Procfile", {"LABELHUB_DATA": "/my data"})

    assert commands == {"beat": ["celery", "beat", "--schedule", "/my data/beat"]}


def test_a_procfile_that_names_an_unknown_value_is_refused(tmp_path: Path):
    (tmp_path / "Procfile").write_text("web: gunicorn --bind $ADDRESS\n")

    with pytest.raises(Refusal, match="cannot fill in '\\$ADDRESS'"):
        procfile.read(tmp_path / "Procfile", {"BIND": "127.0.0.1:8000"})


def test_two_runs_of_the_tests_never_share_a_database():
    url = "postgres://someone@127.0.0.1:5432/hub"

    first, second = suite.own_database(url), suite.own_database(url)

    assert first != second
    assert first.startswith("postgres://someone@127.0.0.1:5432/labelhub_")


def test_the_tests_do_not_see_how_an_installation_is_configured():
    env = {"LABELHUB_ENV": "production", "LABELHUB_DATA": "/t", "HOME": "/root"}

    assert suite.unconfigured(env) == {"LABELHUB_DATA": "/t", "HOME": "/root"}


def test_all_tests_are_spread_over_the_cores():
    command = suite.spread(["-v"], cores=2)

    assert command == ["-n", "2", "--dist", "loadscope", "--no-loadscope-reorder", "-v"]


@pytest.mark.parametrize("chosen", ["tests/jobs", "-x", "--pdb", "-k=undo", "-n0", "--lf", "-s"])
def test_whoever_chooses_tests_or_watches_them_gets_one_process(chosen):
    assert suite.spread(["-v", chosen], cores=2) == ["-v", chosen]


def test_one_core_runs_one_process():
    assert suite.spread([], cores=1) == []


def test_what_starts_labelhub_needs_nothing_but_the_standard_library():
    allowed = sys.stdlib_module_names | {"labelhub"}

    for path in (ROOT / "labelhub" / "embedded").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert {name.partition(".")[0] for name in names} <= allowed, path.name
            assert all(
                name.startswith("labelhub.embedded")
                for name in names
                if name.startswith("labelhub")
            ), path.name


def test_a_guardian_removes_the_scratch_folder(places: Places, tmp_path: Path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    Guardian(places, scratch=scratch).dismiss()

    assert not scratch.exists()


def test_a_command_that_a_guardian_runs_ends_with_its_children(places: Places):
    shell = shutil.which("sh") or "/bin/sh"
    guardian = Guardian(places)

    code = guardian.run([shell, "-c", "sleep 600 & echo started; exit 3"], env=dict(os.environ))

    assert code == 3
    guardian.dismiss()
