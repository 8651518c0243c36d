"""Today's need, estimated from what studies found: pooled prevalence, applied to today's people.

A study is years old, was done in a few places, and differs from the next. Each figure that can be used is brought to
log odds; the figures that cover a stratum (sex, kind of custody, age) are pooled by random effects, one a fieldwork;
and the pooled prevalence of each stratum is applied to the people of a place in it (direct standardisation). The
limits carry three things: sampling, the years since the fieldwork, and the differences between studies.
``docs/old-evidence.md`` has the formulas, the assumptions and the citations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from scipy.special import expit, logit
from scipy.stats import norm, t
from statsmodels.stats.meta_analysis import combine_effects

from estimation.run import write
from estimation.windows import Frame

METHOD = "random_effects_standardised"

#: How much the log odds of a prevalence wander in a year, as a variance: an assumption. Eight figures of young people
#: in detention, reviewed twice 13 years apart, moved by 0.0047 a year (``tests/estimation/test_need.py`` shows it).
AGE_VARIANCE_A_YEAR = 0.005
#: Between studies, where no condition of the register has two to learn it from: as their log odds differ where two in
#: three studies of a prevalence of 30% find between 17% and 47%.
BETWEEN_VARIANCE = 0.5
#: Fewer fieldworks than these say too little of their own differences.
ENOUGH = 3
DRAWS = 4000
#: From the best to the worst.
GRADES = ("good", "caution", "poor", "very poor", "not known", "not verified")
#: Where the studies of a setting were done, if not in it.
STUDIED_IN = {"prison_in_a_year": "prison"}

_Z = float(norm.ppf(0.975))


@dataclass(frozen=True)
class Figure:
    """What one study found in one stratum."""

    estimate_id: str
    fieldwork_id: str
    sex: str
    custody_type: str
    age_from: int | None
    age_to: int | None
    log_odds: float
    standard_error: float
    fieldwork_year: float
    years: float
    """Since the fieldwork."""
    trust_grade: str
    people_change_pct: float | None = None
    """How the people of the setting have changed in number since, where that is known."""

    def covers(self, stratum: Stratum) -> bool:
        """Whether everybody of the stratum is among those that the figure is of."""
        is_aged = self.age_from is None or (
            stratum.age_from is not None
            and stratum.age_to is not None
            and self.age_from <= stratum.age_from
            and (self.age_to is None or self.age_to >= stratum.age_to)
        )
        return self.sex in ("all", stratum.sex) and self.custody_type in ("all", stratum.custody_type) and is_aged

    @property
    def narrowness(self) -> tuple[int, float, str]:
        """Orders figures of one fieldwork: the narrowest first, then the most precise."""
        parts = (self.sex != "all", self.custody_type != "all", self.age_from is not None)
        return -sum(parts), self.standard_error, self.estimate_id


@dataclass(frozen=True)
class Stratum:
    """People of one sex, kind of custody and age."""

    sex: str
    custody_type: str
    age_band: str
    age_from: int | None
    age_to: int | None

    @property
    def words(self) -> str:
        """Who they are, without their age."""
        who = {"male": "men", "female": "women"}.get(self.sex, "people")
        kinds = {"remand": " on remand", "sentenced": " who are sentenced", "all": " as a whole"}
        return who + kinds.get(self.custody_type, "")


@dataclass(frozen=True)
class Pool:
    """The prevalence of a stratum, as log odds, with the variances of what makes it uncertain."""

    figures: tuple[Figure, ...]
    log_odds: float
    sampling: float
    age: float
    between: float
    """Of the mean, from the differences between studies."""
    between_variance: float
    """Of the true log odds between studies: how far a place can be from the mean."""
    variance_basis: str
    i_squared: float | None
    widening: float
    """Of the normal interval to Student's, where the differences were learnt from these studies alone."""

    def deviations(self, *, is_place: bool = True) -> np.ndarray:
        """Standard deviations of sampling, age and differences, widened: of a place that is none of the studies', or of
        the mean, which is what a whole country has."""
        differences = self.between + is_place * self.between_variance
        return self.widening * np.sqrt([self.sampling, self.age, differences])

    @property
    def limits(self) -> tuple[float, float]:
        """The 95% limits of the log odds of a place."""
        half = _Z * float(np.sqrt((self.deviations() ** 2).sum()))
        return self.log_odds - half, self.log_odds + half


