"""Functions on networks in CIDR notation."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from msglint.model.expression import Shape
from msglint.readers.terraform.evaluation.functions.values import EvaluationError, literal, said, texts, whole
from msglint.source import Place

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network

_LEADING_ZEROS = re.compile(r"(?<![0-9a-fA-F:])0+(?=[0-9])")


def cidrhost(at: Place, prefix: Shape, host: Shape) -> Shape:
    """Give an address of a network by its number, from the end if negative."""
    network, number = _network(prefix, at), whole(host, at)
    number += network.num_addresses if number < 0 else 0
    if not 0 <= number < network.num_addresses:
        raise EvaluationError("the network has no such address", at)
    return said(str(network[number]), at)


def cidrnetmask(at: Place, prefix: Shape) -> Shape:
    """Give the mask of a network of IPv4."""
    network = _network(prefix, at)
    if network.version == 6:
        raise EvaluationError("only networks of IPv4 have a mask", at)
    return said(str(network.netmask), at)


def cidrsubnet(at: Place, prefix: Shape, bits: Shape, number: Shape) -> Shape:
    """Give a part of a network by the bits that it takes more and its number."""
    network = _network(prefix, at)
    length, which = network.prefixlen + whole(bits, at), whole(number, at)
    if not 0 <= length <= network.max_prefixlen or not 0 <= which < 1 << max(length - network.prefixlen, 0):
        raise EvaluationError("the network has no such part", at)
    return said(str(_part(network, which << (network.max_prefixlen - length), length)), at)


def cidrsubnets(at: Place, prefix: Shape, *bits: Shape) -> Shape:
    """Give parts of a network one after the other by the bits that they take more."""
    network = _network(prefix, at)
    parts: list[str] = []
    used = 0
    for each in bits:
        length = network.prefixlen + whole(each, at)
        if not network.prefixlen < length <= network.max_prefixlen:
            raise EvaluationError("the network has no such part", at)
        size = 1 << (network.max_prefixlen - length)
        start = -(-used // size) * size
        used = start + size
        if used > network.num_addresses:
            raise EvaluationError("the network has no room for this part", at)
        parts.append(str(_part(network, start, length)))
    return texts(parts, at)


def _network(prefix: Shape, at: Place) -> IPv4Network | IPv6Network:
    from ipaddress import ip_network  # noqa: PLC0415  # few configurations calculate with networks

    written = literal(prefix, at)
    if "/" not in written:
        raise EvaluationError("this is no network", at)
    try:
        return ip_network(_LEADING_ZEROS.sub("", written), strict=False)
    except ValueError:
        raise EvaluationError("this is no network", at) from None


def _part(network: IPv4Network | IPv6Network, start: int, length: int) -> IPv4Network | IPv6Network:
    return type(network)((int(network.network_address) + start, length), strict=False)


FUNCTIONS: dict[str, Callable[..., Shape]] = {
    "cidrhost": cidrhost,
    "cidrnetmask": cidrnetmask,
    "cidrsubnet": cidrsubnet,
    "cidrsubnets": cidrsubnets,
}
