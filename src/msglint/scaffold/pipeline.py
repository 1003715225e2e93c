"""The job of CI: a workflow of GitHub, or what the pipeline of GitLab includes; templates of the CDK are made first."""

import os
import shlex
from collections.abc import Iterator, Sequence

from msglint.scaffold.interface import (
    MIRROR,
    RELEASE,
    Draft,
    Left,
    Standing,
    UnsafeError,
    content,
    is_plain,
    says,
    scalar,
    standing,
)
from msglint.scaffold.survey import GITHUB, GITLAB, App, Survey

WORKFLOWS = ".github/workflows"
WORKFLOW = f"{WORKFLOWS}/msglint.yml"
PIPELINE = ".gitlab-ci.yml"

_CHECKOUT = "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2"
_STAGE = "test"
_JOB = "msglint"
_SYNTHESIS = "msglint:synth"
_REQUIREMENTS = "requirements.txt"
_NODE, _PYTHON = "node:22.12", "python:3.13"
_WHEN = ('$CI_PIPELINE_SOURCE == "merge_request_event"', "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH")
"""When the job of the template runs, and so what it needs."""
_ABOUT = f"Put the address of your copy of msglint in the place of {MIRROR}."
_PLAN = "A plan knows more than .tf files: docs/ci.md of msglint shows a job that makes one."
_GATE = '# A finding fails the job: with "Pipelines must succeed" among the merge checks, none is merged.'
_WORKFLOW = """\
# A finding fails the job: make it a required check of the branch, and nothing with a finding is merged.
{about}
name: msglint

on:
  pull_request:
  push:
    branches: [{branch}]

permissions: {{}}

jobs:
  msglint:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    permissions:
      contents: read
    steps:
      - uses: {checkout}
        with:
          persist-credentials: false
{steps}      - uses: {mirror}@{release}
        with:
          paths: {paths}
"""


def drafts(found: Survey) -> list[Draft | Left]:
    """Draft a job for each place where changes are reviewed."""
    if not found.forges:
        return [Left("No sign of GitHub or GitLab is here: docs/ci.md of msglint shows jobs for Jenkins and others")]
    names = (app.output if is_plain(app.directory) else app.directory for app in found.apps)
    odd = (each for each in names if not is_plain(each))
    drafted: list[Draft | Left] = [
        Left(f"{each}: such a name is not written into a pipeline; add the step of this app by hand") for each in odd
    ]
    if GITHUB in found.forges:
        drafted.append(_github(found))
    if GITLAB in found.forges:
        drafted.append(_gitlab(found))
    return drafted


def _synthesised(found: Survey) -> list[App]:
    """Give the apps whose templates have to be made first."""
    return [app for app in found.apps if not app.is_made and is_plain(app.directory) and is_plain(app.output)]


def _commands(app: App) -> Iterator[str]:
    """Give the commands that install an app of the CDK and make its templates."""
    if _REQUIREMENTS in app.files:
        yield from ("python3 -m venv .venv", ". .venv/bin/activate", f"pip install --requirement {_REQUIREMENTS}")
    if "package.json" in app.files:
        if "pnpm-lock.yaml" in app.files:
            yield from ("corepack enable", "pnpm install --frozen-lockfile")
        elif "yarn.lock" in app.files:
            yield "yarn install --frozen-lockfile"
        else:
            yield "npm ci" if "package-lock.json" in app.files else "npm install"
    yield "npx cdk synth --quiet" if app.brings_cli else "npx --yes aws-cdk@2 synth --quiet"


def synthesis(app: App) -> str:
    """Give the command that makes the templates of an app, in its directory."""
    *_, command = _commands(app)
    return command if app.directory == "." else f"(cd {shlex.quote(app.directory)} && {command})"


# GitHub


