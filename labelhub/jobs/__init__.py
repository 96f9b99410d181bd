"""Work in the background: one row a job, carried out once."""
