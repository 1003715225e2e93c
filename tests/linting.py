"""What several tests need: the rule folders, and what reports and nodes say."""

from pathlib import Path
from typing import Any

from msglint.source import Node
from msglint.testing import LANGUAGES, inputs, said

RULES = Path(__file__).parent / "fixtures" / "rules"

__all__ = ["LANGUAGES", "RULES", "inputs", "plain", "said"]


def plain(node: Node) -> Any:
    """Give what a node says."""
    match node.kind:
        case "mapping":
            return {name: plain(value) for name, value in node.fields().items()}
        case "sequence":
            return [plain(item) for item in node.items()]
        case _:
            return node.value
