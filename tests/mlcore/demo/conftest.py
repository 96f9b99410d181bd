import pytest

from mlcore.demo.market import DemoRow, corpus, corpus_stream, sample_stream, samples


@pytest.fixture(scope="package")
def shown() -> list[DemoRow]:
    """The samples of seed 1."""
    return samples(sample_stream(1))


@pytest.fixture(scope="package")
def delivered() -> list[DemoRow]:
    """The training rows of seed 1."""
    return corpus(corpus_stream(1))
