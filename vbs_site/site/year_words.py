"""The words about whole years shown where shorter periods are hidden, and about indicators of which nothing can be shown."""

YEAR_WORDS: dict[str, tuple[str, str]] = {
    "years_heading": ("Hele år, hvor {} er skjult", "Whole years where the {} are hidden"),
    "years_month": ("månederne", "months"),
    "years_quarter": ("kvartalerne", "quarters"),
    "years_half_year": ("halvårene", "half-years"),
    "years_shorter": ("kortere perioder", "shorter periods"),
    "years_why": (
        "I hvert af disse år må mindst {} skjules, fordi antallene er for små til at vises eller ville røbe andre små antal. Hele året rummer nok til at blive vist. Årets tal er beregnet af summerne for hele året; det er ikke vurderet og står ikke i graferne.",
        "In each of these years at least one {} must be hidden because its counts are too small to be shown or would give away other small counts. The whole year holds enough to be shown. The figure of the year is computed from the sums of the whole year; it is not judged and does not stand in the charts.",
    ),
    "years_one_month": ("en måned", "month"),
    "years_one_quarter": ("et kvartal", "quarter"),
    "years_one_half_year": ("et halvår", "half-year"),
    "years_one_shorter": ("en kortere periode", "shorter period"),
    "years_link": ("se hele år", "see whole years"),
    "years_table": ("hele år", "whole years"),
    "year": ("År", "Year"),
    "csv_years": (
        "Alle hele år, hvor kortere perioder er skjult (CSV)",
        "All whole years where shorter periods are hidden (CSV)",
    ),
    "years_file": (
        "years.csv rummer hele år af de enheder, hvis kvartaler, måneder eller halvår er skjult.",
        "years.csv holds whole years of the units whose quarters, months or half-years are hidden.",
    ),
    "years_offered": (
        "Hele år, hvor kortere perioder er skjult",
        "Whole years where shorter periods are hidden",
    ),
    "years_offered_lead": (
        "Må et kvartal, en måned eller et halvår af en enhed skjules, tilbydes hele året automatisk. Det vises kun, når alt stadig er beskyttet, de kortere perioder og årene under ét. Det gælder de indikatorer, hvor periodernes tal kan lægges sammen, og alle patienter under ét, ikke undergrupper.",
        "Where a quarter, month or half-year of a unit must be hidden, the whole year is offered automatically. It is shown only when everything is still protected, the shorter periods and the years together. This holds for indicators whose periods can be added up, and for all patients together, not for subgroups.",
    ),
    "years_none": (
        "I denne udgivelse vises ingen hele år på den måde.",
        "No whole year is shown in this way in this release.",
    ),
    "years_one": (
        "I denne udgivelse vises ét år af én enhed på den måde.",
        "One year of one unit is shown in this way in this release.",
    ),
    "years_many": (
        "I denne udgivelse vises i alt {} hele år af enheder på den måde.",
        "A total of {} whole years of units are shown in this way in this release.",
    ),
    "years_by_indicator": ("Viste hele år efter indikator", "Whole years shown by indicator"),
    "years_units": ("Enheder", "Units"),
    "years_count": ("Hele år af enheder", "Whole years of units"),
    "withheld": ("Indikatorer, der holdes helt tilbage", "Indicators withheld altogether"),
    "withheld_lead": (
        "En indikator, hvis tabel ikke kan beskyttes, vises slet ikke. I denne udgivelse gælder det:",
        "An indicator whose table cannot be protected is not shown at all. In this release that holds for:",
    ),
    "withheld_none": (
        "En indikator, hvis tabel ikke kan beskyttes, vises slet ikke. I denne udgivelse gælder det ingen.",
        "An indicator whose table cannot be protected is not shown at all. In this release that holds for none.",
    ),
    "withheld_short": ("Holdt tilbage", "Withheld"),
    "withheld_notice": (
        "Intet tal for indikatoren kan vises i denne udgivelse: små antal i tabellen kunne ikke beskyttes mod at blive regnet ud.",
        "No figure of the indicator can be shown in this release: small counts in its table could not be protected from being worked out.",
    ),
}
