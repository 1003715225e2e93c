"""The documentation as a site: Sphinx reads the pages as they are in the repository, so that they stay readable there.

The root of the checkout is the source directory, for that is what the pages' links are relative to. What a page links
to and is no page itself, such as an example, is shown by a page of its own below `source/`; with a repository the links
lead there instead.
"""

import os
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import RegexLexer
from pygments.lexers import TextLexer, get_lexer_for_filename
from pygments.token import Comment, Generic, Text
from pygments.util import ClassNotFound
from sphinx import addnodes
from sphinx.application import Sphinx

from msglint import __version__, catalog

ROOT = Path(__file__).parents[2]
REPOSITORY = os.environ.get("MSGLINT_REPOSITORY", "").rstrip("/")
BRANCH = "main"
LARGE = 50_000
"""From how many characters on a file is shown without colours, which would take longer than all the rest."""

START = "docs/index"
RULES = "docs/rules/index"

NAVIGATION = {
    "Start": {
        "docs/start": "Ten minutes with msglint",
        "docs/example": "All of it, once",
        "README": "In short",
    },
    "Use": {
        "docs/usage": "Flags, and what is read",
        "docs/command-line": "On the command line",
        "docs/ci": "In CI and pre-commit",
        "docs/configuration": "Configuration",
        "docs/unknown": "What is not known",
        "docs/live": "What is deployed",
        "docs/limits": "Limits",
        "docs/baseline": "Findings you have already",
        "docs/reports": "Reports",
        "docs/json-report": "The JSON report",
        "docs/company-rules": "Rules of your own",
        "docs/api": "From Python",
        "docs/cdk": "Inside the CDK",
    },
    "Rules": {
        RULES: "All rules",
    },
    "Understand": {
        "docs/architecture": "Architecture",
        "docs/sam": "SAM and AWS's transform",
        "docs/peers": "Beside other linters",
        "docs/robustness": "Robustness",
        "docs/hostile": "Hostile files",
        "docs/mutants": "Mutants",
        "docs/coverage": "What other linters check",
        "docs/writing-rules": "Writing a rule",
        "CONTRIBUTING": "Contributing",
        "CHANGELOG": "Changelog",
        "SECURITY": "Security",
    },
}
"""What the side of each page lists, with titles that fit there. A page that is not written yet is left out."""

project = "msglint"
version = release = __version__
html_title = "msglint"

