"""The one shape of a response that is read: whatever else could be in it, an attacker would put there.

A signature says of one element what it is, not where it stands. In a response with two assertions one may be signed and the
other read: signature wrapping. Here a response has one assertion in one place, and a signature covers what it stands in.
"""

from collections.abc import Iterator
from typing import Any, NoReturn

from portal.accounts.refusals import AnswerRefused
from portal.providers.provider import SamlProvider

SAMLP, SAML, DS = (
    "{urn:oasis:names:tc:SAML:2.0:protocol}",
    "{urn:oasis:names:tc:SAML:2.0:assertion}",
    "{http://www.w3.org/2000/09/xmldsig#}",
)
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
MORE, ENCRYPTION = "http://www.w3.org/2001/04/xmldsig-more#", "http://www.w3.org/2001/04/xmlenc#"
SIGNATURES = {f"{MORE}{kind}-sha{size}" for kind in ("rsa", "ecdsa") for size in (256, 384, 512)}
DIGESTS = {f"{ENCRYPTION}sha256", f"{MORE}sha384", f"{ENCRYPTION}sha512"}
# One element: of lxml, which has no types.
Element = Any


def signed_assertion(response: Element, provider: SamlProvider) -> Element:
    """Return the response's one assertion, which has a signature of the only accepted form. Nobody has verified it yet.

    Raises AnswerRefused.
    """
    everything = list(response.iter())
    _ids_are_unique(everything, provider)
    if any(_local(one) == "EncryptedAssertion" for one in everything):
        _refuse(provider, "EncryptedAssertion")
    assertions = [one for one in everything if _local(one) == "Assertion"]
    responses = [one for one in everything if _local(one) == "Response"]
    if responses != [response] or response.tag != f"{SAMLP}Response":
        _refuse(provider, "Response")
    if len(assertions) != 1 or assertions[0].tag != f"{SAML}Assertion" or assertions[0].getparent() is not response:
        _refuse(provider, "Assertion")
    _signatures_cover(response, assertions[0], [one for one in everything if _local(one) == "Signature"], provider)
    return assertions[0]


def _ids_are_unique(everything: list[Element], provider: SamlProvider) -> None:
    ids = [value for one in everything for name, value in one.attrib.items() if name.rpartition("}")[2].lower() == "id"]
    if len(ids) != len(set(ids)):
        _refuse(provider, "ID")


def _signatures_cover(response: Element, assertion: Element, signatures: list[Element], provider: SamlProvider) -> None:
    parents = [one.getparent() for one in signatures]
    if assertion not in parents:
        _refuse(provider, "Signature")
    if len(parents) > len({response, assertion}) or not all(one in (response, assertion) for one in parents):
        _refuse(provider, "Signature")
    for signature in signatures:
        _is_plain(signature, provider)


def _is_plain(signature: Element, provider: SamlProvider) -> None:
    """Check that the signature is of its parent, whole, and by algorithms that hold. Raises AnswerRefused."""
    info, *_rest = _children(signature, ("SignedInfo", "SignatureValue"), ("KeyInfo",), provider)
    canonical, method, reference = _children(info, ("CanonicalizationMethod", "SignatureMethod", "Reference"), (), provider)
    transforms, digest, _value = _children(reference, ("Transforms", "DigestMethod", "DigestValue"), (), provider)
    if canonical.get("Algorithm") != EXCLUSIVE or {one.get("Algorithm") for one in transforms} != {ENVELOPED, EXCLUSIVE}:
        _refuse(provider, "Transforms")
    if method.get("Algorithm") not in SIGNATURES:
        _refuse(provider, "SignatureMethod")
    if digest.get("Algorithm") not in DIGESTS:
        _refuse(provider, "DigestMethod")
    if not signature.getparent().get("ID") or reference.get("URI") != f"#{signature.getparent().get('ID')}":
        _refuse(provider, "Reference")


def _children(parent: Element, needed: tuple[str, ...], allowed: tuple[str, ...], provider: SamlProvider) -> list[Element]:
    """Return the children, which are those that are needed, in order, and perhaps those that are allowed after them."""
    found = list(parent)
    if tuple(one.tag for one in found) not in (_tags(needed), _tags(needed + allowed)):
        _refuse(provider, "Signature")
    return found


def _tags(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{DS}{name}" for name in names)


def one_child(parent: Element, tag: str, provider: SamlProvider) -> Element:
    """Return the one child of this tag. Raises AnswerRefused where there is none, or another."""
    found = list(parent.iterchildren(tag))
    if len(found) != 1:
        _refuse(provider, _name(tag))
    return found[0]


def texts(parent: Element, tag: str, provider: SamlProvider) -> Iterator[str]:
    """Yield the text of each child of this tag, whole."""
    return (text(one, provider) for one in parent.iterchildren(tag))


def text(element: Element, provider: SamlProvider) -> str:
    """Return the text of the element, whole: a comment inside parts it nowhere, and another element inside is refused."""
    if len(element):
        _refuse(provider, _local(element))
    return "".join(element.itertext()).strip()


def _local(element: Element) -> str:
    return _name(str(element.tag))


def _name(tag: str) -> str:
    return tag.rpartition("}")[2]


def _refuse(provider: SamlProvider, what: str) -> NoReturn:
    raise AnswerRefused(provider=provider.name, what=what)
