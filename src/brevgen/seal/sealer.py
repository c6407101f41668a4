"""The seal on a letter: PAdES B-B, or B-T with a time stamp, certifying that nothing may change.

The sealed file begins with the unsealed one, byte for byte, so the digest of either can be found
again. Two seals on the same letter never have the same bytes: seal once, and keep what came out.
"""

from datetime import datetime

from brevgen.seal.key import SealKey
from brevgen.seal.private_key import NotSealed


class Sealer:
    """Seals letters with one key; everything that is the same for all letters is made once.

    Args:
        key: the key, opened in this process.
    """

    def __init__(self, key: SealKey) -> None:
        from brevgen.seal.sign import PadesSigner

        self.key = key
        self._signer = PadesSigner(key)

    def seal(self, pdf: bytes, *, at: datetime, reason: str = "") -> bytes:
        """The letter with its seal.

        Args:
            pdf: a letter with an empty field for the seal.
            at: when it is sealed, aware; the seal says so.
            reason: why, as PDF readers show it; empty for none.

        Raises:
            NotSealed: the certificate is not valid then, or the token or the time-stamp service
                failed.
            ValueError: the PDF has no empty field for the seal, or is no PDF.
        """
        if not self.key.valid_from <= at <= self.key.valid_until:
            raise NotSealed(
                f"The seal's certificate is valid from {self.key.valid_from:%Y-%m-%d} to"
                f" {self.key.valid_until:%Y-%m-%d}, not on {at:%Y-%m-%d}. Renew it."
            )
        return self._signer.sign(pdf, at, reason)
