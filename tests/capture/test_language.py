import os
import pickle
import subprocess
import sys

import pytest

from capture.language import (
    FRENCH_TEXTS,
    PLAINLY,
    asked_language,
    current_language,
    format_number,
    in_english,
    locale_language,
    read_catalogue,
    system_words,
    tr,
    typeset,
    use_language,
)
from model.errors import DigitsError
from tests.support.texts import ROOT, check_catalogue, fields, templates, untranslated

TRAINING_THAT_TELLS = ("training/commands", "training/datasets", "training/evaluation", "training/fitting")
CATALOGUE = {"{right:,} of {count:,}: {share:.2%}": "{right:,} sur {count:,} : {share:.2%}", "Save": "Enregistrer"}


@pytest.fixture(autouse=True)
def english_again():
    yield
    use_language("en")


def test_english_is_what_the_code_says():
    use_language("en", CATALOGUE)
    assert tr("{right:,} of {count:,}: {share:.2%}", right=1200, count=3000, share=0.4) == "1,200 of 3,000: 40.00%"
    assert current_language() == "en"


def test_french_has_its_words_its_spaces_and_its_comma():
    use_language("fr", CATALOGUE)
    text = tr("{right:,} of {count:,}: {share:.2%}", right=1200, count=3000, share=0.4)
    assert text == "1\u202f200 sur 3\u202f000\xa0: 40,00\xa0%"
    assert tr("Save") == "Enregistrer"


def test_several_catalogues_are_one():
    use_language("fr", {"a": "un"}, {"b": "deux"})
    assert (tr("a"), tr("b")) == ("un", "deux")


def test_names_are_not_taken_for_numbers():
    use_language("fr", {"{file}: read": "{file} : lu"})
    assert tr("{file}: read", file="my.png, 5%") == "my.png, 5%\xa0: lu"


@pytest.mark.parametrize(
    ("language", "text"), [("en", "1,234.5 and 50%"), ("fr", "1\u202f234,5 and 50\xa0%")], ids=["en", "fr"]
)
def test_bare_numbers(language, text):
    use_language(language)
    assert f"{format_number(1234.5, ',.1f')} and {format_number(0.5, '.0%')}" == text


def test_an_unknown_text_stays_english():
    use_language("fr", CATALOGUE)
    assert tr("Quit") == "Quit"


def test_no_french_text_is_missing_and_none_is_left_over():
    check_catalogue(read_catalogue(FRENCH_TEXTS), templates("capture", "model", "run_camera.py"))


def test_nothing_is_told_past_the_catalogue():
    assert untranslated("capture", "model", "run_camera.py", "train.py", *TRAINING_THAT_TELLS) == []


def test_the_check_sees_what_is_told_past_the_catalogue(tmp_path, monkeypatch):
    monkeypatch.setattr("tests.support.texts.ROOT", tmp_path)
    (tmp_path / "a.py").write_text(
        'tell(f"{path}: lost")\ntell(tr("found"))\nadd("-x", help="an option")\ntell(error)\n'
    )
    assert untranslated("a.py") == ["a.py:1: f'{path}: lost'", "a.py:3: 'an option'"]


def test_french_texts_know_their_english_through_errors_and_pickles():
    use_language("fr", CATALOGUE | {"{path}: is empty; {advice}": "{path} : vide ; {advice}"})
    error = DigitsError("{path}: is empty; {advice}", path="a.jpg", advice=tr("Save"))
    assert str(error) == "a.jpg\xa0: vide\xa0; Enregistrer"
    assert in_english(pickle.loads(pickle.dumps(str(error)))) == "a.jpg: is empty; Save"


def test_errors_speak_english_unless_told_otherwise():
    error = DigitsError("{path}: has braces", path="{a}.jpg")
    assert str(error) == in_english(error) == "{a}.jpg: has braces"


@pytest.mark.parametrize(
    ("argv", "language"),
    [
        (["--lang", "fr"], "fr"),
        (["--source", "a.jpg", "--lang=en"], "en"),
        (["--lang"], "fr"),
        (["--lang", "xx"], "fr"),
        ([], "fr"),
    ],
)
def test_a_command_line_says_its_language_before_it_is_parsed(argv, language, monkeypatch):
    monkeypatch.setenv("LC_ALL", "fr_CA.UTF-8")
    assert asked_language(argv) == language


@pytest.mark.parametrize(
    ("text", "encoding", "plain"),
    [
        ("lu : déjà 62\xa0%, l’été", "ascii", "lu : deja 62 %, l'ete"),
        ("1\u202f234 images", "cp1252", "1 234 images"),
        ("déjà", "cp1252", "déjà"),
        ("七.png", "ascii", "\\u4e03.png"),
        ("« œuf »", "ascii", '" oeuf "'),
    ],
)
def test_what_an_encoding_lacks_is_written_in_plain_letters(text, encoding, plain):
    assert text.encode(encoding, PLAINLY).decode(encoding) == plain


def test_a_terminal_without_accents_ends_no_run():
    done = subprocess.run(
        [sys.executable, "run_camera.py", "--help", "--lang", "fr"],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=True,
    )
    assert b"general :" in done.stdout


@pytest.mark.parametrize(("words", "told"), [("Permission denied", "permission refusée"), ("odd", "odd")])
def test_what_the_system_says_is_translated_where_it_is_known(words, told):
    assert system_words(words) == words
    use_language("fr")
    assert system_words(words) == told


@pytest.mark.parametrize(
    ("value", "language"),
    [("fr_FR.UTF-8", "fr"), ("fr", "fr"), ("en_GB", "en"), ("de_DE", "en"), ("C", "en")],
)
def test_the_system_says_which_language(value, language, monkeypatch):
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("LC_ALL", value)
    assert locale_language() == language


@pytest.mark.parametrize(
    ("text", "set_text"),
    [
        ("essayez '{folder}/*/*.jpg'", "essayez '{folder}/*/*.jpg'"),
        ("l'image de l'{name}", "l’image de l’{name}"),
        ("lancez : pip install 'av>={oldest}'", "lancez\xa0: pip install 'av>={oldest}'"),
    ],
)
def test_quotes_of_a_shell_are_no_apostrophes(text, set_text):
    assert typeset(text) == set_text


def test_code_and_addresses_are_left_as_they_are():
    assert typeset("l'image : `a : b` [d'ici](http://a?b)") == "l’image\xa0: `a : b` [d’ici](http://a?b)"


@pytest.mark.parametrize(
    ("catalogue", "asked"),
    [
        pytest.param({}, {"Save"}, id="missing"),
        pytest.param({"Save": "Enregistrer"}, set(), id="left over"),
        pytest.param({"{n} files": "{m} fichiers"}, {"{n} files"}, id="another field"),
    ],
)
def test_the_check_sees_a_catalogue_that_does_not_fit(catalogue, asked):
    with pytest.raises(AssertionError):
        check_catalogue(catalogue, asked)


def test_fields_are_found():
    assert fields("{a:,} and {b!r} and {a}") == {"a": 2, "b": 1}
