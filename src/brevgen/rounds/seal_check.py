"""Sealed letters are held to their seals before they are put back or sent."""

from brevgen.ledger.records import SealedFile
from brevgen.seal.roots import Roots, read_roots
from brevgen.workspace import Workspace


class SealCheck:
    """Holds sealed letters to their seals, each once.

    Args:
        workspace: its settings name the roots, and whose seal it must be.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._roots: Roots | None = None
        self._found: dict[str, str] = {}

    def against(self, file: SealedFile, pdf: bytes) -> str:
        """Why a letter may be neither put back nor sent; empty where it may.

        Args:
            file: what the ledger knows of it.
            pdf: its bytes, with the digest that the ledger knows.

        Raises:
            FaultyInput: the settings name a root that is missing or is none.
        """
        if file.pdf_sha256 not in self._found:
            from brevgen.seal.verify import hold_to_seal  # takes long to load

            settings = self._workspace.settings.seal
            if self._roots is None:
                self._roots = read_roots(settings, self._workspace.root)
            self._found[file.pdf_sha256] = hold_to_seal(
                pdf,
                pdf_sha256=file.pdf_sha256,
                is_test=file.is_test,
                roots=self._roots,
                organisation_number=settings.organisation_number,
            )
        return self._found[file.pdf_sha256]
