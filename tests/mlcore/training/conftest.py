import pytest


@pytest.fixture
def fit(tmp_path_factory):
    """Return a function that trains in a new folder."""

    from mlcore.training.fit import fit as fit_rows  # TensorFlow, only where it is used

    def fitted(table, config, **options):
        return fit_rows(table, config, tmp_path_factory.mktemp("work"), **options)

    return fitted
