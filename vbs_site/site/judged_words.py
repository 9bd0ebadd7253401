"""What pages say of verdicts and of what is new, in Danish and English."""

JUDGED_WORDS: dict[str, tuple[str, str]] = {
    "news": ("Nyt i udgivelsen", "What is new in this release"),
    "news_target_met": ("Mål nået", "Target met"),
    "news_target_lost": ("Mål ikke længere nået", "Target no longer met"),
    "news_improved": ("Bedre end året før", "Better than the year before"),
    "news_deteriorated": ("Dårligere end året før", "Worse than the year before"),
    "news_more": ("Vis {} flere", "Show {} more"),
    "news_none": (
        "Ingen tal har ændret sig mere end tilfældet kan give, og ingen mål er nået eller tabt.",
        "No figure has changed by more than chance can give, and no target was met or lost.",
    ),
    "news_guide": (
        "Landet og regionerne er sammenholdt med samme periode året før: {} tal kunne vurderes. Bedre og dårligere siges kun, når hele 95 % konfidensintervallet for forskellen ligger på den ene side af nul; ved et rent tilfælde ville omkring {} gøre det. Et mål er nået eller tabt, når afgørelsen om det samme mål var den modsatte sidst. Forslag og tal, hvor ingen retning er bedre, vurderes ikke.",
        "The country and the regions are held against the same period of the year before: {} figures could be judged. Better and worse are said only when the whole 95% confidence interval of the difference lies on one side of zero; by chance alone about {} would. A target is met or lost when the decision on the same target was the opposite last time. Proposals, and figures of which neither direction is better, are not judged.",
    ),
    "news_chance": (
        "Der er ikke flere udslag, end tilfældet alene ville give: se dem som anledning til at undersøge, ikke som forandringer.",
        "There are no more of them than chance alone would give: take them as a reason to look, not as changes.",
    ),
    "feed": ("Følg med i et feed (Atom)", "Follow it in a feed (Atom)"),
    "year_before": ("året før", "the year before"),
    "met_short": ("nået", "met"),
    "not_met_short": ("ikke nået", "not met"),
    "target_verdict": ("Mål", "Target"),
    "trend_year": ("Mod året før", "Against the year before"),
    "variation": ("Variation over tid", "Variation over time"),
    "rules_fired_in": (
        "Perioder, hvor en regel er brudt ({} af {})",
        "Periods in which a rule fired ({} of {})",
    ),
    "control_chart": ("Kontroldiagram", "Control chart"),
    "control_no_rule": (
        "Ingen af reglerne for særlig årsag er brudt.",
        "None of the rules for a special cause fired.",
    ),
    "control_too_few": (
        "Under 12 perioder har et tal, der kan vurderes, så udviklingen er ikke vurderet med et kontroldiagrams regler.",
        "Fewer than 12 periods have a figure that can be judged, so the series is not judged by the rules of a control chart.",
    ),
    "control_overlap": (
        "De samme borgere er med i flere perioder i træk, så udviklingen er ikke vurderet med et kontroldiagrams regler.",
        "The same people are in several periods in a row, so the series is not judged by the rules of a control chart.",
    ),
    "control_of_one": (
        "Hele landet er 1 i hver periode, så udviklingen er ikke vurderet med et kontroldiagrams regler.",
        "The whole country is 1 in every period, so the series is not judged by the rules of a control chart.",
    ),
    "reading_control": (
        "Sådan læses grafen: punkterne er værdien i hver periode, linjen i midten er seriens gennemsnit, og mellem de to stiplede linjer ligger næsten alt, hvad tilfældet giver. Et punkt med en anden form end cirklen er med til at bryde en regel. Tegn under linjen viser, hvorfor en periode ikke har noget tal.",
        "How to read it: the points are the value of each period, the line in the middle is the mean of the series, and nearly all that chance gives lies between the two dashed lines. A point of another shape than the circle takes part in breaking a rule. Signs below the line show why a period has no number.",
    ),
    "target_line": (
        "Den streg-prikkede linje er målet: {}.",
        "The dash-dotted line is the target: {}.",
    ),
    "difference": ("Forskel", "Difference"),
    "difference_points": ("Forskel i procentpoint", "Difference in percentage points"),
    "difference_ratio": ("Forhold (1 er uændret)", "Quotient (1 is unchanged)"),
    "ci_difference": ("95 % CI for forskellen", "95% CI of the difference"),
    "own_past_guide": (
        "Mod året før sammenholder med samme periode året før. Uændret betyder, at forskellen ikke er større, end tilfældet kan give.",
        "Against the year before compares with the same period of the year before. Unchanged means that the difference is no more than chance can give.",
    ),
    "untold_guide": (
        "Kan ikke opgøres betyder, at et af de to tal ikke er vist, hviler på for få patienter eller intet interval har, eller at et databrud ligger imellem eller inde i en af perioderne.",
        "Cannot be determined means that one of the two figures is not shown, rests on too few patients or has no interval, or that a break in the series lies between them or inside one of the periods.",
    ),
    "own_reference": (
        "Tal fra forskellige perioder sammenlignes ikke, fordi referencen skifter: hver periode har sin egen.",
        "Figures of different periods are not compared, since the reference changes: each period has its own.",
    ),
    "no_upper_limit": ("fra {}, ingen øvre grænse", "from {}, no upper limit"),
    "interval_methods": ("Intervallernes metode", "Method of the intervals"),
    "proposal_unjudged": (
        "Indikatoren er et forslag, og forslag vurderes ikke: der står kun højere eller lavere.",
        "The indicator is a proposal, and proposals are not judged: only higher or lower is said.",
    ),
    "reading_funnel": (
        "Sådan læses grafen: hvert punkt er en enhed; jo længere til højre, desto flere tæller den. Mellem linjerne ligger de tal, som tilfældet giver, når enheden i virkeligheden er som hele landet; de er vide for små enheder og smalle for store.",
        "How to read it: each point is a unit; the further to the right, the more it counts. Between the lines lie the figures that chance gives when the unit is really as the whole country; they are wide for small units and narrow for large ones.",
    ),
    "funnel": ("Tragt", "Funnel"),
    "funnel_n": ("nævner (n)", "denominator (n)"),
    "funnel_expected": ("forventet antal", "expected number"),
    "funnel_time": ("opfølgningstid", "time followed"),
    "funnel_count": (
        "{}: {} kan holdes op mod hele landet. Uden for 95 %-grænserne ligger {} (ved et rent tilfælde ville man vente {}), uden for 99,8 %-grænserne {} (ved et rent tilfælde {}).",
        "{}: {} can be held against the whole country. Outside the 95% limits lie {} (by chance alone one would expect {}), outside the 99.8% limits {} (by chance alone {}).",
    ),
    "funnel_widened": (
        "Grænserne er udvidet efter enhedernes spredning (φ = {}).",
        "The limits are widened by the spread of the units (φ = {}).",
    ),
    "funnel_level": ("{}-grænserne afgør vurderingen.", "The {} limits decide the verdict."),
    "less_than": ("under {}", "less than {}"),
    "reading_units": (
        "Sådan læses grafen: hvert punkt er en enhed med 95 % konfidensinterval; linjen på tværs er hele landet. Formen er vurderingen i tabellen, som er afgjort af tragtens grænser.",
        "How to read it: each point is a unit with its 95% confidence interval; the line across is the whole country. The shape is the verdict in the table, which the limits of the funnel decide.",
    ),
    "similar": ("Mod lignende enheder", "Against similar units"),
    "similar_caption": (
        "{}: hver enhed mod de andre i gruppen under ét, {}",
        "{}: each unit against the others of the group together, {}",
    ),
    "others_together": ("De andre", "The others"),
    "verdict": ("Vurdering", "Verdict"),
    "unadjusted": ("Uden justering", "Without adjustment"),
    "casemix_change": (
        "Det justerede tal tager højde for, at enheder har forskellige patienter. Referencen er det offentliggjorte nationale tal for {}{}, se definitionen.",
        "The adjusted figure allows for units having different patients. The reference is the published national figure of {}{}, see the definition.",
    ),
    "casemix_direct": (
        "Det justerede tal tager højde for, at enheder har forskellige patienter. Referencen er standardbefolkningen i {}{}.",
        "The adjusted figure allows for units having different patients. The reference is the standard population in {}{}.",
    ),
    "casemix_indirect": (
        "Det justerede tal tager højde for, at enheder har forskellige patienter. Referencen er alle enheder under ét i {}.",
        "The adjusted figure allows for units having different patients. The reference is all units together in {}.",
    ),
    "casemix_day": (" pr. {}", " as of {}"),
}

JUDGED_SHAPES = {"met": "■", "not_met": "▲", "unchanged": "=", "undeterminable": "◇"}
"""Verdict to its shape, beside those of comparisons."""
