from dataclasses import replace

import numpy as np

from training.decision.perceptron import PerceptronConfig, fit_perceptron


def test_it_learns_what_no_straight_line_divides():
    rng = np.random.default_rng(0)
    x = rng.normal(0, 3, (2000, 2)).astype(np.float32)
    y = (x[:, 0] * x[:, 1] > 0).astype(np.float32)
    fitted = fit_perceptron(x, y, np.ones(2000), PerceptronConfig(hidden=(16,), epochs=30, batch=100))
    assert ((fitted(x) > 0.5) == y).mean() > 0.95


def test_examples_of_no_weight_teach_nothing():
    x = np.array([[-1.0], [1.0]] * 200, np.float32)
    y = np.where(np.arange(400) < 200, x[:, 0] > 0, x[:, 0] < 0).astype(np.float32)
    weight = (np.arange(400) < 200).astype(float)
    fitted = fit_perceptron(x, y, weight, PerceptronConfig(hidden=(4,), epochs=40, batch=50))
    assert fitted(np.array([[1.0]], np.float32))[0] > 0.8


def test_it_is_sure_by_as_much_as_it_is_right():
    rng = np.random.default_rng(1)
    x = np.ones((4000, 1), np.float32)
    y = (rng.random(4000) < 0.3).astype(np.float32)
    fitted = fit_perceptron(x, y, np.ones(4000), PerceptronConfig(hidden=(4,), epochs=60, batch=100))
    assert abs(float(fitted(x)[0]) - 0.3) < 0.05


def test_several_members_answer_as_one_that_is_their_average():
    rng = np.random.default_rng(0)
    x = rng.normal(0, 1, (300, 3)).astype(np.float32)
    y, weight = (x[:, 0] > 0).astype(np.float32), np.ones(300)
    config = PerceptronConfig(hidden=(5, 4), epochs=2, batch=50, members=2)
    both = fit_perceptron(x, y, weight, config)
    alone = [fit_perceptron(x, y, weight, replace(config, seed=seed, members=1)) for seed in (0, 1)]
    log_odds = np.mean([np.log(one(x) / (1 - one(x))) for one in alone], axis=0)
    assert np.allclose(both(x), 1 / (1 + np.exp(-log_odds)), atol=1e-4)
