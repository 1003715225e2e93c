"""The door for the AWS CDK: a plugin of its policy validation, for apps in Python.

With `Validations.of(app).add_plugins(Msglint())` a synthesis judges what it has just written, and fails where
`msglint lint cdk.out` would.
"""

from collections.abc import Iterable, Mapping

import jsii
from aws_cdk import (
    IPolicyValidationContext,
    IPolicyValidationPlugin,
    PolicyValidationPluginReport,
    PolicyViolatingResource,
    PolicyViolation,
)

from msglint import __version__
from msglint.api import options
from msglint.config.nearest import Flags, Nearest
from msglint.finding import Severity
from msglint.hosts.violations import Judgement, Violation, judge
from msglint.rules.index import RULES


@jsii.implements(IPolicyValidationPlugin)
class Msglint:
    """Judges the templates of an app or a stage, stacks that know one another together.

    The keywords are the flags of `msglint lint`, and win over the configuration of the working directory. The accounts
    and Regions of stacks that name them are those of the app. Raises `UsageError` for a rule or severity that does not
    exist, and for a configuration that cannot be used.
    """

    def __init__(
        self,
        *,
        select: Iterable[str] = (),
        ignore: Iterable[str] = (),
        fail_on: Severity | str | None = None,
        show_undecided: bool = False,
        strict: bool = False,
        accounts: Iterable[str] = (),
        regions: Iterable[str] = (),
        parameters: Mapping[str, str] | None = None,
    ) -> None:
        self._options = options(
            select=select,
            ignore=ignore,
            fail_on=fail_on,
            show_undecided=show_undecided,
            strict=strict,
            accounts=accounts,
            regions=regions,
            parameters=parameters,
            # What is judged may be in a directory for temporary files, which no configuration is near to.
            config=Nearest(Flags()).file("."),
        )

    @property
    def name(self) -> str:
        """The name of the plugin: who accepts a finding acknowledges `msglint::MSG501`."""
        return "msglint"

    @property
    def version(self) -> str:
        """The release of msglint."""
        return __version__

    @property
    def rule_ids(self) -> list[str]:
        """The codes of the rules that are asked."""
        return [entry.code for entry in (*RULES, *self._options.own) if self._options.wants(entry.code, entry.name)]

    def validate(self, context: IPolicyValidationContext) -> PolicyValidationPluginReport:
        """Judge the templates; a failure of msglint is a violation."""
        stacks = {stack.template_path: stack.stack_construct_path for stack in context.stack_templates}
        return _report(judge(stacks, context.app_construct.outdir, self._options))


def _report(judgement: Judgement) -> PolicyValidationPluginReport:
    return PolicyValidationPluginReport(
        success=judgement.success,
        violations=list(map(_violation, judgement.violations)),
        metadata={"notices": "\n".join(judgement.notices)} if judgement.notices else None,
    )


def _violation(violation: Violation) -> PolicyViolation:
    return PolicyViolation(
        rule_name=violation.rule,
        description=violation.description,
        severity=violation.severity,
        fix=violation.fix,
        rule_metadata=violation.facts,
        violating_resources=[
            PolicyViolatingResource(
                resource_logical_id=each.logical_id,
                construct_path=each.construct,
                template_path=each.template,
                locations=list(each.locations),
            )
            for each in violation.violators
        ],
    )
