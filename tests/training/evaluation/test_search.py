import json

import numpy as np
import optuna
import pytest
from optuna.trial import create_trial

import train
from tests.support.tiny import save_npz, tiny_digits
from training.evaluation import search
from training.evaluation.search import SearchError, best_config, finished, importances, open_study, pruned
from training.fitting.checkpoint import Progress, UnwritableError
from training.fitting.config import TrainConfig
from training.plots.search import last_value

# Keras hands TensorFlow's tensors to NumPy in a way that NumPy 2 calls outdated
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
CONFIG = TrainConfig(arch="dense1", epochs=2)


@pytest.fixture
def fake_fit(monkeypatch):
    """A training whose result depends on the dropout alone: none is best."""

    def fit(config, epoch_arrays, validation, out, after_epoch):
        progress = Progress()
        for epoch in range(config.epochs):
            accuracy = 0.9 - config.dropout + 0.01 * epoch
            progress.history.append({"val_accuracy": accuracy, "val_loss": 1.0})
            after_epoch(progress)
        return None, progress

    monkeypatch.setattr(search, "fit", fit)


def run(study, trials, tmp_path):
    search.search(study, CONFIG, tiny_digits(), trials, tmp_path)


@pytest.mark.usefixtures("fake_fit")
def test_it_finds_what_is_best_and_ends_poor_tries(tmp_path):
    study = open_study(None, "s", CONFIG, tmp_path)
    run(study, 16, tmp_path)
    assert len(finished(study)) + len(pruned(study)) == 16
    assert pruned(study)
    assert best_config(study, CONFIG).dropout < 0.2
    assert last_value(pruned(study)[0]) < study.best_value
    assert not list(tmp_path.glob("try-*"))


def test_what_decides_the_result_matters_most():
    study, rng = optuna.create_study(direction="maximize"), np.random.default_rng(0)
    unit = optuna.distributions.FloatDistribution(0, 1)
    for dropout, decay in rng.uniform(size=(40, 2)):
        params, spans = {"dropout": dropout, "decay": decay}, {"dropout": unit, "decay": unit}
        value = 1 - dropout
        study.add_trial(create_trial(params=params, distributions=spans, value=value, intermediate_values={1: value}))
    shares = importances(study)
    assert shares["dropout"] > 0.9
    assert sum(shares.values()) == pytest.approx(1)


def test_nothing_matters_while_too_few_tries_have_finished():
    assert importances(optuna.create_study()) == {}


@pytest.mark.usefixtures("fake_fit")
@pytest.mark.parametrize("storage", ["sqlite:///{}/study.db", "{}/study.journal"], ids=["database", "journal"])
def test_processes_that_share_a_storage_share_the_tries(storage, tmp_path):
    place = storage.format(tmp_path)
    run(open_study(place, "s", CONFIG, tmp_path), 3, tmp_path)
    again = open_study(place, "s", CONFIG, tmp_path)
    run(again, 5, tmp_path)
    run(again, 5, tmp_path)
    assert len(again.trials) == 5


def test_a_study_of_other_settings_is_not_gone_on_with(tmp_path):
    open_study(None, "s", CONFIG, tmp_path)
    with pytest.raises(SearchError, match="another epochs; take another --study"):
        open_study(None, "s", TrainConfig(arch="dense1", epochs=3), tmp_path)


@pytest.mark.parametrize("storage", ["nosuch://x", "{}/none/study.journal"], ids=["unknown database", "no folder"])
def test_storage_that_cannot_be_used(storage, tmp_path):
    with pytest.raises(SearchError, match=r"cannot be used.*give sqlite"):
        open_study(storage.format(tmp_path), "s", CONFIG, tmp_path)


def test_a_full_disk_is_told_in_one_line_and_goes_on_where_it_stopped(fake_fit, tmp_path, monkeypatch):
    study = open_study(None, "s", CONFIG, tmp_path)

    def no_space(*_, **__):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(study._storage, "set_trial_state_values", no_space)
        with pytest.raises(UnwritableError, match=r"No space left on device\); free some space.*same command"):
            run(study, 2, tmp_path)
    run(open_study(None, "s", CONFIG, tmp_path), 2, tmp_path)
    assert len(search.finished(study)) == 2


@pytest.mark.usefixtures("fake_fit")
def test_an_interrupted_try_does_not_count(tmp_path, monkeypatch):
    study = open_study(None, "s", CONFIG, tmp_path)

    def stop(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(search, "fit", stop)
        with pytest.raises(KeyboardInterrupt):
            run(study, 2, tmp_path)
    run(study, 2, tmp_path)
    assert [trial.state for trial in study.trials] == [
        optuna.trial.TrialState.FAIL,
        *[optuna.trial.TrialState.COMPLETE] * 2,
    ]


def test_command_reads_the_test_set_once(tmp_path, capsys, monkeypatch):
    data, out = save_npz(tiny_digits(), tmp_path / "mnist.npz"), tmp_path / "out"
    words = ["search", "--data", str(data), "--out", str(out), "--arch", "dense1", "--epochs", "1", "--trials"]
    assert train.main([*words, "2"]) == 0
    first = json.loads((out / "search.json").read_text())["numbers"]
    (again,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("python train.py"))
    assert "--arch dense1 --epochs 1" in again and again.endswith(f"--data {data}")
    assert first["test"]["count"] == 40
    monkeypatch.setattr(search, "finish", None)  # would fail if called
    assert train.main([*words, "3"]) == 0
    assert json.loads((out / "search.json").read_text())["numbers"]["test"] == first["test"]
