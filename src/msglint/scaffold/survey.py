"""What there is in a repository: templates, Terraform, apps of the CDK, files of values, and where it is reviewed."""

import os
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from msglint.config.nearest import Nearest
from msglint.config.paths import git_directory, repository
from msglint.inputs import Input, MissingInputError, content, inputs
from msglint.readers.interface import Assumptions
from msglint.readers.recognise import is_plan, is_template
from msglint.scaffold.interface import is_plain
from msglint.source import Document, SourceError

GITHUB, GITLAB = "GitHub", "GitLab"

MOST_PATHS = 5
"""How many directories are named at most; where there are more, all of the repository is searched."""

_LARGEST_VALUES = 1024 * 1024
_APP = "cdk.json"
_OUTPUT = "cdk.out"
_SAMCONFIG = ("samconfig.toml", "samconfig.yaml", "samconfig.yml")
_VALUES = (".tfvars", ".tfvars.json")
_GIVING = re.compile(r"""ParameterKey|template-file-path|^\s*\[|["']?Parameters["']?\s*:""")
"""What stands in files of values that people deploy with; what they look like besides, any file may look like."""
_URL = re.compile(r"^\s*url\s*=\s*(?:\w+://)?(?:[^@/\s]*@)?([^:/\s]+)", re.MULTILINE)
_MOST_READ = 256 * 1024


class App(NamedTuple):
    """An app of the CDK."""

    directory: str
    output: str
    """Where its templates are written to."""
    is_made: bool
    """Whether git has the templates, so that nobody has to make them first."""
    files: frozenset[str]
    """The names of what is beside its `cdk.json`."""
    brings_cli: bool
    """Whether the CLI of the CDK is among what it installs."""


class Survey(NamedTuple):
    """What is in the working directory, each in the order of names; paths are told from there, with slashes."""

    templates: Sequence[str] = ()
    plans: Sequence[str] = ()
    modules: Sequence[str] = ()
    """The directories of Terraform configurations that no other one calls."""
    apps: Sequence[App] = ()
    parameter_files: Sequence[str] = ()
    variable_files: Sequence[str] = ()
    forges: Sequence[str] = ()
    """Where changes are reviewed: `GITHUB`, `GITLAB`."""
    branch: str = "main"
    """The branch that changes are merged into."""

    def paths(self) -> list[str]:
        """Give the directories to judge: few, and such that their names are plain."""
        folders = {*map(_folder, (*self.templates, *self.plans)), *self.modules}
        groups: dict[str, list[str]] = {}
        for each in sorted(folders):
            groups.setdefault(each.partition("/")[0], []).append(each)
        named = sorted({_plain(os.path.commonpath(group).replace(os.sep, "/")) for group in groups.values()})
        outputs = [app for app in self.apps if is_plain(app.output)]
        if "." in named or len(named) > MOST_PATHS or not (named or outputs):
            named = ["."]
        above = tuple("" if each == "." else f"{each}/" for each in named)
        # What git ignores is judged where it is named.
        return [*named, *(app.output for app in outputs if not (app.is_made and app.output.startswith(above)))]


def survey(nearest: Nearest) -> Survey:
    """Look at the working directory, save what git ignores and the configuration excludes.

    Raises `ConfigurationError`, and `MissingInputError` for a directory that cannot be read.
    """
    found = list(inputs(["."], nearest))
    files = [_path(each.name) for each in found if not each.is_configuration]
    apps = [_app(_folder(each), files) for each in files if os.path.basename(each) == _APP]
    made = tuple(f"{app.output}/" for app in apps)
    templates, plans, values = [], [], []
    assemblies: set[str] = set()
    for each in found:
        path = _path(each.name)
        if each.is_configuration or os.path.basename(path) == _APP:
            continue
        text = _text(each)
        if text is None:
            continue
        if is_plan(text):
            plans.append(path)
        elif is_template(Document(path, text)):
            if path.startswith(made):
                assemblies.update(output for output in made if path.startswith(output))
            else:
                templates.append(path)
        elif not path.startswith(made) and _gives_values(path, text):
            values.append(path)
    modules = list(_modules([each for each in found if each.is_configuration]))
    return Survey(
        templates,
        plans,
        modules,
        [app._replace(is_made=f"{app.output}/" in assemblies) for app in apps],
        sorted({*values, *_samconfigs({".", *map(_folder, templates)}, nearest)}),
        [path for each in modules for path in _variable_files(each, nearest)],
        list(_forges()),
        _branch(),
    )


def _path(name: str) -> str:
    return name.replace(os.sep, "/")


