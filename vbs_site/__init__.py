"""Publish what patients get out of care: catalogue in, versioned and disclosure-safe site out.

Rooms, left to right: catalogue, extracts, measures, statistics, disclosure, releases, site.
"""

__version__ = "0.1.0"
