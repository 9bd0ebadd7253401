"""The data dictionary of what is said of the results: verdicts, and the limits and differences that they rest on."""

from vbs_site.releases.entries import CELL, OF_EVERY_ROW, codes, columns

VERDICTS = (
    (
        "comparison",
        "text",
        "Vurdering mod hele landet, se koderne; tom hvor der ikke sammenlignes",
        "Judgement against the national value, see the codes; empty where nothing is compared",
    ),
    (
        "target",
        "text",
        "Om det mål, der gælder, er nået; tom hvor intet gælder",
        "Whether the target in force is met; empty where none is",
    ),
    (
        "trend",
        "text",
        "Udvikling siden samme periode året før; tom hvor tallet ikke er vist, og hvor perioder ikke kan sammenlignes",
        "Change since the same period of the year before; empty where the number is not shown or periods cannot be compared",
    ),
    (
        "variation",
        "text",
        "Mønster i kontroldiagrammet; tom ved færre end 12 punkter, og hvor perioder overlapper",
        "Pattern in the control chart; empty below 12 points and where periods overlap",
    ),
)
"""Columns at the end of the results."""

FUNNEL = columns(
    "funnel",
    *OF_EVERY_ROW,
    *CELL,
    (
        "centre",
        "decimal",
        "Tallet for hele landet i perioden, som tragten er tegnet om",
        "The national value of the period, around which the funnel is drawn",
    ),
    *(
        (
            f"{side}_{level}",
            "decimal",
            f"{da} grænse: {share} af enheder uden reel forskel ligger inden for begge",
            f"{en} limit: {english} of units without a real difference lie within both",
        )
        for level, share, english in (("95", "95 %", "95%"), ("998", "99,8 %", "99.8%"))
        for side, da, en in (("lower", "Nedre", "Lower"), ("upper", "Øvre", "Upper"))
    ),
    (
        "spread",
        "decimal",
        "Enhedernes spredning i forhold til, hvad tilfældet giver (φ); 1 er som tilfældet",
        "How far units are spread against what chance gives (φ); 1 is as chance",
    ),
    (
        "widened",
        "true/false",
        "Om grænserne er gjort bredere på grund af spredningen",
        "Whether the limits are widened because of the spread",
    ),
    ("position", "text", "Hvor enheden ligger, se koderne", "Where the unit lies, see the codes"),
)

COMPARISONS = columns(
    "comparisons",
    *OF_EVERY_ROW,
    *CELL,
    ("against", "text", "Hvad der er sammenlignet med, se koderne", "What is compared with, see the codes"),
    (
        "with",
        "text",
        "Perioden, målet eller gruppen af enheder, der er sammenlignet med",
        "The period, the target or the group of units that is compared with",
    ),
    (
        "reference",
        "decimal",
        "Tallet, der er sammenlignet med",
        "The number that is compared with",
    ),
    (
        "difference",
        "decimal",
        "Forskellen; for antal i forhold til noget er det forholdet mellem de to (tomt over for ingen hændelser)",
        "The difference; for counts set against something the quotient of the two (empty against no events)",
    ),
    (
        "lower",
        "decimal",
        "Nedre grænse for forskellens 95 % konfidensinterval",
        "Lower limit of the 95% confidence interval of the difference",
    ),
    (
        "upper",
        "decimal",
        "Øvre grænse for forskellens 95 % konfidensinterval",
        "Upper limit of the 95% confidence interval of the difference",
    ),
    ("method", "text", "Intervallets metode, se koderne", "Method of the interval, see the codes"),
    ("verdict", "text", "Vurderingen, se koderne", "The judgement, see the codes"),
)

CONTROL = columns(
    "control",
    *OF_EVERY_ROW,
    *CELL,
    (
        "phase",
        "integer",
        "Del af serien: grænserne er beregnet for sig efter hvert databrud og hver ny basis",
        "Part of the series: limits are reckoned anew after each break and rebase",
    ),
    ("centre", "decimal", "Midterlinjen", "The centre line"),
    ("lower", "decimal", "Nedre kontrolgrænse", "Lower control limit"),
    ("upper", "decimal", "Øvre kontrolgrænse", "Upper control limit"),
    (
        "signals",
        "text",
        "Regler, som punktet er med til at bryde, adskilt af semikolon",
        "Rules that the point takes part in breaking, separated by semicolons",
    ),
    (
        "variation",
        "text",
        "Mønster, se koderne; tom, når delen af serien har færre end 12 punkter",
        "Pattern, see the codes; empty where the part of the series has fewer than 12 points",
    ),
    (
        "assurance",
        "text",
        "Om målet nås, hvis intet ændres, se koderne",
        "Whether the target will be met if nothing changes, see the codes",
    ),
)

