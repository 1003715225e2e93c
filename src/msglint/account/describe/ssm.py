"""Parameters of AWS Systems Manager: of which type they are, and never their values.

https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeParameters.html
"""

from msglint.account.describe.interface import Ask, Described, GoneError, Where


def parameter(where: Where, ask: Ask) -> Described:
    """Give the type of a parameter."""
    wanted = [{"Key": "Name", "Option": "Equals", "Values": [where.name]}]
    found = [*ask.pages("ssm", "DescribeParameters", "Parameters", ParameterFilters=wanted)]
    if not found:
        raise GoneError(where.name)
    return Described(value=found[0]["Type"])
