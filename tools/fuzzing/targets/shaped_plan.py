"""Plans that hypothesis makes of examples and tables: judged and reported without an exception."""

from functools import partial

from fuzzing import checks
from fuzzing.shapes.plans import plans
from fuzzing.target import Target

TARGET = Target(partial(checks.judged, "plan.json"), shapes=plans())
