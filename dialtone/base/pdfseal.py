"""Seal a PDF with the installation's own key (PAdES), so that any later change of it shows.

The seal says which installation made the paper and that it is unchanged; who signed, as what and when stands in the text. The
key is derived from the installation's secret; the certificate is its own, so a reader trusts it only after importing it.
pyHanko is loaded with the first seal: it takes a third of a second, and few processes seal anything.
"""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings

from dialtone.base import crypt

PURPOSE = "pdf_seal"
CURVE_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
VALID_FROM = datetime(2026, 1, 1, tzinfo=UTC)
VALID_FOR = timedelta(days=365 * 30)


def seal(content: bytes, *, reason: str, name: str = "") -> bytes:
    """The PDF with an invisible seal over all of it. `reason` is shown by readers, `name` is whom the paper is about."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers
    from pyhanko.sign.fields import SigSeedSubFilter

    meta = signers.PdfSignatureMetadata(
        field_name="Seal",
        md_algorithm="sha256",
        reason=reason[:200],
        name=name[:120] or None,
        subfilter=SigSeedSubFilter.PADES,
    )
    out = signers.PdfSigner(meta, _signer()).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(content)))
    return bytes(out.getvalue())


def certificate() -> bytes:
    """The installation's sealing certificate as PEM, for whoever wants to trust it."""
    return _certificate().public_bytes(serialization.Encoding.PEM)


@cache
def _key() -> ec.EllipticCurvePrivateKey:
    secret = int.from_bytes(crypt.installation_key(PURPOSE)) % (CURVE_ORDER - 1) + 1
    return ec.derive_private_key(secret, ec.SECP256R1())


@cache
def _certificate() -> x509.Certificate:
    host = settings.BASE_URL.rpartition("//")[2].partition("/")[0][:60]
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Dialtone"),
            x509.NameAttribute(NameOID.COMMON_NAME, host),
        ]
    )
    public = _key().public_key()
    spki = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    usage = {
        "key_encipherment": False, "data_encipherment": False, "key_agreement": False, "key_cert_sign": False,
        "crl_sign": False, "encipher_only": False, "decipher_only": False,
    }  # fmt: skip
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(int.from_bytes(hashlib.sha256(spki).digest()[:16]))
        .not_valid_before(VALID_FROM)
        .not_valid_after(VALID_FROM + VALID_FOR)
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .sign(_key(), hashes.SHA256())
    )


@cache
def _signer() -> Any:
    from asn1crypto import keys as asn1_keys
    from asn1crypto import pem
    from asn1crypto import x509 as asn1_x509
    from pyhanko.sign import signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    key = _key().private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _kind, _headers, der = pem.unarmor(certificate())
    found = asn1_x509.Certificate.load(der)
    return signers.SimpleSigner(
        signing_cert=found,
        signing_key=asn1_keys.PrivateKeyInfo.load(key),
        cert_registry=SimpleCertificateStore.from_certs([found]),
    )
