import json
from pathlib import Path

import pytest

from capture.sinks.locks import InUseError
from training.results import Figure, Outcome, OutcomeError, open_folder, results_folder, whole_file


def test_what_is_written_is_what_the_report_gathers(tmp_path):
    Outcome("explore", "The data", "Some *text*.", [Figure("explore_a.png", "A picture.")], {"count": 3}).write(
        tmp_path
    )
    kept = json.loads((tmp_path / "explore.json").read_text(encoding="utf-8"))
    assert kept == {
        "command": "explore",
        "title": "The data",
        "text": "Some *text*.",
        "figures": [{"file": "explore_a.png", "caption": "A picture."}],
        "numbers": {"count": 3},
    }
    text = (tmp_path / "explore.md").read_text(encoding="utf-8")
    assert text.startswith("# The data\n\nSome *text*.\n\n![A picture.](explore_a.png)")


def test_without_out_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = open_folder(None, "altered")
    assert folder.is_dir()
    assert folder.parent.name == "runs"
    assert folder.name.endswith("-altered")


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutcomeError, match="choose another --out"):
        open_folder(tmp_path / "file" / "run", "explore")


def test_a_full_disk_leaves_the_old_file_and_one_line(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def fill_disk():
        with whole_file(path) as partial:
            partial.write_text("ne")
            raise OSError(28, "No space left on device")

    with pytest.raises(OutcomeError, match="No space left on device"):
        fill_disk()
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("goes_on", [False, True])
def test_an_interrupted_run_says_where_its_files_are_and_whether_it_goes_on(goes_on, tmp_path, capsys):
    def stop(out: Path) -> None:
        with results_folder(out, "explore", goes_on=goes_on) as folder:
            (folder / "explore_a.png").touch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop(tmp_path / "run")
    told = capsys.readouterr().err
    assert str(tmp_path / "run") in told
    assert ("go on by the same command with --out" in told) == goes_on
    assert (tmp_path / "run" / "explore_a.png").exists()


def test_nobody_can_guess_where_a_file_is_written_first(tmp_path):
    names = set()
    for _ in range(2):
        with whole_file(tmp_path / "graph.png") as partial:
            partial.touch()
            names.add(partial.name)
            assert partial.suffix == ".png", "what draws goes by it"
    assert len(names) == 2
    assert not any("graph.png" in name for name in names)


def test_a_folder_of_results_belongs_to_one_run_at_a_time(tmp_path):
    with results_folder(tmp_path / "run", "extra"):
        with (
            pytest.raises(InUseError, match="run: is being written by another run"),
            results_folder(tmp_path / "run", "extra"),
        ):
            """It does not come so far."""
        assert (tmp_path / "run").is_dir(), "the first run's folder stays, though it is empty yet"
    with results_folder(tmp_path / "run", "extra") as folder:
        assert folder.is_dir()


def test_a_run_that_fails_at_once_leaves_no_empty_folder(tmp_path):
    def fail(out: Path) -> None:
        with results_folder(out, "explore"):
            raise OutcomeError("nothing to read")

    with pytest.raises(OutcomeError):
        fail(tmp_path / "run")
    assert not (tmp_path / "run").exists()
