"""Where a file stands in the checkout: what shows findings beside the code knows files by their paths in it."""

import os
from pathlib import Path, PurePath
from typing import NamedTuple
from urllib.parse import quote_from_bytes


class Checkout(NamedTuple):
    """The root of the repository, and the directory that the names of files are relative to; both absolute."""

    root: PurePath
    here: PurePath
    web: str = ""
    """The address of the files of this commit on the web, up to their paths; empty where it is not known."""

    def path(self, file: str) -> PurePath:
        """Give the path of a file below the root; an absolute one where it lies outside."""
        parts: list[str] = []
        for part in (self.here / file).parts:
            if part != "..":
                parts.append(part)
            elif len(parts) > 1:
                parts.pop()
        path = type(self.here)(*parts)
        return path.relative_to(self.root) if path.is_relative_to(self.root) else path

    def address(self, file: str) -> str:
        """Give the address of a file on the web, or else the one relative to the root."""
        return self.web + quote_from_bytes(self.path(file).as_posix().encode("utf-8", "surrogateescape"))


def checkout() -> Checkout:
    """Give the checkout of the runner of GitHub or GitLab if this runs in one, else the working directory."""
    here, known = Path.cwd(), os.environ
    for directory, web in (
        ("GITHUB_WORKSPACE", "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/blob/{GITHUB_SHA}/"),
        ("CI_PROJECT_DIR", "{CI_PROJECT_URL}/-/blob/{CI_COMMIT_SHA}/"),
    ):
        root = known.get(directory)
        if root and here.is_relative_to(root):
            try:
                return Checkout(Path(root), here, web.format_map(known))
            except KeyError:
                return Checkout(Path(root), here)
    return Checkout(here, here)
