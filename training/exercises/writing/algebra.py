"""Invents what formulas are made of: letters with powers and indices, terms, fractions, brackets, functions.

What surrounds a 1 or a 2 tells it from a letter or a bracket, so each place where mathematics has them is common here:
over and under a bar, in an exponent or an index, before and after a sign, as a bound, in brackets.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from training.exercises.writing.texts import (
    Fence,
    Fraction,
    Line,
    Over,
    Part,
    Root,
    Rows,
    Script,
    number,
    script,
    variable,
)

LETTERS = "xxxxxxxxyyyyzzzaaabbbcccnnnkkttmmijpqrsuvdefghlABCHLNPRST"
GREEK = "αααβββγγθθθπππλλΔσσφφδδεμωρ"
FUNCTIONS = ("sin", "sin", "cos", "cos", "tan", "tan", "log", "ln", "max", "exp", "f", "g")
BRACKETS = (*[("(", ")")] * 7, *[("[", "]")] * 2, ("|", "|"), ("|", "|"), ("{", "}"))
INFINITY = "∞"
SMALL = "222222333411n"  # a power is most often a 2
SHORT = ["-1", "-1", "-1", "2n", "10", "ij", "-x", "1/2", "-2", "-n", "n!", "01", "12", "11", "+1"]


def pick(rng: np.random.Generator, choices: Sequence[str]) -> str:
    """Choose one of these."""
    return str(rng.choice(list(choices)))


def letter(rng: np.random.Generator) -> str:
    """Choose a letter, Latin or Greek."""
    return pick(rng, GREEK if rng.random() < 0.15 else LETTERS)


def count(rng: np.random.Generator) -> str:
    """Write a small number as formulas hold them: most often 1 or 2."""
    kind = rng.random()
    if kind < 0.25:
        return number(rng, 2)
    return pick(rng, ["10", "100", "1000", "0,1", "1,5", "0.5"]) if kind < 0.3 else pick(rng, "111222223340567889")


def small(rng: np.random.Generator) -> str:
    """Write what stands as a power or an index."""
    kind = rng.random()
    if kind < 0.55:
        return pick(rng, SMALL)
    if kind < 0.67:
        return letter(rng)
    if kind < 0.85:
        return pick(rng, "nnkx2m") + pick(rng, "+--") + pick(rng, "1112n")
    return pick(rng, SHORT)


def atom(rng: np.random.Generator) -> str:
    """Write a number or a letter, with a factor, a power or an index."""
    if rng.random() < 0.3:
        return count(rng) + (script("^", pick(rng, SMALL)) if rng.random() < 0.15 else "")
    text, kind = (count(rng) if rng.random() < 0.22 else "") + letter(rng), rng.random()
    if kind < 0.3:
        return text + script("^", small(rng))
    if kind < 0.5:
        return text + script("_", small(rng) if rng.random() < 0.4 else pick(rng, "0011122nijk"))
    return variable(rng) if kind < 0.53 else text + ("'" if kind < 0.55 else "!" if kind < 0.56 else "")


def flat(rng: np.random.Generator, most: int = 3) -> str:
    """Write terms added, in one line; often the first or the last is 1."""
    terms = [atom(rng) + (letter(rng) if rng.random() < 0.1 else "") for _ in range(rng.integers(1, most + 1))]
    kind = rng.random()
    if kind < 0.1:
        terms = ["1", *terms]
    elif kind < 0.25:
        terms.append(pick(rng, "1112"))
    text = terms[0] + "".join(pick(rng, "++--") + term for term in terms[1:])
    return ("-" if rng.random() < 0.15 else "") + text


def terms(rng: np.random.Generator, most: int = 3, depth: int = 1) -> Line:
    """Write terms added; to this depth they may hold fractions, roots, brackets and functions."""
    parts: list[Part] = ["-"] if rng.random() < 0.15 else []
    if rng.random() < 0.08:
        parts += ["1" + pick(rng, "+--")]
    for index in range(rng.integers(1, most + 1)):
        parts += [pick(rng, "++--·")] if index else []
        parts += factor(rng, depth)
    if rng.random() < 0.1:
        parts += [pick(rng, "+--") + pick(rng, "11123")]
    return tuple(parts)


def factor(rng: np.random.Generator, depth: int = 1) -> Line:
    """Write one factor of a term; at depth 0 without anything that is built."""
    if depth <= 0 or rng.random() < 0.3:
        return (atom(rng),) if rng.random() < 0.8 else bracketed(rng)
    kinds, shares = zip(*FACTORS.items(), strict=True)
    return kinds[rng.choice(len(kinds), p=np.array(shares) / sum(shares))](rng, depth - 1)


def bracketed(rng: np.random.Generator) -> Line:
    """Write terms in brackets of the usual height, perhaps with a power."""
    left, right = BRACKETS[rng.integers(len(BRACKETS))]
    before = atom(rng) if rng.random() < 0.35 else ""
    return (before + left + flat(rng) + right + (script("^", small(rng)) if rng.random() < 0.4 else ""),)


def fraction(rng: np.random.Generator, depth: int = 0) -> Line:
    """Write one line over another, 1 over 2 and the like most often."""
    before = atom(rng) if rng.random() < 0.15 else ""
    whole = Fraction(_side(rng, depth), _side(rng, depth))
    return (before, whole) if before else (whole,)


def _side(rng: np.random.Generator, depth: int) -> Line:
    kind = rng.random()
    if kind < 0.17:
        return (pick(rng, "1112"),)
    if kind < 0.55:
        return (count(rng) if kind < 0.4 else atom(rng),)
    return (flat(rng, 2),) if kind < 0.75 else terms(rng, 2, depth)


def root(rng: np.random.Generator, depth: int = 0) -> Line:
    """Write a root, now and then a cube root."""
    before = count(rng) if rng.random() < 0.3 else ""
    inside = terms(rng, 2, depth) if rng.random() < 0.6 else (count(rng),)
    whole = Root(inside, pick(rng, "33n4") if rng.random() < 0.12 else "")
    return (before, whole) if before else (whole,)


def function(rng: np.random.Generator, depth: int = 0) -> Line:
    """Write a function's name and what it is of."""
    name = pick(rng, ["", "", "", "2"]) + str(rng.choice(FUNCTIONS))
    kind = rng.random()
    name += script("^", pick(rng, ["2", "2", "3", "-1"])) if kind < 0.25 else ""
    name += script("_", pick(rng, ["2", "3", "10", "a", "b", "1"])) if name.endswith("log") and kind > 0.4 else ""
    kind = rng.random()
    if kind < 0.4:
        return (name + " " + atom(rng),) if kind < 0.3 else (name, *fraction(rng))
    return (name + "(" + flat(rng, 2) + ")",) if kind < 0.8 else (name, Fence("(", terms(rng, 2, depth), ")"))


