"""A small project some of whose figures have to be hidden: a hospital's last quarter, and a region's second."""

import csv

from commands import write_mini

FEW = {"A2": ("10", "11", "12"), "B1": ("04", "05", "06")}
"""Hospital to the months of which it keeps twenty answered visits, three of them good."""


def write_hidden_mini(folder):
    """Write a small project with figures that have to be hidden."""
    write_mini(folder)
    for path in sorted((folder / "data" / "extracts" / "visits").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            head, *rows = csv.reader(file)
        kept, few = [head], dict.fromkeys(FEW, 0)
        for row in rows:
            if row[2][5:7] in FEW.get(row[1], ()):
                few[row[1]] += 1
                if few[row[1]] > 20:
                    continue
                row[3] = "true" if few[row[1]] <= 3 else "false"
            kept.append(row)
        path.write_text("".join(",".join(row) + "\n" for row in kept), encoding="utf-8")
    return folder
