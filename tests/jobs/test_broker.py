"""The broker of one machine hands out whole messages, whatever happens to its folder."""

from __future__ import annotations

from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection

from labelhub.jobs import broker  # makes folder:// known


@pytest.fixture
def channel(tmp_path: Path):
    for name in ("messages", "control"):
        (tmp_path / name).mkdir()
    options = {
        "data_folder_in": str(tmp_path / "messages"),
        "data_folder_out": str(tmp_path / "messages"),
        "control_folder": str(tmp_path / "control"),
    }
    with Connection("folder://localhost/", transport_options=options) as connection:
        yield connection.channel()


def messages(tmp_path: Path) -> list[str]:
    return [path.suffix for path in (tmp_path / "messages").iterdir()]


def test_a_message_comes_out_as_it_went_in(channel):
    channel._put("light", {"id": 7})

    assert channel._get("light") == {"id": 7}
    with pytest.raises(Empty):
        channel._get("light")


def test_no_reader_sees_a_message_before_it_is_whole(channel, tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "replace", lambda draft, path: None)

    channel._put("light", {"id": 7})

    assert messages(tmp_path) == [".draft"]
    with pytest.raises(Empty):
        channel._get("light")


def test_a_message_that_a_full_disk_left_empty_is_passed_over(channel, tmp_path):
    (tmp_path / "messages" / f"{0:020d}_x.light.msg").touch()  # the first in line
    channel._put("light", {"id": 7})

    with pytest.raises(Empty):
        channel._get("light")
    assert channel._get("light") == {"id": 7}


def test_a_table_of_queues_that_a_dying_process_left_empty_is_made_again(
    channel, tmp_path, monkeypatch
):
    monkeypatch.setattr(broker, "PAUSE", 0)
    (tmp_path / "control" / "celery.exchange").touch()

    channel._queue_bind("celery", "light", "", "light")

    assert [queue.queue for queue in channel.get_table("celery")] == ["light"]
