"""Encryption: who holds the keys of messages at rest."""
