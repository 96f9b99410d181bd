"""What moves the weights of the network's layers."""

from functools import partial

import keras

from mlcore.training.config import TrainingConfig

OPTIMIZERS = {
    "adam": keras.optimizers.Adam,
    "adamw": keras.optimizers.AdamW,
    "nadam": keras.optimizers.Nadam,
    "rmsprop": keras.optimizers.RMSprop,
    "sgd": partial(keras.optimizers.SGD, momentum=0.9),
}


def optimiser(model: keras.Model, config: TrainingConfig, *, steps: int) -> keras.Optimizer:
    """
    Return the optimiser that the settings name, ready for the model's weights.

    Args:
        steps: of the whole training; the learning rate has fallen to 0 by then.
    """
    rate = keras.optimizers.schedules.CosineDecay(config.learning_rate, steps)
    found = OPTIMIZERS[config.optimizer](rate)
    found.build(model.trainable_variables)
    return found
