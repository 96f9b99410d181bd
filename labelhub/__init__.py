"""
What people and models said about products: catalogue, labelling, registry, and the jobs between.

Nothing is imported here: `./run` reads `labelhub.embedded` before Django or Celery are installed.
"""
