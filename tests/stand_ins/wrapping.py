"""Signature wrapping: the eight shapes of "On Breaking SAML: Be Whoever You Want to Be" (Somorovsky and others, 2012).

Each keeps a signature that is true of what was signed, and has the document say something else beside it.
"""

from copy import deepcopy
from typing import Any

from lxml import etree

from tests.stand_ins.identity_provider import DS, SAML, SAMLP

VICTIM = "0a1b-victim"


def _evil(element: Any) -> Any:
    """Return a copy with another person in it, under another ID and without signatures."""
    copy = deepcopy(element)
    copy.set("ID", "evil")
    for signature in list(copy.iter(f"{DS}Signature")):
        signature.getparent().remove(signature)
    for name in copy.iter(f"{SAML}NameID"):
        name.text = VICTIM
    return copy


def _assertion(response: Any) -> Any:
    return response.find(f"{SAML}Assertion")


def _renamed_assertions(response: Any) -> Any:
    for one in response.iter(f"{SAML}Assertion"):
        one.set("ID", "evil-assertion")
    return response


def xsw1(response: Any) -> Any:
    """The signed response lies inside the signature of another."""
    evil, signature = _renamed_assertions(_evil(response)), response.find(f"{DS}Signature")
    response.remove(signature)
    signature.append(response)
    evil.insert(1, signature)
    return evil


def xsw2(response: Any) -> Any:
    """The signed response lies beside its signature."""
    evil, signature = _renamed_assertions(_evil(response)), response.find(f"{DS}Signature")
    response.remove(signature)
    evil.insert(1, response)
    evil.insert(2, signature)
    return evil


def xsw3(response: Any) -> Any:
    """The other assertion stands before the signed one."""
    assertion = _assertion(response)
    assertion.addprevious(_evil(assertion))
    return response


def xsw4(response: Any) -> Any:
    """The signed assertion lies inside the other one."""
    assertion = _assertion(response)
    evil = _evil(assertion)
    response.replace(assertion, evil)
    evil.append(assertion)
    return response


def xsw5(response: Any) -> Any:
    """The signature stays where it is, of an assertion that went to the end."""
    assertion = _assertion(response)
    signed = deepcopy(assertion)
    signed.remove(signed.find(f"{DS}Signature"))
    assertion.set("ID", "evil")
    assertion.find(f".//{SAML}NameID").text = VICTIM
    response.append(signed)
    return response


def xsw6(response: Any) -> Any:
    """The signed assertion lies inside its signature, which stands in the other assertion."""
    assertion = _assertion(response)
    signed, signature = deepcopy(assertion), assertion.find(f"{DS}Signature")
    signed.remove(signed.find(f"{DS}Signature"))
    assertion.set("ID", "evil")
    assertion.find(f".//{SAML}NameID").text = VICTIM
    signature.append(signed)
    return response


def xsw7(response: Any) -> Any:
    """The other assertion lies in the extensions, where a schema lets anything be."""
    extensions = etree.Element(f"{SAMLP}Extensions")
    extensions.append(_evil(_assertion(response)))
    response.insert(1, extensions)
    return response


def xsw8(response: Any) -> Any:
    """The signed assertion lies in an object of its signature, where a schema lets anything be."""
    xsw6(response)
    signature = _assertion(response).find(f"{DS}Signature")
    signed = signature[-1]
    holder = etree.SubElement(signature, f"{DS}Object")
    holder.append(signed)
    return response


def same_id(response: Any) -> Any:
    """The other assertion has the ID that was signed."""
    xsw3(response)
    response[2].set("ID", _assertion(response).getnext().get("ID"))
    return response
