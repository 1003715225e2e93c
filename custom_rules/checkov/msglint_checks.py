"""msglint's rules for `checkov --external-checks-dir`; msglint must be installed beside checkov."""

from msglint.hosts.checkov import register

register()
