"""The words about data protection: the sign, the policy, what is protected together, the attack, what stays possible."""

PROTECTION_WORDS: dict[str, tuple[str, str]] = {
    "protection_page": ("Databeskyttelse", "Data protection"),
    "protection_more": ("Læs om databeskyttelse", "Read about data protection"),
    "sign_note": (
        "står, hvor et tal er skjult af hensyn til diskretion: antallet bag det kunne pege på enkelte personer, eller et andet lille antal kunne regnes ud af det. Tegnet er det samme i begge tilfælde, og det betyder ikke nul.",
        "stands where a figure is hidden for confidentiality: the count behind it could point at single people, or another small count could be worked out from it. The sign is the same in both cases, and it does not mean zero.",
    ),
    "policy_of_release": ("Reglen i denne udgivelse", "The policy of this release"),
    "policy_lead": (
        "Reglen står i kataloget, og denne side er lavet af den.",
        "The policy stands in the catalogue, and this page is made from it.",
    ),
    "policy_old": (
        "Denne udgivelse er lavet, før reglen blev skrevet helt ud i udgivelsens manifest. Det, der står nedenfor om beskyttelse på tværs af tabeller og udgivelser og om angrebet, gælder nyere udgivelser.",
        "This release was made before the whole policy was written into the manifest of a release. What is said below of protection across tables and releases, and of the attack, holds for newer releases.",
    ),
    "policy_small": ("Antal fra {} til {} vises ikke.", "Counts from {} to {} are not shown."),
    "policy_zeros": (
        "Nul vises: et nul er en oplysning i sig selv.",
        "Zero is shown: a zero is information in itself.",
    ),
    "policy_no_zeros": (
        "Nul skjules som ethvert andet lille antal.",
        "Zero is hidden like any other small count.",
    ),
    "policy_complement": (
        "Resten af nævneren, altså dem uden hændelsen, er beskyttet på samme måde som tælleren.",
        "What is left of the denominator, that is, those without the event, is protected in the same way as the numerator.",
    ),
    "policy_no_complement": (
        "Resten af nævneren, altså dem uden hændelsen, er ikke beskyttet for sig selv.",
        "What is left of the denominator, that is, those without the event, is not protected in itself.",
    ),
    "policy_width": (
        "Om et lille antal, der er skjult, må en læser højst kunne slutte sig til et spænd. Mindste og største mulige værdi ligger mindst {} fra hinanden.",
        "Of a small count that is hidden, a reader can at most infer a range. The smallest and the largest possible value lie at least {} apart.",
    ),
    "policy_dominance": (
        "Et beløb skjules, når den, der har bidraget næstmest til det, kunne regne sig frem til det største bidrag med under {} % fejl (p %-reglen).",
        "An amount is hidden when whoever contributed the second most to it could work out the largest contribution to within {}% (the p % rule).",
    ),
    "policy_no_dominance": (
        "Beløb holdes ikke op mod p %-reglen.",
        "Amounts are not held against the p % rule.",
    ),
    "policy_rounded": (
        "Antal skjules ikke, men vises afrundet til nærmeste {}. Andre tal regnes af de afrundede antal.",
        "Counts are not hidden but shown rounded to the nearest {}. Other figures are worked out from the rounded counts.",
    ),
    "policy_strictest": (
        "Læser en indikator flere kilder, gælder den strengeste af deres regler.",
        "When an indicator reads several sources, the strictest of their policies holds.",
    ),
    "policy_of_sources": ("Kilder med deres egen regel", "Sources with a policy of their own"),
    "policy_of_indicators": (
        "Indikatorer under en anden regel end den almindelige",
        "Indicators under another policy than the general one",
    ),
    "policy_least": ("Mindste antal, der vises", "Smallest count shown"),
    "policy_zeros_short": ("Nul vises", "Zeros shown"),
    "policy_complement_short": ("Resten beskyttes", "The rest is protected"),
    "policy_width_short": ("Mindste bredde", "Least width"),
    "policy_dominance_short": ("p %-reglen", "The p % rule"),
    "policy_round_short": ("Afrundes til", "Rounded to"),
    "policy_general": ("Den almindelige regel", "The general policy"),
    "carried": ("Hvad der skjules sammen med antallet", "What is hidden along with the count"),
    "carried_lead": (
        "Når et antal er skjult, skjules alt, der kan føre tilbage til det:",
        "When a count is hidden, everything that can lead back to it is hidden too:",
    ),
    "carried_1": (
        "tæller, nævner og rest, når en af dem kunne røbe de andre",
        "numerator, denominator and the rest, when one of them could give the others away",
    ),
    "carried_2": (
        "værdien og dens interval, for eksempel en procent med 95 % CI",
        "the value and its interval, such as a percentage with its 95% CI",
    ),
    "carried_3": (
        "punktet i diagrammet, grænserne om det og vurderingen af det",
        "the point in the chart, the limits around it and the verdict on it",
    ),
    "carried_4": (
        "det samme tal på alle sider, i alle filer til download, i feedet og i søgningen",
        "the same figure on every page, in every file to download, in the feed and in the search",
    ),
    "carried_sign": (
        "Der er ét tegn, #, for alt, der er skjult. Man kan ikke se, om et tal er skjult, fordi det selv er lille, eller fordi det beskytter et andet. Kunne man det, ville mange skjulte antal kunne regnes ud.",
        "There is one sign, #, for everything hidden. You cannot see whether a figure is hidden because it is small itself or because it protects another. If you could, many hidden counts could be worked out.",
    ),
    "together": ("Hvad der beskyttes sammen", "What is protected together"),
    "together_lead": (
        "Et skjult antal kan ofte findes ved at trække de viste tal fra en total. Derfor skjules flere tal, indtil ingen skjulte små antal kan regnes ud, heller ikke af den, der ved, at et skjult antal er mindst 1, og indtil hvert af dem kan have så mange værdier, som reglen kræver. Der vælges, så færrest og mindst nyttige tal går tabt. Alt dette ses som én samlet regneopgave:",
        "A hidden count can often be found by subtracting the figures shown from a total. Therefore more figures are hidden until no hidden small count can be worked out, not even by someone who knows that a hidden count is at least 1, and until each of them can have as many values as the policy asks for. The choice is made so that the fewest and the least useful figures are lost. All of this is seen as one calculation:",
    ),
    "together_1": (
        "enheder og dem, de hører under: afdeling, hospital, region og hele landet",
        "units and those they belong to: department, hospital, region and the whole country",
    ),
    "together_2": (
        "behandlingssted og bopæl, som deler de samme patienter op på hver sin måde",
        "place of treatment and place of living, which divide the same patients in two ways",
    ),
    "together_3": (
        "organisationer, der lægges sammen eller afløses af en ny",
        "organisations that are merged or succeeded by a new one",
    ),
    "together_4": ("kvartaler, år og løbende år", "quarters, years and rolling years"),
    "together_5": ("køn, aldersgrupper og alle under ét", "sexes, age groups and everyone together"),
    "together_6": (
        "tæller, nævner og rest, og dem, der mangler oplysninger",
        "numerator, denominator and the rest, and those with missing information",
    ),
    "together_7": (
        "procenter, intervaller og diagrammernes grænser, som antal kan regnes tilbage af",
        "percentages, intervals and the limits in charts, from which counts can be worked out",
    ),
    "together_8": (
        "tidligere udgivelser: det, der blev vist dengang, regnes for kendt",
        "earlier releases: what was shown then counts as known",
    ),
    "together_closed": (
        "En tabel, der ikke kan beskyttes, vises slet ikke. Udgiveren har en liste over, hvilke tal der er skjult, og hvorfor. Den er fortrolig og udgives ikke.",
        "A table that cannot be protected is not shown at all. The publisher has a list of which figures are hidden and why. It is confidential and not published.",
    ),
    "attack": ("Udgivelsen angribes, før den udgives", "The release is attacked before it is published"),
    "attack_lead": (
        "Før en udgivelse lægges frem, prøver et særskilt program at regne de skjulte antal ud. Det deler ingen kode med det, der skjuler tallene, og det læser det færdige resultat, som en nysgerrig læser ville gøre: siderne, tabellerne, diagrammerne, filerne til download, søgningen og feedet, sammen med de tidligere udgivelser. Det stiller alle tal op som ligninger og uligheder og løser dem under ét med lineær programmering. Kan blot ét lille antal findes, standses udgivelsen.",
        "Before a release is put forward, a separate program tries to work out the hidden counts. It shares no code with what hides the figures, and it reads the finished result as a curious reader would: the pages, the tables, the charts, the files to download, the search and the feed, together with the earlier releases. It sets up all figures as equations and inequalities and solves them together by linear programming. If even one small count can be found, the release is stopped.",
    ),
    "attack_yourself": (
        "Alle kan gøre det efter: kommandoen {} kører angrebet på en udgivelse.",
        "Anybody can repeat it: the command {} runs the attack on a release.",
    ),
    "limits": ("Hvad der stadig er muligt", "What stays possible"),
    "limits_lead": (
        "Ingen beskyttelse er fuldstændig. Dette er den ikke regnet ud til:",
        "No protection is complete. This is what it is not made for:",
    ),
    "limits_1": (
        "Angrebet regner på antal. Gennemsnit og summer af beløb indgår ikke i regnestykket. De er beskyttet ved, at de skjules med deres antal, og beløb ved p %-reglen, hvor den bruges.",
        "The attack reasons about counts. Means and sums of amounts are no part of the calculation. They are protected by being hidden with their counts, and amounts by the p % rule where it is used.",
    ),
    "limits_2": (
        "Den, der selv er patient bag et tal, ved mere end andre: man kan trække sig selv fra og lære noget om resten.",
        "Whoever is a patient behind a figure knows more than others: you can take yourself out and learn something about the rest.",
    ),
    "limits_3": (
        "Enheder kender deres egne antal. Går flere sammen om det, de ved, kan de trække det fra totalen og finde en andens.",
        "Units know their own counts. If several put together what they know, they can subtract it from the total and find that of another.",
    ),
    "limits_4": (
        "Et tal om en hel gruppe gælder alle i den. Vises 0 % eller 100 %, ved man det om hver enkelt, når man ved, at de er med i gruppen.",
        "A figure about a whole group holds for everyone in it. Where 0% or 100% is shown, you know it of each of them if you know that they are in the group.",
    ),
    "limits_5": (
        "Tal, som andre udgiver om de samme patienter, kendes ikke her og er ikke regnet med.",
        "Figures that others publish about the same patients are not known here and are not taken into account.",
    ),
    "kept": ("Hvor meget der stadig vises", "How much is still shown"),
    "kept_lead": (
        "Af de tal i denne udgivelse, der er vist eller skjult af hensyn til diskretion. Tal, der mangler af andre grunde, er ikke talt med. Et tal er én værdi for én enhed, periode og gruppe af patienter; den samme indikator kan høre til flere områder.",
        "Of the figures in this release that are shown or hidden for confidentiality. Figures that are missing for other reasons are not counted. A figure is one value for one unit, period and group of patients; the same indicator can belong to several areas.",
    ),
    "kept_by_area": ("Viste tal efter område", "Figures shown by area"),
    "kept_by_unit": ("Viste tal efter slags enhed", "Figures shown by kind of unit"),
    "kind_of_unit": ("Slags enhed", "Kind of unit"),
    "kept_shown": ("Vist", "Shown"),
    "kept_hidden": ("Skjult", "Hidden"),
    "kept_share": ("Andel vist", "Share shown"),
    "kept_all": ("Alle tal", "All figures"),
    "policy_sources": ("Hvor reglen kommer fra", "Where the policy comes from"),
    "policy_source_dst": (
        "Danmarks Statistik viser aldrig færre end tre observationer i en celle (statistikdokumentation for Lægedækning, dst.dk). Kataloget kan derfor ikke sætte en lavere grænse.",
        "Statistics Denmark never shows fewer than three observations in a cell (documentation of the statistics Lægedækning, dst.dk). The catalogue can therefore not set a lower threshold.",
    ),
    "policy_source_five": (
        "Fem er den grænse, der gælder, når kataloget ikke siger andet. Andre danske opgørelser skjuler også antal under fem. Vi har ikke fundet en offentlig regel, der fastsætter netop den grænse for sundhedsdata.",
        "Five is the threshold that holds unless the catalogue says otherwise. Other Danish publications also hide counts below five. We have found no public rule that sets exactly that threshold for health data.",
    ),
    "policy_source_percent": (
        "p %-reglen er beskrevet hos Hundepool m.fl. 2012, Statistical Disclosure Control.",
        "The p % rule is described by Hundepool et al. 2012, Statistical Disclosure Control.",
    ),
}
