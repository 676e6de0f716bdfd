"""How often numbers with signs are read as they were written, and how often one lies; by hands that nobody trained on.

Run: python tests/benchmarks/bench_signs.py --unipen FOLDER [--pages 480] [--seed 0] [--only WORD] [--show]

A number lies if its text is not what stands there: "345" for 34.5, "5" for -5, "34" for 345, "1012" for 10 12. It does
not lie if it only ends at a sign that was not understood, "34" and "5" for 34.5; but such a page is not right.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from capture.boxes import as_array, iou_matrix
from capture.read.reader import PageReader
from capture.synthetic.camera import photograph, random_troubles
from capture.synthetic.page import DrawnPage, compose
from capture.synthetic.paper import draw_paper
from capture.synthetic.styles import random_style
from capture.types import Number
from training.exercises.writing.sheet_writer import SheetWriter
from training.exercises.writing.signs import People, load_people, sign_writer

SIZE, MARGIN_PX, LINES = (800, 600), 20, 3
DIGIT_PX, GAP, LINE_STEP = (22.0, 80.0), (0.06, 0.35), (1.7, 2.6)  # the last two in heights of a digit
TROUBLE = 0.6  # of the worst photographs
FIT = 0.5  # overlap of the boxes of what was read and what was written
SIGN, SPACING, DIGIT, INK = "sign", "spacing", "digit", "ink"  # why a number lies
RIGHT, PARTED = "right", "parted"  # a number that does not: whole, or ended at a sign

KINDS: dict[str, tuple[str, ...]] = {
    "34.5": ("<#.#>", "<##.#>", "<##.##>", "<#.###>"),
    "12,50": ("<#,#>", "<##,##>", "<###,##>", "<##,#>"),
    "28/03/2026": ("<##/##/####>", "<#/#/##>", "<##/##/##>"),
    "28.03.26": ("<##.##.##>", "<##-##-####>", "<##.##.####>"),
    "17:30": ("<##:##>", "<#:##>", "<##:##:##>"),
    "15h30": ("<##>h<##>", "<#>h<##>", "<##> h <##>"),
    "-5": ("<-#>", "<-##>", "<-###>", "<-#>  <#>"),
    "-3,5": ("<-#,#>", "<-##.#>"),
    "3/4": ("<#/#>", "<#/##>", "<##/##>"),
    "06 12 34 56 78": ("<## ## ## ## ##>",),
    "06.12.34.56.78": ("<##.##.##.##.##>", "<##-##-##-##-##>"),
    "3, 4, 5": ("<#>, <#>, <#>", "<##>, <#>, <##>", "<#>; <##>; <#>"),
    "-3 ; 12": ("<-#> ; <##>", "(<#>, <-#>)", "<-#>, <-##>, <#>"),
    "12+7=19": ("<##>+<#>=<##>", "<#> + <#> = <##>", "<##>+<##>+<#>"),
    "12-7=5": ("<##>-<#>=<##>", "<##> - <#> = <#>", "<#> - <##> = <-#>"),
    "3x4": ("<#>x<#>", "<##> × <#> = <##>", "<##> ÷ <#> = <#>"),
    "25 %": ("<##>%", "<##> %", "<#,#> %"),
    "x=4": ("x=<#>", "y = <##>", "x = <-#>", "n=<##>"),
    "2,5 cm": ("<#,#> cm", "<##> kg", "<#.##> m", "<##>cm"),
    "1 000": ("<# ###>", "<## ###>", "<# ### ###>"),
    "n° 5": ("n° <#>", "N° <##>", "<##>°"),
    "(6)": ("(<#>)", "<#>)", "(<##>)", "<#>) <##>"),
    "10 €": ("<##> €", "<#,##> €", "<##>€", "$<##>"),
    "10 12 15": ("<##> <##> <##>", "<#>  <##>  <###>", "<####> <##>"),
}
"""What is written: a # is any digit, a number stands between < and >."""


@dataclass(frozen=True)
class Written:
    """What stands on a sheet: its lines, and where each number begins and ends in them."""

    text: str
    spans: tuple[tuple[int, int], ...]


def write_text(kind: str, rng: np.random.Generator) -> Written:
    """Invent some lines of a kind."""
    lines = "\n".join(rng.choice(KINDS[kind], rng.integers(1, LINES + 1)))
    marked = re.sub("#", lambda _: str(rng.integers(10)), lines)
    spans = [(m.start() - 2 * k, m.end() - 2 * k - 2) for k, m in enumerate(re.finditer("<.*?>", marked))]
    return Written(re.sub("[<>]", "", marked), tuple(spans))


