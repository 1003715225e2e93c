"""What is wrong: one folder per concern, one file per rule."""
