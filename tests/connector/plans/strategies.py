"""Random plans that are well formed and make sense."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

texts = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=12)
finite = st.floats(-1e9, 1e9)
weights = st.floats(0, 100)


def optional(required: dict[str, Any], **fields: Any) -> st.SearchStrategy[dict[str, Any]]:
    given_fields = {name: st.just(each) for name, each in required.items()}
    return st.fixed_dictionaries(given_fields, optional=fields)


scope_texts = st.sampled_from(["jira:epic:P-1", "jira:jql:a = b", "github:repo:acme/api"])


days = st.dates(date(2026, 10, 1), date(2026, 12, 31))
steps = st.dictionaries(days, finite, min_size=1, max_size=3).map(
    lambda found: {
        "curve": "steps",
        "steps": {day.isoformat(): found[day] for day in sorted(found)},
    }
)
limits = st.tuples(st.floats(0, 0.4), st.floats(0.5, 1))
scorings = optional(
    {},
    **{
        "health": st.one_of(
            limits.map(lambda two: {"on_track": two[0], "at_risk": two[1]}),
            limits.map(lambda two: {"by": "ratio", "on_track": two[1], "at_risk": two[0]}),
        ),
        "pass": optional({}, committed=st.floats(0.1, 1), aspirational=st.floats(0.1, 1)),
        "working_days": st.none()
        | st.lists(st.sampled_from(["mon", "tue", "wed", "sun"]), min_size=1),
        "holidays": st.lists(days.map(date.isoformat), max_size=3),
    },
)


def supports(keys: list[str]) -> st.SearchStrategy[Any]:
    """None, one key, or several, some with a weight."""
    if not keys:
        return st.sampled_from([None, []])
    several = st.lists(st.sampled_from(keys), max_size=3, unique=True).flatmap(
        lambda chosen: st.tuples(
            *[
                st.just(key) | weights.map(lambda weight, key=key: {"key": key, "weight": weight})
                for key in chosen
            ]
        ).map(list)
    )
    return st.one_of(st.none(), st.sampled_from(keys), several)


@st.composite
def key_results(draw: st.DrawFn, key: str) -> dict[str, Any]:
    low = draw(st.floats(-1e6, 1e6))
    high = low + draw(st.floats(1, 1e6))
    shapes: list[dict[str, Any]] = [
        {"kind": "increase", "start": low, "target": high},
        {"kind": "decrease", "start": high, "target": low, "curve": "late"},
        {"kind": "increase", "start": low, "target": high, **draw(steps)},
        {"kind": "reach", "target": low, "lower_is_better": draw(st.booleans())},
        {"kind": "between", "limits": [low, high]},
        {"kind": "at_most", "target": high},
        {"kind": "done"},
    ]
    shape = draw(st.sampled_from(shapes))
    sources: list[dict[str, Any]] = [
        {},
        {"value": draw(st.booleans() if shape["kind"] == "done" else finite)},
        {"links": [{"scope": each} for each in draw(st.sets(scope_texts))]},
        {"progress_from": "supports"},
        {"needs_confirmation": True, "links": [{"scope": "jira:epic:P-1", "labels": ["okr"]}]},
        {"combine": "avg", "links": [{"scope": "jira:epic:P-9", "measure": {"number": "sum"}}]},
    ]
    rest = draw(optional({}, weight=weights, guardrail=st.booleans(), owner=st.just("lead")))
    title = draw(texts)
    return {"key": key, "title": title, **shape, **draw(st.sampled_from(sources)), **rest}


@st.composite
def plans(draw: st.DrawFn) -> dict[str, Any]:
    objectives = []
    keys: list[str] = []
    for number in range(draw(st.integers(0, 4))):
        inner = [f"K{number}-{each}" for each in range(draw(st.integers(0, 3)))]
        more = {
            "supports": supports(keys),
            "weight": weights,
            "state": st.sampled_from(["draft", "active", "cancelled"]),
            "takes": st.sampled_from(["key_results", "children", "both"]),
        }
        objective = draw(optional({}, **more))
        objectives.append(
            {
                "key": f"O{number}",
                "cycle": "Q4",
                "team": draw(st.sampled_from(["root", "leaf"])),
                "title": draw(texts),
                "key_results": [draw(key_results(each)) for each in inner],
                **objective,
            }
        )
        keys += [f"O{number}", *inner]
    return {
        "worklift": 1,
        "scoring": draw(scorings),
        "cycles": [{"key": "Q4", "start": "2026-10-01", "end": "2026-12-31", "state": "review"}],
        "teams": [
            {"key": "leaf", "name": "L", "parent": "root", "lead": "lead"},
            {"key": "root", "name": "R"},
        ],
        "people": [
            {"key": "lead", "name": "Lead", "teams": ["root", "leaf"], "email": "Lead@Example.com"}
        ],
        "objectives": draw(st.permutations(objectives)),
    }
