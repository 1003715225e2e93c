"""Hashes, and functions whose answer is another one in each run."""

from __future__ import annotations

from collections.abc import Callable

from msglint.model.expression import Shape
from msglint.model.value import not_understood, outside
from msglint.readers.terraform.evaluation.functions.values import EvaluationError, literal, said
from msglint.source import Place

_NAMESPACES = ("dns", "url", "oid", "x500")


def _hash(name: str, *, base64: bool = False) -> Callable[..., Shape]:
    def hashed(at: Place, value: Shape) -> Shape:
        import hashlib  # noqa: PLC0415
        from base64 import b64encode  # noqa: PLC0415

        digest = hashlib.new(name, literal(value, at).encode(), usedforsecurity=False).digest()
        return said(b64encode(digest).decode() if base64 else digest.hex(), at)

    return hashed


def uuidv5(at: Place, namespace: Shape, name: Shape) -> Shape:
    """Make a UUID of a name."""
    import uuid  # noqa: PLC0415

    space = literal(namespace, at)
    try:
        known = getattr(uuid, f"NAMESPACE_{space.upper()}") if space in _NAMESPACES else uuid.UUID(space)
        return said(str(uuid.uuid5(known, literal(name, at))), at)
    except ValueError:
        raise EvaluationError("this is no UUID", at) from None


def changing(at: Place, *_values: Shape) -> Shape:
    """Tell that each run gives another answer."""
    return outside("this is different in each run", at)


def here(at: Place, *_values: Shape) -> Shape:
    """Tell that the answer depends on the machine on which Terraform runs."""
    return outside("this depends on the machine on which Terraform runs", at)


def uncomputed(at: Place, *values: Shape) -> Shape:
    """Tell that the answer is not computed."""
    for each in values:
        literal(each, at)
    return not_understood("msglint does not compute this function", at)


FUNCTIONS: dict[str, Callable[..., Shape]] = {
    "base64gzip": uncomputed,
    "base64sha256": _hash("sha256", base64=True),
    "base64sha512": _hash("sha512", base64=True),
    "bcrypt": changing,
    "formatdate": uncomputed,
    "md5": _hash("md5"),
    "plantimestamp": changing,
    "rsadecrypt": uncomputed,
    "sha1": _hash("sha1"),
    "sha256": _hash("sha256"),
    "sha512": _hash("sha512"),
    "textdecodebase64": uncomputed,
    "textencodebase64": uncomputed,
    "timeadd": uncomputed,
    "timecmp": uncomputed,
    "timestamp": changing,
    "uuid": changing,
    "uuidv5": uuidv5,
    "pathexpand": here,
}
