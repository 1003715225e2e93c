"""Expressions of HCL, evaluated: what names mean, functions, and what is written beside a plan or without one."""
