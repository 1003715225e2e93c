"""Where a file stands in the checkout: what shows findings beside the code knows files by their paths in it."""

import os
from pathlib import Path, PurePath
from typing import NamedTuple


class Checkout(NamedTuple):
    """The root of the repository, and the directory that the names of files are relative to; both absolute."""

    root: PurePath
    here: PurePath

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


def checkout() -> Checkout:
    """Give the checkout of GitHub's runner if this runs in one, else the working directory."""
    here = Path.cwd()
    workspace = os.environ.get("GITHUB_WORKSPACE")
    return Checkout(Path(workspace) if workspace and here.is_relative_to(workspace) else here, here)