def _github(found: Survey) -> Draft | Left:
    try:
        if content(WORKFLOW) is not None:
            return Left(f"{WORKFLOW} is there already, and stays as it is")
        for name in sorted(os.listdir(WORKFLOWS)) if os.path.isdir(WORKFLOWS) else ():
            if name.endswith((".yml", ".yaml")) and _mentions(f"{WORKFLOWS}/{name}"):
                return Left(f"{WORKFLOWS}/{name} asks msglint already")
    except UnsafeError as error:
        return Left(f"{WORKFLOWS}: {error}; examples/ci/github.yml of msglint can be copied")
    paths = [scalar(each) for each in found.paths()]
    text = _WORKFLOW.format(
        about="\n".join(f"# {each}" for each in _about(found)),
        branch=scalar(found.branch),
        checkout=_CHECKOUT,
        steps="".join(f"{line}\n" for app in _synthesised(found) for line in _step(app)),
        mirror=MIRROR,
        release=RELEASE,
        paths=paths[0] if len(paths) == 1 else "\n".join(["|", *(f"            {each}" for each in found.paths())]),
    )
    return Draft(WORKFLOW, text)


def _mentions(path: str) -> bool:
    try:
        return b"msglint" in (content(path) or b"")
    except UnsafeError:
        return False


def _step(app: App) -> Iterator[str]:
    yield "      - name: Make the templates of the CDK"
    if app.directory != ".":
        yield f"        working-directory: {scalar(app.directory)}"
    yield "        run: |"
    yield from (f"          {command}" for command in _commands(app))


def _about(found: Survey) -> list[str]:
    return [_ABOUT, *([_PLAN] if found.modules and not found.plans else [])]


# GitLab


def _gitlab(found: Survey) -> Draft | Left:
    own = list(_jobs(found, _STAGE))
    try:
        there = standing(PIPELINE)
        if there is None:
            return Draft(PIPELINE, "\n".join([_GATE, *own, ""]))
        if "msglint" in there.document.text:
            return Left(f"{PIPELINE} asks msglint already")
        return _appended(there, found)
    except UnsafeError as error:
        return Left(f"{PIPELINE}: {error}. Add to it", own)


def _appended(there: Standing, found: Survey) -> Draft:
    said = there.said()
    if "include" in said:
        raise UnsafeError("it includes others already")
    lines = list(_jobs(found, _stage(there)))
    return there.added(there.appended(lines), {**said, **says(lines)})


def _stage(there: Standing) -> str:
    """Give the stage in which a pipeline lints. Raises `UnsafeError` where its stages are not known."""
    stages = there.root.fields().get("stages") if there.root is not None else None
    if stages is None:
        return _STAGE
    names = [each.text for each in stages.items() if each.kind == "scalar"] if stages.kind == "sequence" else []
    if stages.tag or not names:
        raise UnsafeError("its stages are not a list of names")
    return _STAGE if _STAGE in names else names[0]


def _jobs(found: Survey, stage: str) -> Iterator[str]:
    yield from (f"# {each}" for each in _about(found))
    yield from (
        "include:",
        f"  - project: {MIRROR}",
        f"    ref: {RELEASE}",
        "    file: templates/msglint.yml",
        "    inputs:",
        f"      paths: [{', '.join(scalar(each) for each in found.paths())}]",
    )
    if stage != _STAGE:
        yield f"      stage: {scalar(stage)}"
    apps = _synthesised(found)
    if apps:
        yield from (
            "",
            f"{_SYNTHESIS}:",
            f"  stage: {scalar(stage)}",
            f"  image: {_PYTHON if _in_python(apps) else _NODE}",
            "  rules:",
            *(f"    - if: {each}" for each in _WHEN),
            "  script:",
            *(f"    - {each}" for each in _script(apps)),
            "  artifacts:",
            f"    paths: [{', '.join(scalar(app.output) for app in apps)}]",
            "    expire_in: 1 hour",
            "",
            f"{_JOB}:",
            f"  needs: [{scalar(_SYNTHESIS)}]",
        )


def _in_python(apps: Sequence[App]) -> bool:
    return any(_REQUIREMENTS in app.files for app in apps)


def _script(apps: Sequence[App]) -> Iterator[str]:
    if _in_python(apps):
        yield "apt-get update && apt-get install --yes --no-install-recommends nodejs npm"
    for index, app in enumerate(apps):
        if index:
            yield 'cd "$CI_PROJECT_DIR"'
        if app.directory != ".":
            yield f"cd {shlex.quote(app.directory)}"
        yield from _commands(app)