def one_a_fieldwork(figures: Iterable[Figure]) -> tuple[Figure, ...]:
    """Of the figures of each fieldwork the narrowest: two of one fieldwork are not independent."""
    chosen: dict[str, Figure] = {}
    for figure in sorted(figures, key=lambda f: f.narrowness):
        chosen.setdefault(figure.fieldwork_id, figure)
    return tuple(sorted(chosen.values(), key=lambda f: f.estimate_id))


def between_variance(log_odds: Sequence[float], variances: Sequence[float]) -> tuple[float, float]:
    """The variance between studies by Paule and Mandel's method, and I squared, of two studies or more.

    Paule RC, Mandel J. J Res Natl Bur Stand 1982;87:377-85; by statsmodels.
    """
    found: Any = combine_effects(np.asarray(log_odds), np.asarray(variances), method_re="iterated", maxiter=200)
    return max(float(found.tau2), 0.0), max(float(found.i2), 0.0)


def pool(figures: Sequence[Figure], borrowed: float) -> Pool:
    """Random effects over figures of fieldworks of their own; with fewer than three, ``borrowed`` is the least variance
    between studies that is believed."""
    if len({figure.fieldwork_id for figure in figures}) < len(figures):
        raise ValueError(f"two figures of one fieldwork: {', '.join(f.estimate_id for f in figures)}")
    effect = np.array([figure.log_odds for figure in figures])
    sampling = np.array([figure.standard_error**2 for figure in figures])
    years = np.array([figure.years for figure in figures])
    own, i_squared = (
        between_variance(list(effect), list(sampling + AGE_VARIANCE_A_YEAR * years))
        if len(figures) > 1
        else (0.0, None)
    )
    is_own = len(figures) >= ENOUGH or own > borrowed
    between = own if is_own else borrowed
    weight = 1 / (sampling + AGE_VARIANCE_A_YEAR * years + between)
    weight /= weight.sum()
    # The same years passed for all of them: what two share is the drift since the later.
    shared = AGE_VARIANCE_A_YEAR * np.minimum.outer(years, years)
    return Pool(
        tuple(figures),
        float(weight @ effect),
        float(weight**2 @ sampling),
        float(weight @ shared @ weight),
        between * float((weight**2).sum()),
        between,
        "these studies" if is_own else "all studies",
        i_squared,
        float(t.ppf(0.975, len(figures) - 1)) / _Z if len(figures) >= ENOUGH else 1.0,
    )


def borrowed_variance(by_condition: Iterable[Iterable[Sequence[Figure]]]) -> float:
    """The usual variance between studies: the median over the conditions of the mean over their strata, of those that
    two fieldworks or more measured."""
    means = []
    for strata in by_condition:
        pools = {figures: pool(figures, 0.0).between_variance for figures in map(tuple, strata) if len(figures) > 1}
        if pools:
            means.append(float(np.mean(list(pools.values()))))
    return float(np.median(means)) if means else BETWEEN_VARIANCE


def _records(connection: duckdb.DuckDBPyConnection, query: str, *values: Any) -> list[dict[str, Any]]:
    found = connection.execute(query, list(values))
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _figures(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], list[Figure]]:
    """The figures that are used, by setting and condition."""
    found: dict[tuple[str, str], list[Figure]] = {}
    for row in _records(
        connection,
        "select e.setting, e.condition_id, e.estimate_id, e.fieldwork_id, e.sex, e.custody_type, e.age_from, e.age_to,"
        " e.estimate_pct, e.standard_error, a.fieldwork_year, greatest(a.years_since_fieldwork, 0) as years,"
        " a.trust_grade, a.people_change_pct"
        " from marts.study_estimate as e inner join marts.study_age as a using (study_id)"
        " where e.is_used order by e.estimate_id",
    ):
        measured_in = str(row.pop("setting")), str(row.pop("condition_id"))
        share = row.pop("estimate_pct") / 100
        found.setdefault(measured_in, []).append(Figure(**row, log_odds=float(logit(share))))
    return found


