"""From a dataset to a model version: config, fit, evaluate."""
