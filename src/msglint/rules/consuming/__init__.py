"""Consuming: how messages are taken from queues and streams."""