@dataclass(frozen=True)
class Setting:
    """The people of a setting: by place and stratum, with what a place's row says of it."""

    name: str
    places: Frame
    strata: tuple[Stratum, ...]
    people: np.ndarray
    """By place and stratum."""

    @property
    def studied_in(self) -> str:
        """The setting that its studies were done in."""
        return STUDIED_IN.get(self.name, self.name)


def _settings(connection: duckdb.DuckDBPyConnection) -> list[Setting]:
    keys = "sex, custody_type, age_band"
    found = []
    for (name,) in connection.execute("select distinct setting from marts.contact_mix order by 1").fetchall():
        strata = tuple(
            Stratum(**row)
            for row in _records(
                connection,
                f"select {keys}, max(age_from) as age_from, max(age_to) as age_to from marts.contact_mix"
                f" where setting = ? group by {keys} order by {keys}",
                name,
            )
        )
        places = connection.execute(
            "select place_kind, place_code, any_value(place_name) as place_name, max(counted_on) as counted_on,"
            " min(mix_basis) as mix_basis, max(people_log_sd) as people_log_sd"
            " from marts.contact_mix where setting = ? group by place_kind, place_code order by place_kind, place_code",
            [name],
        ).df()
        people = np.zeros((len(places), len(strata)))
        row_of = {key: at for at, key in enumerate(zip(places["place_kind"], places["place_code"], strict=True))}
        column_of = {(stratum.sex, stratum.custody_type, stratum.age_band): at for at, stratum in enumerate(strata)}
        cells = connection.execute(
            f"select place_kind, place_code, {keys}, people from marts.contact_mix where setting = ?", [name]
        ).fetchall()
        for kind, code, sex, custody_type, age_band, number in cells:
            people[row_of[kind, code], column_of[sex, custody_type, age_band]] = number
        found.append(Setting(name, places, strata, people))
    return found


def standardised(
    people: np.ndarray, people_log_sd: np.ndarray, pools: Sequence[Pool], *, is_place: bool = True
) -> dict[str, np.ndarray]:
    """The number of people with a condition in each place, its limits and where they come from.

    ``people`` are by place and stratum, ``pools`` by stratum; ``is_place`` is false of whole countries. What is not
    known of one stratum is taken to be just as wrong in the others, so that limits are rather too wide. By simulation
    from a fixed seed; shares of the variance by the delta method.
    """
    draws = np.random.default_rng(1997).standard_normal((4, DRAWS))
    middle = np.array([p.log_odds for p in pools])
    deviations = np.array([p.deviations(is_place=is_place) for p in pools])
    drawn = expit(middle[:, None] + deviations @ draws[:3])
    prevalence = expit(middle)
    covered = people.sum(axis=1)
    value = people @ prevalence
    expected = people @ drawn
    share_limits = np.quantile(expected / covered[:, None], (0.025, 0.975), axis=1)
    limits = np.quantile(expected * np.exp(people_log_sd[:, None] * draws[3]), (0.025, 0.975), axis=1)
    parts = np.column_stack([people @ ((prevalence * (1 - prevalence))[:, None] * deviations), value * people_log_sd])
    variance = parts**2
    return {
        "value": value,
        "lower_95": limits[0],
        "upper_95": limits[1],
        "prevalence_pct": 100 * value / covered,
        "prevalence_lower_95": 100 * share_limits[0],
        "prevalence_upper_95": 100 * share_limits[1],
        **dict(
            zip(
                ("share_sampling", "share_age", "share_between_studies", "share_people"),
                (variance / variance.sum(axis=1, keepdims=True)).T,
                strict=True,
            )
        ),
    }


def _pools(setting: Setting, figures: Sequence[Figure], borrowed: float) -> list[Pool | None]:
    """By stratum; none where no figure covers it."""
    made: dict[tuple[Figure, ...], Pool] = {}
    found: list[Pool | None] = []
    for stratum in setting.strata:
        covering = one_a_fieldwork(figure for figure in figures if figure.covers(stratum))
        if covering and covering not in made:
            made[covering] = pool(covering, borrowed)
        found.append(made.get(covering))
    return found


