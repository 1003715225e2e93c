"""msglint's rules for `cfn-lint -a custom_rules/cfn_lint`; msglint must be installed beside cfn-lint."""

from msglint.hosts.cfn_lint import checks

globals().update(checks())
