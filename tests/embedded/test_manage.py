"""`./run manage` and `./run bench` on the database of the data folder."""

from __future__ import annotations

from pathlib import Path

from labelhub.embedded import manage
from tests.embedded.small_hub import SmallHub


def test_manage_starts_the_database_for_the_duration(hub: SmallHub):
    done = hub.run("manage", "showmigrations", "--plan")

    address, *arguments = done.stdout.split()
    assert address.startswith("postgres://labelhub:")
    assert arguments == ["showmigrations", "--plan"]
    assert hub.wait_until_gone() == []


def test_manage_uses_the_database_of_a_running_labelhub(hub: SmallHub):
    hub.up()

    done = hub.run("manage", "check")

    assert f"@127.0.0.1:{hub.postgres_port()}/" in done.stdout
    assert hub.is_answering()


def test_manage_prints_nothing_of_its_own_on_standard_output(hub: SmallHub):
    done = hub.run("manage")

    assert done.stdout.count("\n") == 1


def test_benchmarks_are_listed_with_their_first_lines(tmp_path: Path):
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks" / "claims.py").write_text(
        '"""Claims a second.\n\nMore."""\ndef main(): ...\n'
    )
    (tmp_path / "benchmarks" / "rows.py").write_text('"""Rows that benchmarks share."""\n')

    assert manage.benchmarks(tmp_path) == {"claims": "Claims a second."}


def test_an_unknown_benchmark_is_refused_with_the_known_ones(hub: SmallHub):
    (hub.root / "benchmarks").mkdir()
    (hub.root / "benchmarks" / "claims.py").write_text('"""Claims."""\ndef main(): ...\n')

    refused = hub.run("bench", "clams")

    assert refused.stderr == "There is no benchmark 'clams'. There are: claims.\n"
