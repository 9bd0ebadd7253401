"""`python -m vbs_site` is the same as `python build.py`."""

import sys

from vbs_site.cli import main

sys.exit(main())
