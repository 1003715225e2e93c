"""Templates that hypothesis makes of examples and tables: judged and reported without an exception."""

from functools import partial

from fuzzing import checks
from fuzzing.shapes.templates import templates
from fuzzing.target import Target

TARGET = Target(partial(checks.judged, "t.yaml"), shapes=templates())
