import numpy as np
import pytest

from model.classifier import CLASSES
from model.errors import WeightsError
from model.network import build_network
from training.evaluation.load import load_network, load_reader

# Keras hands TensorFlow's tensors to NumPy in a way that NumPy 2 calls outdated
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")


@pytest.mark.parametrize("content", [None, b"seven"], ids=["missing", "damaged"])
def test_a_file_that_is_no_network(content, tmp_path):
    if content:
        (tmp_path / "a.keras").write_bytes(content)
    with pytest.raises(WeightsError, match=r"a\.keras: "):
        load_network(tmp_path / "a.keras")


def test_a_network_of_another_kind(tmp_path):
    build_network("dense1", classes=3).save(tmp_path / "three.keras")
    with pytest.raises(WeightsError, match="not a network of"):
        load_network(tmp_path / "three.keras")


@pytest.mark.parametrize("classes", [10, 11, CLASSES])
def test_any_network_is_read_with_all_classes(classes, tmp_path):
    build_network("dense1", classes=classes).save(tmp_path / "a.keras")
    probabilities = load_reader(tmp_path / "a.keras")(np.full((3, 28, 28), 90, np.uint8))
    assert probabilities.shape == (3, CLASSES)
    assert probabilities.sum(axis=1) == pytest.approx(np.ones(3), abs=1e-5)
    assert (probabilities[:, classes:] == 0).all()
