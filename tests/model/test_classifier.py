"""The classifier around a tiny network with known weights: what goes in, what comes out, and files that are no use."""

import shutil
import subprocess
import sys
from pathlib import Path

import flatbuffers
import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from model.checksum import checksum_file, write_checksum
from model.classifier import CLASSES, DEFAULT_WEIGHTS, MIN_CLASSES, NO_DIGIT, Classifier, with_share
from model.errors import DigitsError, WeightsError
from model.glyph import SIDE

ROOT = Path(__file__).resolve().parents[2]
RUNTIME_VERSION = 3  # of the .tflite format


def save_network(path, side=SIDE, classes=CLASSES):
    """Writes one fully connected layer and a softmax: the more ink in row k of a glyph, the likelier class k."""
    tallies = np.zeros((classes, side, side), np.float32)
    tallies[range(classes), range(classes)] = 1 / (255 * side)
    shapes = {"glyphs": (1, side, side, 1), "weights": (classes, side * side), "logits": (1, classes)}
    shapes["probabilities"] = (1, classes)
    graph = schema.SubGraphT()
    graph.tensors = [_tensor(name, shape, 1 if name == "weights" else 0) for name, shape in shapes.items()]
    graph.inputs, graph.outputs = [0], [3]
    graph.operators = [_operator(0, [0, 1, -1], 2, "FullyConnected"), _operator(1, [2], 3, "Softmax")]
    graph.operators[1].builtinOptions.beta = 50.0
    network = schema.ModelT()
    network.version = RUNTIME_VERSION
    network.operatorCodes = [_code("FULLY_CONNECTED"), _code("SOFTMAX")]
    network.subgraphs, network.buffers = [graph], [schema.BufferT(), schema.BufferT()]
    network.buffers[1].data = np.frombuffer(tallies.tobytes(), np.uint8)
    builder = flatbuffers.Builder()
    builder.Finish(network.Pack(builder), b"TFL3")
    path.write_bytes(builder.Output())
    return path


def _tensor(name, shape, buffer):
    tensor = schema.TensorT()
    tensor.name, tensor.shape, tensor.buffer = name.encode(), shape, buffer
    return tensor


def _operator(code, inputs, output, kind):
    operator = schema.OperatorT()
    operator.opcodeIndex, operator.inputs, operator.outputs = code, inputs, [output]
    operator.builtinOptionsType = getattr(schema.BuiltinOptions, f"{kind}Options")
    operator.builtinOptions = getattr(schema, f"{kind}OptionsT")()
    return operator


def _code(name):
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = getattr(schema.BuiltinOperator, name)
    return code


@pytest.fixture(scope="module")
def classify(tmp_path_factory):
    return Classifier(save_network(tmp_path_factory.mktemp("weights") / "tiny.tflite"))


def glyphs_with_row(*rows):
    glyphs = np.zeros((len(rows), SIDE, SIDE), np.uint8)
    glyphs[range(len(rows)), rows] = 255
    return glyphs


def test_rows_of_the_batch_come_back_in_order(classify):
    rows = [7, 0, NO_DIGIT, 4, 4]
    probabilities = classify(glyphs_with_row(*rows))
    assert probabilities.argmax(axis=1).tolist() == rows
    assert probabilities.dtype == np.float32
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("count", [1, 2, 24, 200])
def test_any_batch_reads_like_its_single_glyphs(classify, count):
    glyphs = np.random.default_rng(count).integers(0, 256, (count, SIDE, SIDE), dtype=np.uint8)
    whole = classify(glyphs)
    assert whole.shape == (count, CLASSES)
    assert np.allclose(whole, np.concatenate([classify(glyphs[i : i + 1]) for i in range(count)]), atol=1e-5)


def test_former_networks_without_signs_are_read_as_they_are(tmp_path):
    former = Classifier(save_network(tmp_path / "former.tflite", classes=MIN_CLASSES))
    assert former(glyphs_with_row(7, NO_DIGIT)).argmax(axis=1).tolist() == [7, NO_DIGIT]
    assert former(glyphs_with_row(7)).shape == (1, MIN_CLASSES)


@pytest.mark.parametrize("classes", [MIN_CLASSES, CLASSES])
def test_another_share_of_digits_weighs_all_that_is_none_alike(classes):
    probabilities = np.full((1, classes), 1 / classes, np.float32)
    row = with_share(probabilities, share=0.9, assumed=0.5)[0]
    assert row.sum() == pytest.approx(1)
    assert row[:NO_DIGIT].sum() / row[NO_DIGIT:].sum() == pytest.approx(9 * NO_DIGIT / (classes - NO_DIGIT), rel=1e-4)
    assert np.ptp(row[:NO_DIGIT]) == np.ptp(row[NO_DIGIT:]) == 0


def test_no_glyphs_give_no_probabilities(classify):
    assert classify(np.zeros((0, SIDE, SIDE), np.uint8)).shape == (0, CLASSES)


