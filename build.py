"""The main job: `python build.py` checks, computes, protects, releases and builds the site. See `python build.py --help`."""

import sys

from vbs_site.cli import main

if __name__ == "__main__":
    sys.exit(main())
