"""Writes a report's chapters as one self-contained HTML file, to read, print and hand in, and as Markdown."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML

from capture.language import current_language, tr
from training.report.parts import Chapter, Passage, Picture
from training.results import whole_file

STYLE = Path(__file__).with_name("report.css")


class _Html(RendererHTML):
    """Renders Markdown as HTML that says what a table's head cells are for, so that a screen reader can tell."""

    def th_open(self, tokens, index, options, env) -> str:  # noqa: ANN001 (as markdown-it calls it)
        tokens[index].attrSet("scope", "col")
        return self.renderToken(tokens, index, options, env)


MARKDOWN = MarkdownIt("js-default", renderer_cls=_Html).disable("image")
"""No raw HTML passes, and no picture that a reader's browser would fetch from elsewhere."""


@dataclass(frozen=True)
class Page:
    """A report.

    Attributes:
        title: its heading.
        byline: author and date.
        chapters: in order.
    """

    title: str
    byline: str
    chapters: Sequence[Chapter]


def write_html(page: Page, path: Path) -> None:
    """Write the report as one file, its pictures inside.

    Raises:
        OutcomeError: it cannot be written.
    """
    numbers = iter(range(1, 10_000))
    chapters = "\n".join(_chapter(number, chapter, numbers) for number, chapter in enumerate(page.chapters, start=1))
    contents = "\n".join(
        f'<li><a href="#{chapter.anchor}">{escape(chapter.title)}</a>{_absent(chapter)}</li>'
        for chapter in page.chapters
    )
    contents_title = escape(tr("Contents"))
    body = f"""<a class="skip" href="#report">{escape(tr("Skip to the report"))}</a>
<header><h1>{escape(page.title)}</h1><p>{escape(page.byline)}</p></header>
<nav aria-label="{contents_title}"><h2>{contents_title}</h2><ol>
{contents}
</ol></nav>
<main id="report">
{chapters}
</main>"""
    write_document(path, page.title, STYLE, body)


def write_document(path: Path, title: str, style: Path, body: str) -> None:
    """Write an HTML file.

    Args:
        path: the file.
        title: in plain text.
        style: its style sheet, which goes into it.
        body: in HTML.

    Raises:
        OutcomeError: it cannot be written.
    """
    html = f"""<!DOCTYPE html>
<html lang="{current_language()}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>
{style.read_text(encoding="utf-8")}</style>
</head>
<body>
{body}
</body>
</html>
"""
    with whole_file(path) as partial:
        partial.write_text(html, encoding="utf-8")


def _absent(chapter: Chapter) -> str:
    return f' <span class="absent">{escape(tr("(not run)"))}</span>' if _is_absent(chapter) else ""


def _is_absent(chapter: Chapter) -> bool:
    return bool(chapter.missing) and not chapter.passages


def _chapter(number: int, chapter: Chapter, numbers: Iterator[int]) -> str:
    parts = [f'<section id="{chapter.anchor}">', f"<h2>{number}. {escape(chapter.title)}</h2>"]
    for passage in chapter.passages:
        parts.append(MARKDOWN.render(passage.text))
        parts += [_figure(picture, numbers) for picture in passage.pictures]
    if chapter.missing:
        parts.append(f'<div class="missing">{MARKDOWN.render(chapter.missing)}</div>')
    return "\n".join([*parts, "</section>"])


def _figure(picture: Picture, numbers: Iterator[int]) -> str:
    """Write a numbered figure; the caption stands below, and is what a screen reader says instead of the picture."""
    content = picture.read()
    if content is None:
        return f'<p class="missing">{escape(_lost(picture))}</p>'
    data = base64.b64encode(content).decode("ascii")
    caption = escape(picture.caption)
    return (
        f'<figure><img src="data:image/png;base64,{data}" alt="{caption}">'
        f"<figcaption>{_numbered(caption, numbers)}</figcaption></figure>"
    )


def _numbered(caption: str, numbers: Iterator[int]) -> str:
    return tr("Figure {number}. {caption}", number=next(numbers), caption=caption)


def _lost(picture: Picture) -> str:
    return tr(
        "Figure missing: {name} is no PNG in {folder}; run its command again.", name=picture.name, folder=picture.folder
    )


def write_markdown(page: Page, path: Path) -> None:
    """Write the report as Markdown; its pictures stay where they are, and are linked.

    Raises:
        OutcomeError: it cannot be written.
    """
    numbers = iter(range(1, 10_000))
    contents = [
        f"{number}. {chapter.title}" + (f" {tr('(not run)')}" if _is_absent(chapter) else "")
        for number, chapter in enumerate(page.chapters, start=1)
    ]
    parts = [f"# {page.title}", page.byline, "\n".join(contents)]
    for number, chapter in enumerate(page.chapters, start=1):
        parts.append(f"## {number}. {chapter.title}")
        for passage in chapter.passages:
            parts += [passage.text.strip(), *_links(passage, path.parent, numbers)]
        parts += [chapter.missing] if chapter.missing else []
    with whole_file(path) as partial:
        partial.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _links(passage: Passage, folder: Path, numbers: Iterator[int]) -> Iterator[str]:
    for picture in passage.pictures:
        if picture.read() is None:
            yield _lost(picture)
            continue
        target = Path(os.path.relpath(picture.path.resolve(), folder.resolve())).as_posix()
        yield f"![{picture.caption}](<{target}>)\n\n*{_numbered(picture.caption, numbers)}*"