def _evidence(pools: Iterable[Pool]) -> dict[str, Any]:
    """What every row that stands on some pools says of them."""
    figures = {figure for p in pools for figure in p.figures}
    changes = [figure.people_change_pct for figure in figures if figure.people_change_pct is not None]
    return {
        "estimates": "; ".join(sorted(figure.estimate_id for figure in figures)),
        "fieldworks": len({figure.fieldwork_id for figure in figures}),
        "oldest_fieldwork_year": min(figure.fieldwork_year for figure in figures),
        "years_since_fieldwork": max(figure.years for figure in figures),
        "people_change_pct": max(changes, key=abs) if changes else None,
        "trust_grade": max((figure.trust_grade for figure in figures), key=GRADES.index),
    }


def _prevalence_rows(
    setting: Setting, condition: dict[str, Any], pools: Sequence[Pool | None]
) -> Iterator[dict[str, Any]]:
    for stratum, found in zip(setting.strata, pools, strict=True):
        if found is None:
            continue
        low, high = found.limits
        yield {
            **condition,
            "setting": setting.name,
            "sex": stratum.sex,
            "custody_type": stratum.custody_type,
            "age_band": stratum.age_band,
            "prevalence_pct": 100 * float(expit(found.log_odds)),
            "lower_95": 100 * float(expit(low)),
            "upper_95": 100 * float(expit(high)),
            "log_odds": found.log_odds,
            "variance_sampling": found.sampling,
            "variance_age": found.age,
            "variance_between_studies": found.between + found.between_variance,
            "between_studies": found.between_variance,
            "between_studies_basis": found.variance_basis,
            "i_squared": found.i_squared,
            **_evidence([found]),
            "status": "modelled",
            "method": METHOD,
        }


def _estimate_rows(setting: Setting, condition: dict[str, Any], pools: Sequence[Pool | None]) -> Frame:
    """A row a place, estimated where any of its people are covered."""
    is_covered = np.array([found is not None for found in pools])
    known = [found for found in pools if found is not None]
    covered = setting.people[:, is_covered].sum(axis=1)
    spread = setting.places["people_log_sd"].to_numpy(dtype=float)
    is_country = (setting.places["place_kind"] == "country").to_numpy()
    columns: dict[str, np.ndarray] = {}
    for has in ((covered > 0) & is_country, (covered > 0) & ~is_country):
        if has.any():
            people = setting.people[has][:, is_covered]
            found = standardised(people, spread[has], known, is_place=not is_country[has].any())
            for name, values in found.items():
                columns.setdefault(name, np.full(len(covered), np.nan))[has] = values
    # Most places of a setting have people of the same strata, and stand on the same figures.
    patterns, of_place = np.unique(setting.people > 0, axis=0, return_inverse=True)
    said = pd.DataFrame([_said(setting.strata, pools, pattern) for pattern in patterns], dtype=object)
    return setting.places.assign(
        people=setting.people.sum(axis=1),
        people_covered=covered,
        **columns,
        **condition,
        **{str(name): said[name].to_numpy()[of_place.ravel()] for name in said},
        setting=setting.name,
    )


def _said(strata: Sequence[Stratum], pools: Sequence[Pool | None], is_there: np.ndarray) -> dict[str, Any]:
    """What a place with people of some strata stands on, and whom nothing covers."""
    there = [(strata[at], pools[at]) for at in range(len(pools)) if is_there[at]]
    used = [found for _, found in there if found is not None]
    in_part = {stratum.words for stratum, found in there if found is not None}
    lacking = dict.fromkeys(
        stratum.words + (" of some ages" if stratum.words in in_part else "")
        for stratum, found in there
        if found is None
    )
    note = f"No study covers {' or '.join(lacking)}." if lacking else None
    if not used:
        return {"status": "not_available", "reason": note}
    return {**_evidence(used), "status": "modelled", "method": METHOD, "coverage_note": note, "reason": None}


def _nothing_rows(connection: duckdb.DuckDBPyConnection, setting: Setting) -> Iterator[dict[str, Any]]:
    """Conditions that somebody measured in the setting, of which no figure can be used: a row for the largest place."""
    rows = _records(
        connection,
        "select condition_id, any_value(condition_title) as condition_title, any_value(domain) as domain,"
        " string_agg(estimate_id || ': ' || why_not_used, ' ' order by estimate_id) as reason"
        " from marts.study_estimate where setting = ? and measure <> 'other' group by condition_id"
        " having not bool_or(is_used) order by condition_id",
        setting.studied_in,
    )
    people = setting.people.sum(axis=1)
    largest = setting.places.iloc[int(people.argmax())]
    for row in rows:
        yield {
            **largest.to_dict(),
            **row,
            "setting": setting.name,
            "people": people.max(),
            "people_covered": 0.0,
            "status": "not_available",
        }


