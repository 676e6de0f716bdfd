import pytest

from capture.language import use_language
from capture.options import parse_args
from capture.parser import translated


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["--lang", "fr", "--conf", "7"], "option --conf : 7 : pas un nombre de 0 à 1"),
        (["--lang", "fr", "--conf", "x"], "option --conf : x : pas un nombre de 0 à 1 ; essayez 0.5"),
        (["--lang", "fr", "--conf"], "option --conf : il manque sa valeur"),
        (["--lang", "fr", "--nothing"], "il n’y a pas d’option --nothing"),
        (["--lang", "xx"], "argument --lang: invalid choice: 'xx' (choose from"),
        (["--lang", "fr", "--s", "x"], "option ambiguë : --s peut être --source, --size"),
    ],
    ids=lambda value: value[-1] if isinstance(value, list) else "",
)
def test_bad_usage_is_told_in_the_language_asked_for(argv, told, capsys):
    with pytest.raises(SystemExit, match="2"):
        parse_args(argv)
    assert told in capsys.readouterr().err.replace("\xa0", " ")


def test_help_is_in_french(capsys):
    with pytest.raises(SystemExit, match="0"):
        parse_args(["--lang", "fr", "--help"])
    told = " ".join(capsys.readouterr().out.replace("\xa0", " ").split())
    assert told.startswith("utilisation : run_camera.py")
    assert "entrée :" in told and "(par défaut : 1280x720@30)" in told
    assert "default" not in told


def test_complaints_that_are_not_known_stay_as_they_are():
    use_language("fr")
    assert translated("something new of argparse") == "something new of argparse"
