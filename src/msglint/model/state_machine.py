"""AWS Step Functions: state machines, as far as nobody looks into their definitions."""

from collections.abc import Iterator

from msglint.model.beside import structure
from msglint.model.data import Data
from msglint.model.resource import Resource


class StateMachine(Resource):
    """A state machine. https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html."""

    KIND = "AWS::StepFunctions::StateMachine"
    __slots__ = ()

    @property
    def definition(self) -> Data:
        """The definition, in the template or in a file beside it; absent where it lies elsewhere."""
        for name in ("Definition", "DefinitionString"):
            given = self.properties.get(name)
            if not given.exists().is_no:
                return given
        # `aws cloudformation package` uploads what is given by a local path here.
        return structure(self, self.properties.get("DefinitionS3Location").text()) or given

    def states(self) -> Iterator[Data]:
        """Give all states, those inside branches and maps among them."""
        stack = [self.definition]
        while stack:
            for state in stack.pop().get("States").fields().values():
                yield state
                stack += state.get("Branches").elements().known
                stack += (state.get(name) for name in ("ItemProcessor", "Iterator"))
