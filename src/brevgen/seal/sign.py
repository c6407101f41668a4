"""The seal on a letter: PAdES B-B, or B-T with a time stamp, certifying that nothing may change.

The sealed file begins with the unsealed one, byte for byte, so the digest of either can be found
again. Two seals on the same letter never have the same bytes: seal once, and keep what came out.

pyHanko is imported here at once: import this file only where letters are sealed.
"""

import asyncio
from datetime import datetime
from io import BytesIO

from asn1crypto.algos import SignedDigestAlgorithm
from asn1crypto.x509 import Certificate
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.cms_embedder import (
    PdfCMSEmbedder,
    SigIOSetup,
    SigMDPSetup,
    SigObjSetup,
)
from pyhanko.sign.signers.pdf_byterange import SignatureObject
from pyhanko.sign.signers.pdf_cms import Signer

from brevgen.errors import NotSealed
from brevgen.language import tr
from brevgen.render.pdfa import BAD_END, SEAL_FIELD
from brevgen.seal.key import SealKey
from brevgen.seal.timestamp import TimestampService

DIGEST = "sha256"
MECHANISM = "sha256_rsa"
"""RSA PKCS #1 v1.5: stronger digests and other mechanisms need PDF 2.0, which is no PDF/A-2."""

_SPARE = 512
"""Bytes of room beyond what a seal was measured to take."""

_TRIES = 16
"""How often to seal anew, with a byte more of room, where the cross-references that pyHanko adds
happen to end in a carriage return."""


class LetterWriter(IncrementalPdfFileWriter):
    """An incremental update that leaves the metadata alone.

    pyHanko writes the XMP packet anew with every update, without the declarations PDF/A asks for
    (pyHanko issue 223).
    """

    def _update_meta(self) -> None:
        pass


class KeySigner(Signer):
    """Signs with an opened key, and puts its issuers beside the signature but no root."""

    def __init__(self, key: SealKey) -> None:
        super().__init__(
            signing_cert=key.signer.signing_cert,
            signature_mechanism=SignedDigestAlgorithm({"algorithm": MECHANISM}),
        )
        self.cert_registry.register_multiple(map(Certificate.load, key.chain))
        self._key = key.signer

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        """The bare signature, by the opened key."""
        return await self._key.async_sign_raw(data, digest_algorithm, dry_run)


class Sealer:
    """Seals letters with one key; everything that is the same for all letters is made once.

    Args:
        key: the key, opened in this process.
    """

    def __init__(self, key: SealKey) -> None:
        self.key = key
        self._signer = KeySigner(key)
        self._timestamps = TimestampService(key.timestamp_url) if key.timestamp_url else None
        plain = asyncio.run(self._signer.async_sign(bytes(32), DIGEST, use_pades=True)).dump()
        # The room is fixed once, where pyHanko would make a trial signature for every letter.
        # A time-stamp service may answer at greater length another day.
        self._room = len(plain) + _SPARE + key.timestamp_size * 3 // 2

    def seal(self, pdf: bytes, *, at: datetime) -> bytes:
        """The letter with its seal.

        Args:
            pdf: a letter with an empty field for the seal.
            at: when it is sealed, aware; the seal says so.

        Raises:
            NotSealed: the certificate is not valid then, or the token or the time-stamp service
                failed.
            ValueError: the PDF has no empty field for the seal, or is no PDF.
        """
        since, until = self.key.validity
        if not since <= at <= until:
            raise NotSealed(
                tr(
                    "The seal's certificate is valid from {since} to {until}, not on {date}. Renew"
                    " it.",
                    since=since.date(),
                    until=until.date(),
                    date=at.date(),
                )
            )
        sealed = b""
        try:
            for more in range(_TRIES):
                sealed = asyncio.run(self._sign(pdf, at, self._room + more))
                if BAD_END not in sealed[len(pdf) :]:
                    break
        except (PdfError, SigningError) as error:
            raise ValueError(f"the PDF cannot be sealed: {error}") from error
        return sealed

    async def _sign(self, pdf: bytes, at: datetime, room: int) -> bytes:
        writer = LetterWriter(BytesIO(pdf))
        steps = PdfCMSEmbedder().write_cms(SEAL_FIELD, writer, existing_fields_only=True)
        next(steps)
        steps.send(
            SigObjSetup(
                SignatureObject(
                    timestamp=at,
                    subfilter=SigSeedSubFilter.PADES,
                    bytes_reserved=2 * room,  # two hexadecimal digits a byte
                ),
                SigMDPSetup(DIGEST, certify=True, docmdp_perms=MDPPerm.NO_CHANGES),
            )
        )
        digest, output = steps.send(SigIOSetup(DIGEST, output=BytesIO()))
        signature = await self._signer.async_sign(
            digest.document_digest, DIGEST, use_pades=True, timestamper=self._timestamps
        )
        contents = signature.dump()
        if len(contents) > room:
            raise NotSealed(
                tr(
                    "The time-stamp service answered at greater length than when it was tried out."
                    " Run the command again."
                )
            )
        steps.send(contents)
        return bytes(output.getvalue())
