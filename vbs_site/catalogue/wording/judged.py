"""How a figure is judged, in words: intervals, comparison with the country, change over time, and breaks in the series."""

from vbs_site.catalogue.indicators import Indicator
from vbs_site.catalogue.judging import FEWEST_TO_WIDEN, WITHOUT_FUNNEL, Control, Funnel
from vbs_site.catalogue.statistics import PROPORTION, method_of, statistics_of
from vbs_site.catalogue.wording.speech import Speech

PHRASES = {
    "da": {
        "interval": "95 % konfidensinterval efter {method}.",
        "interval_besides": "95 % konfidensinterval efter {method}; for andele efter {share}.",
        "no_interval": "Tallet har intet konfidensinterval og vurderes ikke.",
        "clopper-pearson": "Clopper og Pearson (eksakt)",
        "wilson": "Wilson",
        "byar-or-exact-poisson": "Byar, eksakt Poisson under 10 hændelser",
        "dobson-byar": "Dobson og Byar",
        "kaplan-meier-log-log": "Greenwood på log-log-skala",
        "t": "Students t-fordeling",
        "paired-t": "Students t-fordeling på de parrede ændringer",
        "t-of-residuals": "Students t-fordeling på afvigelserne fra det forventede",
        "outside": "Enheder holdes op mod landstallet i en tragt med grænser på {level}, {widened}.",
        "apart": "Enheder holdes op mod landstallet med deres konfidensinterval.",
        "none": "som ikke udvides, selv om enhederne varierer mere end tilfældigt",
        "multiplicative": "som udvides multiplikativt, når mindst {fewest} enheder er med og varierer mere end tilfældigt{winsorised}",
        "additive": "som udvides additivt, når mindst {fewest} enheder er med og varierer mere end tilfældigt{winsorised}",
        "winsorised": " (de yderste {share} i hver ende trukket ind)",
        "series": "Udviklingen vurderes med {chart} efter {rules}{baseline}.",
        "overlap": "De samme borgere er med i flere perioder i træk, så udviklingen vurderes ikke med et kontroldiagram.",
        "xmr": "XmR-diagram",
        "p": "p-diagram",
        "p_prime": "p′-diagram",
        "u": "u-diagram",
        "u_prime": "u′-diagram",
        "making-data-count": "NHS' »Making Data Count«",
        "anhoej": "Anhøjs regler",
        "baseline": ", med grænser beregnet af perioderne til og med {day}",
        "minimum": "En nævner under {number} vurderes ikke.",
        "proposal": "Målet er et forslag og får ingen dom: intet kaldes bedre eller dårligere, og om en målsætning er nået, siges ikke.",
        "break": "Fra {day} kan tallene ikke sammenlignes med de tidligere: {reason}.",
        "rebase": "Fra {day} beregnes grænserne for udviklingen på ny: {reason}.",
    },
    "en": {
        "interval": "95% confidence interval by {method}.",
        "interval_besides": "95% confidence interval by {method}; for shares by {share}.",
        "no_interval": "The figure has no confidence interval and is not judged.",
        "clopper-pearson": "Clopper and Pearson (exact)",
        "wilson": "Wilson",
        "byar-or-exact-poisson": "Byar, exact Poisson below 10 events",
        "dobson-byar": "Dobson and Byar",
        "kaplan-meier-log-log": "Greenwood on the log-log scale",
        "t": "Student's t distribution",
        "paired-t": "Student's t distribution of the paired changes",
        "t-of-residuals": "Student's t distribution of the differences from the expected",
        "outside": "Units are held against the national value in a funnel with {level} limits, {widened}.",
        "apart": "Units are held against the national value by their confidence interval.",
        "none": "not widened even where units vary more than by chance",
        "multiplicative": "widened multiplicatively when at least {fewest} units are in it and vary more than by chance{winsorised}",
        "additive": "widened additively when at least {fewest} units are in it and vary more than by chance{winsorised}",
        "winsorised": " (the outermost {share} at each end pulled in)",
        "series": "Change over time is judged with {chart} by {rules}{baseline}.",
        "overlap": "The same people are in several periods in a row, so change over time is not judged with a control chart.",
        "xmr": "an XmR chart",
        "p": "a p chart",
        "p_prime": "a p′ chart",
        "u": "a u chart",
        "u_prime": "a u′ chart",
        "making-data-count": "the NHS rules “Making Data Count”",
        "anhoej": "Anhøj's rules",
        "baseline": ", with limits reckoned from the periods up to and including {day}",
        "minimum": "A denominator below {number} is not judged.",
        "proposal": "The measure is a proposal and gets no verdict: nothing is called better or worse, and whether a target is met is not said.",
        "break": "From {day}, the figures cannot be compared with the earlier ones: {reason}.",
        "rebase": "From {day}, the limits of change over time are reckoned anew: {reason}.",
    },
}
"""Language to phrase; the two have the same phrases with the same parts."""


def judgement(speech: Speech, indicator: Indicator, name: str) -> str:
    """Return how the figures of an indicator are judged, and that a proposal gets no verdict."""
    way, phrases = speech.catalogue.judging(name), PHRASES[speech.language]
    methods = list(dict.fromkeys(method_of(each, way.interval) for each in statistics_of(indicator)))
    if methods[0] == "none":
        return phrases["no_interval"]
    share = method_of(PROPORTION, way.interval)
    besides = share in methods[1:]
    interval = phrases["interval_besides" if besides else "interval"]
    words = [interval.format(method=phrases[methods[0]], share=phrases[share])]
    words.append(phrases["apart"] if indicator.kind in WITHOUT_FUNNEL else _funnel(speech, way.funnel))
    series = phrases["overlap"] if indicator.periods_overlap else _series(speech, way.control)
    words += [series, phrases["minimum"].format(number=speech.number(way.minimum))]
    if indicator.provenance.is_proposal:
        words.append(phrases["proposal"])
    return " ".join(words)


def _funnel(speech: Speech, funnel: Funnel) -> str:
    phrases = PHRASES[speech.language]
    share = phrases["winsorised"].format(share=speech.percent(funnel.winsorise)) if funnel.winsorise else ""
    widened = phrases[funnel.overdispersion].format(winsorised=share, fewest=FEWEST_TO_WIDEN)
    return phrases["outside"].format(level=speech.percent(funnel.level), widened=widened)


def _series(speech: Speech, control: Control) -> str:
    phrases, until = PHRASES[speech.language], control.baseline_until
    baseline = phrases["baseline"].format(day=speech.day(until)) if until is not None else ""
    return phrases["series"].format(
        chart=phrases[control.chart], rules=phrases[control.rules], baseline=baseline
    )


def breaks(speech: Speech, indicator: Indicator, name: str) -> str:
    """Return from which days the figures of an indicator break, or the limits of its series are reckoned anew, and why."""
    anew = [] if indicator.periods_overlap else speech.catalogue.judging(name).control.rebase
    days = [("break", each) for each in indicator.breaks] + [("rebase", each) for each in anew]
    return " ".join(
        PHRASES[speech.language][kind].format(day=speech.day(each.date), reason=speech.text(each.reason))
        for kind, each in sorted(days, key=lambda pair: pair[1].date)
    )
