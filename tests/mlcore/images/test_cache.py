import hashlib
import multiprocessing
import os

import numpy as np
import pytest

from mlcore.images.cache import ABSENT, FeatureCache

WIDTH = 3


def digest(number):
    return hashlib.sha256(str(number).encode()).hexdigest()


def feature(number):
    return [number, number / 2, -number]


def opened(root, fingerprint="a" * 64, width=WIDTH):
    return FeatureCache(root, fingerprint=fingerprint, width=width)


def add(cache, *numbers):
    features = np.array([feature(number) for number in numbers], dtype=np.float32)
    cache.add([digest(number) for number in numbers], features)


def looked_up(cache, *numbers):
    return cache.take(cache.locate([digest(number) for number in numbers])).tolist()


def test_features_are_found_by_digest_whatever_their_order(tmp_path):
    cache = opened(tmp_path)
    add(cache, 1, 2, 3)
    add(cache, 4)

    assert looked_up(cache, 4, 2, 2, 1) == [feature(4), feature(2), feature(2), feature(1)]


def test_what_was_not_computed_is_absent_and_reads_as_zeros(tmp_path):
    cache = opened(tmp_path)
    empty = cache.locate([digest(1)])
    add(cache, 1)

    assert empty.tolist() == [ABSENT]
    assert cache.locate([digest(9)]).tolist() == [ABSENT]
    assert looked_up(cache, 1, 9) == [feature(1), [0, 0, 0]]


def test_no_pictures_are_no_lookup(tmp_path):
    cache = opened(tmp_path)
    cache.add([], np.empty((0, WIDTH), dtype=np.float32))

    assert cache.locate([]).shape == (0,)
    assert cache.take(np.empty(0, dtype=np.int64)).shape == (0, WIDTH)
    assert len(cache) == 0


def test_the_next_process_finds_them(tmp_path):
    add(opened(tmp_path), 1, 2)

    assert looked_up(opened(tmp_path), 2, 1) == [feature(2), feature(1)]


def test_locations_stay_valid_while_others_add(tmp_path):
    cache = opened(tmp_path)
    add(cache, 5)
    before = cache.locate([digest(5)])
    for number in range(20):
        add(opened(tmp_path), number + 100)

    cache.refresh()

    assert cache.take(before).tolist() == [feature(5)]
    assert looked_up(cache, 110) == [feature(110)]


def test_another_backbone_has_a_cache_of_its_own(tmp_path):
    add(opened(tmp_path), 1)

    assert len(opened(tmp_path, fingerprint="b" * 64)) == 0


def test_what_a_killed_process_left_is_never_read(tmp_path):
    cache = opened(tmp_path)
    add(cache, 1, 2)
    [whole] = tmp_path.glob("*/*.features")
    data = whole.read_bytes()
    for length in (0, 7, 16, 40, len(data) - 1):
        (whole.parent / f"cut-{length}.features").write_bytes(data[:length])
    (whole.parent / "unfinished.draft").write_bytes(data)

    assert len(opened(tmp_path)) == 2


def test_a_file_of_another_kind_or_width_is_not_read(tmp_path):
    add(opened(tmp_path), 1)
    [whole] = tmp_path.glob("*/*.features")
    data = whole.read_bytes()
    whole.write_bytes(b"XXXXXXXX" + data[8:])

    assert len(opened(tmp_path)) == 0
    whole.write_bytes(data)
    assert len(opened(tmp_path, width=WIDTH + 1)) == 0


def test_a_draft_is_removed_a_day_after_its_process_was_killed(tmp_path):
    folder = opened(tmp_path)._folder
    old, new = folder / "old.draft", folder / "new.draft"
    for draft in (old, new):
        draft.write_bytes(b"half")
    os.utime(old, (0, 0))

    opened(tmp_path)

    assert not old.exists()
    assert new.exists()


def test_features_of_another_shape_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"expected features of shape \(1, 3\), got \(1, 4\)"):
        opened(tmp_path).add([digest(1)], np.zeros((1, 4), dtype=np.float32))


def _add_many(root, begin):
    cache = opened(root)
    for number in range(begin, begin + 40):
        add(cache, number)


def test_processes_that_add_at_once_lose_nothing(tmp_path):
    spawn = multiprocessing.get_context("fork")
    writers = [spawn.Process(target=_add_many, args=(tmp_path, begin)) for begin in (0, 30, 60)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    cache = opened(tmp_path)
    assert len(cache) == 120
    assert looked_up(cache, *range(100)) == [feature(number) for number in range(100)]
