"""Durability: what happens to a message that fails."""
