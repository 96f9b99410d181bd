"""Training rows as Parquet, and the plan that makes a dataset of them."""
