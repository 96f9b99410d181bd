"""Every number that a run depends on, with its reason."""

import math
from dataclasses import asdict, dataclass, replace
from typing import Any

from mlcore.heads import BRANCHES, NAME
from mlcore.progress import BadInput
from mlcore.training import rules

BEST, WORDS, GRAMS, BOTH = "best", "words", "grams", "both"
"""What the name branch can read: the talk's words, character n-grams, both, or what suits best."""

MANY_CATEGORIES = 512
"""Up to which an n-gram has a number for each; see `mlcore.models.gram_bag`."""

RANDOM, WORD2VEC = "random", "word2vec"
"""Where the vectors of the words of names begin; see `mlcore.text.word_vectors`."""

GRAM_NUMBERS = 2**26
"""Numbers of all n-grams together at most: a quarter of a gigabyte."""

LAYER, UNNORMALISED = "layer", "none"
"""What brings the sums of hidden layers to one size; see `mlcore.models.hidden`."""

NOTHING, SMALL_LOSS, SELFIE = "none", "small_loss", "selfie"

CLEANINGS = (NOTHING, SMALL_LOSS, SELFIE)
"""What is done about wrong given categories; see `mlcore.training.selection` and `selfie`."""

GRAMS_PER_ROW = 8
"""Ids for each row: 47,000 names hold 12 distinct n-grams each, most of them only once."""


