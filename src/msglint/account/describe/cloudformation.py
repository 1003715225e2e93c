"""What stacks export. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListExports.html."""

from msglint.account.describe.interface import Ask, Described, GoneError, Where


def export(where: Where, ask: Ask) -> Described:
    """Give the value of an export."""
    for each in ask.pages("cloudformation", "ListExports", "Exports"):
        if each["Name"] == where.name:
            return Described(value=each["Value"])
    raise GoneError(where.name)
