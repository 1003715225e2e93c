"""What is true of all code of functions, in whichever language."""

from msglint.code.messages import facts, handed_on, imports


def check(text: str, suffix: str) -> None:
    """Insist on it that facts stand in the text, and that modules have paths."""
    for handler in ("", "handler", "f"):
        found = facts(text, suffix, handler)
        received = [*found.receives, *(each for read in found.reads for each in read.receives)]
        places = [(each.start, each.end) for each in received]
        places += [(each.start, each.end) for each in found.reads]
        places += [(each.start, each.end) for receive in received for each in receive.asked]
        assert all(0 <= start <= end <= len(text) for start, end in places), places
    for paths in (*imports(text, suffix), *handed_on(text, suffix, "handler")):
        assert all(paths), paths
