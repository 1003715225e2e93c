"""Which directories of `.tf` files are configurations of their own, and which are only modules of others."""

from collections.abc import Callable, Collection, Iterator, Sequence

from msglint.readers.interface import Assumptions
from msglint.readers.terraform.sources.configuration import Sources, opened


def roots(
    directories: Sequence[tuple[str, str]], assumptions: Callable[[str], Assumptions], judged: Collection[str]
) -> Iterator[Sources]:
    """Give the configurations that no other one calls, nor a plan has: each directory with the one that was named.

    `assumptions` says what is asserted of the deployments of a directory.
    """
    own: dict[tuple[str, str], frozenset[str]] = {}
    real: dict[tuple[str, str], str] = {}
    for each in directories:
        sources = _opened(each, assumptions)
        real[each], own[each] = sources.directory, _called(sources)
    called = frozenset[str]().union(*own.values())
    reached = set(judged)
    # Those that call one another in a circle are called all, and one of them has to speak for the others.
    for each in sorted(directories, key=lambda each: real[each] in called):
        if real[each] not in reached:
            reached |= {real[each], *own[each]}
            # Opened once more: all that there is in all of them might be more than fits.
            yield _opened(each, assumptions)


def _opened(directory: tuple[str, str], assumptions: Callable[[str], Assumptions]) -> Sources:
    shown, named = directory
    return opened(shown, shown, assumptions(shown).configuration, named)


def _called(sources: Sources) -> frozenset[str]:
    """Give the directories of the modules that are called through paths."""
    if not sources.may_call():
        return frozenset()
    return frozenset(module.directory for _, module in sources.own()) - {sources.directory}