def _observed(connection: duckdb.DuckDBPyConnection) -> Frame:
    """The newest figure of each indicator that counts the same people, by setting, condition and place."""
    return connection.execute(
        "select c.setting, c.condition_id, v.area_code as place_code, c.indicator_id as observed_indicator_id,"
        " coalesce(v.numerator, v.value) as observed, v.period_end as observed_period_end"
        " from marts.need_comparison as c inner join marts.indicator_value as v on c.indicator_id = v.indicator_id"
        " and c.category_type is not distinct from v.category_type and c.category is not distinct from v.category"
        " where v.is_latest_release and v.sex = 'persons' and coalesce(v.numerator, v.value) is not null"
        " qualify row_number() over (partition by c.setting, c.condition_id, v.area_code"
        " order by v.period_end desc, v.period_start) = 1"
    ).df()


def _compared(connection: duckdb.DuckDBPyConnection, rows: Frame) -> Frame:
    """The rows with what is observed of the same people, what that leaves unmet, and why not where nothing is."""
    why = connection.execute(
        "select setting, condition_id, why_no_unmet, note as comparison_note from marts.need_comparison"
    ).df()
    own = why.dropna(subset=["condition_id"])
    usual = why[why["condition_id"].isna()].set_index("setting")["why_no_unmet"]
    rows = rows.merge(own, how="left", on=["setting", "condition_id"]).merge(
        _observed(connection), how="left", on=["setting", "condition_id", "place_code"]
    )
    has = rows["observed"].notna() & rows["value"].notna()
    for name, of in (("unmet", "value"), ("unmet_lower_95", "lower_95"), ("unmet_upper_95", "upper_95")):
        rows[name] = (rows[of] - rows["observed"]).where(has)
    rows["why_no_unmet"] = rows["why_no_unmet"].fillna(rows["setting"].map(usual)).where(~has)
    rows["comparison_note"] = rows["comparison_note"].where(has)
    return rows


def estimates(connection: duckdb.DuckDBPyConnection) -> dict[str, Frame]:
    """The rows of ``marts.need_prevalence`` and ``marts.need_estimate``."""
    figures, settings = _figures(connection), _settings(connection)
    conditions = {
        str(row["condition_id"]): row
        for row in _records(
            connection, "select distinct condition_id, condition_title, domain from marts.study_estimate"
        )
    }
    measured = [
        (setting, conditions[condition], found)
        for setting in settings
        for (studied_in, condition), found in sorted(figures.items())
        if studied_in == setting.studied_in
    ]
    borrowed = borrowed_variance(
        [one_a_fieldwork(figure for figure in found if figure.covers(stratum)) for stratum in setting.strata]
        for setting, _, found in measured
        if setting.name == setting.studied_in
    )
    prevalence: list[dict[str, Any]] = []
    need: list[Frame] = []
    for setting, condition, found in measured:
        pools = _pools(setting, found, borrowed)
        prevalence += _prevalence_rows(setting, condition, pools)
        need.append(_estimate_rows(setting, condition, pools))
    for setting in settings:
        nothing = list(_nothing_rows(connection, setting))
        if nothing:
            need.append(pd.DataFrame(nothing))
    return {"need_prevalence": pd.DataFrame(prevalence), "need_estimate": _together(connection, need)}


def _together(connection: duckdb.DuckDBPyConnection, need: Sequence[Frame]) -> Frame:
    if not need:
        return pd.DataFrame()
    wanted = ("value", "lower_95", "upper_95", "estimates", "coverage_note", "reason", "method")
    rows = pd.concat(need, ignore_index=True)
    return _compared(connection, rows.reindex(columns=[*rows.columns, *(n for n in wanted if n not in rows)]))


def run(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Write ``marts.need_prevalence`` and ``marts.need_estimate`` anew; returns their row counts."""
    tables = estimates(connection)
    for name, rows in tables.items():
        write(connection, name, rows)
    return {name: len(rows) for name, rows in tables.items()}
