"""Delivery: the message cannot arrive."""
