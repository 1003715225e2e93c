"""State machines of AWS Step Functions: that they are there. Their definitions may hold secrets, and are not asked for.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListStateMachines.html
"""

from msglint.account.describe.interface import Ask, Described, GoneError, Where, resource, unread


def state_machine(where: Where, ask: Ask) -> Described:
    """Give a state machine by its name or ARN, or the ARN of an alias or version of it."""
    name = where.name.rpartition(":stateMachine:")[2].split(":")[0]
    # Whoever describes one gets its definition with it.
    listed = ask.listed("stepfunctions", "ListStateMachines", "stateMachines")
    said = next((each for each in listed if each["name"] == name), None)
    if said is None:
        raise GoneError(name)
    properties = {
        "StateMachineName": name,
        "StateMachineType": said["type"],
        **dict.fromkeys(
            ("DefinitionString", "RoleArn", "LoggingConfiguration", "EncryptionConfiguration", "TracingConfiguration"),
            unread(),
        ),
    }
    return Described({name: resource("AWS::StepFunctions::StateMachine", properties)})
