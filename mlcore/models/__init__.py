"""The networks; importing one of them loads TensorFlow."""
