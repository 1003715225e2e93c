"""All rules, found by walking their package, and what is written from them: the index of a run, and the pages.

`python -m msglint.catalog` writes both into the checkout that it is run in, and the schema of the configuration.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

from msglint.config import schema
from msglint.rules.interface import Rule

SCHEMA = Path("docs", schema.ID)


def rules() -> tuple[Rule, ...]:
    """Load every rule, in the order of their codes. For documentation, hosts and tests: a run uses the index."""
    return tuple(sorted(_found(), key=lambda rule: rule.code))


def _found() -> Iterator[Rule]:
    import msglint.rules  # noqa: PLC0415  # walked only here

    for module in pkgutil.walk_packages(msglint.rules.__path__, "msglint.rules."):
        if not module.ispkg and module.name.count(".") == 3:  # msglint.rules.<group>.<rule>
            loaded = importlib.import_module(module.name)
            yield from (value for value in vars(loaded).values() if isinstance(value, Rule))


def index() -> str:
    """Write the text of `rules/index.py`."""
    lines = [
        '"""The rules, by what they are asked of. Written by `make docs`; a test fails when it is out of date."""',
        "",
        "from msglint.finding import Entry",
        "",
        "RULES = (",
    ]
    for rule in rules():
        module = rule.check.__module__.removeprefix("msglint.rules.")
        severities = [_quoted(severity.value) for severity in rule.severities]
        lines.append("    Entry(")
        lines += [f"        {_quoted(value)}," for value in (rule.code, rule.name, module)]
        kinds = [_quoted(kind.KIND) for kind in rule.each]
        given = [_tuple([_quoted(word) for word in pair]) for pair in rule.given]
        lines += [f"        {_tuple(items)}," for items in (kinds, severities, given)]
        lines += [f"        {_quoted(rule.summary)},", "    ),"]
    return "\n".join([*lines, ")", ""])


def _tuple(items: list[str]) -> str:
    return f"({', '.join(items)}{',' if len(items) == 1 else ''})"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def docs(root: Path) -> dict[Path, str]:
    """Write the pages of all rules, by path below a checkout."""
    from msglint.pages import pages  # noqa: PLC0415  # it reads the index, which is written first

    return pages(rules(), root)


def main(root: Path) -> None:
    """Write the index and the pages of a checkout, and take away the pages of rules that are gone."""
    (root / "src" / "msglint" / "rules" / "index.py").write_text(index(), encoding="utf-8")
    pages = docs(root)
    folder = root / "docs" / "rules"
    folder.mkdir(parents=True, exist_ok=True)
    for stale in {path.relative_to(root) for path in folder.glob("*.md")} - pages.keys():
        (root / stale).unlink()
    for path, text in {**pages, SCHEMA: schema.text()}.items():
        (root / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path.cwd())
