"""Outlook's `.msg` files (MS-OXMSG) in their simplest form, for nothing in Python writes them."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD

Folder = dict[str, "bytes | Folder"]


def outlook_file(
    message_class: str,
    header: str,
    body: str,
    *,
    recipients: Sequence[str] = (),
    attachments: Sequence[bytes] = (),
) -> bytes:
    """A mail as Outlook saves it: its class, header, text, recipients and attached files."""
    top = _storage(32, {0x001A: message_class, 0x007D: header, 0x1000: body})
    for number, address in enumerate(recipients):
        top[f"__recip_version1.0_#{number:08X}"] = _storage(8, {0x39FE: address})
    for number, data in enumerate(attachments):
        top[f"__attach_version1.0_#{number:08X}"] = _storage(8, {0x3701: data})
    return _compound_file(top)


def _storage(reserved: int, values: dict[int, str | bytes]) -> Folder:
    """Properties as they lie: one entry each in a table, and each value in a stream of its own."""
    table, streams = bytes(reserved), Folder()
    for number, value in values.items():
        kind = 0x001F if isinstance(value, str) else 0x0102
        data = value.encode("utf-16-le") if isinstance(value, str) else value
        table += struct.pack("<HHIII", kind, number, 6, len(data), 0)
        streams[f"__substg1.0_{number:04X}{kind:04X}"] = data
    return {"__properties_version1.0": table, **streams}


def _compound_file(top: Folder) -> bytes:
    """A compound file (MS-CFB) of version 3, whose streams all share sectors."""
    entries: list[list[object]] = []  # name, kind, right sibling, first child, data
    _enter(entries, "Root Entry", 5, top)
    small, small_table = _chained([e[4] for e in entries if e[1] == 2], 64)  # type: ignore[misc]
    begins = iter(small_table.begins)
    rows = []
    for name, kind, right, child, data in entries:
        begin = {5: 0, 1: 0}.get(int(str(kind)), -1)
        begin = next(begins) if begin < 0 else begin
        size = len(small) if kind == 5 else len(bytes(data))  # type: ignore[call-overload]
        coded = str(name).encode("utf-16-le") + b"\0\0"
        rows.append(
            coded.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(coded), kind, 1, _FREE, right, child)
            + struct.pack("<16sIQQIQ", bytes(16), 0, 0, 0, begin, size)
        )
    data, table = _chained([small, small_table.packed(), b"".join(rows)], _SECTOR)
    assert len(table.next) < _SECTOR // 4, "one sector of the table is enough"
    fat = _Table([*table.next, _FAT], []).packed().ljust(_SECTOR, b"\xff")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIII", 0, 1, table.begins[2], 0, 0x1000)
    head += struct.pack("<IIII", table.begins[1], table.begins[2] - table.begins[1], _END, 0)
    head += struct.pack("<109I", len(table.next), *[_FREE] * 108)
    return head + data + fat


@dataclass(frozen=True)
class _Table:
    """Which sector follows which, and where each piece begins."""

    next: list[int]
    begins: list[int]

    def packed(self) -> bytes:
        return struct.pack(f"<{len(self.next)}I", *self.next)


def _chained(pieces: Sequence[bytes], size: int) -> tuple[bytes, _Table]:
    """Pieces in sectors of a size, one after the other."""
    data, table = b"", _Table([], [])
    for piece in pieces:
        count = max(1, -(-len(piece) // size))
        begin = len(table.next)
        table.begins.append(begin)
        table.next.extend([*range(begin + 1, begin + count), _END])
        data += piece.ljust(count * size, b"\0")
    return data, table


def _enter(entries: list[list[object]], name: str, kind: int, what: "bytes | Folder") -> int:
    """Enter a stream or a storage with all that is in it; its siblings hang in a row."""
    here = len(entries)
    entry: list[object] = [name, kind, _FREE, _FREE, what if isinstance(what, bytes) else b""]
    entries.append(entry)
    before: list[object] | None = None
    for below, content in what.items() if isinstance(what, dict) else ():
        at = _enter(entries, below, 2 if isinstance(content, bytes) else 1, content)
        if before is None:
            entry[3] = at
        else:
            before[2] = at
        before = entries[at]
    return here
