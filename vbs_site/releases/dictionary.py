"""The data dictionary: every column and every code of the public files, in Danish and English."""

from vbs_site.releases.entries import INDICATOR, OF_EVERY_ROW, Entry, codes, columns
from vbs_site.releases.value import CODES as VALUE_CODES
from vbs_site.releases.value import VALUE
from vbs_site.releases.verdicts import CODES as VERDICT_CODES
from vbs_site.releases.verdicts import COMPARISONS, CONTROL, FUNNEL, VERDICTS

RESULTS = columns(
    "results",
    *OF_EVERY_ROW,
    INDICATOR,
    (
        "statistic",
        "text",
        "Hvilket tal der er opgjort for indikatoren, se koderne",
        "Which number of the indicator it is, see the codes",
    ),
    (
        "unit_kind",
        "text",
        "Enhedens art: national, region, hospital …",
        "Kind of the unit: national, region, hospital …",
    ),
    (
        "unit",
        "text",
        "Enhedens id; unknown er rækker med en ukendt kode. En enhed, der afløser andre, har også deres tal for tiden før, lagt sammen: læg dem ikke sammen med hinanden",
        "Id of the unit; unknown holds rows with an unknown code. A unit that succeeds others also has their figures for the time before, added up: do not add the two together",
    ),
    ("unit_name", "text", "Enhedens navn", "Name of the unit"),
    (
        "period",
        "text",
        "Perioden: 2026-07, 2026Q3, 2026H2, 2026 eller 2025Q4-2026Q3",
        "The period: 2026-07, 2026Q3, 2026H2, 2026 or 2025Q4-2026Q3",
    ),
    ("stratum", "text", "Undergruppe: all, sex=… eller age_band=…", "Subgroup: all, sex=… or age_band=…"),
    (
        "status",
        "text",
        "Om tallet er vist, ellers hvorfor ikke, se koderne",
        "Whether the number is shown, else why not, see the codes",
    ),
    (
        "n",
        "integer",
        "Nævner: patienter, hændelser eller borgere",
        "Denominator: patients, events or citizens",
    ),
    ("numerator", "integer", "Tæller, hvor tallet har en", "Numerator, where the number has one"),
    (
        "exposure",
        "decimal",
        "Det, tælleren sættes i forhold til, når det ikke er nævneren: den tid, personerne er fulgt (dage eller år, som raten opgøres i), eller det forventede antal hændelser; ellers tomt",
        "What the numerator is set against when that is not the denominator: the time that people were followed (days or years, as the rate has it) or the number of events expected; empty otherwise",
    ),
    ("value", "decimal", "Værdien; andele er 0-1", "The value; shares are 0-1"),
    (
        "lower",
        "decimal",
        "Nedre grænse for 95 % konfidensinterval",
        "Lower limit of the 95 % confidence interval",
    ),
    (
        "upper",
        "decimal",
        "Øvre grænse for 95 % konfidensinterval",
        "Upper limit of the 95 % confidence interval",
    ),
    ("method", "text", "Intervallets metode, se koderne", "Method of the interval, see the codes"),
    *VERDICTS,
)

YEARS = tuple(
    entry._replace(table="years") for entry in RESULTS if entry.column not in {each[0] for each in VERDICTS}
)
"""Whole years of units whose shorter periods are hidden: the columns of the results, without verdicts."""

QUALITY = columns(
    "quality",
    *OF_EVERY_ROW,
    ("source", "text", "Datakilden i kataloget", "The source in the catalogue"),
    (
        "deliverer",
        "text",
        "Hvem der leverede; tomt når én fil rummer alt",
        "Who delivered; empty when one file holds everything",
    ),
    (
        "unit",
        "text",
        "Enhedens id; unknown er en ukendt kode, national summen af enhederne, tomt når kilden ingen enhed har",
        "Id of the unit; unknown is an unknown code, national the sum of the units, empty when the source has no unit",
    ),
    (
        "period",
        "text",
        "Kvartalet (eller året), hvor rækkerne begynder; tomt når kilden ingen tid har",
        "The quarter (or year) in which the rows begin; empty when the source has no time",
    ),
    ("check", "text", "Hvad der er talt, se koderne", "What was counted, see the codes"),
    (
        "column",
        "text",
        "Kolonnen (eller indikator:enhed; ved pludselig ændring hvad der er sammenlignet med)",
        "The column (or indicator:unit kind; for a sudden change what it is compared with)",
    ),
    (
        "status",
        "text",
        "Om antallet er vist eller skjult, se koderne",
        "Whether the count is shown or hidden, see the codes",
    ),
    (
        "count",
        "integer",
        "Antal rækker fundet; tomt når antallet er skjult",
        "Rows found; empty when the count is hidden",
    ),
    (
        "of",
        "integer",
        "Antal rækker set på; tomt når antallet er skjult",
        "Rows looked at; empty when the count is hidden",
    ),
)

