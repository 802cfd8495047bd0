"""Invented names of businesses and people, each used once. Pure."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from yaojian.simulator.content import content
from yaojian.simulator.places import Place

TRIES = 10_000


class Namer:
    """Draws names until one is new."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._words = content("names")
        self._taken: set[str] = set()

    def unique(self, draw: Callable[[], str]) -> str:
        """A name that `draw` gives and nobody has yet. Raises RuntimeError when there is none left."""
        for _ in range(TRIES):
            name = draw()
            if name not in self._taken:
                self._taken.add(name)
                return name
        raise RuntimeError("the lists of words are too short for so many names")

    def take(self, name: str) -> None:
        """Keep a name from being given to somebody else."""
        self._taken.add(name)

    def person(self) -> str:
        """A person's name."""
        return self.unique(self._person)

    def chain(self, number: int) -> str:
        """The name of a chain's headquarters."""
        words = self._words
        return f"新疆{words['chains'][number]}{words['chain_forms'][number % len(words['chain_forms'])]}"

    def store(self, chain: str, where: Place) -> str:
        """The name of a chain's store."""

        def draw() -> str:
            # A few names are as long as registries really allow: pages must bear them.
            full = self._rng.random() < 0.03
            start = f"{where.prefecture}{where.county}{where.township}" if full else where.short_county
            return f"{chain}{start}{self._branch(where)}"

        return self.unique(draw)

    def subject(self, subject_type: str, where: Place) -> str:
        """The name of a business of a type at a place."""
        drawers: dict[str, Callable[[Place], str]] = {
            "single_pharmacy": self._pharmacy,
            "drug_wholesaler": lambda at: self._company(at, "wholesale_forms"),
            "device_producer_1": lambda at: self._company(at, "device_producer_forms"),
            "device_producer_2": lambda at: self._company(at, "device_producer_forms"),
            "cosmetic_producer": lambda at: self._company(at, "cosmetic_producer_forms"),
            "device_operator": self._device_operator,
            "clinic": self._clinic,
            "cosmetic_operator": self._cosmetic_operator,
        }
        return self.unique(lambda: drawers[subject_type](where))

    def _pick(self, key: str) -> str:
        return str(self._rng.choice(self._words[key]))

    def _brand(self) -> str:
        return self._pick("brand_first") + self._pick("brand_second")

    def _person(self) -> str:
        if self._rng.random() < 0.3:
            return self._pick("minority_names")
        second = self._pick("given_second") if self._rng.random() < 0.7 else ""
        return self._pick("surnames") + self._pick("given_first") + second

    def _branch(self, where: Place) -> str:
        road = str(self._rng.choice(content("places")["roads"]))
        match self._rng.randrange(4):
            case 0:
                return f"{road}店"
            case 1:
                return f"{where.township}店" if not where.is_urban else f"{road}第{self._ordinal()}分店"
            case 2:
                return f"第{self._ordinal()}分店"
            case _:
                return f"{where.township}{road}店"

    def _ordinal(self) -> str:
        digits = "零一二三四五六七八九"
        tens, ones = divmod(self._rng.randint(1, 59), 10)
        head = "" if not tens else ("十" if tens == 1 else f"{digits[tens]}十")
        return head + (digits[ones] if ones else "")

    def _pharmacy(self, where: Place) -> str:
        if self._rng.random() < 0.12:
            return f"{where.short_county}{where.township}{self._pick('women')}药店"
        inner = where.township if self._rng.random() < 0.2 else ""
        return f"{where.short_county}{inner}{self._brand()}{self._pick('pharmacy_forms')}"

    def _company(self, where: Place, forms: str) -> str:
        start = "新疆" if self._rng.random() < 0.5 else where.short_county.rstrip("市县")
        return f"{start}{self._brand()}{self._pick('brand_second')}{self._pick(forms)}"

    def _device_operator(self, where: Place) -> str:
        return f"{where.short_county}{self._brand()}{self._pick('device_operator_forms')}"

    def _clinic(self, where: Place) -> str:
        if not where.is_urban:
            village = self._rng.choice(content("places")["villages"])
            return f"{where.short_county}{where.township}{village}卫生室"
        who = self._pick("women" if self._rng.random() < 0.4 else "men")
        form = str(self._rng.choice(self._words["clinic_forms"][:-1]))
        return f"{where.short_county}{who if self._rng.random() < 0.5 else self._brand()}{form}"

    def _cosmetic_operator(self, where: Place) -> str:
        kinds = ("cosmetic_beauty", "cosmetic_retail", "cosmetic_hotel", "cosmetic_online")
        form = self._pick(self._rng.choices(kinds, (45, 42, 10, 3))[0])
        if self._rng.random() < 0.18:
            middle = self._pick("women" if self._rng.random() < 0.7 else "men")
        else:
            middle = self._pick("cosmetic_words") + self._pick("cosmetic_tails")
        inner = where.township if self._rng.random() < 0.35 else ""
        return f"{where.short_county}{inner}{middle}{form}"
