"""What a role needs, in HCL: a statement for one of its policies, written as those are."""

from collections.abc import Iterator

from msglint.model.resource import Resource
from msglint.readers.terraform.address import modules_of
from msglint.readers.terraform.kinds import own_name
from msglint.reports.hcl import calls, local, module_of
from msglint.reports.hcl_policy import statement, style_for
from msglint.reports.hcl_reference import home, out_of_reach, reference
from msglint.reports.tree import Code, Tree


def terraform_need(written: Tree, of: Resource, attribute: str, role: Resource) -> Iterator[str]:
    """Give the lines of a statement that lacks its resource."""
    modules = home(role)
    here = calls(modules)
    if here:
        yield f"# {here}"
    if modules != modules_of(role.id):
        inside = module_of(role.id)
        yield f"# {local(role.id)} is inside {inside}: give it this by an argument, or by a policy of its own"
    named = reference(of, attribute, role, modules)
    if named is None:
        yield out_of_reach(of, attribute, role, modules)
    yield from statement(
        {**written, "Resource": named or Code(f"{local(of.id)}.{own_name(of.record.native, attribute)}")},
        style_for(role),
    )
