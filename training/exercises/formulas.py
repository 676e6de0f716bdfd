"""Invents mathematics as pupils and students write it: equations, powers, sums, limits, integrals, logarithms."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from training.exercises.texts import Fraction, Line, Part, Root, Stack, number, script, variable

LETTERS = "xxxxyyyzzaabbccnnnkkttmijpqrsuvdefghABCLPRST"
GREEK = "αβγθππλΔ"
FUNCTIONS = ("sin", "cos", "tan", "log", "ln", "max")
BRACKETS = (*[("(", ")")] * 6, *[("[", "]")] * 2, ("|", "|"), ("{", "}"))
RELATIONS = "=====<>→"
INFINITY = "∞"
SMALL = "2222333411n"  # a power is most often a 2


def formula_line(rng: np.random.Generator) -> Line:
    """Write a line of mathematics of any kind."""
    kinds, shares = zip(*KINDS.items(), strict=True)
    return kinds[rng.choice(len(kinds), p=np.array(shares) / sum(shares))](rng)


def _pick(rng: np.random.Generator, choices: Sequence[str]) -> str:
    return str(rng.choice(list(choices)))


def _letter(rng: np.random.Generator) -> str:
    return _pick(rng, GREEK if rng.random() < 0.12 else LETTERS)


def _count(rng: np.random.Generator) -> str:
    """Write a small number as formulas hold them: most often 1 or 2."""
    return number(rng, 2) if rng.random() < 0.4 else _pick(rng, "1111222034")


def _atom(rng: np.random.Generator) -> str:
    """Write a number or a letter, with a factor, a power or an index."""
    if rng.random() < 0.35:
        return _count(rng) + (script("^", _pick(rng, SMALL)) if rng.random() < 0.15 else "")
    atom = (_count(rng) if rng.random() < 0.25 else "") + _letter(rng)
    kind = rng.random()
    if kind < 0.3:
        atom += script("^", _small(rng))
    elif kind < 0.5:
        atom += script("_", _small(rng) if rng.random() < 0.5 else _pick(rng, "0112nijk"))
    elif kind < 0.53:
        atom = variable(rng)
    return atom


def _small(rng: np.random.Generator) -> str:
    """Write what stands as a power or an index."""
    kind = rng.random()
    if kind < 0.6:
        return _pick(rng, SMALL)
    if kind < 0.75:
        return _letter(rng)
    if kind < 0.9:
        return _pick(rng, "nk2m") + _pick(rng, "+-") + _pick(rng, "112n")
    return _pick(rng, ["-1", "2n", "10", "ij", "-x", "1/2", "-2"])


def _terms(rng: np.random.Generator, most: int = 3, depth: int = 1) -> str:
    """Write terms added, some of them in brackets, behind a function, or multiplied."""
    text = _pick(rng, ["", "", "", "", "-"])
    for index in range(rng.integers(1, most + 1)):
        text += (_pick(rng, "++--") if index else "") + _factor(rng, depth)
    return text


def _factor(rng: np.random.Generator, depth: int) -> str:
    kind = rng.random()
    if depth and kind < 0.2:
        left, right = BRACKETS[rng.integers(len(BRACKETS))]
        before = _atom(rng) if rng.random() < 0.4 else ""
        power = script("^", _small(rng)) if rng.random() < 0.35 else ""
        return before + left + _terms(rng, 3, 0) + right + power
    if kind < 0.3:
        power = script("^", "2") if rng.random() < 0.3 else ""
        return _pick(rng, ["", "", "2"]) + str(rng.choice(FUNCTIONS)) + power + " " + _atom(rng)
    return _atom(rng) + (_pick(rng, ["", "x", ""]) + _letter(rng) if kind < 0.4 else "")


def _side(rng: np.random.Generator) -> Line:
    """Write what stands over or under a fraction's bar: often a number alone, most often 1."""
    kind = rng.random()
    if kind < 0.35:
        return ("1" if kind < 0.12 else _count(rng),)
    return (Root(_terms(rng, 2, 0)),) if kind < 0.45 else (_terms(rng, 2, int(kind < 0.6)),)


def _part(rng: np.random.Generator) -> Part:
    kind = rng.random()
    if kind < 0.25:
        return Fraction(_side(rng), _side(rng))
    return Root(_terms(rng, 2, 0)) if kind < 0.35 else _terms(rng)


def _equation(rng: np.random.Generator) -> Line:
    """Write two sides with a sign between."""
    parts: list[Part] = [_part(rng)]
    for _ in range(rng.integers(0, 4)):
        parts += [_pick(rng, RELATIONS + "++--"), _part(rng)]
    return tuple(parts)


