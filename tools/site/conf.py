"""The documentation as a site: Sphinx reads the pages as they are in the repository, so that they stay readable there.

The root of the checkout is the source directory, for that is what the pages' links are relative to. What a page links to and is no page
itself, such as an example, is a page of its own below `source/`; with `MSGLINT_REPOSITORY=https://…` the links lead there instead.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import TextLexer, get_lexer_for_filename
from pygments.util import ClassNotFound
from sphinx import addnodes
from sphinx.application import Sphinx

from msglint import __version__

ROOT = Path(__file__).parents[2]
REPOSITORY = os.environ.get("MSGLINT_REPOSITORY", "").rstrip("/")
START = "docs/index"
RULES = "docs/rules/index"

NAVIGATION = {
    "Start": {
        "docs/start": "Ten minutes with msglint",
        "README": "All on one page",
    },
    "Use": {
        "docs/ci": "In CI and pre-commit",
        "docs/configuration": "Configuration",
        "docs/unknown": "What is not known",
        "docs/baseline": "Findings you have already",
        "docs/reports": "Reports",
        "docs/json-report": "The JSON report",
        "docs/company-rules": "Rules of your own",
        "docs/api": "From Python",
    },
    "Rules": {
        RULES: "All rules",
    },
    "Understand": {
        "docs/architecture": "Architecture",
        "docs/sam": "SAM and AWS's transform",
        "docs/peers": "Beside other linters",
        "docs/coverage": "What other linters check",
        "docs/writing-rules": "Writing a rule",
        "CONTRIBUTING": "Contributing",
        "CHANGELOG": "Changelog",
    },
}
"""What the side of each page lists, with titles that fit there. A page that is not written yet is left out."""

project = "msglint"
version = release = __version__
html_title = "msglint"

extensions = ["myst_parser"]
root_doc = START
include_patterns = ["docs/**", "README.md", "CHANGELOG.md", "CONTRIBUTING.md"]
exclude_patterns = [".*", "build", "custom_rules", "dist", "examples", "src", "tests", "tools", "**/__pycache__"]
source_suffix = {".md": "markdown"}

# The pages are written for GitHub, so what MyST adds to its Markdown stays off.
myst_disable_syntax = ["myst_line_comment", "myst_block_break", "myst_target", "myst_role"]
myst_enable_extensions = ["strikethrough", "tasklist"]
myst_heading_anchors = 6

templates_path = ["templates"]
html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["msglint.css"]
html_logo = html_favicon = "static/icon.svg"
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_use_index = False
html_domain_indices = False
html_theme_options: dict[str, Any] = {"top_of_page_buttons": []}
if REPOSITORY:
    html_theme_options = {"source_repository": REPOSITORY, "source_branch": "main", "source_directory": ""}
highlight_language = "none"
suppress_warnings = ["misc.highlighting_failure"]  # Pygments does not know all of HCL
pygments_style = "a11y-light"
pygments_dark_style = "a11y-dark"


def add_navigation(_: Sphinx, page: str, source: list[str]) -> None:
    """Put the tables of contents, which GitHub would show as code, below the two pages that have one."""
    if page == START:
        source[0] += "".join(_contents(caption, pages) for caption, pages in NAVIGATION.items())
    if page == RULES:
        source[0] += "\n```{toctree}\n:hidden:\n:glob:\n\n*\n```\n"


def _contents(caption: str, pages: dict[str, str]) -> str:
    entries = "".join(f"{title} </{page}>\n" for page, title in pages.items() if (ROOT / f"{page}.md").exists())
    return f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{entries}```\n" if entries else ""


def link_sources(app: Sphinx, page: nodes.document) -> None:
    """Lead links to files and directories that are no pages to what shows them."""
    linked = set()
    for link in [*page.findall(addnodes.download_reference), *page.findall(addnodes.pending_xref)]:
        path = Path(os.path.normpath(ROOT / Path(app.env.docname).parent / link["reftarget"]))
        if link.get("refdomain") or not path.exists() or not path.is_relative_to(ROOT):
            continue
        name = path.relative_to(ROOT).as_posix()
        linked.add(name)
        target = f"{REPOSITORY}/{'tree' if path.is_dir() else 'blob'}/main/{name}"
        local = app.builder.get_relative_uri(app.env.docname, f"source/{name}")
        link.replace_self(nodes.reference("", "", *_text(link), refuri=target if REPOSITORY else local, internal=True))
    app.env.metadata[app.env.docname]["sources"] = linked  # type: ignore[assignment]  # kept with the page, and dropped with it


def _text(link: nodes.Element) -> list[nodes.Node]:
    """Give the text of a link without the mark-up of a download or reference."""
    return [child for part in link.children for child in (part.children if isinstance(part, nodes.inline) else [part])]


def source_pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Show the files and directories that pages link to, and lead from the root to the first page."""
    yield "index", {"target": f"{START}.html"}, "redirect.html"
    if REPOSITORY:
        return
    names = {name for page in app.env.metadata.values() for name in page.get("sources", ())}
    paths = {ROOT / name for name in names}
    inside = {path for folder in paths if folder.is_dir() for path in folder.rglob("*") if not path.name.startswith(".")}
    for path in sorted(paths | inside):
        name = path.relative_to(ROOT).as_posix()
        body = _listing(path) if path.is_dir() else _highlighted(path)
        yield f"source/{name}", {"title": path.name, "path": name, "body": body}, "source.html"


def _listing(folder: Path) -> str:
    paths = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    entries = ((path.name, path.name + "/" * path.is_dir()) for path in paths)
    return "<ul>" + "".join(f'<li><a href="{folder.name}/{name}.html">{shown}</a></li>' for name, shown in entries) + "</ul>"


def _highlighted(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    try:
        lexer = get_lexer_for_filename(path.name) if len(text) < 50_000 else TextLexer()
    except ClassNotFound:
        lexer = TextLexer()
    return highlight(text, lexer, HtmlFormatter(wrapcode=True))


def setup(app: Sphinx) -> None:
    """Add what the pages need to be read as a site."""
    app.connect("source-read", add_navigation)
    # Before Sphinx copies what downloads lead to.
    app.connect("doctree-read", link_sources, priority=100)
    app.connect("html-collect-pages", source_pages)
