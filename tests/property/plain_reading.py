"""A reading of the grammar in plain Python, one row at a time, written from its words and not from the SQL.

For each index event it looks at every row of the same person. `read` gives what a compiled query gives: statistics per
unit code, period, sex, age band and bin.
"""

import datetime as dt
from collections import defaultdict

from property.plain_derived import derived
from property.plain_values import CALENDAR, DAY, age_band, as_moment, moved, number, told, whole

from vbs_site.catalogue.conditions import comparisons
from vbs_site.catalogue.events import FollowedEvent
from vbs_site.catalogue.indicators import strata_of
from vbs_site.measures.shape import STATISTICS
from vbs_site.periods import period_of


class Reading:
    """One measure over rows.

    Args:
        catalogue: holds the measure `example`.
        tables: delivered source to rows.
        days: first reported day, the day after the last, and the first day on which people are no longer seen.
    """

    def __init__(self, catalogue, tables, days):
        self.catalogue, self.measure = catalogue, catalogue.indicators["example"]
        self.unit = catalogue.units[self.measure.units[0]]
        self.first, self.after, self.horizon = days
        self.tables = dict(tables)
        for name in catalogue.derived_of(catalogue.sources):
            derive = catalogue.sources[name].derive
            self.tables[name] = derived(derive, self.rows(derive.select or derive.chain, derive.where))
        self.people = {row["person"]: row for row in tables["persons"]}
        self.found = defaultdict(lambda: dict.fromkeys(STATISTICS, 0))

    # --- rows -------------------------------------------------------------------------------------------------------

    def rows(self, source, where=None):
        return [row for row in self.tables[source] if told(where, row, self.catalogue.codesets)]

    def at(self, source, row, named):
        return row[named or self.catalogue.sources[source].time.start]

    def key(self, source, row):
        return tuple(row[each] for each in self.catalogue.sources[source].key)

    def reported(self, moment):
        if isinstance(moment, int):
            return moment >= self.first.year
        return moment is not None and as_moment(self.first) <= as_moment(moment) < as_moment(self.after)

    def period(self, moment):
        day = dt.date(moment, 1, 1) if isinstance(moment, int) else moment
        return period_of(day, self.measure.period).index

    # --- who counts -------------------------------------------------------------------------------------------------

    def index_events(self):
        """Yield the rows that count, before any exclusion."""
        of = self.measure.of
        rows = [
            row
            for row in self.rows(of.from_, of.where)
            if of.chain or self.at(of.from_, row, of.at) is not None
        ]
        if of.chain is not None:
            rows = self.courses(rows, of.chain.gap)
        if of.only_first is not None or of.washout is not None:
            rows = [row for row in rows if self.comes_first(row, rows)]
        return [row for row in rows if self.reported(self.at(of.from_, row, of.at))]

    def courses(self, rows, gap):
        opening, reached = [], {}
        for row in sorted(rows, key=lambda row: (row["start"], row["id"])):
            before = reached.get(row["person"])
            if before is None or row["start"] >= moved(before, gap):
                opening.append(row)
            end = row["end"] or row["start"]
            reached[row["person"]] = end if before is None else max(before, end)
        return opening

    def comes_first(self, row, rows):
        of = self.measure.of
        here = self.at(of.from_, row, of.at), self.key(of.from_, row)
        earlier = [
            self.at(of.from_, other, of.at)
            for other in rows
            if other["person"] == row["person"]
            and (self.at(of.from_, other, of.at), self.key(of.from_, other)) < here
        ]
        if of.washout is not None:
            return not any(as_moment(each) >= moved(as_moment(here[0]), of.washout, -1) for each in earlier)
        if of.only_first == "in_period":
            return not any(self.period(each) == self.period(here[0]) for each in earlier)
        return not earlier

    def left_out(self, row):
        for each in getattr(self.measure, "exclude", []):
            if each.where is not None and told(each.where, row, self.catalogue.codesets):
                return True
            if each.died is not None:
                death, limit = self.death(row), self.day(row)
                if death is not None and death <= (
                    limit if each.died == "before_or_at" else moved(limit, each.died)
                ):
                    return True
            link = each.followed_by or each.preceded_by
            if link is not None and self.met(row, link, forwards=each.followed_by is not None):
                return True
        return False

    def moment(self, row):
        return as_moment(self.at(self.measure.of.from_, row, self.measure.of.at))

    def day(self, row):
        return self.moment(row).date()

    def death(self, row):
        return self.people.get(row["person"], {}).get("death")

    # --- what lies around -------------------------------------------------------------------------------------------

    def linked(self, row, link, *, forwards):
        """Return the linked rows, the first by time and then by key in front."""
        of, event = self.measure.of, getattr(self.measure, "event", None)
        source, index = link.from_ or of.from_, self.moment(row)
        days = {self.kind(source, link.at), self.kind(of.from_, of.at)}
        # People are followed in whole days, and against a date nothing else is known.
        whole_days = "date" in days or (
            link is getattr(event, "followed_by", None) and isinstance(event, FollowedEvent)
        )
        index = whole(index) if whole_days else index
        found = []
        for other in self.rows(source, link.where):
            time = as_moment(self.at(source, other, link.at))
            itself = source == of.from_ and self.key(source, other) == self.key(source, row)
            if other["person"] != row["person"] or itself or time is None:
                continue
            if any(row[name] is None or row[name] != other[name] for name in link.same):
                continue
            taken, time = time, whole(time) if whole_days else time
            if forwards:
                near = time > moved(index, link.after) if link.after else time >= index
                far = time <= moved(index, link.within)
            else:
                near = time < moved(index, link.after, -1) if link.after else time <= index
                far = time >= moved(index, link.within, -1)
            if near and far:
                found.append((taken, self.key(source, other), other))
        return [(time, other) for time, _, other in sorted(found, key=lambda each: each[:2])]

    def kind(self, source, named):
        contract = self.catalogue.sources[source]
        return contract.columns[named or contract.time.start].type

    def picked(self, row, link, *, forwards):
        """Return what a link gives: a row (None without), a number, or whether there is any."""
        found = self.linked(row, link, forwards=forwards)
        if link.pick == "any":
            return bool(found)
        if link.pick == "count":
            return len(found)
        if link.pick == "sum":
            return sum(other[link.value] for _, other in found if other[link.value] is not None)
        if not found:
            return None
        time = found[0][0] if link.pick == "first" else found[-1][0]
        return next(other for at, other in found if at == time)

    def met(self, row, link, *, forwards):
        found = self.picked(row, link, forwards=forwards)
        if link.pick in ("first", "last"):
            return found is not None and told(link.then, found, self.catalogue.codesets) is True
        return bool(found) if link.pick == "any" else found >= number(link.at_least)

    # --- where it is counted ----------------------------------------------------------------------------------------

    def place(self, row, person=None, moment=None):
        """Return (unit code, period, sex, age band) of an index event or a member."""
        moment = self.at(self.measure.of.from_, row, self.measure.of.at) if moment is None else moment
        someone = self.people.get(row["person"] if row else person, {}) if self.of_persons else {}
        code = self.residence(someone) if self.unit.path else row[self.unit.column]
        strata = strata_of(self.measure)
        sex = someone.get("sex") if "sex" in strata else None
        band = age_band(someone.get("birth"), as_moment(moment).date()) if "age_band" in strata else None
        return code, self.period(moment), sex, band

    @property
    def of_persons(self):
        return (
            self.measure.kind == "mean" or "person" in self.catalogue.sources[self.measure.of.from_].columns
        )

    def residence(self, someone):
        regions = {row["municipality"]: row["region"] for row in self.tables["municipalities"]}
        return regions.get(someone.get("municipality"))

    def add(self, place, in_bin=None, **statistics):
        total = self.found[*place, in_bin]
        for name, value in statistics.items():
            total[name] += value

    # --- kinds ------------------------------------------------------------------------------------------------------

    def read(self):
        """Return (unit code, period, sex, age band, bin) to the statistics."""
        if getattr(self.measure, "cohort", None) is not None:
            self.of_cohort()
        else:
            for row in self.index_events():
                if not self.left_out(row):
                    getattr(self, self.measure.kind)(row)
        if getattr(getattr(self.measure, "per", None), "from_", None):
            self.population()
        return dict(self.found)

    def proportion(self, row):
        event = self.measure.event
        if event.where is not None:
            asked = list(comparisons(event.where))
            unknown = any(row[each.column] is None for each in asked) and all(
                each.operator != "missing" for each in asked
            )
            happened = not unknown and told(event.where, row, self.catalogue.codesets) is True
        else:
            unknown = False
            if event.died is not None:
                death, day = self.death(row), self.day(row)
                happened = death is not None and day <= death <= moved(day, event.died)
            else:
                link = event.followed_by or event.preceded_by
                happened = self.met(row, link, forwards=event.followed_by is not None)
        self.add(
            self.place(row), eligible=1, n=int(not unknown), missing=int(unknown), numerator=int(happened)
        )

    def standardised_ratio(self, row):
        (self.proportion if self.measure.event is not None else self.standardised_rate)(row)

    def standardised_rate(self, row):
        self.add(self.place(row), eligible=1, numerator=1)

    def rate(self, row):
        if self.measure.event is None:
            self.standardised_rate(row)
            return
        happened, days, stop = self.followed(row)
        link = self.measure.event.followed_by
        if link is not None and link.pick == "count":
            until = [
                time
                for time, _ in self.linked(row, link, forwards=True)
                if (time.date() - self.day(row)).days <= stop
            ]
            self.add(self.place(row), eligible=1, n=1, numerator=len(until), person_days=max(0, stop))
        else:
            self.add(self.place(row), eligible=1, n=1, numerator=int(happened), person_days=days)

    def time_to_event(self, row):
        happened, days, _ = self.followed(row)
        self.add(self.place(row), days, eligible=1, n=1, numerator=int(happened), person_days=days)

    def followed(self, row):
        """Return whether the event happened, after how many days the row leaves, and the last day that is seen (below 0: none)."""
        event, day = self.measure.event, self.day(row)
        ends = [moved(day, event.followed_by.within if event.followed_by else event.died)]
        if self.horizon is not None:
            ends.append(self.horizon - DAY)
        death = self.death(row)
        if event.died is None and death is not None:
            ends.append(death)
        stop = (min(ends) - day).days
        if death is not None and death < day:
            stop = -1  # nothing is seen of the dead
        if event.died is not None:
            reached = (death - day).days if death is not None else None
        else:
            found = self.linked(row, event.followed_by, forwards=True)
            reached = (found[0][0].date() - day).days if found else None
        happened = reached is not None and 0 <= reached <= stop
        return happened, reached if happened else max(0, stop), stop

    def mean(self, row):
        value = self.measure.value
        if value.link is not None:
            amount = self.picked(row, value.link, forwards=value.followed_by is not None)
            if value.link.pick in ("first", "last"):
                amount = amount[value.link.value] if amount is not None else None
        elif value.days is not None:
            start, end = (row[name] for name in value.days)
            amount = (end.date() - start.date()).days if None not in (start, end) else None
        else:
            amount = row[value.column]
        known = amount is not None
        amount = amount if known else 0
        self.add(
            self.place(row),
            eligible=1,
            n=int(known),
            missing=int(not known),
            sum=amount,
            sum_sq=amount * amount,
        )

    def of_cohort(self):
        cohort, value = self.measure.cohort, self.measure.value
        months = {"quarter": 3, "year": 12}[self.measure.period]
        back = cohort.within.count * CALENDAR[cohort.within.unit] // months
        begun = [
            (row["person"], self.period(self.at(cohort.from_, row, cohort.at)))
            for row in self.rows(cohort.from_, cohort.where)
        ]
        for period in range(self.period(self.first), self.period(self.after)):
            for person in {person for person, when in begun if period - back <= when < period}:
                death = self.people.get(person, {}).get("death")
                if cohort.alive and death is not None and self.period(death) < period:
                    continue
                own = [row for row in self.rows(value.from_, value.where) if row["person"] == person]
                own = [
                    row
                    for row in own
                    if (time := self.at(value.from_, row, value.at)) and self.period(time) == period
                ]
                amounts = [row[value.sum] for row in own if row[value.sum] is not None]
                total = sum(amounts)
                place = self.residence(self.people.get(person, {})), period, None, None
                self.add(
                    place, eligible=1, n=1, numerator=int(bool(amounts)), sum=total, sum_sq=total * total
                )

    def change(self, row):
        measure = self.measure
        if measure.kind == "change" and measure.measure is not None:
            before, after = (
                self.answer(row, each) for each in (measure.measure.baseline, measure.measure.follow_up)
            )
            pair = [before, after]
        else:
            names = [measure.pair.baseline, measure.pair.follow_up, measure.pair.expected]
            pair = [row[name] for name in names if name is not None]
        paired = None not in pair
        change = pair[1] - pair[0] if paired else 0
        instrument = self.catalogue.instruments[measure.instrument]
        (threshold,) = (number(each.value) for each in instrument.thresholds if each.kind == measure.improved)
        improved = paired and (
            change >= threshold if instrument.direction == "higher" else change <= -threshold
        )
        found = {"sum": change, "sum_sq": change * change, "numerator": int(improved)}
        if paired and len(pair) == 3:
            found |= {"expected": pair[2] - pair[0], "residual_sq": (pair[1] - pair[2]) ** 2}
        self.add(self.place(row), eligible=1, n=int(paired), missing=int(not paired), **found)

    adjusted_change = change

    def answer(self, row, asked):
        measure = self.measure.measure
        low, high = (moved(self.day(row), each) for each in asked.window)
        answers = [
            (self.at(measure.from_, each, measure.at), self.key(measure.from_, each), each[measure.value])
            for each in self.rows(measure.from_, measure.where)
            if each["person"] == row["person"] and told(asked.where, each, self.catalogue.codesets)
        ]
        answers = sorted(each for each in answers if low <= each[0] <= high and each[2] is not None)
        if not answers:
            return None
        time = answers[0][0] if asked.pick == "first" else answers[-1][0]
        return next(score for at, _, score in answers if at == time)

    def share_of_sum(self, row):
        part, whole = row[self.measure.numerator], row[self.measure.denominator]
        known = None not in (part, whole)
        found = {"n": whole, "numerator": part} if known else {"missing": 1}
        self.add(self.place(row), eligible=whole or 0, **found)

    def population(self):
        per, strata = self.measure.per, strata_of(self.measure)
        for row in self.tables[per.from_]:
            day = row[per.at]
            period = period_of(day, self.measure.period)
            opens = period_of(day - DAY, self.measure.period) != period
            if opens and self.reported(day):
                bands = [row[getattr(per, name)] if name in strata else None for name in ("sex", "age_band")]
                self.add((row[per.unit], period.index, *bands), n=row[per.sum])
