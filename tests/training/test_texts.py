from capture.language import read_catalogue, tr, use_language
from tests.support.texts import check_catalogue, templates
from training.texts import FRENCH_TEXTS, write_in


def test_no_french_text_is_missing_and_none_is_left_over():
    check_catalogue(read_catalogue(FRENCH_TEXTS), templates("training", "train.py"))


def test_texts_are_written_in_the_language_chosen():
    try:
        write_in("fr")
        assert tr("{count:,} mistakes", count=1234) == "1\u202f234 erreurs"
    finally:
        use_language("en")