def _tall(rng: np.random.Generator, depth: int) -> Line:
    """Write brackets as tall as the fraction in them, perhaps with a power."""
    left, right = BRACKETS[rng.integers(len(BRACKETS))]
    inside = terms(rng, 2, depth) if rng.random() < 0.6 else fraction(rng, depth)
    return (Fence(left, inside, right), *([Script((small(rng),))] if rng.random() < 0.5 else []))


def _power(rng: np.random.Generator, depth: int) -> Line:
    """Write a letter with something longer above it, or with a power and an index one over the other."""
    base, kind = pick(rng, "e2x" + LETTERS), rng.random()
    if kind < 0.4:
        return (base, Script((pick(rng, SMALL),), (pick(rng, "0112nijk"),)))
    if kind < 0.6:
        return (base, Script(fraction(rng)))
    return (base, Script((flat(rng, 2),), (small(rng),) if kind > 0.9 else ()))


def _binomial(rng: np.random.Generator, _depth: int) -> Line:
    cells = [((pick(rng, ["n", "2n", "n+1", "n-1", "m", count(rng)]),),), ((pick(rng, ["k", "2", "1", "k-1", "0"]),),)]
    return (Fence("(", (Rows(cells),), ")"),)


def _vector(rng: np.random.Generator, _depth: int) -> Line:
    return (Over(pick(rng, ["AB", "u", "v", "x", "z", "OM", "F"]), rng.random() < 0.6),)


FACTORS: dict[Callable[[np.random.Generator, int], Line], float] = {
    fraction: 34,
    root: 16,
    function: 16,
    _tall: 12,
    _power: 16,
    _binomial: 3,
    _vector: 3,
}
"""Kinds of factors that are built and their shares."""
