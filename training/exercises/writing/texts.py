"""Invents what people write on paper: numbers alone, sums, dates, prices, words, programs, lists."""

from __future__ import annotations

import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

WORDS = tuple(
    """
    the of and to in is you that it he was for on are as with his they at be this have from or one had by word
    but not what all were we when your can said there use an each which she do how their if will up other about
    out many then them these so some her would make like him into time has look two more write go see number no
    way could people my than first water been call who oil its now find long down day did get come made may part
    over new sound take only little work know place year live me back give most very after thing our just name
    good sentence man think say great where help through much before line right too mean old any same tell boy
    follow came want show also around form three small set put end does another well large must big even such
    because turn here why ask went men read need land different home us move try kind hand picture again change
    off play spell air away animal house point page letter mother answer found study still learn should Total
    Name Date Somme page exercice ligne salle bus rue chambre prix Miami Oslo Paris Lagos Zoo Isla Bob Sogliola
    goo loose soil Ali Lois Liz sol bois
    """.split()  # noqa: SIM905 - 200 quoted words are no easier to read
)
LOOKALIKES = "oOlISZBgqbszD"
MAX_WORDS = 6
DIGIT_SHARES = (0.13, 0.2, 0.15, 0.1, 0.09, 0.08, 0.07, 0.06, 0.06, 0.06)  # of 0 to 9, as sums and dates hold them
LISTS = (" ", ", ", ",", "; ", "   ", " - ")


@dataclass(frozen=True)
class Fraction:
    """One line over another."""

    above: Line
    below: Line


@dataclass(frozen=True)
class Root:
    """What stands under a root sign, and its small number if it is no square root."""

    inside: Line
    index: str = ""


@dataclass(frozen=True)
class Stack:
    """A sign or a short word with small texts above and below it, as of sums and limits; either may be empty."""

    base: str
    above: str
    below: str


@dataclass(frozen=True)
class Script:
    """What stands higher and lower behind the part before it; either may be empty."""

    above: Line = ()
    below: Line = ()


@dataclass(frozen=True)
class Fence:
    """A line between brackets or bars as tall as itself; either may be empty."""

    left: str
    inside: Line
    right: str


@dataclass(frozen=True)
class Rows:
    """Lines under each other and in columns: `cells[row][column]`."""

    cells: Sequence[Sequence[Line]]


@dataclass(frozen=True)
class Over:
    """A text under a bar or an arrow."""

    inside: str
    has_head: bool = False


Part = str | Fraction | Root | Stack | Script | Fence | Rows | Over  # in texts `^`, `_` raise, lower the next sign
Line = Sequence[Part]


def number(rng: np.random.Generator, most: int = 4) -> str:
    """Write a number of one to `most` digits; now and then the same digit again and again, or many 1s and 0s."""
    kind = rng.random()
    count = int(rng.integers(1, most + 1))
    if kind < 0.08:
        return str(rng.integers(10)) * count
    if kind < 0.2:
        return "".join(rng.choice(list("0111127"), count))
    return "".join(rng.choice(list(string.digits), count, p=DIGIT_SHARES))


def numbers_line(rng: np.random.Generator) -> Line:
    """Write numbers side by side, with spaces or commas between."""
    most = int(rng.integers(1, 6))
    return (str(rng.choice(LISTS)).join(number(rng, most) for _ in range(rng.integers(1, 9))),)


def sum_line(rng: np.random.Generator) -> Line:
    """Write a sum, finished or not, perhaps with a letter for its place in the exercise."""
    most = int(rng.integers(1, 4))
    text = number(rng, most)
    for _ in range(rng.integers(1, 4)):
        text += str(rng.choice(list("++--x*:/"))) + number(rng, most)
    text += rng.choice(["=", "=" + number(rng, most), "=" + number(rng, most), "=_", ">" + number(rng, most), ""])
    spaced = rng.random()
    if spaced < 0.35:
        text = "".join(f" {sign} " if sign in "+-x*:=" else sign for sign in text)
    if rng.random() < 0.2:
        text = f"{rng.choice(list('abcdefgh'))}) {text}"
    return (text,)


def variable(rng: np.random.Generator) -> str:
    """Write a letter with a number below it, as in lists of unknowns and of measurements: `k_5_6`."""
    return str(rng.choice(list("xXykKtPABRnz"))) + script("_", number(rng, 2))


def script(mark: str, text: str) -> str:
    """Write a text that stands higher (`^`) or lower (`_`) than the line."""
    return "".join(mark + sign for sign in text if sign != " ")