CODES = (
    *codes(
        "comparison",
        ("better", "Bedre end hele landet", "Better than the country"),
        ("worse", "Dårligere end hele landet", "Worse than the country"),
        ("higher", "Højere end hele landet; ingen vurdering", "Higher than the country; no judgement"),
        ("lower", "Lavere end hele landet; ingen vurdering", "Lower than the country; no judgement"),
        ("undecided", "Kan ikke afgøres", "Cannot be decided"),
    ),
    *codes(
        "target",
        ("met", "Nået: hele konfidensintervallet opfylder målet", "Met: all of the confidence interval does"),
        (
            "not_met",
            "Ikke nået: intet af konfidensintervallet opfylder målet",
            "Not met: none of the confidence interval does",
        ),
        ("undecided", "Kan ikke afgøres", "Cannot be decided"),
    ),
    *codes(
        "trend",
        ("better", "Bedre end året før", "Better than the year before"),
        ("worse", "Dårligere end året før", "Worse than the year before"),
        ("higher", "Højere end året før; ingen vurdering", "Higher than the year before; no judgement"),
        ("lower", "Lavere end året før; ingen vurdering", "Lower than the year before; no judgement"),
        (
            "unchanged",
            "Uændret: forskellen er ikke større, end tilfældet kan give",
            "Unchanged: the difference is no more than chance can give",
        ),
        (
            "undeterminable",
            "Kan ikke opgøres: et af de to tal er ikke vist, hviler på for få, har intet interval, eller der er et databrud imellem",
            "Cannot be determined: one of the two is not shown, rests on too few or has no interval, or a break lies between",
        ),
    ),
    *codes(
        "variation",
        ("common", "Almindelig variation", "Common cause variation"),
        ("improvement", "Særlig årsag: bedre", "Special cause: improvement"),
        ("concern", "Særlig årsag: dårligere", "Special cause: concern"),
        ("high", "Særlig årsag: højere; ingen vurdering", "Special cause: higher; no judgement"),
        ("low", "Særlig årsag: lavere; ingen vurdering", "Special cause: lower; no judgement"),
    ),
    *codes(
        "assurance",
        ("pass", "Målet nås hver gang", "The target will be met every time"),
        ("fail", "Målet nås ikke", "The target will not be met"),
        ("inconsistent", "Målet nås nogle gange og andre ikke", "The target will be met at times"),
    ),
    *codes(
        "position",
        ("inside", "Inden for grænserne", "Within the limits"),
        ("above_95", "Over grænsen for 95 %", "Above the 95% limit"),
        ("below_95", "Under grænsen for 95 %", "Below the 95% limit"),
        ("above_998", "Over grænsen for 99,8 %", "Above the 99.8% limit"),
        ("below_998", "Under grænsen for 99,8 %", "Below the 99.8% limit"),
    ),
    *codes(
        "against",
        ("own_past", "Egen fortid: samme periode året før", "Own past: the same period of the year before"),
        ("target", "Et mål", "A target"),
        ("similar", "De andre enheder i en gruppe af lignende", "The other units of a group of similar ones"),
    ),
    *codes(
        "signals",
        ("outside", "Punktet ligger uden for grænserne", "The point lies outside the limits"),
        (
            "shift",
            "Syv punkter i træk på samme side af midten",
            "Seven points in a row on one side of the centre",
        ),
        ("trend", "Syv punkter i træk, der stiger eller falder", "Seven points in a row that rise or fall"),
        (
            "two_of_three",
            "To af tre punkter i træk tæt på en grænse",
            "Two of three points in a row close to a limit",
        ),
        (
            "runs",
            "For lange serier på samme side af midten, eller for få krydsninger (Anhøj)",
            "Too long runs on one side of the centre, or too few crossings (Anhøj)",
        ),
    ),
    *codes(
        "method",
        ("newcombe", "Forskel på to andele (Newcombe 1998)", "Difference of two proportions (Newcombe 1998)"),
        ("welch", "Forskel på to gennemsnit (Welch)", "Difference of two means (Welch)"),
        ("ratio-exact", "Forholdet mellem to rater, eksakt", "Quotient of two rates, exact"),
        (
            "square-and-add",
            "Forskel ud fra to intervaller (Zou og Donner 2008)",
            "Difference from two intervals (Zou and Donner 2008)",
        ),
    ),
)