def test_an_answer_outlives_the_next_question(classify):
    first = classify(glyphs_with_row(3))
    kept = first.copy()
    classify(glyphs_with_row(8))
    assert np.array_equal(first, kept)


def _missing(path):
    pass


def _folder(path):
    path.mkdir()


def _empty(path):
    path.write_bytes(b"")


def _text(path):
    path.write_text("these are no weights\n" * 50)


def _truncated(path):
    save_network(path)
    path.write_bytes(path.read_bytes()[:2000])


def _other_side(path):
    save_network(path, side=32)


def _ten_classes(path):
    save_network(path, classes=10)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (_missing, r"no such weights file.*train\.py --install"),
        (_folder, "no such weights file"),
        (_empty, r"no usable \.tflite network"),
        (_text, r"no usable \.tflite network"),
        (_truncated, r"no usable \.tflite network"),
        (_other_side, r"\(32, 32, 1\).*not \[\(28, 28, 1\)"),
        (_ten_classes, r"\(10,\).*made by train\.py"),
    ],
    ids=lambda value: getattr(value, "__name__", "").strip("_") or None,
)
def test_useless_weights_are_named_with_a_way_out(make, reason, tmp_path):
    path = tmp_path / "mine.tflite"
    make(path)
    with pytest.raises(WeightsError, match=rf"mine\.tflite: .*{reason}") as caught:
        Classifier(path)
    assert isinstance(caught.value, DigitsError)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("place", [0.02, 0.5, 0.98])
def test_one_wrong_bit_in_the_shipped_weights_is_told(place, tmp_path):
    content = bytearray(DEFAULT_WEIGHTS.read_bytes())
    content[int(place * len(content))] ^= 1
    (tmp_path / DEFAULT_WEIGHTS.name).write_bytes(content)
    shutil.copy(checksum_file(DEFAULT_WEIGHTS), tmp_path)
    with pytest.raises(WeightsError, match=r"digits\.tflite: is damaged, or was changed .*train\.py --install"):
        Classifier(tmp_path / DEFAULT_WEIGHTS.name)


def test_a_checksum_is_written_as_other_programs_write_it(tmp_path):
    path = save_network(tmp_path / "tiny.tflite")
    digest, name = write_checksum(path).read_text().split()
    assert (len(digest), name) == (64, "tiny.tflite")
    Classifier(path)


@pytest.mark.parametrize(
    "answers",
    [np.full((2, CLASSES), np.nan), np.zeros((2, CLASSES)), np.full((2, CLASSES), 0.5), None],
    ids=["NaN", "nothing", "too much", "failure"],
)
def test_a_network_that_answers_nonsense_is_refused_at_once(answers, tmp_path, monkeypatch):
    """As some do in which a bit is wrong."""
    path = save_network(tmp_path / "tiny.tflite")

    def get_tensor(interpreter, index):
        if answers is None:
            raise RuntimeError("node 12 (ADD) failed to prepare\nmore")
        return answers.astype(np.float32)

    monkeypatch.setattr("ai_edge_litert.interpreter.Interpreter.get_tensor", get_tensor)
    with pytest.raises(WeightsError, match=r"tiny\.tflite: is no usable \.tflite network \(.*\); take one") as caught:
        Classifier(path)
    assert "\n" not in str(caught.value)


def test_weights_that_one_may_not_read_are_told(tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.is_file", refuse)
    with pytest.raises(WeightsError, match=r"cannot be read \(Permission denied\); check your rights"):
        Classifier(tmp_path / "tiny.tflite")


@pytest.mark.skipif(not DEFAULT_WEIGHTS.exists(), reason="the network is not trained yet")
def test_the_shipped_network_sees_nothing_in_an_empty_glyph_where_not_all_are_digits():
    classify = Classifier()
    probabilities = classify(np.zeros((3, SIDE, SIDE), np.uint8))
    assert (with_share(probabilities, 0.7, classify.prior).argmax(axis=1) >= NO_DIGIT).all()


def test_another_share_of_digits_changes_whether_but_not_which():
    row = np.array([[0.6, 0.1, *[0.0] * 8, 0.3]], np.float32)
    doubted = with_share(row, share=0.2, assumed=0.8)
    assert doubted.argmax() >= NO_DIGIT
    assert doubted.sum() == pytest.approx(1)
    assert doubted[0, 0] / doubted[0, 1] == pytest.approx(6, rel=1e-5)
    assert with_share(doubted, share=0.8, assumed=0.2) == pytest.approx(row, abs=1e-6)


def test_loading_is_silent(tmp_path):  # in a process of its own: LiteRT speaks once in each
    path = save_network(tmp_path / "tiny.tflite")
    code = f"from model.classifier import Classifier; Classifier({str(path)!r})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout + done.stderr == ""
