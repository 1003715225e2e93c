"""Which directories of `.tf` files are configurations of their own, and which are only modules of others."""

from collections.abc import Collection, Iterable, Iterator

from msglint.readers.interface import Assumptions
from msglint.readers.terraform.sources import Sources, opened


def roots(
    directories: Iterable[tuple[str, str]], assumptions: Assumptions, judged: Collection[str]
) -> Iterator[Sources]:
    """Give the configurations that no other one calls, nor a plan has: each directory with the one that was named."""
    found = [opened(shown, shown, assumptions.configuration, named) for shown, named in directories]
    own = {each.directory: {module.directory for _, module in each.own()} - {each.directory} for each in found}
    called = {directory for modules in own.values() for directory in modules}
    reached = set(judged)
    # Those that call one another in a circle are called all, and one of them has to speak for the others.
    for each in sorted(found, key=lambda each: each.directory in called):
        if each.directory not in reached:
            reached |= {each.directory, *own[each.directory]}
            yield each
