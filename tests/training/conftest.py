"""What all tests of the training side share."""

import pytest

from capture.language import use_language


@pytest.fixture(autouse=True)
def english_again():
    """A command run with `--lang fr` leaves no French to the tests after it."""
    yield
    use_language("en")
