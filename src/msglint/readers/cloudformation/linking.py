"""Which templates of a run are one system: those that nest others, and those that import what others export."""

from collections.abc import Sequence

from msglint.model.resource import Part
from msglint.readers.cloudformation.nested import Tree, file_of, tree
from msglint.readers.cloudformation.part import CloudFormationPart
from msglint.readers.cloudformation.system import System


def tree_of(part: Part) -> Tree:
    """Give a template with all that it nests."""
    if not isinstance(part, CloudFormationPart):
        raise TypeError(f"{part.key} is no template")
    return tree(part.template)


def deployed(trees: Sequence[Tree]) -> Sequence[Tree]:
    """Give the trees of what is deployed by itself; of templates that nest one another, that of the first."""
    nested = {path for each in trees for path in each.inside}
    found: list[Tree] = []
    covered: set[str] = set()
    for each in sorted(trees, key=lambda each: file_of(each.templates[0]) in nested):
        if file_of(each.templates[0]) not in covered:
            covered |= {file_of(each.templates[0]), *each.inside}
            found.append(each)
    return found


def systems(trees: Sequence[Tree]) -> Sequence[Sequence[CloudFormationPart]]:
    """Give the stacks that are judged together."""
    system = System(template for each in trees for template in each.templates)
    groups = system.together()
    world = system.world(())
    return [[CloudFormationPart(system.templates[key], world) for key in keys] for keys in groups]
