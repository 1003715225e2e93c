"""Payload: what arrives, and in which form."""
