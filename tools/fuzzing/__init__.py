"""What msglint is fuzzed with: targets, what is true of each of them for any input, and the inputs to begin with."""
