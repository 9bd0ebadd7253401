"""The data dictionary of the value assessments: outcome beside resource use, and the cells of the matrix."""

from vbs_site.releases.entries import OF_EVERY_ROW, UNIT_AND_PERIOD, codes, columns

VALUE = columns(
    "value",
    *OF_EVERY_ROW,
    ("value", "text", "Værdivurderingens id i kataloget", "Id of the value assessment in the catalogue"),
    *UNIT_AND_PERIOD,
    ("outcome", "decimal", "Resultatets værdi, som i results", "Value of the outcome, as in results"),
    (
        "outcome_lower",
        "decimal",
        "Nedre grænse for 95 % konfidensinterval, som i results",
        "Lower limit of the 95 % confidence interval, as in results",
    ),
    (
        "outcome_upper",
        "decimal",
        "Øvre grænse for 95 % konfidensinterval, som i results",
        "Upper limit of the 95 % confidence interval, as in results",
    ),
    (
        "outcome_reference",
        "decimal",
        "Hele landets værdi i samme periode",
        "Value of the whole country in the same period",
    ),
    (
        "outcome_band",
        "decimal",
        "Så langt til hver side af landstallet er resultatet det samme",
        "This far to either side of the national value the outcome is the same",
    ),
    (
        "outcome_position",
        "text",
        "Hvor hele intervallet ligger, se koderne",
        "Where the whole interval lies, see the codes",
    ),
    (
        "resource",
        "decimal",
        "Ressourceforbrugets værdi, som i results",
        "Value of the resource use, as in results",
    ),
    (
        "resource_lower",
        "decimal",
        "Nedre grænse for 95 % konfidensinterval, som i results",
        "Lower limit of the 95 % confidence interval, as in results",
    ),
    (
        "resource_upper",
        "decimal",
        "Øvre grænse for 95 % konfidensinterval, som i results",
        "Upper limit of the 95 % confidence interval, as in results",
    ),
    (
        "resource_reference",
        "decimal",
        "Hele landets værdi i samme periode",
        "Value of the whole country in the same period",
    ),
    (
        "resource_band",
        "decimal",
        "Så langt til hver side af landstallet er ressourceforbruget det samme",
        "This far to either side of the national value the resource use is the same",
    ),
    (
        "resource_position",
        "text",
        "Hvor hele intervallet ligger, se koderne",
        "Where the whole interval lies, see the codes",
    ),
    (
        "cell",
        "text",
        "Feltet i matricen for værdivurdering, se koderne",
        "The cell of the value assessment matrix, see the codes",
    ),
)

_POSITIONS = (
    ("same", "Hele intervallet ligger inden for båndet", "The whole interval lies within the band"),
    ("higher", "Hele intervallet ligger over båndet", "The whole interval lies above the band"),
    ("lower", "Hele intervallet ligger under båndet", "The whole interval lies below the band"),
    ("undecided", "Kan ikke afgøres", "Cannot be determined"),
    ("too_few", "For få patienter til at afgøre noget", "Too few patients to decide anything"),
    ("not_shown", "Tallet er ikke vist", "The number is not shown"),
)
"""Where an interval lies in a value assessment."""

CODES = (
    *codes(
        "outcome_position",
        (
            "better",
            "Hele intervallet ligger bedre end båndet",
            "The whole interval lies better than the band",
        ),
        (
            "worse",
            "Hele intervallet ligger dårligere end båndet",
            "The whole interval lies worse than the band",
        ),
        *_POSITIONS,
    ),
    *codes("resource_position", *_POSITIONS),
    *codes(
        "cell",
        (
            "lower-better",
            "Lavere ressourceforbrug, bedre resultat: fantastisk løsning",
            "Lower resource use, better outcome: fantastic solution",
        ),
        (
            "lower-same",
            "Lavere ressourceforbrug, samme resultat: bedre løsning",
            "Lower resource use, same outcome: better solution",
        ),
        (
            "lower-worse",
            "Lavere ressourceforbrug, dårligere resultat: dilemma",
            "Lower resource use, worse outcome: dilemma",
        ),
        (
            "same-better",
            "Samme ressourceforbrug, bedre resultat: bedre løsning",
            "Same resource use, better outcome: better solution",
        ),
        (
            "same-same",
            "Samme ressourceforbrug, samme resultat: neutral",
            "Same resource use, same outcome: neutral",
        ),
        (
            "same-worse",
            "Samme ressourceforbrug, dårligere resultat: dårligere løsning",
            "Same resource use, worse outcome: worse solution",
        ),
        (
            "higher-better",
            "Højere ressourceforbrug, bedre resultat: dilemma",
            "Higher resource use, better outcome: dilemma",
        ),
        (
            "higher-same",
            "Højere ressourceforbrug, samme resultat: dårligere løsning",
            "Higher resource use, same outcome: worse solution",
        ),
        (
            "higher-worse",
            "Højere ressourceforbrug, dårligere resultat: elendig løsning",
            "Higher resource use, worse outcome: dreadful solution",
        ),
        (
            "undecided",
            "Kan ikke placeres: et interval ligger på begge sider af en grænse for det samme",
            "Cannot be placed: an interval lies on both sides of a limit of the same",
        ),
        (
            "not_judged",
            "Kan ikke placeres: et tal er ikke vist, eller der er for få patienter",
            "Cannot be placed: a figure is not shown, or there are too few patients",
        ),
        (
            "proposal",
            "Et af målene er et forslag, som ikke får nogen dom; de to stillinger står ved siden af",
            "One of the measures is a proposal, which gets no verdict; the two positions stand beside",
        ),
    ),
)
