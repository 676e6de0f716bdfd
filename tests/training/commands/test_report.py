import base64
import json
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

import train
from model.network import build_network
from training.report.chapters import lowered
from training.results import Figure, Outcome

# Keras hands TensorFlow's tensors to NumPy in a way that NumPy 2 calls outdated
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
PICTURE = np.full((30, 40, 3), 200, np.uint8)
TEXT = "Good: **98%**.\n\n## Classes\n\n```\n# no heading\n```\n\n<script>alert(1)</script>"


class Reader(HTMLParser):
    """What a test asks of a page: pictures, anchors, links, headings, tags."""

    def __init__(self, html):
        super().__init__()
        self.pictures, self.ids, self.links, self.tags = [], set(), set(), []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.tags.append(tag)
        self.ids.add(values.get("id"))
        if tag == "img":
            self.pictures.append(values)
        if tag == "a":
            self.links.add(values["href"])


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A training run, an evaluation, and a picture that was lost since."""
    folder = tmp_path_factory.mktemp("runs")
    _fit_run(folder / "fit")
    (folder / "evaluate").mkdir()
    cv2.imwrite(str(folder / "evaluate" / "evaluate_a.png"), PICTURE)
    figures = [Figure("evaluate_a.png", "Mistakes & more."), Figure("evaluate_b.png", "Lost.")]
    numbers = {"accuracy": 0.98, "count": 1234}
    Outcome("evaluate", "Evaluation: my digits", TEXT, figures, numbers).write(folder / "evaluate")
    return folder


def _fit_run(folder):
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    build_network("lenet5").save(folder / "digits.keras")
    rows = [{"loss": 1.0, "accuracy": share + 0.05, "val_loss": 1.0, "val_accuracy": share} for share in (0.8, 0.9)]
    confusion = np.diag([10] * 10 + [0])
    confusion[4, 9], confusion[4, 4] = 3, 7
    test = {"count": 100, "accuracy": 0.97, "calibration_error": 0.01, "confusion": confusion.tolist()}
    metrics = {
        "config": {"arch": "lenet5", "epochs": 2, "is_augmented": True, "limit": None},
        "command": "python train.py --arch lenet5",
        "sources": ["MNIST"],
        "best_epoch": 2,
        "parameters": 61791,
        "history": rows,
        "tests": {"MNIST test": test},
    }
    (folder / "metrics.json").write_text(json.dumps(metrics))
    (folder / "report_mnist_test.txt").write_text("precision 0.97\n")
    for name in ("curves", "confusion_mnist_test"):
        cv2.imwrite(str(folder / f"{name}.png"), PICTURE)


@pytest.fixture(scope="module")
def report(runs):
    (runs / "notes.md").write_text("# My view\n\nFours are hard.", encoding="utf-8")
    words = ["report", str(runs), "--author", "Zoé <3", "--comments", str(runs / "notes.md")]
    assert train.main(words) == 0
    return runs / "report.html"


def test_one_file_holds_everything_that_was_run(report):
    html = report.read_text(encoding="utf-8")
    page = Reader(html)
    assert len(page.pictures) == 4  # curves, matrix, architecture, and the evaluation's
    for picture in page.pictures:
        head, data = picture["src"].split(",")
        assert head == "data:image/png;base64"
        assert cv2.imdecode(np.frombuffer(base64.b64decode(data), np.uint8), cv2.IMREAD_COLOR).size
        assert picture["alt"]
    assert {link.removeprefix("#") for link in page.links} <= page.ids
    for words in (
        "98.00% of 1,234",
        "97.0% of 100",
        "precision 0.97",
        "Fours are hard.",
        "61,791",
        "Mistakes &amp; more",
    ):
        assert words in html
    assert "a 4 → a 9 (3)" in html
    assert "It overfits" in html


def test_what_others_wrote_cannot_break_the_page(report):
    html = report.read_text(encoding="utf-8")
    assert "script" not in Reader(html).tags
    assert "Zoé &lt;3" in html


def test_slides_hold_one_idea_each_and_read_in_french(runs, tmp_path):
    (runs / "notes.md").write_text("Les 4 sont <b>difficiles</b>.", encoding="utf-8")
    words = ["report", str(runs), "--slides", "--lang", "fr", "--comments", str(runs / "notes.md")]
    assert train.main([*words, "--out", str(tmp_path / "report.html")]) == 0
    html = (tmp_path / "slides.html").read_text(encoding="utf-8")
    page = Reader(html)
    assert '<html lang="fr">' in html
    assert page.tags.count("section") == 6  # the first one; network, curves, matrix, conclusion, own words
    assert len(page.pictures) == 3
    assert page.tags.count("b") == 0, "no raw HTML passes"
    for words in ("Conclusion", "97,0\xa0% de bonnes réponses", "surapprentissage", "2 / "):
        assert words in html.replace("<strong>", "").replace("</strong>", "")
    assert "Matrice de confusion" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_headings_go_down_step_by_step(report):
    levels = [int(tag[1]) for tag in Reader(report.read_text(encoding="utf-8")).tags if re.fullmatch(r"h\d", tag)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_what_is_missing_is_named_with_its_command(report):
    html = report.read_text(encoding="utf-8")
    folder = report.parent
    assert f"python train.py altered --model {folder}/fit/digits.keras --out {folder}/altered" in html
    assert f"python train.py explore --out {folder}/explore" in html
    assert "Not run yet: Data, Altered images, Comparison, Regularisation, Search, How the network sees." in html
    assert "evaluate_b.png is no PNG in" in html
    assert "python train.py evaluate" not in html


def test_the_markdown_links_the_pictures_where_they_lie(report):
    text = report.with_suffix(".md").read_text(encoding="utf-8")
    links = re.findall(r"!\[[^]]+\]\(<([^>]+)>\)", text)
    assert len(links) == 4
    assert all((report.parent / link).is_file() for link in links)
    assert [int(number) for number in re.findall(r"\*Figure (\d+)\.", text)] == [1, 2, 3, 4]
    assert "#### Classes" in text


def test_elsewhere_and_with_a_run_that_was_not_finished(runs, tmp_path):
    (tmp_path / "fit").mkdir()
    (tmp_path / "fit" / "config.json").write_text("{}")
    out = tmp_path / "hand" / "in.html"
    assert train.main(["report", str(tmp_path), str(runs / "evaluate"), "--out", str(out), "--title", "Ours"]) == 0
    html = out.read_text(encoding="utf-8")
    assert f"--resume {tmp_path}/fit" in html
    assert "<title>Ours</title>" in html
    assert "--comments FILE" in html
    link = re.search(r"<([^>]*evaluate_a.png)>", out.with_suffix(".md").read_text(encoding="utf-8"))[1]
    assert (out.parent / link).is_file()


def test_a_folder_to_put_it_in(runs, tmp_path):
    assert train.main(["report", str(runs), "--out", str(tmp_path / "hand" / "in")]) == 0
    assert (tmp_path / "hand" / "in" / "report.html").stat().st_size > 0
    assert (tmp_path / "hand" / "in" / "report.md").stat().st_size > 0


def test_an_architecture_is_drawn_once_and_as_the_first_run_has_it(tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr("training.explain.architecture.draw_architecture", lambda blocks, *_: drawn.append(blocks))
    monkeypatch.setattr("training.report.html.write_html", lambda *_: None)
    monkeypatch.setattr("training.report.html.write_markdown", lambda *_: None)
    for name, dropout in (("a", 0.25), ("b", 0.5)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text("{}")
        build_network("dense2", dropout=dropout).save(tmp_path / name / "best.keras")
    assert train.main(["report", str(tmp_path)]) == 0
    assert len(drawn) == 1
    assert any("dropout 25%" in block.does for block in drawn[0])


def test_code_keeps_its_hashes():
    assert lowered("# a\n```\n# b\n```\n## c", by=2) == "### a\n```\n# b\n```\n#### c"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param(["{tmp}/none"], "no such folder", id="no folder"),
        pytest.param(["{tmp}/empty"], "no results there", id="nothing in it"),
        pytest.param(["{tmp}/bad"], "evaluate.json: damaged", id="damaged"),
        pytest.param(["{tmp}/odd"], "figures are not listed", id="figures"),
        pytest.param(["{tmp}/good", "--out", "{tmp}/report.pdf"], "name it", id="no html"),
        pytest.param(["{tmp}/good", "--comments", "{tmp}/none.md"], "cannot be read", id="comments"),
        pytest.param(["{tmp}/good", "--out", "{tmp}/good/evaluate.json/a.html"], "cannot be written", id="unwritable"),
    ],
)
def test_what_the_user_can_put_right_is_one_line(words, message, tmp_path, capsys):
    good = {"command": "evaluate", "title": "t", "text": "t", "figures": []}
    contents = {"good": json.dumps(good), "bad": '{"command": ', "odd": json.dumps(good | {"figures": [1]})}
    for name, content in contents.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "evaluate.json").write_text(content)
    (tmp_path / "empty").mkdir()
    assert train.main(["report", *(word.format(tmp=tmp_path) for word in words)]) == 1
    error = capsys.readouterr().err
    assert error.startswith("train.py: ")
    assert message in error
    assert error.count("\n") == 1
    assert not list(Path(tmp_path).rglob("*.html"))


@pytest.mark.parametrize(
    "name",
    ["{outside}", "../secret.png", "link.png", "no-png.png", "a\0b.png", "loop.png"],
    ids=["absolute", "a level up", "link", "no PNG", "no name at all", "links in a circle"],
)
def test_a_hostile_run_gets_no_other_file_into_the_report(tmp_path, name):
    run, outside = tmp_path / "run", tmp_path / "secret.png"
    run.mkdir()
    cv2.imwrite(str(outside), PICTURE)
    (run / "link.png").symlink_to(outside)
    (run / "loop.png").symlink_to("loop.png")
    (run / "no-png.png").write_text("root:x:0:0")
    Outcome("explore", "t", "![t](http://example.com/a.png)", [Figure(name.format(outside=outside), "c")]).write(run)
    assert train.main(["report", str(run), "--out", str(tmp_path / "r.html")]) == 0
    page = (tmp_path / "r.html").read_text()
    assert Reader(page).pictures == []
    assert "Figure missing" in page and "Figure missing" in (tmp_path / "r.md").read_text()


def test_texts_of_a_hostile_run_do_not_lead_out_of_it(tmp_path):
    _fit_run(tmp_path / "run")
    (tmp_path / "run" / "report_mnist_test.txt").unlink()
    (tmp_path / "secret.txt").write_text("secret words")
    (tmp_path / "run" / "report_mnist_test.txt").symlink_to(tmp_path / "secret.txt")
    assert train.main(["report", str(tmp_path / "run")]) == 0
    assert "secret words" not in (tmp_path / "run" / "report.html").read_text()
