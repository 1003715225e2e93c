"""Credentials: passwords that whoever reads a template, a plan or a console can use."""
