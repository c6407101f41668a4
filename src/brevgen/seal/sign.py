"""How a seal gets into a PDF, in pyHanko's terms.

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

from brevgen.render.pdfa import BAD_END, SEAL_FIELD
from brevgen.seal.key import SealKey
from brevgen.seal.private_key import NotSealed
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


class _KeySigner(Signer):
    """Signs with an opened key; pyHanko's own signer parses the key for every signature."""

    def __init__(self, key: SealKey) -> None:
        super().__init__(
            signing_cert=Certificate.load(key.certificate),
            signature_mechanism=SignedDigestAlgorithm({"algorithm": MECHANISM}),
            embed_roots=False,
        )
        self.cert_registry.register_multiple(map(Certificate.load, key.chain))
        self._sign = key.sign

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        assert digest_algorithm == DIGEST
        return self._sign(data)


class PadesSigner:
    """Puts seals with one key into letters.

    Args:
        key: the key, opened in this process.
    """

    def __init__(self, key: SealKey) -> None:
        self._signer = _KeySigner(key)
        self._timestamps = TimestampService(key.timestamp_url) if key.timestamp_url else None
        plain = asyncio.run(self._signer.async_sign(bytes(32), DIGEST, use_pades=True)).dump()
        # The room is fixed once, where pyHanko would make a trial signature for every letter.
        # A time-stamp service may answer at greater length another day.
        self._room = len(plain) + _SPARE + key.timestamp_size * 3 // 2

    def sign(self, pdf: bytes, at: datetime, reason: str) -> bytes:
        """The PDF with the signature in its empty field.

        Raises:
            NotSealed: the token or the time-stamp service failed.
            ValueError: the PDF has no empty field, or is no PDF.
        """
        sealed = b""
        try:
            for more in range(_TRIES):
                sealed = asyncio.run(self._sign(pdf, at, reason, self._room + more))
                if BAD_END not in sealed[len(pdf) :]:
                    break
        except (PdfError, SigningError) as error:
            raise ValueError(f"the PDF cannot be sealed: {error}") from error
        return sealed

    async def _sign(self, pdf: bytes, at: datetime, reason: str, room: int) -> bytes:
        writer = LetterWriter(BytesIO(pdf))
        steps = PdfCMSEmbedder().write_cms(SEAL_FIELD, writer, existing_fields_only=True)
        next(steps)
        steps.send(
            SigObjSetup(
                SignatureObject(
                    timestamp=at,
                    subfilter=SigSeedSubFilter.PADES,
                    reason=reason or None,
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
        if len(contents) > self._room:
            raise NotSealed(
                "The time-stamp service answered at greater length than when it was tried out."
                " Run the command again."
            )
        steps.send(contents)
        return bytes(output.getvalue())
