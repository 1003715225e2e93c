"""Patterns of files mean what git means by them, and none takes long."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkout import git
from msglint.config.nearest import Flags, Nearest
from msglint.config.patterns import Patterns, lines, pattern
from msglint.inputs import inputs

PIECES = ["**", "*", "***", "?", "a", "b", "a*", "*b", "a**b", "*a*a*", "[ab]", "[!a]", "[a-b]*", "[b-a]", "[]a]"]
PIECES += ["[[:alpha:]]", "*.yaml", "*.*", "a.yaml", "[^a].yaml", r"\a", r"a\ ", r"[\]]"]
segments = st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map("/".join)
written = st.tuples(st.sampled_from(["", "", "!"]), st.sampled_from(["", "", "/"]), segments).map("".join)
ended = st.tuples(written, st.sampled_from(["", "", "/", " ", "\r"])).map("".join)
# Of `**\\/` git has its own mind.
noise = st.text("aabb*?[]!^-\\/.: #", max_size=7).filter(lambda text: "**\\/" not in text)
files_of_patterns = st.lists(ended | noise, min_size=1, max_size=3).map("\n".join)
names = st.sampled_from(["a", "b", "ab", "aa", "ba"])
paths = st.builds(lambda folders, name: "/".join([*folders, f"{name}.yaml"]), st.lists(names, max_size=3), names)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a repository, in which git ignores nothing but what its own files say."""
    root = tmp_path_factory.mktemp("checkout")
    assert git(root, "init", "--quiet").returncode == 0
    git(root, "config", "core.excludesFile", os.devnull)
    return root


def fill(root: Path, files: Mapping[str, str], excluded: str = "") -> None:
    """Leave these files in a repository and no others, and exclude some beside them."""
    (root / ".git" / "info" / "exclude").write_bytes(excluded.encode())
    for path in root.iterdir():
        if path.name != ".git":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def seen_by_git(root: Path) -> set[str]:
    found = git(root, "ls-files", "-z", "--others", "--exclude-standard").stdout
    return {name for name in found.split("\0") if name.endswith(".yaml")}


def searched(root: Path, named: str = ".") -> set[str]:
    """Give what msglint searches in a directory."""
    found = inputs([str(root / named)], Nearest(Flags()))
    return {Path(each.name).relative_to(root).as_posix() for each in found}


@settings(max_examples=150)
@given(
    patterns=st.dictionaries(st.sampled_from(["", "a/", "a/b/", "b/"]), files_of_patterns, min_size=1, max_size=3),
    excluded=st.just("") | files_of_patterns,
    names=st.lists(paths, min_size=4, max_size=12, unique=True),
)
def test_what_is_searched_is_what_git_does_not_ignore(
    checkout: Path, patterns: dict[str, str], excluded: str, names: list[str]
) -> None:
    ignored = {f"{at}.gitignore": text for at, text in patterns.items()}
    fill(checkout, dict.fromkeys(names, "x") | ignored, excluded)
    assert searched(checkout) == seen_by_git(checkout)


@settings(max_examples=50)
@given(files_of_patterns, st.lists(paths, min_size=1, max_size=6, unique=True))
def test_a_file_is_covered_as_git_ignores_it(checkout: Path, text: str, names: list[str]) -> None:
    """What is named is not searched for: the directories above it count too."""
    fill(checkout, dict.fromkeys(names, "x") | {".gitignore": text})
    patterns = Patterns(lines(text))
    assert {name for name in names if not patterns.cover(name)} == seen_by_git(checkout)


def test_a_work_tree_has_the_patterns_of_its_repository(checkout: Path, tmp_path: Path) -> None:
    fill(checkout, {}, "b.yaml\n")
    git(checkout, "commit", "--allow-empty", "--message", "x")
    tree = tmp_path / "tree"
    assert git(checkout, "worktree", "add", "--detach", str(tree)).returncode == 0
    for name in ("a.yaml", "b.yaml"):
        (tree / name).write_text("x", encoding="utf-8")
    assert searched(tree) == seen_by_git(tree) == {"a.yaml"}


def test_what_a_repository_ignores_says_nothing_of_one_inside(checkout: Path) -> None:
    fill(checkout, {".gitignore": "a.yaml\n", "a.yaml": "x", "inner/a.yaml": "x", "inner/b/a.yaml": "x"})
    git(checkout / "inner", "init", "--quiet")
    assert searched(checkout) == {"inner/a.yaml", "inner/b/a.yaml"}


def test_what_is_named_is_searched_though_a_directory_above_it_is_ignored(checkout: Path) -> None:
    fill(checkout, {".gitignore": "out/\n*.yaml\n", "out/a/b.yaml": "x", "in/a/b.yaml": "x"})
    assert searched(checkout, "out/a") == {"out/a/b.yaml"}
    assert searched(checkout, "in/a") == set()


def test_no_pipe_is_waited_for(checkout: Path) -> None:
    fill(checkout, {"a.yaml": "x", "b/b.yaml": "x"})
    os.mkfifo(checkout / ".gitignore")
    (checkout / "b" / ".gitignore").symlink_to(checkout / ".gitignore")
    assert searched(checkout) == {"a.yaml", "b/b.yaml"}
    (checkout / ".gitignore").unlink()


HARD = [
    ("*a" * 30 + "b", "a" * 250),
    ("**/a/" * 30 + "b", "/".join("a" * 100)),
    ("**/*a*a*a*a/" * 30 + "b", "/".join(["aaaaaaaab"] * 100)),
    ("[a-z]*" * 100 + "[0-9]", "a" * 250),
    ("?*" * 100 + "b", "a" * 250),
]


@pytest.mark.parametrize(("text", "path"), HARD, ids=range(len(HARD)))
def test_no_pattern_takes_long(text: str, path: str) -> None:
    """A test that waits for one would wait for years."""
    assert not Patterns([pattern(text)]).cover(path)


@pytest.mark.parametrize(
    "text", ["", " ", "#a", "!", "/", "//", "!/", "[", "[!]", "a[", "[[:odd:]]", "a\\", "*a" * 10_000]
)
def test_what_names_nothing_is_no_pattern(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        pattern(text)
