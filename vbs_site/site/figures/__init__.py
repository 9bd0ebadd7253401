"""Charts from the rows of the tables: SVG in the page first, and a plotly figure for those who ask for it.

Both are written as plain lists and strings; nothing is computed here that is not a position on paper.
"""
