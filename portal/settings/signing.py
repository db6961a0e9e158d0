"""The keys with which this portal signs: tokens, as an OAuth 2 server, and the seal of its audit trail."""

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa


def throwaway_key() -> str:
    """Return a new private key as PEM; for places whose tokens need not outlive the process, and for writing one down."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()


def seal_key() -> str:
    """Return a new private key as PEM, to be written down: it signs the heads of the trail's log."""
    key = ed25519.Ed25519PrivateKey.generate()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
