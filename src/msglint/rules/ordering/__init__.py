"""Ordering: FIFO queues and topics."""
