"""The files of a model version's folder, and whether they are the ones that were made."""

import hashlib
from pathlib import Path

from mlcore.corpus.folder import read_json, write_json
from mlcore.progress import BadInput

MODEL = "model.tflite"
WEIGHTS = "model.keras"
ENCODER = "encoder.json"
CATEGORIES = "categories.json"
CONFIG = "config.json"
SCORES = "scores.json"
CALIBRATION = "calibration.json"
SEAL = "fingerprint.json"

FILES = (MODEL, WEIGHTS, ENCODER, CATEGORIES, CONFIG, SCORES)
"""What every version has; some have more, which is sealed as well."""


class DamagedArtifact(BadInput):
    """The folder is not the model version that was made."""


def seal(folder: Path) -> str:
    """
    Write the digests of all files, and return the version's fingerprint.

    The fingerprint is the SHA-256 over names and digests, so any change of any file is
    a change of the fingerprint.
    """
    names = sorted(path.name for path in folder.iterdir() if path.name != SEAL)
    digests = {name: _digest(folder / name) for name in names}
    whole = _combined(digests)
    write_json(folder / SEAL, {"fingerprint": whole, "files": digests})
    return whole


def fingerprint(folder: Path) -> str:
    """
    Return the fingerprint written when the version was made.

    Raises:
        DamagedArtifact: the folder holds none.
    """
    return _read_seal(folder)[0]


def verify(folder: Path) -> None:
    """
    Check that every file is there and unchanged.

    Raises:
        DamagedArtifact: a file is missing or its content is another.
    """
    whole, digests = _read_seal(folder)
    if unknown := [name for name in FILES if name not in digests]:
        raise DamagedArtifact(
            f"The model in {folder} was made without {unknown[0]}, by another release of "
            "LabelHub; train it again."
        )
    for name in digests:
        if not (folder / name).is_file():
            raise DamagedArtifact(f"The model in {folder} lacks its file {name}.")
        if _digest(folder / name) != digests[name]:
            raise DamagedArtifact(f"The file {name} in {folder} was changed after training.")
    if _combined(digests) != whole:
        raise DamagedArtifact(f"The fingerprint in {folder} was changed after training.")


def _read_seal(folder: Path) -> tuple[str, dict[str, str]]:
    try:
        record = read_json(folder / SEAL)
        return str(record["fingerprint"]), dict(record["files"])
    except (BadInput, KeyError, TypeError) as problem:
        raise DamagedArtifact(f"{folder} holds no finished model.") from problem


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _combined(digests: dict[str, str]) -> str:
    lines = "".join(f"{name} {digest}\n" for name, digest in sorted(digests.items()))
    return hashlib.sha256(lines.encode()).hexdigest()
