"""The page's texts."""

import re

import pytest

from capture.commands.command import Command
from capture.commands.correction import Move
from capture.language import LANGUAGES
from capture.web.assets import FOLDER, PLACE, as_json, fill_in, load_assets, load_texts

SCRIPTS = "".join(path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.js")))
FACE = (FOLDER.parent / "face.py").read_text(encoding="utf-8")
PAGE = (FOLDER / "index.html").read_text(encoding="utf-8")


def test_no_text_is_missing_or_empty_in_any_language():
    tables = [load_texts(language) for language in LANGUAGES]
    assert all(table.keys() == tables[0].keys() and all(table.values()) for table in tables)


def test_the_same_places_are_filled_in_in_every_language():
    english, *others = (load_texts(language) for language in LANGUAGES)
    places = {name: sorted(re.findall(r"\{\w+\}", text)) for name, text in english.items()}
    assert all({name: sorted(re.findall(r"\{\w+\}", text)) for name, text in one.items()} == places for one in others)


def test_every_command_and_answer_has_a_text():
    names = {command.name for command in Command} | {move.name for move in Move} | {"NO_DIGIT"}
    assert names <= load_texts("en").keys()


def test_what_the_page_asks_for_is_there_and_nothing_else_is():
    asked = set(PLACE.findall(PAGE)) - {"texts", "keys"} | set(re.findall(r"texts\.(\w+)", SCRIPTS))
    by_name = {name for name in load_texts("en") if f'"{name}"' in SCRIPTS + FACE}
    listed = {command.name for command in Command} | {move.name for move in Move}
    assert asked <= load_texts("en").keys()
    assert load_texts("en").keys() <= asked | by_name | listed | {"recording", "snapshot"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_comes_in_its_language(language):
    page = load_assets(language)["/"].data.decode()
    assert f'<html lang="{language}">' in page
    assert "{{" not in page


def test_a_text_cannot_break_the_page():
    texts = {"title": "<b>&\"'"}
    assert fill_in("<h1>{{title}}</h1>", texts, {}) == "<h1>&lt;b&gt;&amp;&quot;&#x27;</h1>"
    assert "</script>" not in as_json({"title": "</script><script>"})


def test_nothing_is_loaded_from_other_hosts_and_nothing_stands_in_line():
    assert not re.findall(r"https?://(?!www\.w3\.org/2000/svg)", PAGE + SCRIPTS + (FOLDER / "style.css").read_text())
    assert not re.findall(r"\son\w+=|\sstyle=|javascript:|<style", PAGE)
    assert "innerHTML" not in SCRIPTS and "eval(" not in SCRIPTS
