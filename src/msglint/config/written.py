"""What a configuration file may say. The schema for editors and the checks are made of this."""

import datetime
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from msglint.finding import Severity
from msglint.options import LONGEST_TIMEOUT, TIMEOUT

Account = Annotated[str, Meta(pattern=r"^\d{12}$")]
Organisation = Annotated[str, Meta(pattern=r"^o-[a-z0-9]{10,32}$")]
Value = str | int | float | bool


class Exempt(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True, kw_only=True):
    """A finding that is expected until a day: it is not shown, and is counted."""

    rule: Annotated[str, Meta(description="The rule: its code, the beginning of codes, or its name.")]
    reason: Annotated[str, Meta(min_length=1, description="Why it is expected.")]
    expires: Annotated[
        datetime.date,
        Meta(description="The last day on which it holds, such as 2027-01-31. After it the finding is shown."),
    ]
    resource: Annotated[
        str, Meta(description="The logical id or address of the resource; `*` stands for anything.")
    ] = "*"
    path: Annotated[str, Meta(description="The files, as in .gitignore, from the directory of this file.")] = "**"


class Written(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True, kw_only=True):
    """The configuration of msglint."""

    extend: Annotated[
        str | UnsetType, Meta(description="A configuration file that this one adds to; its path from this one.")
    ] = UNSET
    select: Annotated[
        tuple[str, ...] | UnsetType,
        Meta(description="Only these rules: codes, beginnings of codes, names. Default: all."),
    ] = UNSET
    extend_select: Annotated[
        tuple[str, ...], Meta(description="These rules too, beside those that `extend` or `select` name.")
    ] = ()
    ignore: Annotated[tuple[str, ...] | UnsetType, Meta(description="Not these rules.")] = UNSET
    extend_ignore: Annotated[tuple[str, ...], Meta(description="Nor these, beside those that `extend` ignores.")] = ()
    severities: Annotated[
        dict[str, Severity],
        Meta(description="How bad the findings of a rule are to you, by code, beginning of codes or name."),
    ] = {}
    fail_on: Annotated[
        Severity | UnsetType, Meta(description="The least severity that fails a run. Default: warning.")
    ] = UNSET
    timeout_per_file: Annotated[
        Annotated[float, Meta(gt=0, le=LONGEST_TIMEOUT)] | UnsetType,
        Meta(description="How long a file may take, in seconds of the processor's time. Default: 120."),
    ] = UNSET
    strict: Annotated[
        bool | UnsetType, Meta(description="Whether a run fails where something could not be decided. Default: false.")
    ] = UNSET
    per_path_ignores: Annotated[
        dict[str, tuple[str, ...]],
        Meta(description="Rules that are not asked of some files, which are named as in .gitignore."),
    ] = {}
    exclude: Annotated[
        tuple[str, ...],
        Meta(
            description="What is passed over in directories, named as in .gitignore, from the directory of this file."
        ),
    ] = ()
    gitignore: Annotated[
        bool | UnsetType, Meta(description="Whether what git ignores is passed over too. Default: true.")
    ] = UNSET
    accounts: Annotated[
        tuple[Account, ...] | UnsetType,
        Meta(description="Your own accounts, twelve digits each in quotes. One alone is that of every template."),
    ] = UNSET
    regions: Annotated[
        tuple[str, ...] | UnsetType, Meta(description="Your Regions. One alone is that of every template.")
    ] = UNSET
    trusted_accounts: Annotated[
        tuple[Account, ...] | UnsetType,
        Meta(description="Accounts of others that may do with your queues and topics what your own may."),
    ] = UNSET
    organisations: Annotated[
        tuple[Organisation, ...] | UnsetType,
        Meta(description="Your organisations, such as o-a1b2c3d4e5: who belongs to them is no stranger."),
    ] = UNSET
    parameters: Annotated[
        dict[str, Value], Meta(description="Values of template parameters, as a deployment gives them.")
    ] = {}
    parameter_files: Annotated[
        tuple[str, ...],
        Meta(
            description="Files of parameter values: of the AWS CLI, CodePipeline, Git sync, samconfig. Later ones win."
        ),
    ] = ()
    variables: Annotated[dict[str, Value], Meta(description="Values of Terraform variables.")] = {}
    variable_files: Annotated[
        tuple[str, ...], Meta(description="Files of values of Terraform variables. Later ones win.")
    ] = ()
    require_reason: Annotated[
        bool | UnsetType, Meta(description="Whether a suppression without a reason hides nothing. Default: false.")
    ] = UNSET
    exceptions: Annotated[
        tuple[Exempt, ...], Meta(description="Findings that are expected until a day, each with its reason.")
    ] = ()
    baseline: Annotated[
        str | UnsetType, Meta(description="The file of known findings that `msglint baseline` writes.")
    ] = UNSET
    rules_dirs: Annotated[
        tuple[str, ...] | UnsetType,
        Meta(description="Directories with rules of your own. They are run: only in the working directory's file."),
    ] = UNSET
    rules_packages: Annotated[
        tuple[str, ...] | UnsetType,
        Meta(description="Installed packages with rules of your own. Only in the working directory's file."),
    ] = UNSET


KEYS = {field.encode_name: field for field in msgspec.structs.fields(Written)}
"""What a file may say, by the names that it uses."""

DEFAULTS = {
    "fail-on": Severity.WARNING.value,
    "timeout-per-file": TIMEOUT,
    "strict": False,
    "gitignore": True,
    "require-reason": False,
}
"""What holds where no file says anything; what is not here is nothing."""
