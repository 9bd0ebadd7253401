"""How units, periods and what a number is taken per are written in Danish: one and many, and the forms of a sentence."""

UNITS = {
    "minutes": ("minut", "minutter"),
    "hours": ("time", "timer"),
    "days": ("dag", "dage"),
    "weeks": ("uge", "uger"),
    "months": ("måned", "måneder"),
    "quarters": ("kvartal", "kvartaler"),
    "years": ("år", "år"),
    "points": ("point", "point"),
}
"""Unit to its singular and plural."""

MEASURES = {"DKK": "kr."}
"""What a number is counted in, where the catalogue's word is not Danish."""

PERIODS = {
    "month": {
        "period": "måned",
        "each": "hver måned",
        "whole": "hele måneden",
        "the": "måneden",
        "of_the": "månedens",
        "which": "hvilken måned",
    },
    "quarter": {
        "period": "kvartal",
        "each": "hvert kvartal",
        "whole": "hele kvartalet",
        "the": "kvartalet",
        "of_the": "kvartalets",
        "which": "hvilket kvartal",
    },
    "half_year": {
        "period": "halvår",
        "each": "hvert halvår",
        "whole": "hele halvåret",
        "the": "halvåret",
        "of_the": "halvårets",
        "which": "hvilket halvår",
    },
    "year": {
        "period": "år",
        "each": "hvert år",
        "whole": "hele året",
        "the": "året",
        "of_the": "årets",
        "which": "hvilket år",
    },
    "rolling_year": {
        "period": "rullende år",
        "each": "hvert rullende år",
        "whole": "alle fire kvartaler",
        "the": "det rullende år",
        "of_the": "det rullende års",
        "which": "hvilket kvartal",
    },
}
"""Reporting period to its forms."""

LAST_ONE = {"months": "den seneste måned", "quarters": "det seneste kvartal", "years": "det seneste år"}
"""A look-back of one."""

PER = {
    "person_years": ("personår", "personår"),
    "person_days": ("persondag", "persondage"),
    "days": ("persondag", "persondage"),
    "eligible": ("tilfælde", "tilfælde"),
    "cases": ("tilfælde", "tilfælde"),
    "people": ("person i befolkningen", "personer i befolkningen"),
    "members": ("person", "personer"),
    "pairs": ("patient med begge målinger", "patienter med begge målinger"),
    "improved": ("patient med fremgang", "patienter med fremgang"),
    "events": ("hændelse", "hændelser"),
    "sum": ("stk.", "stk."),
}
"""What a number is taken per, one and many."""