def fact_line(rng: np.random.Generator) -> Line:
    """Write a date, a time, a price, a telephone number, a size."""
    d, n = rng.integers(0, 10, 12), number
    kinds = (
        lambda: str(rng.choice(list("/.-"))).join(map(str, rng.integers((1, 1, 1950), (32, 13, 2030)))),
        lambda: f"{rng.integers(1, 32):02d}/{rng.integers(1, 13):02d}/{rng.integers(0, 100):02d}",
        lambda: f"{rng.integers(0, 24)}:{rng.integers(0, 60):02d}",
        lambda: f"{n(rng, 3)}{rng.choice(list('.,'))}{d[0]}{d[1]}" + str(rng.choice(["", "$", "EUR", " kg", " cm"])),
        lambda: "-".join("".join(map(str, part)) for part in (d[:3], d[3:6], d[6:10])),
        lambda: " ".join(f"{d[i]}{d[i + 1]}" for i in range(0, 10, 2)),
        lambda: f"{n(rng, 2)}%",
        lambda: f"{n(rng, 3)} x {n(rng, 3)}",
        lambda: f"({n(rng, 2)};{n(rng, 2)})",
        lambda: f"-{n(rng, 2)}, {n(rng, 2)}, -{n(rng, 2)}",
        lambda: f"#{n(rng, 3)}",
        lambda: f"{n(rng, 2)}{rng.choice(['h', ' h '])}{d[0]}{d[1]}",
        lambda: f"{n(rng, 3)}{rng.choice(['', ',50', f',{d[0]}{d[1]}'])}{rng.choice(['€', ' €'])}",
        lambda: str(rng.choice([f"n° {n(rng, 2)}", f"N°{n(rng, 2)}", f"{n(rng, 2)}°", f"{n(rng, 2)} °C"])),
        lambda: f"{n(rng, 2)} {d[0]}{d[1]}{d[2]}" + str(rng.choice(["", f" {d[3]}{d[4]}{d[5]}"])),
    )
    return ("  ".join(str(kinds[rng.integers(len(kinds))]()) for _ in range(rng.integers(1, 4))),)


def snippet(rng: np.random.Generator) -> str:
    """Write a number with a sign or a few letters about it, as it stands alone in a margin or on a slip."""
    n, letter = number(rng, int(rng.integers(1, 4))), str(rng.choice(list("abcdefnpxyzABCDEN")))
    brackets = str(rng.choice(["()", "[]", "{}"]))
    shapes = (
        *(f"{brackets[0]}{n}{brackets[1]}", f"{n})", f"({n}", f"{n}.", f"{n}:", f"{n};", f"{letter}) {n}"),
        *(f"{letter}={n}", f"{letter} = {n}", f"-{n}", f"+{n}", f"= {n}", f"{n}-", f"{n}%", f"#{n}", f"{n}?"),
        *(f"{letter}. {n}", f"{letter}{n}", f"{n}{letter}", f"{n}/{number(rng, 1)}", f"{n} {letter}", f"{letter} {n}"),
        *(f"{word(rng)} {n}", f"{n} {word(rng)}", f"{n} cm", f"{n} kg", f"No {n}", f"{letter}({n})"),
    )
    return str(rng.choice(shapes))


def word(rng: np.random.Generator) -> str:
    """Write a word, or two or three letters that could as well be digits."""
    if rng.random() < 0.08:
        return "".join(rng.choice(list(LOOKALIKES), rng.integers(1, 4)))
    text = str(rng.choice(WORDS))
    return str(rng.choice([text, text, text, text.title(), text.upper()])) + str(rng.choice(["", "", "", "", ",", "."]))


def words_line(rng: np.random.Generator) -> Line:
    """Write words alone."""
    return (" ".join(word(rng) for _ in range(rng.integers(1, MAX_WORDS))),)


def note_line(rng: np.random.Generator) -> Line:
    """Write words with a number among them."""
    words = [word(rng) for _ in range(rng.integers(1, MAX_WORDS - 1))]
    count = number(rng) + str(rng.choice(["", "", ".", ",", "th", "m", "%"]))
    words.insert(int(rng.integers(len(words) + 1)), count if rng.random() < 0.75 else variable(rng))
    return (" ".join(words),)


def list_line(rng: np.random.Generator) -> Line:
    """Write a numbered point of a list."""
    return (f"{number(rng, 2)}{rng.choice([')', '.', ':', ' -', ''])} {words_line(rng)[0]}",)


def code_line(rng: np.random.Generator) -> Line:
    """Write a line of a program, or a name with a number in it."""
    name, n = str(rng.choice(list("ijkxnab"))), number
    kinds = (
        f"for({name}=0;{name}<{n(rng, 2)};{name}++)",
        f"{name}[{n(rng, 1)}]={n(rng, 2)};",
        f"if({name}=={n(rng, 1)}) return {n(rng, 1)};",
        f"{word(rng)}{n(rng, 2)}",
        f"f({n(rng, 1)},{n(rng, 1)})={n(rng, 2)}",
        f"{rng.choice(list(string.ascii_uppercase))}{n(rng, 2)}",
        "{" + ",".join(n(rng, 1) for _ in range(3)) + "}",
        f"{word(rng)} = [" + ", ".join(n(rng, 2) for _ in range(rng.integers(1, 7))) + "]",
        f"return -{n(rng, 1)}",
        f"{word(rng)}[{n(rng, 1)}] - 1",
        f"{name} - 1",
        f"O({rng.choice(['1', name, name + script('^', '2')])})",
        "/".join(n(rng, 2) for _ in range(rng.integers(2, 5))) + " " + word(rng),
        f"({n(rng, 1)}-{name})",
    )
    return (kinds[rng.integers(len(kinds))],)


LINES: dict[str, Callable[[np.random.Generator], Line]] = {
    "numbers": numbers_line,
    "sums": sum_line,
    "facts": fact_line,
    "words": words_line,
    "notes": note_line,
    "list": list_line,
    "code": code_line,
}
"""How a line of each kind of page is invented."""
