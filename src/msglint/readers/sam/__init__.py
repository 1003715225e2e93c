"""SAM: what its transform makes of a template, as nodes that stand where the user wrote their cause."""