def photo_of(text: str, people: People, rng: np.random.Generator) -> DrawnPage:
    """Have somebody write a text, smaller until it fits, and photograph it."""
    style, writer = random_style(rng, SIZE[1]), sign_writer(people, rng)
    digit_px, gap, slope = float(np.exp(rng.uniform(*np.log(DIGIT_PX)))), rng.uniform(*GAP), rng.normal(0, 0.01)
    while True:
        sheet = SheetWriter(writer, replace(style, digit_px=digit_px, gap=gap), SIZE, rng)
        foot_y, ends = MARGIN_PX + 1.4 * digit_px, []
        for line in text.split("\n"):
            ends.append(sheet.write((line,), rng.uniform(0.3, 2) * digit_px + MARGIN_PX, foot_y, digit_px, slope))
            foot_y += rng.uniform(*LINE_STEP) * digit_px
        if max(ends) < SIZE[0] - MARGIN_PX:
            break
        digit_px *= 0.8
    paper = draw_paper(style.paper, SIZE, style.paper_bgr, digit_px * rng.uniform(0.6, 2.2), rng)
    page = compose(sheet.items, paper, style.pen.bgr)
    return photograph(page, rng, random_troubles(rng, rng.uniform(0, TROUBLE)))


def judge(number: Number, places: dict[int, int], found: set[int], written: Written) -> str:
    """Say whether a number is right, ends at a sign, or why it lies.

    Args:
        number: what was read.
        places: its digits by their places in the text, as far as they stand there.
        found: the places of all that were read.
        written: the text.
    """
    if len(places) < len(number.digits):
        return INK
    first, last = min(places), max(places)
    text, between = written.text, written.text[first : last + 1]
    if any(text[i] != str(digit) for i, digit in places.items()) or sum(map(str.isdigit, between)) > len(places):
        return DIGIT
    begin, end = (next(s for s in written.spans if s[0] <= i < s[1]) for i in (first, last))
    before = re.search(r"-\s*$", text[:first])
    if before and (number.text[0] == "-" or before.start() == begin[0]):  # its own must be read, a difference's may be
        first = before.start()
    if number.text != text[first : last + 1].replace(" ", ""):
        return SPACING if re.search(r"\s", between) and begin != end else SIGN
    if begin != end and re.search(r"^\s*$|[.,;]\s|\n", text[begin[1] : end[0]]):
        return SPACING
    cut = [first - 1] * (first > begin[0]) + [last + 1] * (last + 1 < end[1])
    if digits := {i for i in cut if text[i].isdigit()}:
        return SPACING if digits <= found else DIGIT
    return RIGHT if all(text[i] == " " for i in cut) else PARTED


def read_page(reader: PageReader, photo: DrawnPage, written: Written) -> tuple[list[tuple[str, str]], int]:
    """Read a photo: each number's text with what `judge` says of it, and how many digits were not read."""
    numbers, at = reader(photo.image).numbers, [i for i, sign in enumerate(written.text) if sign.isdigit()]
    true, places = as_array(one.box for one in photo.digits), []
    for number in numbers:
        fit = iou_matrix(as_array(digit.box for digit in number.digits), true)
        known = [(row.argmax(), one.digit) for row, one in zip(fit, number.digits, strict=True) if row.max() >= FIT]
        places.append({at[k]: digit for k, digit in known})
    found = set().union(*places)
    read = [(one.text, judge(one, its, found, written)) for one, its in zip(numbers, places, strict=True)]
    return read, len(at) - len(found)


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--unipen", type=Path, required=True, help="folder with UNIPEN's strokes")
    parser.add_argument("--pages", type=int, default=480, help="shared out evenly among the kinds; default 480")
    parser.add_argument("--seed", type=int, default=0, help="another one draws other pages; default 0")
    parser.add_argument("--only", default="", metavar="WORD", help="the kinds with this in their name")
    parser.add_argument("--show", action="store_true", help="print what was written and read where it is not right")
    args = parser.parse_args()
    reader, people = PageReader(), load_people(args.unipen, "eval")
    columns = ("pages", RIGHT, "lie", SIGN, SPACING, DIGIT, INK, PARTED, "digits", "lost")
    print(f"{'kind':<16}" + "".join(f"{name:>9}" for name in columns))
    total: Counter[str] = Counter()
    for k, kind in enumerate(KINDS):
        counts: Counter[str] = Counter()
        for page in range(args.pages // len(KINDS) if args.only in kind else 0):
            rng = np.random.default_rng([args.seed, k, page])
            written = write_text(kind, rng)
            photo = photo_of(written.text, people, rng)
            if len(photo.digits) < sum(map(str.isdigit, written.text)):
                continue  # the picture's border cuts one
            read, lost = read_page(reader, photo, written)
            reasons = {reason for _, reason in read}
            counts.update(reasons - {RIGHT})
            is_right = reasons == {RIGHT} and not lost
            counts.update({"pages": 1, RIGHT: is_right, "lie": bool(reasons - {RIGHT, PARTED}), "lost": lost})
            counts["digits"] += len(photo.digits)
            if args.show and not is_right:
                print(f"  {page}: {written.text!r} read as {read}, {lost} digits lost")
        if counts["pages"]:
            print(f"{kind:<16}" + "".join(f"{counts[name]:>9}" for name in columns), flush=True)
        total += counts
    print(f"{'all':<16}" + "".join(f"{total[name]:>9}" for name in columns))


if __name__ == "__main__":
    main()
