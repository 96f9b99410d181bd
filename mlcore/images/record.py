"""A backbone's folder: what turns pictures into features, and what it was made of."""

import hashlib
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from mlcore.corpus.folder import read_json, write_json
from mlcore.images.decode import DECODER
from mlcore.progress import BadInput

MODEL = "backbone.tflite"
RECORD = "backbone.json"

FILES = (MODEL, RECORD)
"""All files of the folder; nothing else is needed to turn pictures into features."""


class DamagedBackbone(BadInput):
    """The folder is not the backbone that was written."""


class Precision(StrEnum):
    """In which numbers the exported network computes."""

    FP32 = "fp32"
    INT8 = "int8"


@dataclass(frozen=True)
class BackboneRecord:
    """
    What a backbone is.

    Attributes:
        name: one of `mlcore.images.backbones.NAMES`.
        side: pixels of the square that it sees.
        width: features of one picture.
        precision: of the exported network.
        weights: SHA-256 of the trained weights.
        origin: where the weights came from, in words.
        decoder: what turned files into pixels.
        model: SHA-256 of the exported network.
        difference: length of (exported - trained features) over length of the trained ones,
            the mean over the pictures it was checked with.
    """

    name: str
    side: int
    width: int
    precision: Precision
    weights: str
    origin: str
    decoder: str
    model: str
    difference: float

    @property
    def fingerprint(self) -> str:
        """Return what decides a picture's features: equal fingerprints, equal features."""
        parts = (self.name, self.side, self.precision, self.weights, self.decoder)
        return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()


def write(record: BackboneRecord, folder: Path) -> None:
    """Write the record beside the exported network."""
    write_json(folder / RECORD, asdict(record))


def read(folder: Path) -> BackboneRecord:
    """
    Return the record of a backbone's folder, the network checked against it.

    Raises:
        DamagedBackbone: a file is missing, damaged or was changed.
        BadInput: its pictures were decoded in another way than this version does.
    """
    record = _parsed(folder)
    try:
        digest = hashlib.sha256((folder / MODEL).read_bytes()).hexdigest()
    except OSError as problem:
        raise DamagedBackbone(f"The backbone in {folder} lacks its file {MODEL}.") from problem
    if digest != record.model:
        raise DamagedBackbone(f"The file {MODEL} in {folder} was changed after its export.")
    if record.decoder != DECODER:
        raise BadInput(
            f"The backbone in {folder} saw pictures decoded by {record.decoder}, here is "
            f"{DECODER}; train it again."
        )
    return record


def _parsed(folder: Path) -> BackboneRecord:
    try:
        content = read_json(folder / RECORD)
        return BackboneRecord(**{**content, "precision": Precision(content["precision"])})
    except (BadInput, KeyError, TypeError, ValueError) as problem:
        raise DamagedBackbone(f"{folder} holds no backbone.") from problem
