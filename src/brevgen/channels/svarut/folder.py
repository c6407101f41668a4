"""Letters as files for SvarUt's portal: what the network would carry, to be uploaded by hand."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from brevgen.channels import words
from brevgen.channels.channel import ChannelUnusable, Consignment, Outgoing, Reply
from brevgen.channels.svarut.forsendelse import Forsendelse, NumbersOf, forsendelse, no_numbers
from brevgen.files import write_whole
from brevgen.language import untranslated
from brevgen.tables.csv_file import csv_bytes

ADDRESS_LIST = "adresseliste.csv"
TO_UPLOAD = untranslated("written to {file}; a person uploads it in SvarUt's portal")


class SvarUtFolder:
    """Writes each letter's description and documents to a folder, and a list of all of them.

    Args:
        folder: where to; it is made where needed.
        round_name: whose letters.
        is_counted: whether somebody uploads them; else it is only a rehearsal.
        numbers_of: the archive's numbers of a letter.
    """

    name = "svarut-folder"

    def __init__(
        self,
        folder: Path,
        *,
        round_name: str,
        is_counted: bool,
        accounting_code: str = "",
        numbers_of: NumbersOf = no_numbers,
    ) -> None:
        self._folder, self._round_name = folder, round_name
        self._is_counted, self._numbers_of = is_counted, numbers_of
        self._accounting_code = accounting_code

    def __enter__(self) -> "SvarUtFolder":
        return self

    def __exit__(self, *_: object) -> None:
        if self._folder.is_dir():
            self._write(ADDRESS_LIST, address_list(self._folder))

    def prepare(self, consignment: Consignment) -> Forsendelse:
        """The letter as SvarUt wants it.

        Raises:
            Unsendable: something in it is longer than SvarUt takes.
        """
        return forsendelse(
            consignment,
            round_name=self._round_name,
            accounting_code=self._accounting_code,
            numbers_of=self._numbers_of,
        )

    def wait(self) -> None:
        """Nobody needs to wait for a folder."""

    def hand_over(self, outgoing: Outgoing) -> Reply:
        """Write one letter; whether it is uploaded, only a person knows.

        Raises:
            ChannelUnusable: the folder cannot be written to, or the disk is full.
        """
        assert isinstance(outgoing, Forsendelse), "prepared by this channel"
        for each in outgoing.files:
            self._write(each.name, each.data)
        # a copy to somebody else is of the same files, and has a description of its own
        name = f"{Path(outgoing.files[0].name).stem}-{outgoing.to}.json"
        self._write(name, outgoing.data)  # last: what has one is whole
        if self._is_counted:
            return Reply("uncertain", TO_UPLOAD.format(file=name))
        return Reply("sent", words.WRITTEN.format(file=name))

    def look_up(self, external_id: str, *, age: float) -> Reply | None:
        """Nothing: what is uploaded by hand need not bear our reference."""
        return None

    def follow_up(self, external_ids: Sequence[str]) -> Iterable[tuple[str, Reply]]:
        """Nothing: only the portal can be asked."""
        return ()

    def _write(self, name: str, data: bytes) -> None:
        path = self._folder / name
        try:
            write_whole(path, data)
        except OSError as error:
            raise ChannelUnusable(
                words.NOT_WRITTEN, file=path, reason=error.strerror or error
            ) from error


def clear(folder: Path) -> None:
    """Take away what an earlier rehearsal has written: it might no longer be what is sent."""
    for pattern in ("*.json", "*.pdf", "*.docx", ADDRESS_LIST):
        for stale in folder.glob(pattern):
            stale.unlink()


def address_list(folder: Path) -> bytes:
    """The receivers of all letters in a folder, as spreadsheet programs in Norway open it."""
    rows = [("organisasjonsnummer", "navn", "tittel", "filer", "eksternReferanse")]
    for file in sorted(folder.glob("*.json")):
        told = json.loads(file.read_bytes())
        names = ", ".join(each["filnavn"] for each in told["dokumenter"])
        to = told["mottaker"]
        rows.append((to["digitalId"], to["navn"], told["tittel"], names, told["eksternReferanse"]))
    return csv_bytes(rows)
