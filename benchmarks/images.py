"""
Pictures: how fast they are decoded and turned into features, and what features are worth.

    ./run bench images [--weights FILE] [--cache DIR] [--out benchmarks/results/images.json]

Reads the fashion photos of the real data (LABELHUB_REAL_DATA, default ../shared/data); says so
and stops where the folder is missing. Rates are given by the clock and per second of processor
time, which other work on the machine changes less.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402  # after the path
import PIL.Image  # noqa: E402
import pyarrow as pa  # noqa: E402
from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: E402
from sklearn.linear_model import LogisticRegression, SGDClassifier  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402

from mlcore.artifact import runtime  # noqa: E402
from mlcore.artifact.pictures import seen  # noqa: E402
from mlcore.commands import files  # noqa: E402
from mlcore.images import features  # noqa: E402
from mlcore.images.decode import SIDE, decode  # noqa: E402
from mlcore.images.files import opened  # noqa: E402
from mlcore.images.record import Precision  # noqa: E402
from mlcore.text.tokenise import MecabTokeniser  # noqa: E402
from mlcore.training.config import TrainingConfig  # noqa: E402

BACKBONE = "mobilenet_v2_1.0"
TIMED = 300  # pictures of which rates are taken
TF_TIMED = 64  # the TensorFlow graph is slow
LARGE = 500  # pixels; what shops deliver
HELD_OUT = 5  # one product in five, by the hash of its id
PENALTY = 0.1  # C of the logistic regression on features
NETWORK = {"branches": ["name", "image"], "epochs": 16, "patience": 4}


@contextmanager
def timed(rates: dict[str, Any], name: str, count: int) -> Iterator[None]:
    """Note how many pictures a second were done, by the clock and by the processor."""
    clock, processor = time.perf_counter(), time.process_time()
    yield
    rates[name] = {
        "per second": round(count / (time.perf_counter() - clock), 1),
        "per processor second": round(count / (time.process_time() - processor), 1),
    }


def with_pillow(data: bytes) -> Any:
    """Decode and shrink as most programs do."""
    with PIL.Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("RGB").resize((SIDE, SIDE), PIL.Image.Resampling.BOX))


def enlarged(data: bytes) -> bytes:
    """Return a photo as shops deliver them: 500 pixels, JPEG."""
    written = io.BytesIO()
    with PIL.Image.open(io.BytesIO(data)) as picture:
        picture.resize((LARGE, LARGE), PIL.Image.Resampling.BICUBIC).save(
            written, "JPEG", quality=88
        )
    return written.getvalue()


def decoding(photos: Sequence[bytes]) -> dict[str, Any]:
    """Time the decoder beside Pillow on one core."""
    rates: dict[str, Any] = {}
    large = [enlarged(data) for data in photos]
    ways: dict[str, Callable[[bytes], Any]] = {"ours": decode, "Pillow": with_pillow}
    for size, files_of_size in ((SIDE, photos), (LARGE, large)):
        for way, read in ways.items():
            with timed(rates, f"{way}, {size} px", len(files_of_size)):
                for data in files_of_size:
                    read(data)
    return rates


def featuring(backbone: Any, folders: dict[str, Path], images: Path, names: list[str]) -> Any:
    """Time pixels to features, and files of a zip to features on disk."""
    from mlcore.images.backbones import pooled

    rates: dict[str, Any] = {}
    with opened(images) as pictures:
        pixels = np.stack([decode(pictures.read(name)) for name in names])
    network = pooled(backbone)
    network.predict(pixels[:32], verbose=0)
    with timed(rates, "TensorFlow graph, batches of 32", TF_TIMED):
        network.predict(pixels[:TF_TIMED], verbose=0, batch_size=32)
    for precision, folder in folders.items():
        extractor = features.load(folder)
        extractor.features(pixels[:4])
        with timed(rates, f"LiteRT {precision}, one thread", len(pixels)):
            extractor.features(pixels)
        whole = f"LiteRT {precision}, zip to disk, two threads"
        with seen(folder, images) as looked, timed(rates, whole, len(names)):
            looked.of(names)
    return rates


def accuracies(rows: pa.Table, folders: dict[str, Path], images: Path, cache: Path) -> Any:
    """Measure features, names and both on products that were held out."""
    is_test = np.array([_is_held_out(each) for each in rows["product_id"].to_pylist()])
    truth = np.array(rows["category_path"].to_pylist())
    found: dict[str, Any] = {"training rows": int((~is_test).sum()), "rows": int(is_test.sum())}
    names = rows["product_name"].to_pylist()
    peer = make_pipeline(
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True),
        SGDClassifier(loss="log_loss", alpha=1e-6, max_iter=12, tol=None, random_state=0),
    )
    texts = np.array(names, dtype=object)
    peer.fit(texts[~is_test], truth[~is_test])
    found["peer: names, character n-grams, logistic SGD"] = _share(
        peer.predict(texts[is_test]) == truth[is_test]
    )
    for precision, folder in folders.items():
        with seen(folder, images, cache=cache) as pictures:
            values = pictures.of(rows["image"].to_pylist()).values
            model = LogisticRegression(C=PENALTY, max_iter=300)
            model.fit(values[~is_test], truth[~is_test])
            found[f"photo, logistic regression on {precision} features"] = _share(
                model.predict(values[is_test]) == truth[is_test]
            )
            if precision == Precision.FP32:
                found["network"] = networked(rows, is_test, truth, pictures)
            print(json.dumps(found), file=sys.stderr)
            if pictures.problems:
                found["unusable pictures"] = len(pictures.problems)
    return found


def networked(rows: pa.Table, is_test: Any, truth: Any, pictures: Any) -> dict[str, float]:
    """Train the network on names and photos, and return what each head gets right."""
    from mlcore.training.fit import fit_and_export

    test = rows.filter(pa.array(is_test))
    config = TrainingConfig.from_record(NETWORK)
    with tempfile.TemporaryDirectory() as folder:
        version = Path(folder) / "version"
        fit_and_export(rows.filter(pa.array(~is_test)), config, version, pictures=pictures)
        model = runtime.load(version)
        shown = pictures.of(test["image"].to_pylist())
        answers = model.predict_products(
            model.read(test["product_name"].to_pylist(), pictures=shown)
        )
    return {
        head: _share(np.array(answer.paths()) == truth[is_test]) for head, answer in answers.items()
    }


def _is_held_out(product_id: str) -> bool:
    return int(hashlib.md5(product_id.encode()).hexdigest()[:8], 16) % HELD_OUT == 0


def _share(is_right: Any) -> float:
    return round(float(np.mean(is_right)), 4)


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, help="of MobileNetV2 1.0, without its top")
    parser.add_argument("--cache", type=Path, help="keeps the features for the next run")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    data = Path(os.environ.get("LABELHUB_REAL_DATA", ROOT.parent / "shared/data"))
    if not (data / "fashion").is_dir():
        sys.exit(f"Skipped: there is no real data at {data}.")
    from mlcore.images.backbones import build
    from mlcore.images.export import export

    images = data / "fashion/images.zip"
    weights = options.weights or data / "weights/mobilenet_v2_1.0_224_imagenet_notop.weights.h5"
    rows = files.tokenised(files.labelled(data / "fashion/pool_7k.csv"), MecabTokeniser())
    sample = rows["image"].to_pylist()[:: rows.num_rows // TIMED][:TIMED]
    with opened(images) as pictures:
        photos = [pictures.read(name) for name in sample]
    backbone = build(BACKBONE, side=SIDE, weights=weights)
    with tempfile.TemporaryDirectory() as folder:
        cache = options.cache or Path(folder) / "cache"
        folders = {precision.value: Path(folder) / precision for precision in Precision}
        samples = np.stack([decode(data) for data in photos])
        made = {
            precision: export(backbone, at, samples=samples, precision=Precision(precision))
            for precision, at in folders.items()
        }
        result: dict[str, Any] = {
            "processors": os.cpu_count(),
            "load before": round(os.getloadavg()[0], 1),
            "pictures timed": len(photos),
            "difference from Keras": {name: each.difference for name, each in made.items()},
        }
        for part, measure in (
            ("decoding, one core", lambda: decoding(photos)),
            ("features", lambda: featuring(backbone, folders, images, sample)),
            ("accuracy", lambda: accuracies(rows, folders, images, cache)),
        ):
            result[part] = measure()
            print(part, json.dumps(result[part]), file=sys.stderr)
    text = json.dumps(result, indent=1)
    print(text)
    if options.out:
        options.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
