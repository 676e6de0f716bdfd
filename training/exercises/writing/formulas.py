"""Invents mathematics as pupils and students write it: equations, powers, sums, limits, integrals, logarithms."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from training.exercises.writing.algebra import (
    INFINITY,
    LETTERS,
    atom,
    count,
    factor,
    flat,
    fraction,
    function,
    letter,
    pick,
    small,
    terms,
)
from training.exercises.writing.texts import (
    Fence,
    Fraction,
    Line,
    Part,
    Root,
    Rows,
    Script,
    Stack,
    number,
    script,
    variable,
)

RELATIONS = "=======<>≤≥≠→"


def formula_line(rng: np.random.Generator) -> Line:
    """Write a line of mathematics of any kind."""
    kinds, shares = zip(*KINDS.items(), strict=True)
    return kinds[rng.choice(len(kinds), p=np.array(shares) / sum(shares))](rng)


def _equation(rng: np.random.Generator) -> Line:
    """Write two sides, or more, with signs between."""
    parts: list[Part] = [*terms(rng, 3, 2)]
    for _ in range(rng.choice([0, 1, 1, 1, 2])):
        parts += [pick(rng, RELATIONS), *terms(rng, 2, 2)]
    return tuple(parts)


def _flat_equation(rng: np.random.Generator) -> Line:
    """Write an equation with nothing built in it."""
    return (*factor(rng, 0), pick(rng, RELATIONS + "++--"), flat(rng), *_result(rng))


def _polynomial(rng: np.random.Generator) -> Line:
    """Write powers of one letter, falling or rising, set equal to something."""
    name, most = pick(rng, "xyznt"), int(rng.integers(1, 5))
    powers = range(most + 1) if rng.random() < 0.3 else range(most, -1, -1)
    written = []
    for power in powers:
        times = "" if power and rng.random() < 0.5 else count(rng)
        written.append(times + (name if power else "") + (script("^", str(power)) if power > 1 else ""))
    text = written[0] + "".join(pick(rng, "++-") + term for term in written[1:])
    return (text + pick(rng, ["", "=0", "=" + count(rng), "=y"]),)


def _product(rng: np.random.Generator) -> Line:
    """Write brackets side by side, each often with a 1 or a 2 in it."""
    text = "".join(
        f"({letter(rng)}{pick(rng, '+--')}{pick(rng, '1112') if rng.random() < 0.6 else flat(rng, 2)})"
        + (script("^", small(rng)) if rng.random() < 0.3 else "")
        for _ in range(rng.integers(1, 4))
    )
    return (text, *_result(rng))


def _arithmetic(rng: np.random.Generator) -> Line:
    """Write numbers alone, with brackets and a result."""
    text = count(rng)
    for _ in range(rng.integers(1, 5)):
        sign, term = pick(rng, "++--xx÷·±"), count(rng)
        text += sign + (f"({term}{pick(rng, '+-')}{count(rng)})" if rng.random() < 0.25 else term)
    return (text + pick(rng, ["", "=", "=" + count(rng), "=" + count(rng)]),)


def _fractions(rng: np.random.Generator) -> Line:
    """Reckon with fractions of numbers, upright or with a slash."""
    parts: list[Part] = []
    for index in range(rng.integers(1, 5)):
        parts += [pick(rng, "++--x=÷")] if index else []
        slashed = f"{count(rng)}/{count(rng)}"
        parts.append(slashed if rng.random() < 0.25 else Fraction((count(rng),), (count(rng),)))
    return (*parts, *_result(rng))


def _series(rng: np.random.Generator) -> Line:
    """Write a sum with its bounds, above and below or beside it, of a term."""
    index = pick(rng, "nnkkiij")
    below = index + "=" + pick(rng, "0011112")
    above = pick(rng, ["n", "n", "m", INFINITY, INFINITY, "10", "N", "n-1", "n+1", "100", number(rng, 2)])
    term = (pick(rng, "abcxyz") + script(pick(rng, "_^"), index),) if rng.random() < 0.4 else factor(rng, 2)
    sign = pick(rng, "∑∑∑∑Π")
    if rng.random() < 0.75:
        return (Stack(sign, above, below), *term, *_result(rng))
    return (sign, Script((above,), (below,)), *term, *_result(rng))


def _limit(rng: np.random.Generator) -> Line:
    below = pick(rng, "xnht") + "→" + pick(rng, ["0", "0", "1", "1", "2", "-1", INFINITY, INFINITY, "a", "1/2"])
    return (Stack("lim", "", below), *factor(rng, 2), *_result(rng))


def _integral(rng: np.random.Generator) -> Line:
    low, high = (
        pick(rng, ["0", "0", "1", "a", "-1", "2"]),
        pick(rng, ["1", "1", "2", "b", INFINITY, "3", "x", "10", "π"]),
    )
    sign: Line = ("∫", Script((high,), (low,))) if rng.random() < 0.6 else ("∫",)
    if rng.random() < 0.15:
        sign = (Stack("∫", high, low),)
    return (*sign, *terms(rng, 2, 2), "d" + pick(rng, "xxtyzθ"), *_result(rng))


def _logarithm(rng: np.random.Generator) -> Line:
    base = pick(rng, ["2", "2", "3", "10", "a", "b", "4", "5"])
    parts = ["log" + script("_", base) + " " + count(rng) for _ in range(rng.integers(1, 4))]
    return (pick(rng, "+-=").join(parts), *_result(rng))


def _trigonometry(rng: np.random.Generator) -> Line:
    return (*function(rng, 1), pick(rng, "+-=="), *function(rng, 1), *_result(rng))


def _derivative(rng: np.random.Generator) -> Line:
    """Write d over dx of something, or what a function is."""
    if rng.random() < 0.5:
        power = pick(rng, ["", "", script("^", "2")])
        return (Fraction(("d" + power + pick(rng, "yfux"),), ("d" + pick(rng, "xxt") + power,)), "=", *terms(rng, 2, 1))
    return (pick(rng, "fffghF") + pick(rng, ["", "'", ""]) + f"({pick(rng, 'xxxt012n')})=", *terms(rng, 3, 2))


def _sequence(rng: np.random.Generator) -> Line:
    """Write unknowns with their numbers: x_1, x_2, ..., a_0 + a_1, L_1/L_2."""
    name, between = pick(rng, "xyabcLdeRPTmuv"), pick(rng, [", ", "+", "-", "/", "=", " "])
    first, mark = int(rng.integers(0, 3)), "_" if rng.random() < 0.85 else "^"
    written = [name + script(mark, str(first + index)) for index in range(rng.integers(2, 5))]
    last = pick(rng, ["", "", between + name + mark + "n", between + "..." + between + name + mark + "n"])
    return (between.join(written) + last, *_result(rng))


def _listed(rng: np.random.Generator) -> Line:
    """Write a set, an interval or a point: {1, 2, ..., n}, [0;1]."""
    left, right = [("{", "}"), ("[", "]"), ("(", ")"), ("]", "[")][rng.integers(4)]
    values = [pick(rng, ["-", "", "", ""]) + (count(rng) if rng.random() < 0.7 else letter(rng)) for _ in range(4)]
    text = pick(rng, ",;,").join(values[: rng.integers(2, 5)] + pick(rng, ["", "", "n"]).split())
    before = pick(rng, ["", "A=", "x∈", "n∈", "S=", "f", "P", "k=1,2,..., n "])
    return (before + left + text + right,)


def _system(rng: np.random.Generator) -> Line:
    """Write unknowns multiplied and added, each with its number, as in notes on a model: `(1-h)K_1_5X_1-K_3_5X_3`."""
    names, text = pick(rng, "KkPRTax"), pick(rng, ["", "-", variable(rng) + "=", "→"])
    for index in range(rng.integers(1, 4)):
        times = f"({count(rng)}{pick(rng, '--+')}{letter(rng)})" if rng.random() < 0.3 else ""
        term = names + script("_", number(rng, 2)) if rng.random() < 0.6 else ""
        text += (pick(rng, "++--") if index else "") + times + term + variable(rng)
    return (text, *_result(rng)) if rng.random() < 0.3 else (text,)


def _cases(rng: np.random.Generator) -> Line:
    """Write equations under each other behind a brace, or a matrix in brackets."""
    rows = int(rng.integers(2, 4))
    if rng.random() < 0.55:
        cells = [((flat(rng) + pick(rng, "==<≥") + count(rng),),) for _ in range(rows)]
        return (pick(rng, ["", "", "f(x)="]), Fence("{", (Rows(cells),), ""))
    columns = int(rng.integers(1, 4))
    cells = [[(atom(rng) if rng.random() < 0.3 else count(rng),) for _ in range(columns)] for _ in range(rows)]
    left, right = [("(", ")"), ("[", "]"), ("|", "|")][rng.integers(3)]
    return (pick(rng, ["", "A=", "2", "det"]), Fence(left, (Rows(cells),), right), *_result(rng))


def _measure(rng: np.random.Generator) -> Line:
    """Write a quantity with its unit, a share, or a number with a power of ten."""
    unit = pick(
        rng, ["cm", "m", "kg", "m/s", "mL", "km/h", "N", "°", "°C", "%", "cm^2", "m^3", "m/s^2", "s^-^1", "l", "g"]
    )
    ten = "x10" + script("^", pick(rng, ["2", "3", "-1", "-3", "6", "-1" + pick(rng, "0123456789")]))
    text = count(rng) + pick(rng, ["", ",", "."]) + number(rng, 2) + (ten if rng.random() < 0.3 else "")
    return (pick(rng, ["", letter(rng) + "=", letter(rng) + script("_", pick(rng, "012")) + "="]) + text + " " + unit,)


def _molecule(rng: np.random.Generator) -> Line:
    """Write letters of chemistry with numbers below them."""
    texts = []
    for _ in range(rng.integers(1, 4)):
        text = pick(rng, ["", "", "2", "3"])
        for _ in range(rng.integers(1, 5)):
            text += pick(rng, "CHONHOSCK") + (script("_", pick(rng, "22334456")) if rng.random() < 0.5 else "")
        texts.append(text)
    return (pick(rng, "+→=-").join(texts),)


def _nested(rng: np.random.Generator) -> Line:
    """Write fractions or roots in each other."""
    inside: Line = (letter(rng) if rng.random() < 0.4 else "1",)
    for _ in range(rng.integers(1, 4)):
        before = pick(rng, ["1", "1", "2", "a", "x"]) + pick(rng, "++-")
        inside = (before, Root(inside)) if rng.random() < 0.5 else (before, Fraction(("1",), inside))
    return (pick(rng, ["", "", LETTERS[0] + "="]), *inside, *_result(rng))


def _result(rng: np.random.Generator) -> Line:
    return (pick(rng, RELATIONS), *(fraction(rng) if rng.random() < 0.3 else factor(rng))) if rng.random() < 0.4 else ()


KINDS: dict[Callable[[np.random.Generator], Line], float] = {
    _equation: 30,
    _flat_equation: 12,
    _polynomial: 9,
    _product: 8,
    _arithmetic: 8,
    _fractions: 7,
    _series: 10,
    _limit: 5,
    _integral: 8,
    _logarithm: 4,
    _trigonometry: 6,
    _derivative: 6,
    _sequence: 9,
    _listed: 5,
    _system: 7,
    _cases: 5,
    _measure: 4,
    _molecule: 2,
    _nested: 4,
}
"""Kinds of lines and their shares."""
