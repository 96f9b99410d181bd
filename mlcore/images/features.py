"""
The light runtime of a backbone: pictures to features, without TensorFlow.

Nothing here or below may import Keras or TensorFlow.
"""

import threading
from pathlib import Path

import numpy as np
import numpy.typing as npt
from ai_edge_litert.interpreter import Interpreter

from mlcore.images import record
from mlcore.images.decode import Pixels, decode
from mlcore.images.record import BackboneRecord

Features = npt.NDArray[np.float32]


class Extractor:
    """
    A loaded backbone; safe to call from several threads.

    Every thread has an interpreter of its own that looks at one picture at a time: larger
    batches are slower, because they fall out of the processor's cache, and several threads
    with one picture each use several cores better than one picture split among them.
    """

    def __init__(self, model: bytes, backbone: BackboneRecord) -> None:
        self.record = backbone
        self._model = model
        self._local = threading.local()

    def feature(self, data: bytes) -> Features:
        """
        Return the features of one picture file, shape (width,).

        Raises:
            Unreadable: it is no picture that can be decoded.
        """
        features: Features = self.features(decode(data, side=self.record.side)[np.newaxis])[0]
        return features

    def features(self, pixels: Pixels) -> Features:
        """
        Return the features of decoded pictures.

        Args:
            pixels: shape (n, side, side, 3).

        Returns:
            Shape (n, width).
        """
        side = self.record.side
        if pixels.dtype != np.uint8 or pixels.shape[1:] != (side, side, 3):
            raise ValueError(
                f"expected uint8 pixels of shape (n, {side}, {side}, 3), "
                f"got {pixels.dtype} of {pixels.shape}"
            )
        interpreter = self._interpreter()
        [entry], [answer] = interpreter.get_input_details(), interpreter.get_output_details()
        features = np.empty((len(pixels), self.record.width), dtype=np.float32)
        for row in range(len(pixels)):
            interpreter.set_tensor(entry["index"], pixels[row : row + 1])
            interpreter.invoke()
            features[row] = interpreter.get_tensor(answer["index"])[0]
        return features

    def _interpreter(self) -> Interpreter:
        interpreter = getattr(self._local, "interpreter", None)
        if interpreter is None:
            interpreter = Interpreter(model_content=self._model, num_threads=1)
            interpreter.allocate_tensors()
            self._local.interpreter = interpreter
        return interpreter


def load(folder: Path) -> Extractor:
    """
    Load a backbone from the folder that `mlcore.images.export` wrote.

    Raises:
        DamagedBackbone: a file is missing or was changed.
        BadInput: this version decodes pictures in another way than the backbone was used to.
    """
    backbone = record.read(folder)
    return Extractor((folder / record.MODEL).read_bytes(), backbone)
