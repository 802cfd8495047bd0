"""The tree as static files: tiles of 256 hashes, bundles of 256 entries, their paths (C2SP tlog-tiles)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from yaojian.foundation.ledger.transparency.hashing import HASH_BYTES, leaf_hash, levels_up, perfect_root
from yaojian.foundation.ledger.transparency.proofs import Node

HEIGHT = 8
WIDTH = 1 << HEIGHT
MAX_ENTRY_BYTES = (1 << 16) - 1
GROUP = 1000


class TileDamaged(ValueError):
    """A tile or bundle is not what its path says."""


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """A tile of hashes: `level` counts tiles, `width` is how many hashes it holds (256 when full)."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Where it is served, below the log's address."""
        return f"tile/{self.level}/{path_of_index(self.index)}{partial(self.width)}"


def path_of_index(index: int) -> str:
    """An index in groups of three digits, all but the last marked by x: 1234067 is x001/x234/067."""
    groups = [f"{index % GROUP:03d}"]
    while index := index // GROUP:
        groups.append(f"x{index % GROUP:03d}")
    return "/".join(reversed(groups))


def partial(width: int) -> str:
    """What a path gets that is not full yet."""
    return "" if width == WIDTH else f".p/{width}"


def bundle_path(index: int, width: int = WIDTH) -> str:
    """Where a bundle of entries is served."""
    return f"tile/entries/{path_of_index(index)}{partial(width)}"


def width_at(level: int, index: int, size: int) -> int:
    """How many hashes a tile holds in a tree of `size` leaves; 0 when there is none."""
    return max(0, min(WIDTH, (size >> HEIGHT * level) - index * WIDTH))


def tiles_of(size: int) -> Iterator[Tile]:
    """All tiles of a tree, level by level; the last of a level may be partial."""
    yield from tiles_between(0, size)


def tiles_between(old: int, new: int) -> Iterator[Tile]:
    """The tiles that are new or wider in the tree of `new` leaves than in that of `old`."""
    level = 0
    while count := new >> HEIGHT * level:
        for index in range((old >> HEIGHT * level) // WIDTH, -(-count // WIDTH)):
            width = width_at(level, index, new)
            if width > width_at(level, index, old):
                yield Tile(level, index, width)
        level += 1


def split_hashes(tile: bytes, width: int) -> list[bytes]:
    """The hashes of a tile. Raises TileDamaged when its length does not fit."""
    if len(tile) != width * HASH_BYTES:
        raise TileDamaged(f"a tile of {width} hashes has {width * HASH_BYTES} bytes, not {len(tile)}")
    return [tile[i : i + HASH_BYTES] for i in range(0, len(tile), HASH_BYTES)]


def pack_entries(entries: Iterable[bytes]) -> bytes:
    """A bundle: each entry after its length in two bytes, big-endian. Raises ValueError for one too long."""
    parts = []
    for entry in entries:
        if len(entry) > MAX_ENTRY_BYTES:
            raise ValueError(f"an entry has at most {MAX_ENTRY_BYTES} bytes, not {len(entry)}")
        parts += [len(entry).to_bytes(2, "big"), entry]
    return b"".join(parts)


def unpack_entries(bundle: bytes, width: int) -> list[bytes]:
    """The entries of a bundle. Raises TileDamaged when it does not hold exactly `width` entries."""
    entries, place = [], 0
    while place < len(bundle):
        begin = place + 2
        place = begin + int.from_bytes(bundle[place:begin], "big")
        if begin > len(bundle) or place > len(bundle):
            raise TileDamaged("an entry of the bundle is cut off")
        entries.append(bundle[begin:place])
    if len(entries) != width:
        raise TileDamaged(f"the bundle should hold {width} entries and holds {len(entries)}")
    return entries


ReadTile = Callable[[Tile], bytes]


class TileReader:
    """Gives node hashes of a tree of `size` leaves from its tiles, each read once."""

    def __init__(self, size: int, read_tile: ReadTile) -> None:
        self._size = size
        self._read = read_tile
        self._tiles: dict[tuple[int, int], list[list[bytes]]] = {}

    def __call__(self, nodes: Sequence[Node]) -> list[bytes]:
        return [self._node(level, index) for level, index in nodes]

    def _node(self, level: int, index: int) -> bytes:
        tile_level, inner = divmod(level, HEIGHT)
        place = index << inner
        levels = self._levels(tile_level, place // WIDTH)
        return levels[inner][place % WIDTH >> inner]

    def _levels(self, level: int, index: int) -> list[list[bytes]]:
        """The hashes of a tile, and above them all complete nodes inside it, level by level."""
        if (level, index) not in self._tiles:
            tile = Tile(level, index, width_at(level, index, self._size))
            levels = [split_hashes(self._read(tile), tile.width)]
            while len(levels[-1]) > 1:
                levels.append(levels_up(levels[-1][: len(levels[-1]) // 2 * 2]))
            self._tiles[level, index] = levels
        return self._tiles[level, index]


class Growth:
    """Appends entries to a tree of which only the ragged right edge is kept, and gives the tiles that change.

    `edge` holds, per tile level, the hashes of the last tile when it is not full.
    """

    def __init__(self, size: int, edge: Mapping[int, Sequence[bytes]]) -> None:
        self.size = size
        self._edge = {level: list(hashes) for level, hashes in edge.items()}
        for level, hashes in self._edge.items():
            if len(hashes) != (size >> HEIGHT * level) % WIDTH:
                raise TileDamaged(f"the edge of level {level} does not fit a tree of {size}")

    def append(self, entries: Sequence[bytes]) -> dict[Tile, bytes]:
        """Add entries; the tiles that are new or wider, with their bytes."""
        changed: dict[Tile, bytes] = {}
        hashes, begin, level = [leaf_hash(entry) for entry in entries], self.size, 0
        self.size += len(entries)
        while hashes:
            hashes, begin = self._grow(level, begin, hashes, changed)
            level += 1
        return changed

    def _grow(
        self, level: int, begin: int, hashes: Sequence[bytes], changed: dict[Tile, bytes]
    ) -> tuple[list[bytes], int]:
        """Add hashes to one level; the hashes for the level above, and the place of their first there."""
        row = [*self._edge.get(level, ()), *hashes]
        first = begin // WIDTH
        full = len(row) // WIDTH
        above = []
        for number in range(full):
            part = row[number * WIDTH : (number + 1) * WIDTH]
            changed[Tile(level, first + number)] = b"".join(part)
            above.append(perfect_root(part))
        rest = row[full * WIDTH :]
        self._edge[level] = rest
        if rest:
            changed[Tile(level, first + full, len(rest))] = b"".join(rest)
        return above, first
