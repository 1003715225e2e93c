"""AWS KMS."""

KEY_TYPES = frozenset({"AWS::KMS::Key", "AWS::KMS::ReplicaKey", "AWS::KMS::Alias"})
"""What makes a key that is the customer's own, or a name for one: those of AWS are never made by a template."""
