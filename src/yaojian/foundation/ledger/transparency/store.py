"""The log's public folder: tiles and bundles that are written once, and the checkpoint."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from yaojian.foundation.ledger.transparency import proofs
from yaojian.foundation.ledger.transparency.durable import Reach, go_on, read_from_disk, write_whole
from yaojian.foundation.ledger.transparency.hashing import leaf_hash, perfect_root
from yaojian.foundation.ledger.transparency.tiles import (
    HEIGHT,
    WIDTH,
    Tile,
    TileDamaged,
    TileReader,
    bundle_path,
    pack_entries,
    path_of_index,
    split_hashes,
    tiles_between,
    unpack_entries,
    width_at,
)

CHECKPOINT, KEYS = "checkpoint", "keys"


class LogFiles:
    """Reads and writes the files that the public is served. Only the sequencer writes."""

    def __init__(self, folder: Path, reach: Reach = go_on, *, from_disk: bool = False) -> None:
        """`from_disk`: read what the disk holds, not what the system remembers of it."""
        self.folder = folder
        self._reach = reach
        self._read_file = read_from_disk if from_disk else Path.read_bytes

    # --- reading -------------------------------------------------------------------------------

    def checkpoint(self) -> bytes | None:
        """The published checkpoint; None before the first."""
        return self._read_if_there(CHECKPOINT)

    def policy(self) -> list[str]:
        """Whom to believe, as the log tells it: its two keys, its witnesses', and their quorum."""
        return (self._read_if_there(KEYS) or b"").decode().splitlines()

    def public_keys(self) -> list[str]:
        """The keys of the log and of its witnesses, as people exchange them; none before the first start."""
        return [line for line in self.policy() if not line.startswith("quorum ")]

    def named(self, path: str) -> bytes | None:
        """The file at a path that the caller has looked over; None when there is none.

        Raises TileDamaged when a tile has not the length that its path says.
        """
        content = self._read_if_there(path)
        level = path.split("/")[1]
        if content is not None and level != "entries":
            width = int(path.rpartition(".p/")[2]) if ".p/" in path else WIDTH
            split_hashes(content, width)
        return content

    def read_tile(self, tile: Tile) -> bytes:
        """A tile's bytes; of a partial one that has been filled since, the beginning of the full one.

        Raises TileDamaged when it is missing or has another length.
        """
        stored = self._stored(tile.width, lambda width: Tile(tile.level, tile.index, width).path)
        return b"".join(split_hashes(*stored)[: tile.width])

    def read_bundle(self, index: int, width: int) -> list[bytes]:
        """The first `width` entries of a bundle. Raises TileDamaged."""
        return unpack_entries(*self._stored(width, lambda stored: bundle_path(index, stored)))[:width]

    def entries(self, begin: int, end: int) -> list[bytes]:
        """The entries from `begin` up to, not including, `end`, within one bundle. Raises TileDamaged."""
        index = begin // WIDTH
        return self.read_bundle(index, end - index * WIDTH)[begin - index * WIDTH :]

    def nodes(self, size: int) -> TileReader:
        """The node hashes of the tree of `size` leaves."""
        return TileReader(size, self.read_tile)

    def edge(self, size: int) -> dict[int, list[bytes]]:
        """Per level of tiles the hashes of the last tile when it is not full."""
        edge, level = {}, 0
        while count := size >> HEIGHT * level:
            if width := count % WIDTH:
                edge[level] = split_hashes(self.read_tile(Tile(level, count // WIDTH, width)), width)
            level += 1
        return edge

    def _stored(self, width: int, path: Callable[[int], str]) -> tuple[bytes, int]:
        """The bytes at the narrowest path that holds `width` items, and how many it holds."""
        for stored in dict.fromkeys((width, WIDTH)):
            found = self._read_if_there(path(stored))
            if found is not None:
                return found, stored
        wider = self._wider_partials(path(WIDTH), width)
        if wider:
            return self._read_file(self.folder / path(wider[0])), wider[0]
        raise TileDamaged(f"{path(width)} is missing")

    def _wider_partials(self, full_path: str, width: int) -> list[int]:
        folder = self.folder / f"{full_path}.p"
        if not folder.is_dir():
            return []
        return sorted(
            int(file.name) for file in folder.iterdir() if file.name.isdigit() and int(file.name) > width
        )

    def _read_if_there(self, path: str) -> bytes | None:
        try:
            return self._read_file(self.folder / path)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    # --- writing -------------------------------------------------------------------------------

    def write_growth(self, tiles: Mapping[Tile, bytes], old: int, entries: Sequence[bytes]) -> None:
        """Write the tiles that changed and the bundles of the new entries, each under a path of its own.

        Raises TileDamaged when a path holds other bytes already, OSError when the disk refuses.
        """
        new = old + len(entries)
        for index in range(old // WIDTH, -(-new // WIDTH)):
            first, width = index * WIDTH, width_at(0, index, new)
            before = self.entries(first, old) if first < old else []
            added = entries[max(0, first - old) : first + width - old]
            self._write_once(bundle_path(index, width), pack_entries([*before, *added]))
        for tile, content in tiles.items():
            self._write_once(tile.path, content)

    def _write_once(self, path: str, content: bytes) -> None:
        present = self._read_if_there(path)
        if present is None:
            write_whole(self.folder / path, content, reach=self._reach)
            self._reach("file-written")
        elif present != content:
            raise TileDamaged(f"{path} holds other bytes than the tree has there")

    def recomputed_root(self, old: int, new: int) -> bytes:
        """The root of the tree of `new` leaves from what the disk holds, each change since `old` recomputed.

        Raises TileDamaged naming the file that does not follow from those below it.
        """
        for tile in tiles_between(old, new):
            hashes = split_hashes(self.read_tile(tile), tile.width)
            first = width_at(tile.level, tile.index, old)
            if tile.level == 0:
                made = [leaf_hash(entry) for entry in self.read_bundle(tile.index, tile.width)]
                first = 0
            else:
                made = hashes[:first] + [
                    perfect_root(split_hashes(self.read_tile(Tile(tile.level - 1, child)), WIDTH))
                    for child in range(tile.index * WIDTH + first, tile.index * WIDTH + tile.width)
                ]
            if made != hashes:
                raise TileDamaged(f"{tile.path} does not follow from what lies below it")
        return proofs.root(new, self.nodes(new))

    def publish(self, note: str) -> None:
        """Replace the checkpoint that the public is served."""
        write_whole(self.folder / CHECKPOINT, note.encode(), reach=self._reach)

    def publish_keys(self, policy: Sequence[str]) -> None:
        """Tell the public with which keys the log signs, and who cosigns it."""
        content = "".join(f"{line}\n" for line in policy).encode()
        if self._read_if_there(KEYS) != content:
            write_whole(self.folder / KEYS, content)

    def drop_partials(self, old: int, new: int) -> None:
        """Remove partial files whose full one is published; readers fall back to it."""
        level = 0
        while new >> HEIGHT * level:
            for index in range((old >> HEIGHT * level) // WIDTH, (new >> HEIGHT * level) // WIDTH):
                self._drop(f"{Tile(level, index).path}.p")
                if level == 0:
                    self._drop(f"tile/entries/{path_of_index(index)}.p")
            level += 1

    def _drop(self, path: str) -> None:
        if (self.folder / path).is_dir():
            shutil.rmtree(self.folder / path)
