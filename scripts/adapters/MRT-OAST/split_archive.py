"""Reads a zip archive that was split into parts (.z01, .z02, ..., .zip), which Python's zipfile refuses."""

import io
import struct
import zipfile

END = struct.Struct("<4s4H2LH")
END_SIGNATURE = b"PK\x05\x06"
ENTRY_SIGNATURE = b"PK\x01\x02"
ENTRY_SIZE = 46


def open_split(parts):
    """Returns the ZipFile of the parts, given in order, the .zip file last.

    Parts are slices of one archive, but its directory has offsets from the start of a part. Joined, with offsets from
    the start of the whole, it is a normal archive. Raises zipfile.BadZipFile.
    """
    joined, starts = bytearray(), []
    for part in parts:
        starts.append(len(joined))
        joined += part.read_bytes()
    try:
        _count_from_start(joined, starts)
    except (struct.error, IndexError) as error:
        raise zipfile.BadZipFile(f"the parts do not fit together: {error}") from error
    return zipfile.ZipFile(io.BytesIO(joined))


def _count_from_start(joined, starts):
    place = joined.rfind(END_SIGNATURE)
    if place < 0:
        raise zipfile.BadZipFile("the last part has no directory")
    _, _, first_part, _, entries, size, offset, comment = END.unpack_from(joined, place)
    directory = starts[first_part] + offset
    END.pack_into(joined, place, END_SIGNATURE, 0, 0, entries, entries, size, directory, comment)
    for _ in range(entries):
        directory += _move_entry(joined, directory, starts)


def _move_entry(joined, place, starts):
    """Rewrites the directory's entry at `place`; returns its length."""
    if joined[place:place + 4] != ENTRY_SIGNATURE:
        raise zipfile.BadZipFile("the directory is damaged")
    name, extra, comment, part = struct.unpack_from("<4H", joined, place + 28)
    (offset,) = struct.unpack_from("<L", joined, place + 42)
    struct.pack_into("<H", joined, place + 34, 0)
    struct.pack_into("<L", joined, place + 42, starts[part] + offset)
    return ENTRY_SIZE + name + extra + comment