def _folder(path: str) -> str:
    return os.path.dirname(path) or "."


def _plain(path: str) -> str:
    """Give a path, or the nearest directory above it of which the name is plain."""
    while path and not is_plain(path):
        path = os.path.dirname(path)
    return path or "."


def _text(each: Input) -> str | None:
    try:
        data = content(each)
        return None if data is None else Document.from_bytes(each.name, data).text
    except (MissingInputError, SourceError):
        return None  # a run says what is wrong with it, where it is a template


def _modules(directories: Sequence[Input]) -> Iterator[str]:
    if not directories:
        return
    from msglint.readers.terraform.sources.roots import roots  # noqa: PLC0415  # only where there is Terraform

    named = [(each.name, each.root) for each in directories]
    yield from sorted(_path(each.files.shown) for each in roots(named, lambda _: Assumptions(), ()))


def _app(directory: str, files: Sequence[str]) -> App:
    names = frozenset(os.listdir(directory))
    said = _json(os.path.join(directory, _APP)).get("output")
    output = os.path.normpath(os.path.join(directory, said if isinstance(said, str) and said else _OUTPUT))
    if output.startswith("..") or os.path.isabs(output) or output == ".":
        output = os.path.normpath(os.path.join(directory, _OUTPUT))
    package = _json(os.path.join(directory, "package.json"))
    brings = any("aws-cdk" in _mapping(package.get(key)) for key in ("dependencies", "devDependencies"))
    return App(directory, _path(output), False, names, brings)


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _json(path: str) -> dict[str, object]:
    """Give the mapping in a file of JSON; an empty one where there is none."""
    try:
        if not os.path.isfile(path):
            return {}
        with open(path, "rb") as file:
            return msgspec.json.decode(file.read(_MOST_READ), type=dict[str, object])
    except (OSError, UnicodeDecodeError, msgspec.DecodeError, RecursionError):
        return {}


def _gives_values(path: str, text: str) -> bool:
    if len(text) > _LARGEST_VALUES or _GIVING.search(text) is None or not path.isprintable():
        return False
    from msglint.readers.cloudformation import parameter_files  # noqa: PLC0415  # few files may be any

    try:
        return bool(parameter_files.values(path, "default"))
    except parameter_files.UnusableFileError:
        return False


def _samconfigs(directories: set[str], nearest: Nearest) -> Iterator[str]:
    from msglint.readers.cloudformation import parameter_files  # noqa: PLC0415

    for directory in directories:
        passes_over = nearest.within(directory, ".")
        for name in _SAMCONFIG:
            path = os.path.normpath(os.path.join(directory, name))
            if not os.path.isfile(path) or passes_over(name, False):
                continue
            try:
                given = parameter_files.values(path, "default")
            except parameter_files.UnusableFileError:
                continue
            if given and path.isprintable():
                yield _path(path)


def _variable_files(directory: str, nearest: Nearest) -> Iterator[str]:
    """Give the files of values beside a configuration that terraform reads only where they are named."""
    from msglint.readers.terraform.sources.settings import automatic  # noqa: PLC0415  # only where there is Terraform

    passes_over = nearest.within(directory, ".")
    names = sorted(name for name in os.listdir(directory) if name.endswith(_VALUES) and name.isprintable())
    for name in sorted({*names} - {*automatic(names)}):
        path = os.path.normpath(os.path.join(directory, name))
        if os.path.isfile(path) and not passes_over(name, False):
            yield _path(path)


def _forges() -> Iterator[str]:
    hosts = _URL.findall(_git("config"))
    if os.path.isdir(".github") or any("github" in host.lower() for host in hosts):
        yield GITHUB
    if os.path.lexists(".gitlab-ci.yml") or os.path.isdir(".gitlab") or any("gitlab" in each.lower() for each in hosts):
        yield GITLAB


def _branch() -> str:
    name = _git("refs", "remotes", "origin", "HEAD").strip().removeprefix("ref: refs/remotes/origin/")
    if name and is_plain(name):
        return name
    return "master" if _git("HEAD").strip() == "ref: refs/heads/master" else "main"


def _git(*path: str) -> str:
    """Give the text of a file of git's; empty where there is none."""
    root = repository(".")
    return _small(os.path.join(git_directory(root), *path)) if root is not None else ""


def _small(path: str) -> str:
    try:
        if not os.path.isfile(path):
            return ""
        with open(path, "rb") as file:
            return file.read(_MOST_READ).decode("utf-8", "replace")
    except OSError:
        return ""
