"""Whether a seal is written exactly as brevgen writes seals, to the last byte.

A signature does not cover its own envelope: version numbers, names of algorithms and certificates
that nobody needs can be altered there and the signature still holds. So the envelope is written
anew from what is known to be genuine, and must come out the same.

asn1crypto is imported here at once: import this file only where seals are verified.
"""

from collections.abc import Sequence

from asn1crypto import algos, cms, core, x509

from brevgen.seal.certificates import vouched_for

NOT_OURS = "The seal is not written the way brevgen writes seals, or was altered."
LOOSE = "There are certificates in the seal that no trusted root vouches for."
LOOSE_STAMP = "The time stamp is written in a way that would let it be altered unnoticed."

_TIMESTAMP = "signature_time_stamp_token"
_PLAIN_RSA = "rsassa_pkcs1v15"


def oddity_of(contents: bytes, roots: Sequence[bytes]) -> str:
    """Why a seal is not one brevgen could have made; empty if it could.

    Args:
        contents: the seal as it stands in the PDF: a CMS signature as DER, then zeros.
        roots: whom to trust, as DER.
    """
    try:
        return _oddity_of(contents, roots)
    except (ValueError, TypeError, KeyError):  # parts missing, or more than there should be
        return NOT_OURS


def _oddity_of(contents: bytes, roots: Sequence[bytes]) -> str:
    signed = cms.ContentInfo.load(contents)["content"]
    certificates = _certificates(signed)
    (signer,) = signed["signer_infos"]
    tokens = _timestamps(signer)
    if any(timestamp_oddity(token, roots) for token in tokens):
        return LOOSE_STAMP
    fields = {
        "version": "v1",
        "sid": _name_of(signer, certificates),
        "digest_algorithm": {"algorithm": "sha256"},
        "signature_algorithm": {"algorithm": "sha256_rsa"},
        "signed_attrs": _attributes(signer["signed_attrs"]),
        "signature": signer["signature"].native,
    }
    if tokens:
        stamp = {"type": _TIMESTAMP, "values": [cms.ContentInfo.load(each) for each in tokens]}
        fields["unsigned_attrs"] = cms.CMSAttributes([cms.CMSAttribute(stamp)])
    expected = _envelope("v1", {"content_type": "data"}, certificates, fields)
    if contents != expected + bytes(max(0, len(contents) - len(expected))):
        return NOT_OURS
    return _loose(certificates, roots)


def timestamp_oddity(token: bytes, roots: Sequence[bytes]) -> str:
    """Why bytes of a time stamp could be altered unnoticed; empty if none could.

    What cannot be told: `rsaEncryption` and `sha256WithRSAEncryption` both name the algorithm that
    services use (RFC 5754, 3.2), so the one could have been written for the other.

    Args:
        token: the time stamp, as DER.
        roots: whom to trust, as DER.
    """
    signed = cms.ContentInfo.load(token, strict=True)["content"]
    certificates = _certificates(signed)
    (signer,) = signed["signer_infos"]
    digest = _algorithm(signer["digest_algorithm"], algos.DigestAlgorithm)
    mechanism = _algorithm(signer["signature_algorithm"], algos.SignedDigestAlgorithm)
    name = mechanism["algorithm"].native
    if name != _PLAIN_RSA and name.partition("_")[0] != digest["algorithm"].native:
        return LOOSE_STAMP
    by_key = signer["sid"].name == "subject_key_identifier"
    fields = {
        "version": "v3" if by_key else "v1",
        "sid": _name_of(signer, certificates),
        "digest_algorithm": digest,
        "signature_algorithm": mechanism,
        "signed_attrs": _attributes(signer["signed_attrs"]),
        "signature": signer["signature"].native,
    }
    said = {
        "content_type": "tst_info",
        "content": core.ParsableOctetString(bytes(signed["encap_content_info"]["content"])),
    }
    if token != _envelope("v3", said, certificates, fields):
        return LOOSE_STAMP
    return _loose(certificates, roots)


def _envelope(
    version: str,
    content: dict[str, object],
    certificates: list[x509.Certificate],
    signer: dict[str, object],
) -> bytes:
    signer_info = cms.SignerInfo(signer)
    signed = cms.SignedData(
        {
            "version": version,
            "digest_algorithms": [signer_info["digest_algorithm"]],
            "encap_content_info": content,
            "certificates": [
                cms.CertificateChoices(name="certificate", value=each) for each in certificates
            ],
            "signer_infos": [signer_info],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump())


def _certificates(signed: cms.SignedData) -> list[x509.Certificate]:
    """The certificates in an envelope, each read anew from its own bytes."""
    return [x509.Certificate.load(each.chosen.dump()) for each in signed["certificates"]]


def _attributes(signed: cms.CMSAttributes) -> cms.CMSAttributes:
    """Signed attributes: their bytes are covered by the signature, the wrapper around is not."""
    return cms.CMSAttributes([cms.CMSAttribute.load(each.dump()) for each in signed])


def _algorithm(
    read: core.Sequence, kind: type[algos._ForceNullParameters]
) -> algos._ForceNullParameters:
    """An algorithm by its name alone, with or without the empty parameters it was read with."""
    fields = {"algorithm": read["algorithm"].native}
    if isinstance(read["parameters"], core.Null):
        fields["parameters"] = core.Null()
    return kind(fields)


def _name_of(signer: cms.SignerInfo, certificates: list[x509.Certificate]) -> cms.SignerIdentifier:
    """How an envelope names the certificate of its signature."""
    name = signer["sid"].name
    if name == "subject_key_identifier":
        return cms.SignerIdentifier(name, core.OctetString(signer["sid"].native))
    number = signer["sid"].chosen["serial_number"].native
    (certificate,) = (each for each in certificates if each.serial_number == number)
    fields = {"issuer": certificate.issuer, "serial_number": number}
    return cms.SignerIdentifier(name, cms.IssuerAndSerialNumber(fields))


def _timestamps(signer: cms.SignerInfo) -> list[bytes]:
    """The time stamps in an envelope, as DER."""
    return [
        value.dump()
        for each in signer["unsigned_attrs"] or ()
        if each["type"].native == _TIMESTAMP
        for value in each["values"]
    ]


def _loose(certificates: list[x509.Certificate], roots: Sequence[bytes]) -> str:
    carried = {each.dump() for each in certificates}
    return LOOSE if carried - vouched_for(carried, roots) else ""
