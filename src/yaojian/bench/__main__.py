"""`python -m yaojian.bench`, which `yaojian bench` becomes."""

import sys

from yaojian.bench.command import main

sys.exit(main(sys.argv[1:]))
