"""How it is shown: a release bundle and what people wrote, to pages, charts and downloads. Sees public data only."""