extensions = ["myst_parser"]
root_doc = START
include_patterns = ["docs/**", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"]
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
html_theme_options: dict[str, Any] = {"light_css_variables": {"code-font-size": "78%"}, "top_of_page_buttons": []}
if REPOSITORY:
    view = f"{REPOSITORY}/blob/{BRANCH}/{{filename}}"
    html_theme_options |= {"source_view_link": view, "top_of_page_buttons": ["view"]}
highlight_language = "text"
suppress_warnings = ["misc.highlighting_failure"]  # Pygments does not know all of HCL
pygments_style = "a11y-light"
pygments_dark_style = "a11y-dark"


class ReportLexer(RegexLexer):
    """Gives what msglint says the emphasis that it has on a terminal; other text has none of these lines."""

    name = "Report of msglint"
    tokens = {  # noqa: RUF012  # as Pygments wants it
        "root": [
            (r"^ +\d+:\d+ +(?=(?:error|warning|info) +MSG\d)", Comment, "finding"),
            (r"^ +\d* \| +(?=\^+$)", Comment),
            (r"\^+$", Generic.Place),
            (r"^ +\d+ \| ", Comment),
            (r"^ +(?:see|also) .*:\d+:\d+", Comment),
            (r"^ +fix:", Generic.Strong),
            (r".*\n", Text),
        ],
        "finding": [
            (r"error", Generic.Error),
            (r"warning", Generic.Warning),
            (r"info", Generic.Info),
            (r" +", Text),
            (r"MSG\d+", Generic.Strong, "#pop"),
        ],
    }


def add_navigation(_: Sphinx, page: str, source: list[str]) -> None:
    """Put the tables of contents, which GitHub would show as code, below the two pages that have one."""
    if page == START:
        for caption, pages in NAVIGATION.items():
            written = [f"{title} </{page}>" for page, title in pages.items() if (ROOT / f"{page}.md").exists()]
            source[0] += _toctree(written, caption)
    if page == RULES:
        source[0] += _toctree(f"/docs/rules/{rule.name}" for rule in catalog.rules())


def _toctree(entries: Iterable[str], caption: str = "") -> str:
    options = [":hidden:", *([f":caption: {caption}"] if caption else [])]
    return "\n".join(["", "```{toctree}", *options, "", *entries, "```", ""])


def mark_tables(app: Sphinx, page: nodes.document) -> None:
    """Tell the tables of rules from others: on a phone they are shown in another way."""
    if app.env.docname == RULES:
        for table in page.findall(nodes.table):
            table["classes"].append("rules")


def link_sources(app: Sphinx, page: nodes.document) -> None:
    """Lead links to files and directories that are no pages to what shows them."""
    linked = set()
    for link in [*page.findall(addnodes.download_reference), *page.findall(addnodes.pending_xref)]:
        path = Path(os.path.normpath(ROOT / Path(app.env.docname).parent / link["reftarget"]))
        if link.get("refdomain") or not path.exists() or not path.is_relative_to(ROOT):
            continue
        name = path.relative_to(ROOT).as_posix()
        linked.add(name)
        target = f"{REPOSITORY}/{'tree' if path.is_dir() else 'blob'}/{BRANCH}/{name}"
        local = app.builder.get_relative_uri(app.env.docname, f"source/{name}")
        link.replace_self(nodes.reference("", "", *_text(link), refuri=target if REPOSITORY else local, internal=True))
    app.env.metadata[app.env.docname]["sources"] = linked


def _text(link: nodes.Element) -> list[nodes.Node]:
    """Give the text of a link without the mark-up of a download or reference."""
    return [child for part in link.children for child in (part.children if isinstance(part, nodes.inline) else [part])]


def source_pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Show the files and directories that pages link to, and lead from the root to the first page."""
    yield "index", {"target": f"{START}.html"}, "redirect.html"
    if REPOSITORY:
        return
    linked = {ROOT / name for page in app.env.metadata.values() for name in page.get("sources", ())}
    inside = {path for folder in linked if folder.is_dir() for path in _below(folder)}
    for path in sorted(linked | inside):
        name = path.relative_to(ROOT).as_posix()
        body = _listing(path) if path.is_dir() else _highlighted(path)
        yield f"source/{name}", {"title": path.name, "path": name, "body": body}, "source.html"


def _below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if not path.name.startswith("."):
            yield path
            if path.is_dir():
                yield from _below(path)


def _listing(folder: Path) -> str:
    paths = [path for path in _below(folder) if path.parent == folder]
    shown = ((escape(path.name), "/" * path.is_dir()) for path in paths)
    links = (f'<li><a href="{escape(folder.name)}/{name}.html">{name}{mark}</a></li>' for name, mark in shown)
    return f"<ul>{''.join(links)}</ul>"


def _highlighted(path: Path) -> str:
    text = path.read_text(encoding="utf-8", errors="replace")
    try:
        lexer = get_lexer_for_filename(path.name) if len(text) < LARGE else TextLexer()
    except ClassNotFound:
        lexer = TextLexer()
    return highlight(text, lexer, HtmlFormatter())


def setup(app: Sphinx) -> None:
    """Add what the pages need to be read as a site."""
    app.add_lexer("text", ReportLexer)
    app.connect("source-read", add_navigation)
    app.connect("doctree-read", mark_tables)
    # Before Sphinx copies what downloads lead to.
    app.connect("doctree-read", link_sources, priority=100)
    app.connect("html-collect-pages", source_pages)