@dataclass(frozen=True, kw_only=True)
class TrainingConfig:
    """
    The settings of one training; frozen, and kept with the version.

    Raises:
        BadInput: a value is out of its range.
    """

    seed: int = 0
    """Weights, order of the rows and dropout follow from it."""

    branches: tuple[str, ...] = (NAME,)
    """What of a product is read: name, mall (the shop's own category), image."""

    epochs: int = 8
    """Passes over the rows at most; on 47,000 names the held-out accuracy is level by 7."""

    batch_size: int = 256
    """Rows per step at most; larger ones learn less per pass, smaller ones cost time."""

    optimizer: str = "adam"
    """What moves the weights: adam, adamw, nadam, rmsprop or sgd (with momentum .9)."""

    learning_rate: float = 3e-3
    """The optimiser's first step, falling to 0 along a cosine by the last epoch."""

    name_reads: str = BEST
    """grams: a linear model over character n-grams; words: the talk's convolutions; both: the
    two side by side; best: both, but words alone with more than 512 categories (each n-gram has a
    number for every one). Where given categories are cleaned, n-grams learn what became of them:
    what knows its rows by heart finds no wrong ones."""

    gram_buckets: int = 2**19
    """Ids that n-grams are hashed to; twice as many double the size for .05 points."""

    gram_length: int = 224
    """N-grams read of a name; 98 % of real names have no more."""

    gram_cost: float = 3.0
    """What a name costs the n-grams that is not told well apart: C of their support vector
    machine. 2 to 5 are alike on the Naver names, 1 loses .1 points there and .3 on Flipkart's."""

    gram_epochs: int = 7
    """Passes over the rows for the n-grams; five lose .1 points, ten gain nothing."""

    self_training: float = 4.0
    """Power of the probability by which an unlabelled name teaches the network's own answer, if
    there are n-grams to be taught; 0: it teaches nothing."""

    vocabulary_size: int = 20_000
    """In the talk 20,344 words beat 537,227 and 1,471,841 by far."""

    name_length: int = 30
    """Tokens read of a name; 99 % of real names have no more."""

    mall_length: int = 15
    """Tokens read of a shop's own category; the talk's."""

    embedding_size: int = 64
    """The talk's."""

    word_vectors: str = WORD2VEC
    """random: the vectors of a name's words begin next to zero; word2vec: where the names
    alone, and further ones without a category, put them."""

    word_epochs: int = 5
    """Passes of Word2Vec over the names."""

    word_window: int = 5
    """Words to each side that Word2Vec takes for neighbours; gensim's."""

    word_min_count: int = 2
    """Occurrences that Word2Vec wants of a word; of a single one it learns chance."""

    filters: int = 128
    """Convolutions of each width; twice as many took twice the time for no gain."""

    hidden_size: int = 256
    """Units before the softmax; the talk's best runs were small there."""

    activation: str = "relu"
    """Of the hidden layers: relu, gelu, elu or tanh."""

    convolution_activation: str = "relu"
    """Of the convolutions over words: one of the same."""

    normalisation: str = BEST
    """layer: the sums of each hidden layer of words are brought to mean 0 and variance 1; none:
    they are not, as in the talk; best: where words are read without n-grams. There it is worth 1
    to 3 points where rows are few or wrong, and costs .2 on 38,000 Naver names; beside n-grams it
    is worth nothing, and training ends before photos are learnt."""

    dropout: float = 0.3
    """Share of units left out while training; the talk's worst runs had much more."""

    word_dropout: float = 0.15
    """Share of words hidden while training, as new products bring unknown words."""

    branch_dropout: float = 0.1
    """Share of rows whose shop category, or picture, is hidden, as many have none."""

    mall_prior: float = 20.0
    """Rows of average reliability that a shop is credited with before its own categories
    are believed less; 0 believes every shop alike."""

    side_weight: float = 0.3
    """How much the heads of single branches count beside the combined one."""

    class_weight: float = 0.0
    """Power of a category's size by which its rows count less; .5 lifts rare ones."""

    label_smoothing: float = 0.1
    """Share of each given category's weight spread over all; given ones can be wrong."""

    cleaning: str = NOTHING
    """What is done about wrong given categories: none, small_loss or selfie."""

    noise_rate: float = 0.0
    """Share of wrong given categories; 0: estimated on the held-out rows after the warm-up."""

    warm_up: int = 0
    """First passes of a training that cleans, over all rows as given; 0: half of the epochs."""

    history: int = 3
    """Last predictions of a row that SELFIE lets vote. The paper's 15, after as many first passes
    and with two restarts, took three times as long on the demo market for .807 in place of .813."""

    uncertainty: float = 0.05
    """Entropy of these votes, 1 at most, up to which SELFIE corrects a category; the paper's."""

    precision: float = 0.7
    """Share of SELFIE's corrections that must be right, as held-out rows tell; small losses are
    then a category's, not a batch's. 0: as in the paper, which lost 3 points on the large market
    where this won 2.6; 72 % of the corrections were right there."""

    restarts: int = 1
    """Further trainings from new weights with what SELFIE corrected; the paper has two."""

    target_accuracy: float = 0.95
    """Accuracy wanted of the answers at or over the version's threshold."""

    validation_share: float = 0.05
    """Rows held out for the history, the choice of the epoch and the export's check."""

    patience: int = 4
    """Epochs without a lower held-out loss of the heads before training stops. With 2 the head
    of the photos was right on .83 to .86 of the fashion products, with 4 on .87: the last small
    steps help it most."""

    def __post_init__(self) -> None:
        record = asdict(self)
        rules.check_numbers(record)
        for name, kinds in (
            ("optimizer", rules.OPTIMIZERS),
            ("activation", rules.ACTIVATIONS),
            ("convolution_activation", rules.ACTIVATIONS),
            ("name_reads", (BEST, WORDS, GRAMS, BOTH)),
            ("word_vectors", (RANDOM, WORD2VEC)),
            ("cleaning", CLEANINGS),
            ("normalisation", (BEST, LAYER, UNNORMALISED)),
        ):
            if record[name] not in kinds:
                raise BadInput(f"{name} is one of {', '.join(kinds)}, not {record[name]}.")
        if not self.branches or list(self.branches) != [b for b in BRANCHES if b in self.branches]:
            raise BadInput(f"branches are some of {', '.join(BRANCHES)}, each once, in this order.")
        self._check_cleaning()

    def decided(self, *, n_categories: int, n_rows: int) -> "TrainingConfig":
        """
        Return the settings with one way to read names in place of `best`, and enough n-grams.

        >>> TrainingConfig().decided(n_categories=103, n_rows=50_000).name_reads
        'both'
        >>> TrainingConfig().decided(n_categories=4215, n_rows=50_000).name_reads
        'words'
        """
        best = BOTH if n_categories <= MANY_CATEGORIES else WORDS
        fitting = 2 ** int(math.log2(GRAM_NUMBERS / n_categories))
        enough = 2 ** math.ceil(math.log2(GRAMS_PER_ROW * n_rows))
        return replace(
            self,
            name_reads=best if self.name_reads == BEST else self.name_reads,
            gram_buckets=min(self.gram_buckets, fitting, enough),
        )

    def as_in_the_talk(self) -> "TrainingConfig":
        """Return the same settings with the talk's network in place of the shipped one."""
        return replace(self, name_reads=WORDS, normalisation=UNNORMALISED)

    @property
    def reads_grams(self) -> bool:
        """Whether names are read as character n-grams; `decided` settings know."""
        return NAME in self.branches and self.name_reads in (GRAMS, BOTH)

    @property
    def reads_words(self) -> bool:
        """Whether names are read as words."""
        return NAME in self.branches and self.name_reads in (WORDS, BOTH)

    @property
    def normalises(self) -> bool:
        """Whether hidden layers of words are normalised."""
        suits = self.name_reads == WORDS or self.cleaning != NOTHING
        return self.normalisation == LAYER or (self.normalisation == BEST and suits)

    @property
    def skipped(self) -> int:
        """First passes that cannot be the best one, because cleaning has not begun."""
        return 0 if self.cleaning == NOTHING else self.warm_up or max(self.epochs // 2, 1)

    @property
    def votes(self) -> int:
        """Last predictions of a row that vote: no more than the first passes bring."""
        return min(self.history, self.skipped)

    @property
    def trainings(self) -> int:
        """How often the network is trained from new weights."""
        return 1 + self.restarts if self.cleaning == SELFIE else 1

    def _check_cleaning(self) -> None:
        if self.cleaning != NOTHING and self.branches == (NAME,) and self.name_reads == GRAMS:
            raise BadInput("Given categories are cleaned by layers; n-grams alone have none.")
        if self.epochs <= self.skipped:
            raise BadInput(
                f"Cleaning begins after {self.skipped} warm-up epochs; {self.epochs} are too few."
            )
        if self.cleaning == SELFIE and self.warm_up and self.history > self.warm_up:
            raise BadInput("The warm-up must be at least as long as the history of SELFIE.")

    def as_record(self) -> dict[str, Any]:
        """Return the config as JSON values."""
        return {**asdict(self), "branches": list(self.branches)}

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> "TrainingConfig":
        """
        Return the config that `as_record` wrote, or that a person typed.

        Raises:
            BadInput: a name is unknown or a value is not of its kind or in its range.
        """
        known = {name: type(value) for name, value in asdict(cls()).items()}
        if unknown := sorted(record.keys() - known.keys()):
            raise BadInput(f"There is no training setting {', '.join(unknown)}.")
        if isinstance(record.get("branches", []), str):
            raise BadInput('branches is a list, such as ["name", "mall"].')
        try:
            values = {name: rules.as_kind(known[name], value) for name, value in record.items()}
        except (TypeError, ValueError) as problem:
            raise BadInput(f"A training setting is not of its kind: {problem}.") from problem
        return cls(**values)
