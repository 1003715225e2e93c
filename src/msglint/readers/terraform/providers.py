"""The accounts and Regions of a plan: which provider makes a resource, and what is known of that provider.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs#aws-configuration-reference
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from msglint.model.data import Data
from msglint.model.identity import IDENTITIES
from msglint.model.text import ACCOUNT, ARN_COLONS, REGION, Alphabet, Symbol, Text
from msglint.model.value import effective
from msglint.readers.interface import Assumptions, partition_of
from msglint.readers.terraform.address import CLOUD_CONTROL, Step, modules_of, roots, steps
from msglint.readers.terraform.kinds import kind_of, own_name
from msglint.readers.terraform.plan import Instance, Json, Plan
from msglint.readers.terraform.references import DEEPEST, References, leaves, referenced

if TYPE_CHECKING:
    from msglint.readers.terraform.evaluation.written import WrittenBlock

_CREDENTIALS = (
    *("access_key", "secret_key", "token", "profile", "shared_credentials_file", "shared_credentials_files"),
    *("shared_config_files", "assume_role", "assume_role_with_web_identity", "role_arn"),
)
_ROLES = (("assume_role", "role_arn"), ("role_arn",), ("assume_role_with_web_identity", "role_arn"))
"""Where the role stands that a provider acts as, the one that is assumed last first."""
_ACCOUNT = re.compile(r"(?:arn:[\w-]+:iam::)?(\d{12})(?::.*)?")
_REGION = re.compile(r"[a-z]{2,4}(?:-[a-z]+)+-\d")

Group = tuple[str, ...]
_AMBIENT: Group = ()
"""The credentials of the shell that terraform runs in."""


class Providers:
    """What is known of each configuration of the provider in one plan.

    Configurations with the same credentials act in one account. Of others nobody knows whether they do, unless their
    accounts are told: by a role's ARN, by `allowed_account_ids`, by `aws_caller_identity`, by what is there already.
    """

    __slots__ = (
        "_accounts",
        "_assumptions",
        "_configured",
        "_groups",
        "_key",
        "_plan",
        "_references",
        "_regions",
        "_seen",
    )

    def __init__(self, plan: Plan, references: References, assumptions: Assumptions, key: str) -> None:
        self._plan = plan
        self._references = references
        self._assumptions = assumptions
        self._configured = _mapping(_mapping(plan.raw.get("configuration")).get("provider_config"))
        self._key = key
        self._accounts: dict[str, Text] = {}
        self._regions: dict[str, Text] = {}
        self._groups: dict[str, Group] = {}
        self._seen: tuple[dict[Group, set[str]], dict[str, set[str]]] | None = None

    def partition(self, instance: Instance) -> str:
        """Give the partition that a resource is in."""
        return partition_of(self.region(instance).literal_value)

    def region(self, instance: Instance) -> Text:
        """Give the Region of a resource: since version 6 of the provider it may have one of its own."""
        own = not instance.type.startswith(CLOUD_CONTROL)
        region = _own(instance, REGION) or (instance.values.get("region") if own else None)
        if isinstance(region, str) and region:
            return Text.literal(region)
        configuration = self._plan.configuration(instance) or {}
        said = "region" in _mapping(configuration.get("expressions"))
        # What is null is the provider's.
        if own and said and _mapping(instance.unknown).get("region") and self._assumptions.region is None:
            return Text.of(self._symbol("region", Alphabet.REGION, instance.address))
        key = self._provider(instance)
        if self._several(key) and self._assumptions.region is None:
            return Text.of(self._symbol("region", Alphabet.REGION, instance.address))
        if key not in self._regions:
            # What is written may ask where it is itself.
            self._regions[key] = Text.of(self._symbol("region", Alphabet.REGION, key))
            self._regions[key] = self._region_of(key)
        return self._regions[key]

    def account(self, instance: Instance) -> Text:
        """Give the account of a resource."""
        account = _own(instance, ACCOUNT)
        if account:
            return Text.literal(account)
        key = self._provider(instance)
        if self._several(key) and self._assumptions.account is None:
            return Text.of(self._symbol("account", Alphabet.ACCOUNT, instance.address))
        if key not in self._accounts:
            self._accounts[key] = Text.of(self._symbol("account", Alphabet.ACCOUNT, key))
            self._accounts[key] = self._account_of(key)
        return self._accounts[key]

    def _provider(self, instance: Instance) -> str:
        """Give the key of a resource's provider; the only one there is where the plan does not tell which.

        Terraform says which one it is behind the `providers` of module calls; before version 1.1 it did not.
        """
        key = str((self._plan.configuration(instance) or {}).get("provider_config_key", ""))
        if not key or self._lost(key):
            name = key.rpartition(":")[2].partition(".")[0] or instance.type.partition("_")[0]
            named = [each for each in self._configured if each.partition(".")[0] == name]
            return name if named in ([], [name]) else key
        return key

    def _several(self, key: str) -> bool:
        """Say whether a provider has `for_each`, as in OpenTofu: a plan does not tell which instance makes what."""
        named = (name for _, expression in leaves(self._expressions(key)) for name in referenced(expression))
        return any(name.startswith("each.") for name in named)

    def _lost(self, key: str) -> bool:
        return ":" in key and key not in self._configured

    def _region_of(self, key: str) -> Text:
        said = self._said(key, "region")
        region = said[0] if isinstance(said, list) and len(said) == 1 else said
        written = isinstance(region, str) and _REGION.fullmatch(region)
        known = {region} if written else self._evidence()[1].get(key, set())
        if len(known) == 1:
            return Text.literal(*known)
        if self._assumptions.region is not None:
            return Text.literal(self._assumptions.region)
        told = "region" in self._expressions(key) or self._lost(key)
        return Text.of(self._symbol("region", Alphabet.REGION, key if told else ""))

    def _account_of(self, key: str) -> Text:
        group = self._group(key)
        assumed = self._assumptions.account
        told = [self._written(key), self._evidence()[0].get(group, set()), {assumed} if assumed is not None else set()]
        if group == _AMBIENT:
            # The user's word is for the shell's own credentials.
            told = [told[2], told[0], told[1]]
        found = next((accounts for accounts in told if len(accounts) == 1), None)
        if found is not None:
            return Text.literal(*found)
        first = next((each for each in self._configured if self._group(each) == group), key)
        return Text.of(self._symbol("account", Alphabet.ACCOUNT, first if group != _AMBIENT else ""))

    def _symbol(self, name: str, alphabet: Alphabet, of: str) -> Symbol:
        return Symbol((self._key, name, of), alphabet, f"${{{name} of {of}}}" if of else f"${{{name}}}")

    def _expressions(self, key: str) -> Json:
        return _mapping(_mapping(self._configured.get(key)).get("expressions"))

    def _modules(self, key: str) -> tuple[Step, ...]:
        address = _mapping(self._configured.get(key)).get("module_address")
        return modules_of(f"{address}.x") if isinstance(address, str) else ()

    def _group(self, key: str) -> Group:
        """Give what tells the credentials of a provider from others; what is no constant may be anything."""
        if key not in self._groups:
            self._groups[key] = ("of", key)
            told = [(name, self._credential(key, name)) for name in _CREDENTIALS]
            if not self._lost(key) and all(said is not None for _, said in told):
                written = [(name, said) for name, said in told if said]
                self._groups[key] = ("same", json.dumps(written)) if written else _AMBIENT
        return self._groups[key]

    def _credential(self, key: str, name: str) -> str | None:
        """Give what is written of one of a provider's credentials: empty where nothing is, None where nobody knows."""
        written = self._expressions(key)
        block = self._block(key)
        if name in written and not any(referenced(expression) for _, expression in leaves(written[name])):
            return json.dumps(written[name], sort_keys=True, default=str)
        if block is None:
            return None if name in written else ""
        listed = Data(block).get(name).elements()
        if not listed.known:
            return "" if listed.rest is None else None
        nested = name.startswith("assume_role")
        texts = [effective((each.get("role_arn") if nested else each).text()) for each in listed.known]
        literals = [text.literal_value for text in texts if text is not None]
        return json.dumps(literals) if len(literals) == len(texts) and None not in literals else None

    def _block(self, key: str) -> "WrittenBlock | None":
        """Give what the `.tf` files say of a provider, where they are at hand."""
        world = self._references.world
        return world.provider(key.rpartition(":")[2], self._modules(key)) if world is not None else None

    def _said(self, key: str, *way: str) -> Any:
        """Give an argument of a provider, as the plan has it or the `.tf` files say; None where nobody tells."""
        written = self._expressions(key).get(way[0])
        told = self._value(written, self._modules(key), *way[1:])
        block = self._block(key)
        if block is None or not (told is None or isinstance(told, dict)):
            return told
        from msglint.readers.terraform.evaluation.written import agrees  # noqa: PLC0415  # only where there are sources

        if written is not None and not agrees(block, block.member(way[0]), written):
            return None
        data = [Data(block)]
        for name in way:
            # The account of several roles is that of the last one.
            data = list(data[-1].get(name).elements().known)
            if not data:
                return None
        texts = [effective(each.text()) for each in data]
        return [text.literal_value for text in texts if text is not None]

    def _written(self, key: str) -> set[str]:
        """Give the account that a provider's own configuration names."""
        for way in (*_ROLES, ("allowed_account_ids",)):
            match self._said(key, *way):
                case [only] | only if isinstance(only, str) and (found := _ACCOUNT.fullmatch(only)):
                    return {found[1]}
                case _:
                    continue
        return set()

    def _evidence(self) -> tuple[dict[Group, set[str]], dict[str, set[str]]]:
        """Give the accounts by credentials, and the Regions by provider, that data sources and known ARNs tell."""
        if self._seen is None:
            accounts: dict[Group, set[str]] = {}
            regions: dict[str, set[str]] = {}
            for key in self._configured:
                accounts.setdefault(self._group(key), set()).update(self._written(key))
            for key, what, value in self._told():
                if what == ACCOUNT:
                    accounts.setdefault(self._group(key), set()).add(value)
                else:
                    regions.setdefault(key, set()).add(value)
            self._seen = accounts, regions
        return self._seen

    def _told(self) -> Iterator[tuple[str, int, str]]:
        names = {"aws_caller_identity": (ACCOUNT, ("account_id",)), "aws_region": (REGION, ("region", "name"))}
        for source in self._plan.data.values():
            what, attributes = names.get(source.type, (0, ()))
            written = _mapping((self._plan.configuration(source) or {}).get("expressions"))
            if "region" in written:
                # It asks for another Region than the provider's.
                continue
            value = next((source.values[name] for name in attributes if source.values.get(name)), None)
            if isinstance(value, str):
                yield self._provider(source), what, value
        for instance in self._plan.instances.values():
            # Since version 6 a resource may be in another Region than its provider.
            for what in (ACCOUNT,) if "region" in instance.values else (ACCOUNT, REGION):
                value = _own(instance, what)
                if value:
                    yield self._provider(instance), what, value

    def _value(self, expression: Any, modules: tuple[Step, ...], *way: str) -> Any:
        """Give the constant or the root module's variable that is a provider's argument; None where it is neither."""
        for name in way:
            block = expression[-1] if isinstance(expression, list) and expression else expression
            constant = block.get("constant_value") if isinstance(block, dict) else None
            expression = {"constant_value": constant.get(name)} if isinstance(constant, dict) else _member(block, name)
        for _ in range(DEEPEST):
            if isinstance(expression, dict) and "constant_value" in expression:
                return expression["constant_value"]
            names = [steps(name) for name in roots(referenced(expression))]
            match [step.name for step in names[0]] if len(names) == 1 else []:
                case ["var", name, *rest]:
                    if not modules:
                        return _below(self._plan.at(("variables", name, "value")), names[0][1:], rest)
                    module = self._plan.module(modules[:-1])
                    call = module.calls.get(modules[-1].name, {}) if module is not None else {}
                    expression, modules = _member(call.get("expressions"), name), modules[:-1]
                case _:
                    return None
        return None


def _own(instance: Instance, what: int) -> str | None:
    """Give a segment of a resource's own ARN, where that is known."""
    arn = instance.values.get(own_name(instance.type, "arn"))
    if not isinstance(arn, str) or kind_of(instance.type).type not in IDENTITIES:
        return None
    pieces = arn.split(":", ARN_COLONS)
    return pieces[what] if len(pieces) > ARN_COLONS else None


def _mapping(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _below(value: Any, way: tuple[Step, ...], names: Iterable[str]) -> Any:
    """Give what a reference to a variable picks: `var.accounts["west"].id`."""
    if way[0].index is not None:
        value = _member(value, str(way[0].index))
    for name in names:
        value = _member(value, name)
    return value
