"""What stacks export. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListExports.html."""

from msglint.account.describe.interface import Ask, Described, GoneError, Where


def export(where: Where, ask: Ask) -> Described:
    """Give the value of an export."""
    for each in ask.listed("cloudformation", "ListExports", "Exports"):
        if each.get("Name") == where.name and "Value" in each:
            return Described(value=each["Value"])
    raise GoneError(where.name)
