"""What SvarUt takes, by its specification for organisations: fields, types, limits, parts."""

import json
import re
from collections.abc import Mapping
from typing import Any

_STRING, _BOOL, _INT, _LIST, _OBJECT = str, bool, int, list, dict
_FORSENDELSE: dict[str, tuple[type, int]] = {
    "tittel": (_STRING, 1000),
    "mottaker": (_OBJECT, 0),
    "avgivendeSystem": (_STRING, 100),
    "eksternReferanse": (_STRING, 100),
    "korrelasjonsid": (_STRING, 100),
    "konteringskode": (_STRING, 20),
    "kunDigitalLevering": (_BOOL, 0),
    "metadataFraAvleverendeSystem": (_OBJECT, 0),
    "dokumenter": (_LIST, 0),
}
_MOTTAKER: dict[str, tuple[type, int]] = {"navn": (_STRING, 100), "digitalId": (_STRING, 11)}
_METADATA: dict[str, tuple[type, int]] = {
    "saksaar": (_INT, 0),
    "sakssekvensnummer": (_INT, 0),
    "journalaar": (_INT, 0),
    "journalsekvensnummer": (_INT, 0),
    "journalpostnummer": (_INT, 0),
    "journalposttype": (_STRING, 100),
    "dokumentetsDato": (_STRING, 40),
    "tittel": (_STRING, 1000),
    "ekstraMetadata": (_LIST, 20),
}
_DOKUMENT: dict[str, tuple[type, int]] = {
    "filnavn": (_STRING, 226),
    "mimeType": (_STRING, 127),
    "skalEkskluderesFraUtskrift": (_BOOL, 0),
}
_EKSTRA: dict[str, tuple[type, int]] = {"key": (_STRING, 100), "value": (_STRING, 500)}


def against(told: Any, parts: list[tuple[str, str, str, bytes]]) -> str:
    """What is wrong with a letter by the specification; empty if nothing is.

    Args:
        told: the JSON.
        parts: name, file name, type and data of each part, in their order.
    """
    faults: list[str] = []
    _check(told, _FORSENDELSE, ("tittel", "mottaker"), "", faults)
    if faults:
        return "; ".join(faults)
    _check(told["mottaker"], _MOTTAKER, ("navn", "digitalId"), "mottaker.", faults)
    _check(told.get("metadataFraAvleverendeSystem", {}), _METADATA, (), "metadata.", faults)
    extra = told.get("metadataFraAvleverendeSystem", {}).get("ekstraMetadata", [])
    for each in extra:
        _check(each, _EKSTRA, ("key", "value"), "ekstraMetadata.", faults)
    if len({json.dumps(each) for each in extra}) != len(extra):
        faults.append("ekstraMetadata: twice the same")
    documents = told.get("dokumenter", [])
    for each in documents:
        _check(each, _DOKUMENT, ("filnavn", "mimeType"), "dokumenter.", faults)
        if set('*:"\\/<>|?') & set(each.get("filnavn", "")):
            faults.append("filnavn: forbidden character")
        if each.get("mimeType") != "application/pdf" and not each.get("skalEkskluderesFraUtskrift"):
            faults.append("only a PDF can be printed")
    if told.get("kunDigitalLevering"):
        faults.append("kunDigitalLevering")
    if not re.fullmatch("[0-9]{9}", told["mottaker"].get("digitalId", "")):
        faults.append("digitalId")
    named = [(each.get("filnavn"), each.get("mimeType")) for each in documents]
    if named != [(file_name, kind) for _, file_name, kind, _ in parts[1:]]:
        faults.append(f"files {[each[:3] for each in parts[1:]]} are not {named}")
    if len({name for name, _ in named}) != len(named):
        faults.append("two files of one name")
    if [each[0] for each in parts[1:]] != [f"filer_{n}" for n in range(len(named))]:
        faults.append("names of parts")
    return "; ".join(faults)


def _check(
    told: Any,
    fields: Mapping[str, tuple[type, int]],
    required: tuple[str, ...],
    path: str,
    faults: list[str],
) -> None:
    if not isinstance(told, dict):
        faults.append(f"{path}: no object")
        return
    faults += [f"{path}{name} is missing" for name in required if name not in told]
    for name, value in told.items():
        kind, most = fields.get(name, (None, 0))
        if kind is None or type(value) is not kind:
            faults.append(f"{path}{name}: not known, or not of its type")
        elif isinstance(value, str) and most and not 1 <= len(value) <= most:
            faults.append(f"{path}{name}: too short or too long")
        elif isinstance(value, list) and most and len(value) > most:
            faults.append(f"{path}{name}: too many")
