"""Personal data: sealed under a key of the person it is about; every look at it is an act."""
