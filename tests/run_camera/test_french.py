"""What a French user sees of a whole run; data are the same in every language."""

import json

import pytest

import run_camera
from tests.support.program import write_photo


@pytest.mark.parametrize("jobs", [["--jobs", "1"], ["--jobs", "2"]], ids=["one process", "workers"])
def test_errors_are_told_in_french_and_written_in_english(tmp_path, capfd, jobs):
    folder, out = tmp_path / "photos", tmp_path / "out.jsonl"
    folder.mkdir()
    for name in ("a.png", "b.png"):
        write_photo(folder / name, "4711")
    (folder / "c.png").write_bytes(b"")
    asked = ["--source", str(folder), "--readings", str(out), "--no-show", "--lang", "fr", *jobs]
    assert run_camera.main(asked) == 1
    told = capfd.readouterr().err.replace("\xa0", " ")
    assert "c.png : le fichier est vide ; copiez-le" in told
    assert "3 images, " in told and "par seconde ; ms par image : " in told
    assert "the file is empty; copy or download it again" in json.loads(out.read_text().splitlines()[2])["error"]


def test_a_missing_source_is_told_in_the_language_of_the_system(monkeypatch, capsys):
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    assert run_camera.main(["--source", "nowhere.jpg", "--no-show"]) == 1
    assert "nowhere.jpg : ni fichier ni dossier" in capsys.readouterr().err.replace("\xa0", " ")
