"""Small files of every kind, honest and otherwise, for the tests."""

from __future__ import annotations

import io
import struct
import zipfile

from PIL import Image

OFFICE = "application/vnd.openxmlformats-officedocument."


def picture(form: str = "JPEG", size: tuple[int, int] = (64, 48)) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, "teal").save(target, form)
    return target.getvalue()


def pdf(body: bytes = b"", pages: int = 1) -> bytes:
    """A PDF with blank pages and a correct table of references."""
    kids = b" ".join(b"%d 0 R" % (3 + n) for n in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages),
    ]
    objects += [b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 300] %s >>" % body] * pages
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)


def package(parts: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return target.getvalue()


def docx(**more: bytes) -> bytes:
    types = f'<Types><Override ContentType="{OFFICE}wordprocessingml.document.main+xml"/></Types>'.encode()
    return package({"[Content_Types].xml": types, "word/document.xml": b"<document/>", **more})


def xlsx(**more: bytes) -> bytes:
    types = f'<Types><Override ContentType="{OFFICE}spreadsheetml.sheet.main+xml"/></Types>'.encode()
    return package({"[Content_Types].xml": types, "xl/workbook.xml": b"<workbook/>", **more})


def odt(**more: bytes) -> bytes:
    kind = b"application/vnd.oasis.opendocument.text"
    return package({"mimetype": kind, "content.xml": b"<office/>", **more})


def encrypted(content: bytes) -> bytes:
    """A package whose parts say that they are encrypted."""
    changed = bytearray(content)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = changed.find(signature)
        while at >= 0:
            flags = struct.unpack_from("<H", changed, at + offset)[0] | 1
            struct.pack_into("<H", changed, at + offset, flags)
            at = changed.find(signature, at + 4)
    return bytes(changed)


def lying_about_sizes(content: bytes, size: int = 100) -> bytes:
    """A package whose directory claims that every part is small."""
    changed = bytearray(content)
    at = changed.find(b"PK\x01\x02")
    while at >= 0:
        struct.pack_into("<I", changed, at + 24, size)
        at = changed.find(b"PK\x01\x02", at + 4)
    return bytes(changed)
