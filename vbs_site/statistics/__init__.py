"""What it tells: aggregates to findings, each a value with its interval and a typed status; and the methods that judge them.

What no catalogue can ask for yet (run, moving-range, c, xbar, s and I' charts; the SHMI's scale; standardised response mean
and effect size; the score interval of a difference, the ratio of two shares; the EQ-5D index) stands here as tested
against reference packages, and no page shows it.
"""
