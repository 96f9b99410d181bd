"""The trainings of a search: one after the other on the same arrays. Loads TensorFlow."""

from collections.abc import Collection

import keras

from mlcore.progress import IsCancelled, silent
from mlcore.training.architecture import untrained
from mlcore.training.cleaning import cleaner
from mlcore.training.config import TrainingConfig
from mlcore.training.loop import train
from mlcore.training.rows import Prepared
from mlcore.training.search import Attempt, OnEpoch


def attempts_on(
    rows: Prepared, *, confirmed: Collection[str] = (), is_cancelled: IsCancelled
) -> Attempt:
    """
    Return what trains on these rows with the settings of a trial; see `search.search`.

    A cleaning is carried out in one training, without SELFIE's further ones.

    Args:
        confirmed: ids of products whose given category SELFIE leaves alone.
    """

    def attempt(config: TrainingConfig, on_epoch: OnEpoch) -> float:
        # What earlier trials left in Keras would make each one slower than the one before.
        keras.backend.clear_session()
        keras.utils.set_random_seed(config.seed)
        history = train(
            untrained(config, rows),
            rows.training,
            rows.held_out,
            config,
            selector=cleaner(config, rows, confirmed),
            on_epoch=lambda figures: on_epoch(figures.epoch, figures.held_out_accuracy),
            progress=silent,
            is_cancelled=is_cancelled,
        )
        return max(each.held_out_accuracy for each in history if each.epoch > config.skipped)

    return attempt
