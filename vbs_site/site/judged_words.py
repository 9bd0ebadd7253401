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
        "Landet og regionerne er sammenholdt med samme periode året før: {} tal kunne vurderes. Bedre og dårligere siges kun, når hele 95 % konfidensintervallet for forskellen ligger på den ene side af nul; ved et rent tilfælde ville omkring {} gøre det. Et mål er nået eller tabt, når afgørelsen var den modsatte sidst. Forslag vurderes ikke.",
        "The country and the regions are held against the same period of the year before: {} figures could be judged. Better and worse are said only when the whole 95% confidence interval of the difference lies on one side of zero; by chance alone about {} would. A target is met or lost when the decision was the opposite last time. Proposals are not judged.",
    ),
    "feed": ("Følg med i et feed (Atom)", "Follow it in a feed (Atom)"),
    "year_before": ("året før", "the year before"),
}
