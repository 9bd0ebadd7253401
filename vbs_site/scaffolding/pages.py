"""The pages of a new area or practice, in each language, with a word on what belongs where."""

import datetime
from collections.abc import Iterable

from vbs_site.site.content import PRACTICES

AREAS = "omraade"
AREA = {
    "da": """\
# {title}

Skriv to eller tre sætninger om, hvad der betyder mest for patienter i dette område.

Skriv, hvad man ved om områdets effektmål, og hvor det står. Sig det, når noget ikke vides.
""",
    "en": """\
# {title}

Write two or three sentences on what matters most to patients in this area.

Write what is known about the area's outcome measures, and where it is said. Say so when something is not known.
""",
}
FRONT = """\
---
title: "{title}"
areas: [{area}]         # {areas}
indicators: []          # {indicators}
units: []               # {units}
started_by: {month}     # {started}
status: described       # {status}
source: {source}        # {where}
---
"""
NOTES = {
    "da": {
        "areas": "områder, den er relevant for",
        "indicators": "id'er på de indikatorer, den skal flytte",
        "units": "id'er på de enheder, hvor den findes",
        "started": "senest begyndt: år, måned eller dag; er begyndelsen kendt, skriv `started`",
        "status": "described, running eller ended",
        "source": "Skriv kilden",
        "where": "hvor det er beskrevet",
    },
    "en": {
        "areas": "areas that it is relevant to",
        "indicators": "ids of the indicators that it is meant to move",
        "units": "ids of the units where it happens",
        "started": "begun by: a year, a month or a day; if the beginning is known, write `started`",
        "status": "described, running or ended",
        "source": "Write the source",
        "where": "where it is described",
    },
}
PRACTICE = {
    "da": """\
# {title}

## Hvad man gør

Beskriv arbejdsgangen, så andre kan kende den igen.

## Hvorfor

Hvilket problem for patienten løser den?

## Hvad vi ved om effekten

Kun det, kilden siger. Skriv, når der ikke er tal.

## Hvis I vil gøre det samme

- Hvad skal være på plads først?
- Hvad måles før og efter?
""",
    "en": """\
# {title}

## What is done

Describe the way of working so that others can recognise it.

## Why

Which problem does it solve for the patient?

## What we know about the effect

Only what the source says. Say so when there are no figures.

## If you want to do the same

- What has to be in place first?
- What is measured before and after?
""",
}


def area(name: str, title: str, languages: Iterable[str]) -> dict[str, str]:
    """Return file below the content folder to the text of a new area's page."""
    return {f"{each}/{AREAS}/{name}.md": AREA[each].format(title=title) for each in languages}


def practice(
    name: str, title: str, area: str, languages: Iterable[str], today: datetime.date
) -> dict[str, str]:
    """Return file below the content folder to the text of a new practice's page."""
    month = f"{today:%Y-%m}"
    return {
        f"{each}/{PRACTICES}/{name}.md": FRONT.format(title=title, area=area, month=month, **NOTES[each])
        + "\n"
        + PRACTICE[each].format(title=title)
        for each in languages
    }
