import pytest

from training.fitting.config import ConfigError, TrainConfig


def test_settings_come_back_as_saved(tmp_path):
    config = TrainConfig(arch="lenet5", limit=100, is_augmented=False, teachers=("shipped", "former.tflite"))
    config.save(tmp_path / "config.json")
    assert TrainConfig.load(tmp_path / "config.json") == config


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "No such file"),
        ("{", "not the settings"),
        ("[]", "no settings"),
        ('{"speed": 3}', "unknown settings speed"),
    ],
    ids=["missing", "cut off", "a list", "other settings"],
)
def test_damaged_settings(tmp_path, content, message):
    if content is not None:
        (tmp_path / "config.json").write_text(content)
    with pytest.raises(ConfigError, match=message):
        TrainConfig.load(tmp_path / "config.json")
