"""The trainings of a search: one after the other on the same arrays. Loads TensorFlow."""

import keras

from mlcore.progress import IsCancelled, silent
from mlcore.training.architecture import untrained
from mlcore.training.config import TrainingConfig
from mlcore.training.loop import train
from mlcore.training.rows import Prepared
from mlcore.training.search import Attempt, OnEpoch


def attempts_on(rows: Prepared, *, is_cancelled: IsCancelled) -> Attempt:
    """Return what trains on these rows with the settings of a trial; see `search.search`."""

    def attempt(config: TrainingConfig, on_epoch: OnEpoch) -> float:
        # What earlier trials left in Keras would make each one slower than the one before.
        keras.backend.clear_session()
        keras.utils.set_random_seed(config.seed)
        history = train(
            untrained(config, rows),
            rows.training,
            rows.held_out,
            config,
            on_epoch=lambda figures: on_epoch(figures.epoch, figures.held_out_accuracy),
            progress=silent,
            is_cancelled=is_cancelled,
        )
        return max(figures.held_out_accuracy for figures in history)

    return attempt