FLOW = columns(
    "flow",
    *OF_EVERY_ROW,
    INDICATOR,
    ("period", "text", "Perioden, som i results", "The period, as in results"),
    (
        "step",
        "text",
        "Trinnet fra kilde til tal, se koderne",
        "The step from source to figure, see the codes",
    ),
    (
        "count",
        "integer",
        "Antal for hele landet; tomt når antallet er skjult",
        "Count for the whole country; empty when it is hidden",
    ),
)

CODES: tuple[Entry, ...] = (
    *codes(
        "step",
        ("rows", "Rækker i perioden", "Rows in the period"),
        ("where", "Opfylder betingelserne", "Meet the conditions"),
        ("courses", "Forløb, som rækkerne danner", "Courses that the rows make up"),
        ("repeated", "Udeladt: ikke den første", "Left out: not the first"),
        (
            "excluded_<number>",
            "Udeladt af denne grund, i den rækkefølge de står i definitionen",
            "Left out for this reason, in the order of the definition",
        ),
        ("eligible", "Skulle tælle med", "Should be counted"),
        ("missing", "Manglende oplysninger", "Missing information"),
        ("denominator", "Nævner", "Denominator"),
        ("numerator", "Tæller", "Numerator"),
    ),
    *codes(
        "status",
        ("shown", "Vist", "Shown"),
        ("suppressed", "Skjult af hensyn til diskretion", "Hidden for confidentiality"),
        ("too_few", "For få", "Too few"),
        ("incomplete_follow_up", "Opfølgning ikke afsluttet", "Follow-up not complete"),
        ("low_coverage", "For lav svarprocent", "Response rate too low"),
        ("not_delivered", "Ikke leveret", "Not delivered"),
        ("not_applicable", "Ikke relevant", "Not applicable"),
        ("series_break", "Databrud", "Break in series"),
    ),
    *codes(
        "statistic",
        ("proportion", "Andel", "Proportion"),
        ("share_of_sum", "Andel af leverede antal", "Share of delivered counts"),
        (
            "rate",
            "Antal i forhold til befolkningen eller opfølgningstiden",
            "Events per population or person-time",
        ),
        (
            "standardised_rate",
            "Antal i forhold til befolkningen, direkte standardiseret",
            "Events per population, directly standardised",
        ),
        (
            "standardised_ratio",
            "Observeret i forhold til forventet antal (indirekte standardiseret; 1 er som forventet)",
            "Observed to expected events (indirectly standardised; 1 is as expected)",
        ),
        (
            "crude_rate",
            "Antal i forhold til befolkningen uden standardisering, ved siden af det standardiserede tal",
            "Events per population without standardisation, beside the standardised figure",
        ),
        (
            "crude_proportion",
            "Andel uden standardisering, ved siden af det standardiserede tal",
            "Proportion without standardisation, beside the standardised figure",
        ),
        (
            "event_free",
            "Andel uden hændelsen, når den længste opfølgning er slut",
            "Share without the event at the end of the longest follow-up",
        ),
        (
            "event_free_<days>d",
            "Andel uden hændelsen efter så mange dage, for eksempel event_free_90d",
            "Share without the event after so many days, such as event_free_90d",
        ),
        (
            "restricted_mean",
            "Gennemsnitligt antal dage uden hændelsen, højst til den længste opfølgning er slut",
            "Mean number of days without the event, until the end of the longest follow-up at most",
        ),
        (
            "ratio",
            "Forholdet mellem tal fra to andre indikatorer",
            "Quotient of numbers of two other indicators",
        ),
        ("mean", "Gennemsnit", "Mean"),
        ("mean_change", "Gennemsnitlig ændring", "Mean change"),
        ("adjusted_change", "Case-mix-justeret gennemsnitlig ændring", "Case-mix-adjusted mean change"),
        (
            "share_improved",
            "Andel med fremgang på mindst tærsklen",
            "Share improved by at least the threshold",
        ),
        ("response_rate", "Svarandel: begge skemaer besvaret", "Response rate: both questionnaires answered"),
        (
            "complete_share",
            "Andel af de leverede rækker med begge scorer",
            "Share of the delivered rows with both scores",
        ),
    ),
    *codes(
        "method",
        (
            "clopper-pearson",
            "Eksakt binomialt (Clopper og Pearson 1934)",
            "Exact binomial (Clopper and Pearson 1934)",
        ),
        (
            "wilson",
            "Wilsons score-interval (Wilson 1927)",
            "Wilson's score interval (Wilson 1927)",
        ),
        (
            "byar-or-exact-poisson",
            "Byars tilnærmelse; eksakt Poisson under 10 hændelser",
            "Byar's approximation; exact Poisson below 10 events",
        ),
        (
            "dobson-byar",
            "Dobson m.fl. 1991 med Byars tilnærmelse",
            "Dobson et al. 1991 with Byar's approximation",
        ),
        (
            "kaplan-meier-log-log",
            "Greenwoods varians på log-log-skala (Kaplan og Meier 1958)",
            "Greenwood's variance on the log-log scale (Kaplan and Meier 1958)",
        ),
        (
            "rmst-greenwood",
            "Normalfordeling med Greenwoods varians af arealet under kurven (Royston og Parmar 2013)",
            "Normal distribution with Greenwood's variance of the area below the curve (Royston and Parmar 2013)",
        ),
        ("none", "Intet interval", "No interval"),
        ("t", "Students t", "Student's t"),
        ("paired-t", "Students t på parrede ændringer", "Student's t of paired changes"),
        (
            "t-of-residuals",
            "Students t på afvigelsen fra det forventede",
            "Student's t of the difference from the expected",
        ),
    ),
    *codes(
        "check",
        ("rows", "Rækker leveret", "Rows delivered"),
        ("set_aside", "Leveret, men ikke brugt på grund af fejl", "Delivered but not used because of faults"),
        ("missing", "Manglende værdi", "Missing value"),
        ("required", "Værdi mangler, hvor der skal være en", "No value where there must be one"),
        ("type", "Værdien kunne ikke læses", "The value could not be read"),
        ("range", "Værdien kan ikke være rigtig", "The value cannot be true"),
        ("category", "Værdien er ikke på listen", "The value is not on the list"),
        ("code", "Koden har ikke den rette form", "The code does not have the right form"),
        ("order", "Slutter, før den begynder", "Ends before it begins"),
        (
            "beyond",
            "Begynder efter den dag, leverancen er komplet til",
            "Begins after the day that the delivery is complete to",
        ),
        ("unit", "Enhedskoden er ukendt", "The unit code is unknown"),
        ("key", "Samme nøgle i flere rækker", "The same key in several rows"),
        ("duplicate", "Rækken er leveret flere gange", "The row was delivered several times"),
        ("person", "Personen findes ikke i personregistret", "The person is not in the register of persons"),
        ("late", "Rækker, der kom for sent", "Rows that came late"),
        ("sudden_change", "Pludselig ændring i antal rækker", "Sudden change in the number of rows"),
        ("unknown_unit", "Ukendt enhedskode i en indikator", "Unknown unit code in an indicator"),
    ),
)

CODES += VERDICT_CODES + VALUE_CODES
BESIDE = {"years": YEARS, "funnel": FUNNEL, "comparisons": COMPARISONS, "control": CONTROL, "value": VALUE}
"""Tables that stand beside the results, by name."""
ENTRIES = (*RESULTS, *(each for table in BESIDE.values() for each in table), *QUALITY, *FLOW, *CODES)


def words(table: str, code: str, language: str) -> str:
    """Return the words of a code, such as `words("status", "suppressed", "da")`."""
    for entry in CODES:
        if (entry.table, entry.column) == (table, code):
            return entry.da if language == "da" else entry.en
    raise KeyError(f"{table}.{code}")
