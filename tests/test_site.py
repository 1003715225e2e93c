"""The documentation as a site: built without a warning, whole in itself, and asking nothing of another host."""

import os
import re
import runpy
import subprocess
import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from msglint import catalog

ROOT = Path(__file__).parents[1]


class Page(HTMLParser):
    """What a page names: the places in it, what it leads to, and what it loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.places: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        given = {name: value or "" for name, value in attrs}
        self.places |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "link" and given.get("rel") not in {"canonical", "next", "prev"}:
            self.loads.append(given["href"])
        self.loads += [given[name] for name in ("src", "srcset", "poster", "data") if given.get(name)]


def test_each_page_is_in_the_navigation() -> None:
    """Sphinx says so too, after half a minute."""
    navigation = runpy.run_path(str(ROOT / "tools" / "site" / "conf.py"))["NAVIGATION"]
    listed = {page for pages in navigation.values() for page in pages}
    written = {path.relative_to(ROOT).with_suffix("").as_posix() for path in ROOT.glob("docs/*.md")}
    assert written - {"docs/index"} <= listed


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site as `make site` does."""
    return _built(tmp_path_factory.mktemp("site"))


def _built(directory: Path, **environment: str) -> Path:
    """Build the site into a directory, without a warning."""
    options = ["-q", "-E", "-W", "--keep-going", "-c", "tools/site", "-d", str(directory / "cache")]
    built = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-m", "sphinx", *options, ".", str(directory / "pages")],
        cwd=ROOT,
        env={**os.environ, "MSGLINT_REPOSITORY": "", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (built.returncode, built.stderr) == (0, "")
    return directory / "pages"


@pytest.mark.slow
def test_the_site_is_whole(site: Path) -> None:
    """Every link leads to a page or file of the site and to a place in it, and nothing is loaded from another host."""
    page = cache(lambda path: Page(path.read_text(encoding="utf-8")))
    broken, foreign = set(), set()
    for path in site.rglob("*.html"):
        for link in page(path).links + page(path).loads:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                foreign |= {link} & set(page(path).loads)
                continue
            target = path.parent / unquote(parts.path) if parts.path else path
            place = unquote(parts.fragment)
            if not target.is_file() or (place and place not in page(target.resolve()).places):
                broken.add((path.relative_to(site).as_posix(), link))
    assert not broken
    assert not foreign
    styles = "".join(path.read_text(encoding="utf-8") for path in site.rglob("*.css"))
    assert not re.findall(r"""(?:@import|url\()\s*["']?(?:https?:)?//[^)]*""", styles)


@pytest.mark.slow
def test_the_site_has_a_page_for_each_rule_and_a_search(site: Path) -> None:
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    for rule in catalog.rules():
        page = (site / "docs" / "rules" / f"{rule.name}.html").read_text(encoding="utf-8")
        assert f"<title>{rule.code} {rule.name} - msglint</title>" in page
        assert f'"docs/rules/{rule.name}"' in index


@pytest.mark.slow
def test_with_a_repository_links_to_files_lead_there(tmp_path: Path) -> None:
    site = _built(tmp_path, MSGLINT_REPOSITORY="https://example.com/msglint")
    links = {link for path in site.rglob("*.html") for link in Page(path.read_text(encoding="utf-8")).links}
    found = {
        match for link in links if (match := re.fullmatch(r"https://example.com/msglint/(blob|tree)/main/(.+)", link))
    }
    files = {match[2] for match in found if match[1] == "blob"}
    assert {"tests/fixtures/rules/short-polling/bad.cfn.yaml", "docs/reports.md"} <= files
    assert all((ROOT / name).is_file() for name in files)
    assert all((ROOT / match[2]).is_dir() for match in found if match[1] == "tree")
    assert not (site / "source").exists()
