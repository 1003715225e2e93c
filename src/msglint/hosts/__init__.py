"""The doors into other linters: the same rules inside cfn-lint and checkov."""
