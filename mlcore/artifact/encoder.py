"""From products to the arrays that a network reads: the same in training and in serving."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mlcore.corpus.folder import read_json, write_json
from mlcore.heads import BRANCHES, GRAMS, IMAGE, MALL, NAME, weight_of
from mlcore.progress import BadInput
from mlcore.text.grams import GramReader
from mlcore.text.vocabulary import Vocabulary

Inputs = dict[str, npt.NDArray[Any]]
"""Arrays by the names of the network's inputs, all of one length."""

Tokens = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Features:
    """
    What a backbone saw in the pictures of some products.

    Attributes:
        values: shape (n, width), float32; rows without a picture are not read.
        is_there: whether the product has a readable picture, shape (n,).
    """

    values: npt.NDArray[np.float32]
    is_there: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Products:
    """
    Some products as a network can read them; what is not known of any is None.

    Attributes:
        names: tokens of each name.
        mall_categories: tokens of each shop's own category, empty where there is none.
        malls: name of each shop.
        pictures: what their pictures show.
    """

    names: Tokens
    mall_categories: Tokens | None = None
    malls: Sequence[str] | None = None
    pictures: Features | None = None


@dataclass(frozen=True)
class TextReader:
    """Turns the tokens of one kind of text into ids."""

    vocabulary: Vocabulary
    length: int

    def read(self, texts: Tokens) -> npt.NDArray[np.int32]:
        """Return ids of shape (n_texts, length)."""
        return self.vocabulary.encode(texts, length=self.length)


@dataclass(frozen=True)
class Encoder:
    """
    What the branches of one network read.

    Attributes:
        name, mall: readers of these texts' words, None for a network without them.
        grams: reader of the names' character n-grams, None for a network without them.
        image: width of the features, None for a network without pictures.
        mall_weights: how far a shop's own categories are to be believed, in [0, 1];
            shops that are not listed are believed.
    """

    name: TextReader | None
    mall: TextReader | None = None
    image: int | None = None
    grams: GramReader | None = None
    mall_weights: Mapping[str, float] = field(default_factory=dict)

    @property
    def branches(self) -> tuple[str, ...]:
        """Names of the branches that it feeds."""
        has_name = self.name is not None or self.grams is not None
        has = {NAME: has_name, MALL: self.mall is not None, IMAGE: self.image is not None}
        return tuple(branch for branch in BRANCHES if has[branch])

    def encode(self, products: Products) -> Inputs:
        """
        Return the arrays of these products.

        Raises:
            ValueError: the features are not as wide as the network's.
        """
        inputs: Inputs = {}
        if self.name is not None:
            inputs[NAME] = self.name.read(products.names)
        if self.grams is not None:
            inputs[GRAMS] = self.grams.read(products.names)
        if self.mall is not None:
            inputs |= self._malls(self.mall, products)
        if self.image is not None:
            inputs |= self._pictures(self.image, products)
        return inputs

    def _malls(self, reader: TextReader, products: Products) -> Inputs:
        texts = products.mall_categories or [()] * len(products.names)
        malls = products.malls or [""] * len(products.names)
        weights = [
            self.mall_weights.get(mall, 1.0) if text else 0.0
            for mall, text in zip(malls, texts, strict=True)
        ]
        column = np.array(weights, dtype=np.float32)[:, None]
        return {MALL: reader.read(texts), weight_of(MALL): column}

    def _pictures(self, width: int, products: Products) -> Inputs:
        seen = products.pictures
        n = len(products.names)
        if seen is None:
            seen = Features(np.zeros((n, width), np.float32), np.zeros(n, np.bool_))
        if seen.values.shape != (n, width):
            raise ValueError(f"Features of shape {(n, width)} are wanted, not {seen.values.shape}.")
        # A row without a picture may hold anything, even NaN, which no weight of 0 would undo.
        values = np.where(seen.is_there[:, None], seen.values, np.float32(0))
        return {IMAGE: values, weight_of(IMAGE): seen.is_there.astype(np.float32)[:, None]}

    def save(self, path: Path) -> None:
        """Write the encoder as JSON."""
        record: dict[str, Any] = {"image": self.image, "mall_weights": dict(self.mall_weights)}
        for branch, reader in ((NAME, self.name), (MALL, self.mall)):
            if reader is not None:
                record[branch] = {"length": reader.length, "words": reader.vocabulary.words}
        if self.grams is not None:
            record[GRAMS] = asdict(self.grams)
        write_json(path, record)

    @classmethod
    def load(cls, path: Path) -> "Encoder":
        """
        Read what `save` wrote.

        Raises:
            BadInput: it is missing or damaged.
        """
        record = read_json(path)
        try:
            return cls(
                name=_text_reader(record.get(NAME)),
                grams=_gram_reader(record.get(GRAMS)),
                mall=_text_reader(record.get(MALL)),
                image=record["image"],
                mall_weights=record["mall_weights"],
            )
        except (AttributeError, KeyError, TypeError) as problem:
            raise BadInput(f"{path} is damaged.") from problem


def _gram_reader(record: dict[str, Any] | None) -> GramReader | None:
    if record is None:
        return None
    return GramReader(buckets=record["buckets"], length=record["length"])


def _text_reader(record: dict[str, Any] | None) -> TextReader | None:
    if record is None:
        return None
    return TextReader(Vocabulary(tuple(record["words"])), record["length"])
