"""Office files in SharePoint: it writes its own properties into them on upload, and shows them as PDF."""

import io
import zipfile
from collections.abc import Mapping

_TEXTS = frozenset({"doc", "docx", "odt", "rtf"})
_SHEETS = frozenset({"csv", "ods", "xls", "xlsx"})
_SLIDES = frozenset({"odp", "pot", "potm", "potx", "pps", "ppsx", "ppsxm", "ppt", "pptm", "pptx"})
_CONVERTIBLE = _TEXTS | _SHEETS | _SLIDES
_REWRITTEN = frozenset({"docx", "xlsx", "pptx"})
_PROPERTIES = "docProps/custom.xml"
_OVERRIDE = (
    '<Override PartName="/docProps/custom.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.custom-properties+xml"/>'
)
_RELATION = (
    '<Relationship Id="rIdSharePoint" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties" '
    'Target="docProps/custom.xml"/>'
)
_CONTENT_TYPE_ID = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
    'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
    '<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="ContentTypeId">'
    "<vt:lpwstr>0x0101</vt:lpwstr></property></Properties>"
)
_EPOCH = (1980, 1, 1, 0, 0, 0)


def extension(name: str) -> str:
    """Return the part of a file name after its last dot, in lower case."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def is_convertible(name: str) -> bool:
    """Return True when `content?format=pdf` works for a file of this name."""
    return extension(name) in _CONVERTIBLE


def stored(name: str, content: bytes) -> bytes:
    """Return the bytes SharePoint keeps for an upload: not those that were sent, when it is an Office file."""
    if extension(name) not in _REWRITTEN or not zipfile.is_zipfile(io.BytesIO(content)):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {entry.filename: package.read(entry) for entry in package.infolist() if not entry.is_dir()}
    if _PROPERTIES in parts:
        return content
    for part, end, added in (
        ("[Content_Types].xml", b"</Types>", _OVERRIDE),
        ("_rels/.rels", b"</Relationships>", _RELATION),
    ):
        if part in parts:
            parts[part] = parts[part].replace(end, added.encode() + end)
    return _package({**parts, _PROPERTIES: _CONTENT_TYPE_ID.encode()})


def _package(parts: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def as_pdf(name: str) -> bytes:
    """Return a one-page PDF that names the file: enough to show that the conversion happened."""
    ascii_name = name.encode("ascii", "replace").decode().replace("\\", "").replace("(", "").replace(")", "")
    drawing = f"BT /F1 14 Tf 72 720 Td ({ascii_name}) Tj ET".encode()
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            b"/Resources << /Font << /F1 5 0 R >> >> >>"
        ),
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(drawing), drawing),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    document, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(document))
        document += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    tail = b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return document + tail % (size, table, size, len(document))
