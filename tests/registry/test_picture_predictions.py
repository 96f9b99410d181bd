"""Versions that see pictures predict samples by the pictures that are stored; a few seconds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from django.core.files.storage import default_storage

from labelhub.catalog.models import SampleImage
from labelhub.catalog.services import images
from labelhub.jobs.models import Job
from labelhub.jobs.services import carrying
from labelhub.labelling.models import Round
from labelhub.registry.models import ModelVersion, Prediction
from labelhub.registry.services import predictions, runs, storing
from mlcore.artifact.pictures import seen
from mlcore.images.decode import decode
from mlcore.training.config import TrainingConfig
from tests.factories import (
    NOW,
    AssignmentFactory,
    CategoryFactory,
    ModelVersionFactory,
    RoundFactory,
    SampleFactory,
)
from tests.mlcore.images.pictures import BLUE, RED, plain
from tests.registry.rows import make_corpus

pytestmark = pytest.mark.django_db

SIDE = 32
COLOURS = {"색>red": RED, "색>blue": BLUE}
SETTINGS = TrainingConfig(
    branches=("name", "image"),
    epochs=30,
    patience=30,
    batch_size=8,
    embedding_size=4,
    filters=4,
    hidden_size=16,
    dropout=0.0,
    validation_share=0.2,
)


def shade(colour, number: int) -> bytes:
    return plain(tuple(max(0, part - 3 * number) for part in colour), (SIDE, SIDE), "PNG")


@pytest.fixture(scope="module")
def artifact(tmp_path_factory) -> Path:
    """A version that knows two colours, of products that are all called the same."""
    import keras

    from mlcore.images.backbones import SMALL, build
    from mlcore.images.export import export
    from mlcore.training.fit import fit_and_export

    keras.utils.set_random_seed(3)

    folder = tmp_path_factory.mktemp("colours")
    rows = [(path, f"{path[2:]}-{n}.png") for path in COLOURS for n in range(20)]
    pixels = []
    for path, name in rows:
        picture = shade(COLOURS[path], int(name.split("-")[1][:-4]))
        (folder / name).write_bytes(picture)
        pixels.append(decode(picture, side=SIDE))
    table = pa.table(
        {
            "product_id": [name for _, name in rows],
            "category_path": [path for path, _ in rows],
            "name_tokens": pa.array([["상품"]] * len(rows)),
            "image": [name for _, name in rows],
        }
    )
    export(build(SMALL, side=SIDE), folder / "backbone", samples=np.stack(pixels))
    with seen(folder / "backbone", folder) as pictures:
        fit_and_export(table, SETTINGS, folder / "artifact", pictures=pictures)
    return folder / "artifact"


@pytest.fixture
def version(db, artifact, tmp_path) -> ModelVersion:
    run = runs.start(
        corpus=make_corpus(tmp_path),
        version_name="v1",
        rules=(),
        list_version=0,
        config=TrainingConfig(),
        by=None,
        now=NOW,
    )
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "v1").symlink_to(artifact)
    for path in COLOURS:
        CategoryFactory(path=path)
    return ModelVersionFactory(name="v1", origin="trained", run=run, folder="v1")


@pytest.fixture
def round(db) -> Round:
    """Red, blue, a picture that is gone, an address, nothing; all with one name."""
    drawn = RoundFactory(name="first")
    for product_id in ("red", "blue", "gone", "address", "nothing"):
        sample = SampleFactory(product_id=product_id, name="상품")
        AssignmentFactory(round=drawn, sample=sample)
        if product_id in ("red", "blue", "gone"):
            colour = BLUE if product_id == "blue" else RED
            image = images.keep(shade(colour, 30 if product_id == "gone" else 5))
            SampleImage.objects.create(sample=sample, position=0, name="1.png", image=image)
            if product_id == "gone":
                default_storage.delete(images.original_name(image.sha256, image.format))
        if product_id == "address":
            SampleImage.objects.create(sample=sample, position=0, name="https://a.kr/1.jpg")
    return drawn


def carried(job: Job) -> Job:
    carrying.carry_out(job.pk)
    job.refresh_from_db()
    return job


def start(version, round) -> Job:
    return predictions.start(version=version, round=round, by=None, now=NOW)


def answers() -> dict[str, str]:
    found = Prediction.objects.values_list("sample__product_id", "category__path")
    return dict(found)


def test_samples_are_told_apart_by_their_stored_pictures(version, round, tmp_path):
    job = carried(start(version, round))

    assert (job.state, job.error) == ("done", "")
    assert answers()["red"] == "색>red"
    assert answers()["blue"] == "색>blue"
    assert len(answers()) == 5
    assert list((tmp_path / "features").rglob("*.features"))


def test_samples_without_a_picture_that_can_be_read_are_counted(version, round):
    job = carried(start(version, round))

    assert job.result == {"samples": 5, "lacking": {"without_picture": 2, "unreadable": 1}}
    same = Prediction.objects.filter(sample__product_id__in=["gone", "nothing"])
    assert len(set(same.values_list("probability", flat=True))) == 1


def test_a_killed_job_counts_on(version, round, monkeypatch):
    monkeypatch.setattr(predictions, "PICTURED_CHUNK", 4)
    job, real, stored = start(version, round), storing.store, []

    def store_one_then_die(**values):
        if stored:
            raise SystemExit
        stored.append(real(**values))

    with monkeypatch.context() as patch:
        patch.setattr(storing, "store", store_one_then_die)
        with pytest.raises(SystemExit):
            carrying.carry_out(job.pk)
    Job.objects.update(state="waiting", lease_expires_at=None)

    job = carried(job)

    assert stored == [4]
    assert job.result == {"samples": 5, "lacking": {"without_picture": 2, "unreadable": 1}}


def test_a_picture_that_cannot_be_read_gives_way_to_the_next(version, round):
    gone = SampleImage.objects.get(sample__product_id="gone")
    next_one = images.keep(shade(BLUE, 2))
    SampleImage.objects.create(sample=gone.sample, position=1, name="2.png", image=next_one)

    carried(start(version, round))

    assert answers()["gone"] == "색>blue"
