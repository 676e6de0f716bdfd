import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import train
from tests.support.tiny import save_npz, tiny_digits
from training.fitting.distribute import DistributeError, Team

# Keras hands TensorFlow's tensors to NumPy in a way that NumPy 2 calls outdated
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
ROOT = Path(__file__).resolve().parents[3]
WORKERS = ["127.0.0.1:1", "127.0.0.1:2"]


def tf_config(workers, index, kind="worker"):
    return json.dumps({"cluster": {"worker": workers}, "task": {"type": kind, "index": index}})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", "TF_CONFIG is not set", id="not set"),
        pytest.param("{", "Expecting", id="no JSON"),
        pytest.param("[]", "list", id="no object"),
        pytest.param('{"cluster": {}}', "no 'worker'", id="no workers"),
        pytest.param(tf_config(WORKERS, 2), "no worker 2 among 2", id="a number too high"),
        pytest.param(tf_config(WORKERS, 0, "ps"), "no worker 0", id="another role"),
    ],
)
def test_machines_that_are_not_named_are_told_in_one_line(text, message, monkeypatch):
    monkeypatch.setenv("TF_CONFIG", text)
    with pytest.raises(DistributeError, match=message) as caught:
        Team("multiworker")
    assert "TF_CONFIG='{" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.fixture
def run_fit():
    """Starts `train.py fit` as a process of its own, as machines would; none outlives the test."""
    started = []

    def run(data, out, env):
        started.append(start_fit(data, out, env))
        return started[-1]

    yield run
    for process in started:
        with process:
            process.kill()


def start_fit(data, out, env):
    return subprocess.Popen(
        [sys.executable, "train.py", *words_of(data, out), "--distribute", "multiworker"],
        cwd=ROOT,
        env=os.environ | env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def words_of(data, out):
    settings = ["--arch", "dense2", "--epochs", "2", "--batch-size", "31", "--dropout", "0"]
    return ["fit", "--data", str(data), "--out", str(out), *settings]


def losses(run):
    return [row["loss"] for row in json.loads((run / "state.json").read_text())["history"]]


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


@pytest.mark.timeout(900)  # processes that load TensorFlow: 20 s, or minutes on a busy machine
def test_two_workers_learn_what_one_process_learns(tmp_path, run_fit):
    data = save_npz(tiny_digits(), tmp_path / "mnist.npz")
    workers = [f"127.0.0.1:{port}" for port in free_ports(2)]
    started = [run_fit(data, tmp_path / "two", {"TF_CONFIG": tf_config(workers, index)}) for index in range(2)]
    chief, other = (process.communicate() for process in started)
    assert [process.returncode for process in started] == [0, 0], chief[1] + other[1]
    assert "mnist.npz test: " in chief[0]
    assert "worker 0 tests the network" in other[0]
    assert (tmp_path / "two" / "digits.keras").exists()
    assert not (tmp_path / "two" / "worker-1" / "digits.keras").exists()
    assert train.main(words_of(data, tmp_path / "one")) == 0
    assert losses(tmp_path / "two") == pytest.approx(losses(tmp_path / "one"), rel=1e-3)
    assert losses(tmp_path / "two" / "worker-1") == pytest.approx(losses(tmp_path / "two"), rel=1e-6)


def test_parts_of_a_batch_hold_every_example_once():
    team = object.__new__(Team)

    class Strategy:
        def experimental_distribute_values_from_function(self, part_of):
            return [part_of(type("Replica", (), {"replica_id_in_sync_group": number})) for number in range(3)]

    team.strategy, team.replicas = Strategy(), 3
    parts = team._divide(np.arange(31))
    assert [len(part) for part in parts] == [11, 10, 10]
    assert np.concatenate(parts).tolist() == list(range(31))
