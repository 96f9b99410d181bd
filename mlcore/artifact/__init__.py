"""A model version's folder: export, verify, load and predict without TensorFlow."""
