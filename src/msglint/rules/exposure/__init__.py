"""Exposure: somebody else can use it."""
