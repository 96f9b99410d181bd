"""The machine-learning half: values in, values out, folders on disk; no web framework."""
