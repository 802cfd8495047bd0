"""Regional and national content as data; holds files only, read by the rooms that understand them."""