def _polynomial(rng: np.random.Generator) -> Line:
    """Write powers of one letter, falling or rising, set equal to something."""
    letter, most = _pick(rng, "xyznt"), int(rng.integers(1, 5))
    powers = range(most + 1) if rng.random() < 0.3 else range(most, -1, -1)
    terms = []
    for power in powers:
        factor = "" if power and rng.random() < 0.5 else _count(rng)
        terms.append(factor + (letter if power else "") + (script("^", str(power)) if power > 1 else ""))
    text = terms[0] + "".join(_pick(rng, "++-") + term for term in terms[1:])
    return (text + _pick(rng, ["", "=0", "=" + _count(rng), "=y"]),)


def _arithmetic(rng: np.random.Generator) -> Line:
    """Write numbers alone, with brackets and a result."""
    text = _count(rng)
    for _ in range(rng.integers(1, 5)):
        sign, term = _pick(rng, "++--xx"), _count(rng)
        text += sign + (f"({term}{_pick(rng, '+-')}{_count(rng)})" if rng.random() < 0.25 else term)
    return (text + _pick(rng, ["", "=", "=" + _count(rng), "=" + _count(rng)]),)


def _series(rng: np.random.Generator) -> Line:
    """Write a sum with its bounds, above and below or beside it, of a term."""
    index = _pick(rng, "nnkiij")
    below, above = index + "=" + _pick(rng, "01112"), _pick(rng, ["n", "m", INFINITY, "10", "N", number(rng, 2)])
    term = _pick(rng, "abcx") + script(_pick(rng, "_^"), index) if rng.random() < 0.5 else _terms(rng, 2, 1)
    sign = "∑"
    if rng.random() < 0.75:
        return (Stack(sign, above, below), term, *_result(rng))
    return (sign + script("_", below) + script("^", above), term, *_result(rng))


def _limit(rng: np.random.Generator) -> Line:
    below = _pick(rng, "xnht") + "→" + _pick(rng, ["0", "0", "1", "2", INFINITY, INFINITY, "a"])
    return (Stack("lim", "", below), _part(rng), *_result(rng))


def _integral(rng: np.random.Generator) -> Line:
    low, high = _pick(rng, ["0", "0", "1", "a", "-1", "2"]), _pick(rng, ["1", "1", "2", "b", INFINITY, "3", "x", "10"])
    bounds = script("_", low) + script("^", high) if rng.random() < 0.7 else ""
    return ("∫" + bounds, _part(rng), "d" + _pick(rng, "xxtyz"), *_result(rng))


def _logarithm(rng: np.random.Generator) -> Line:
    base = _pick(rng, ["2", "2", "3", "10", "a", "b", "4", "5"])
    parts = ["log" + script("_", base) + " " + _count(rng) for _ in range(rng.integers(1, 4))]
    return (_pick(rng, "+-=").join(parts), *_result(rng))


def _sequence(rng: np.random.Generator) -> Line:
    """Write unknowns with their numbers: x_1, x_2, ..., a_0 + a_1, L_1/L_2."""
    letter, between = _pick(rng, "xyabcLdeRP"), _pick(rng, [", ", "+", "-", "/", "=", " "])
    first = int(rng.integers(0, 3))
    terms = [letter + script("_", str(first + index)) for index in range(rng.integers(2, 5))]
    return (between.join(terms) + _pick(rng, ["", "", between + letter + "_n"]), *_result(rng))


def _system(rng: np.random.Generator) -> Line:
    """Write unknowns multiplied and added, each with its number, as in notes on a model: `(1-h)K_1_5X_1-K_3_5X_3`."""
    names, text = _pick(rng, "KkPRTax"), _pick(rng, ["", "-", variable(rng) + "=", "→"])
    for index in range(rng.integers(1, 4)):
        factor = f"({_count(rng)}{_pick(rng, '--+')}{_letter(rng)})" if rng.random() < 0.3 else ""
        term = names + script("_", number(rng, 2)) if rng.random() < 0.6 else ""
        text += (_pick(rng, "++--") if index else "") + factor + term + variable(rng)
    return (text, *_result(rng)) if rng.random() < 0.3 else (text,)


def _result(rng: np.random.Generator) -> Line:
    return ("=", _part(rng)) if rng.random() < 0.45 else ()


KINDS: dict[Callable[[np.random.Generator], Line], float] = {
    _equation: 40,
    _polynomial: 12,
    _arithmetic: 10,
    _series: 9,
    _limit: 5,
    _integral: 7,
    _logarithm: 6,
    _sequence: 9,
    _system: 12,
}
"""Kinds of lines and their shares."""
