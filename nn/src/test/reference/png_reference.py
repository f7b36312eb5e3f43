"""Small PNG files written byte by byte, for the reader of image folders.

    python png_reference.py     writes ../resources/data/png/*.png

All are 2 rows of 3 pixels. grey8: 0 51 102 / 153 204 255. grey16: the same times 257. rgb8: the pixel i
has red 40 i, green 255 - 40 i, blue 7. rgba8: red 255 with alpha 51 i. palette: 0 1 2 / 2 1 0 in red,
green, blue. huge: a header that claims 100000 by 100000 pixels.
"""

import pathlib
import struct
import zlib

OUT = pathlib.Path(__file__).parent.parent / "resources" / "data" / "png"


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(name, depth, colour, rows, extra=b"", size=(3, 2)):
    header = struct.pack(">IIBBBBB", size[0], size[1], depth, colour, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows))
    body = chunk(b"IHDR", header) + extra + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    (OUT / name).write_bytes(b"\x89PNG\r\n\x1a\n" + body)


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    grey = [0, 51, 102, 153, 204, 255]
    png("grey8.png", 8, 0, [bytes(grey[:3]), bytes(grey[3:])])
    wide = [struct.pack(">H", v * 257) for v in grey]
    png("grey16.png", 16, 0, [b"".join(wide[:3]), b"".join(wide[3:])])
    rgb = [bytes([40 * i, 255 - 40 * i, 7]) for i in range(6)]
    png("rgb8.png", 8, 2, [b"".join(rgb[:3]), b"".join(rgb[3:])])
    rgba = [bytes([255, 0, 0, 51 * i]) for i in range(6)]
    png("rgba8.png", 8, 6, [b"".join(rgba[:3]), b"".join(rgba[3:])])
    palette = chunk(b"PLTE", bytes([255, 0, 0, 0, 255, 0, 0, 0, 255]))
    png("palette.png", 8, 3, [bytes([0, 1, 2]), bytes([2, 1, 0])], palette)
    png("huge.png", 8, 0, [b"\0"], size=(100000, 100000))


if __name__ == "__main__":
    main()
