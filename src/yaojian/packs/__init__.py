"""Regional and national content as data; rooms read what they understand, `places` reads organs."""
