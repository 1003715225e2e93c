"""Inputs by their shapes: what hypothesis makes templates, plans, configurations and policies of."""
