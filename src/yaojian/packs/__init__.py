"""Regional and national content as data. Rooms read what they understand; `places` reads organs and divisions."""
