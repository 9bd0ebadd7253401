"""One unit's part of the whole: which rows count for it, so that the parts of all units add up exactly.

A part is computed in one of two situations, which its basis names:

- `everything`: the folder holds all deliveries. Index rows that the unit delivered count; what they are linked to is
  everybody's. Rows that nobody delivers as their own (chained rows, cohorts, populations, sources in one file) are claimed
  through their unit: the unit that it is or lies within. What nobody can claim goes with the first unit in order of id.
- `residents` or `own_hospitals`: the folder holds the unit's own extracts. Everything in them counts; only populations,
  which are the same for all, are claimed as above.

All contacts of a unit's residents are enough for every measure. Contacts of its own hospitals are not: in a simulation
where one contact in twenty took place in another region, readmissions came out 7.6 % too low and a cohort of chronic
patients 12.5 % too large. Such measures are named by `looks_across_contacts` and never combined on that basis.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from vbs_site.catalogue.indicators import Ratio
from vbs_site.catalogue.loading import Loaded
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import Organisations
from vbs_site.catalogue.populations import Per
from vbs_site.catalogue.uses import uses
from vbs_site.diagnostics import Diagnosis, ExitCode, FaultError, nearest
from vbs_site.extracts.deliveries import Basis, Deliveries
from vbs_site.measures.rollup import Counts
from vbs_site.measures.shape import Columns

ELSEWHERE = ("followed_by", "preceded_by", "then", "measure", "baseline", "follow_up", "cohort", "value")
"""Ends of the paths of uses that read other rows of a person than the index row."""


@dataclass(frozen=True)
class Part:
    """Whose part is computed, and on what.

    Attributes:
        unit: the unit.
        kind: its kind of organisation.
        claimants: the units whose parts make up the whole, in order of id.
        basis: what the folder holds.
    """

    unit: str
    kind: str
    claimants: tuple[str, ...]
    basis: Basis

    @property
    def own(self) -> bool:
        """Return whether the folder holds the unit's own extracts alone."""
        return self.basis != "everything"

    def claims(self, organisations: Organisations, unit: str | None) -> bool:
        """Return whether rows of a unit (None: of no unit that is known) are claimed by this part."""
        owner = organisations.ancestor(unit, self.kind) if unit is not None else None
        return (owner if owner in self.claimants else self.claimants[0]) == self.unit


def check_unit(loaded: Loaded, used: Iterable[str], unit: str) -> None:
    """Refuse a unit that delivers none of the sources that are used.

    Raises:
        FaultError: with one line (exit code 2).
    """
    catalogue = loaded.catalogue
    delivering = {
        catalogue.organisation_kind(kind)
        for name in used
        if (kind := catalogue.sources[name].delivered_by) is not None
    }
    known = [each.id for each in loaded.organisations.members if not delivering or each.kind in delivering]
    if unit not in known:
        rule = "the unit is an organisation that delivers"
        fault = Diagnosis("--only-unit", 0, "", rule, repr(unit), nearest(unit, known))
        raise FaultError(ExitCode.USAGE, [fault])
    if len(delivering) > 1:
        rule, got = "all sources are delivered by units of one kind", ", ".join(sorted(delivering))
        raise FaultError(ExitCode.USAGE, [Diagnosis(str(loaded.path), 0, "sources", rule, got)])


def part_of(loaded: Loaded, deliveries: Deliveries, unit: str) -> Part:
    """Return the part of a unit.

    Raises:
        FaultError: when the unit does not exist or does not deliver (exit code 2 or 11), or a source brings its own
            national row in a way that cannot be divided (exit code 11).
    """
    catalogue, organisations = loaded.catalogue, loaded.organisations
    check_unit(loaded, deliveries.by_source, unit)
    kind = organisations.by_id[unit].kind
    sent = {each for delivery in deliveries.by_source.values() for each in delivery.files if each is not None}
    claimants = tuple(each.id for each in organisations.of_kind(kind))
    if deliveries.basis == "everything" and sent:
        claimants = tuple(sorted(sent))
    if unit not in claimants:
        hint = "Deliver its extracts, or compute the part of another unit"
        raise FaultError.one(
            ExitCode.EXTRACTS, deliveries.folder, f"{unit} delivers", got="no file", hint=hint
        )
    part = Part(unit, kind, claimants, deliveries.basis)
    for name, indicator in catalogue.computed.items():
        brought = [each for each in indicator.units if catalogue.units[each].national_code is not None]
        if (
            brought
            and not isinstance(indicator, Ratio)
            and (part.own or delivers(catalogue, deliveries, name))
        ):
            rule = "a national row that a source brings itself comes in the one file of all units"
            raise FaultError.one(ExitCode.EXTRACTS, deliveries.folder, rule, got=f"{name} by {brought[0]}")
    return part


def delivers(catalogue: Catalogue, deliveries: Deliveries, name: str) -> bool:
    """Return whether the index rows of an indicator are delivered by each unit as its own. Rows in a table carry no name."""
    if getattr(catalogue.indicators[name], "of", None) is None:
        return False
    index = next(uses(catalogue, name)).source
    return (
        catalogue.delivered_by(index) is not None
        and deliveries.by_source[catalogue.base_of(index)].table is None
    )


def comes_from_one(catalogue: Catalogue, deliveries: Deliveries, name: str, unit_kind: str) -> bool:
    """Return whether all rows of a unit of this kind are in one part, that of the unit that it is or lies within."""
    placed_by_residence = catalogue.units[unit_kind].path is not None
    if deliveries.basis == "residents":
        return placed_by_residence
    if deliveries.basis == "everything" and not delivers(catalogue, deliveries, name):
        return True
    return not placed_by_residence


def counted_rows(
    loaded: Loaded,
    deliveries: Deliveries,
    organisations: Organisations,
    part: Part,
    name: str,
    unit_kind: str,
) -> Counts:
    """Return the test that says which rows of a compiled query count in a part."""
    catalogue = loaded.catalogue
    finest = catalogue.code_kind(unit_kind)
    over_population = isinstance(getattr(catalogue.indicators[name], "per", None), Per)
    all_claimed = not part.own and not delivers(catalogue, deliveries, name)
    claimed = dict[str | None, bool]()  # few units, many rows

    def claims(code: str | None) -> bool:
        if code not in claimed:
            here = organisations.by_code.get((finest, code or ""))
            claimed[code] = part.claims(organisations, here.id if here is not None else None)
        return claimed[code]

    def counts(columns: Columns) -> list[bool]:
        # Events and population stand in rows of their own; a row of events has at least one.
        rows = zip(columns["unit_code"], columns["eligible"], strict=True)
        return [
            claims(code) if all_claimed or (over_population and eligible == 0) else True
            for code, eligible in rows
        ]

    return counts


def looks_across_contacts(catalogue: Catalogue, name: str) -> bool:
    """Return whether an indicator reads rows of a person that another hospital may have delivered.

    That is any use beyond the index row's own columns, the register of persons, populations and references: links and
    answers, cohorts, chains, the first row of a person, a washout.
    """
    indicator = catalogue.indicators[name]
    if isinstance(indicator, Ratio):
        halves = (indicator.numerator, indicator.denominator)
        return any(looks_across_contacts(catalogue, half.indicator) for half in halves)
    of = getattr(indicator, "of", None)
    if of is not None and (of.chain or of.only_first or of.washout):
        return True
    for use in uses(catalogue, name):
        source = catalogue.sources[use.source]
        of_persons = source.person is not None and source.time is not None
        if catalogue.is_chained(use.source) or (use.path[-1] in ELSEWHERE and of_persons):
            return True
    return False
