"""What a repository begins with: a configuration, a hook of pre-commit and a job of CI, by what is found in it."""
