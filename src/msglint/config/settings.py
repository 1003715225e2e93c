"""What a configuration file settles, together with those that it extends."""

import os
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from msglint.config.files import ConfigurationError, Read, read, spot
from msglint.config.written import KEYS, Exempt, Written
from msglint.source import SourceError, Spot

_OWN = ("extend",)
_FILES = ("parameter-files", "variable-files")
_ADDED = {"extend-select": "select", "extend-ignore": "ignore"}
"""Keys whose words are added to those of another."""
_MERGED = ("severities", "per-path-ignores", "parameters", "variables")
_JOINED = ("exclude", "exceptions", "parameter-files", "variable-files")
_MOST_EXTENDED = 10


class Setting(NamedTuple):
    """A value of a configuration, and the file that gives it; None: the default, or the command line."""

    value: Any
    read: Read | None = None
    path: tuple[str | int, ...] = ()

    @property
    def at(self) -> Spot:
        """Where it is written. Only for what a file gives."""
        assert self.read is not None  # noqa: S101  # whoever asks knows that a file gives it
        return spot(self.read.root, *self.path)


class Settings(NamedTuple):
    """All that a file and those that it extends settle; what none of them says has its default.

    Lists and tables are taken apart, so that each element knows its file.
    """

    file: Read | None
    values: Mapping[str, Setting] = {}
    """Of single values and whole lists, by their keys."""
    elements: Mapping[str, Sequence[Setting]] = {}
    """Of what is joined from several files: the elements of lists, and name and value of the entries of tables."""

    def get(self, key: str) -> Any:
        """Give a single value or a whole list; None where no file says anything."""
        found = self.values.get(key)
        return found.value if found is not None else None

    def each(self, key: str) -> Sequence[Setting]:
        """Give the elements of a list or table."""
        return self.elements.get(key, ())


NOTHING = Settings(None)


def settings(path: str, within: Sequence[str] = ()) -> Settings:
    """Read a configuration file with those that it extends; raises `ConfigurationError`.

    `within` are the directories outside of which it may name no file; none: it may name any.
    """
    chain = _chain(read(path), within)
    for each in chain:
        for key in _FILES:
            for index, name in enumerate(_value(each.written, key) if key in each.root.fields() else ()):
                _refuse_outside(each, name, within, (key, index))
    values: dict[str, Setting] = {}
    elements: dict[str, list[Setting]] = {}
    for each in reversed(chain):
        for key in KEYS:
            if key in _OWN or key not in each.root.fields():
                continue
            value = _value(each.written, key)
            if key in _MERGED:
                own = {name: Setting((name, said), each, (key, name)) for name, said in value.items()}
                kept = [other for other in elements.get(key, ()) if other.value[0] not in own]
                elements[key] = [*kept, *own.values()]
            elif key in _JOINED:
                elements.setdefault(key, []).extend(
                    Setting(said, each, (key, index)) for index, said in enumerate(value)
                )
            elif key in _ADDED:
                before = values.get(_ADDED[key])
                # Who selects nothing has all rules, and nothing can be added to these.
                if key != "extend-select" or before is not None:
                    joined = (*(before.value if before is not None else ()), *value)
                    values[_ADDED[key]] = Setting(tuple(dict.fromkeys(joined)), each, (key,))
            else:
                values[key] = Setting(value, each, (key,))
    return Settings(chain[0], values, elements)


def _value(written: Written, key: str) -> Any:
    return getattr(written, key.replace("-", "_"))


def _refuse_outside(each: Read, name: str, within: Sequence[str], path: tuple[str | int, ...]) -> None:
    """Refuse a file that a configuration may not name: what is in it might be shown in a report."""
    real = os.path.realpath(os.path.join(each.directory, name))
    if within and not any(real.startswith(os.path.join(os.path.realpath(root), "")) for root in within):
        message = "only the configuration of the working directory may name a file outside of the repository"
        raise ConfigurationError([SourceError(message, spot(each.root, *path))])


def _chain(own: Read, within: Sequence[str]) -> list[Read]:
    """Give a file and those that it extends, the nearest first."""
    chain = [own]
    while isinstance(chain[-1].written.extend, str):
        last = chain[-1]
        _refuse_outside(last, chain[-1].written.extend, within, ("extend",))
        path = os.path.normpath(os.path.join(last.directory, chain[-1].written.extend))
        if any(os.path.realpath(path) == os.path.realpath(each.path) for each in chain):
            raise ConfigurationError([SourceError("it extends itself, over this", spot(last.root, "extend"))])
        if len(chain) == _MOST_EXTENDED:
            message = f"more than {_MOST_EXTENDED} files extend one another"
            raise ConfigurationError([SourceError(message, spot(last.root, "extend"))])
        if not os.path.isfile(path):
            message = f"there is no file {path}"
            raise ConfigurationError([SourceError(message, spot(last.root, "extend"))])
        chain.append(read(path))
    return chain


def exempt(each: Setting) -> Exempt:
    """Give the exception that a setting is."""
    found = each.value
    assert isinstance(found, Exempt)  # noqa: S101  # the schema has seen to it
    return found
