#!/usr/bin/env python3
"""Checks the JSON Schema of increp with the package jsonschema: that it is a schema, that it takes every accepted vector,
and that it refuses every report of the table BROKEN.

    python3 validate.py [report.schema.json [vectors.json]]
"""

import argparse
import copy
import json
import sys
from pathlib import Path

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

DATE = "2016-09-12T10:00:00+03:00"
HASH = "0123456789abcdef" * 4
HOP = {"name": "SANA", "kind": "media_state", "channel": "online"}
LINK = {"rel": "follows", "id": "17-40"}
REPLACES = {"rel": "replaces", "id": "17-41"}

# A valid report with a member of every kind. Each broken one is this with one change.
WHOLE = {
    "id": "17-5e6f70-42",
    "kind": "update",
    "status": "test",
    "sent": "2016-09-12T10:00:00+00:00",
    "clock": "code:137",
    "handling": "amber",
    "mission": "smm",
    "links": [REPLACES, LINK],
    "from": [HOP],
    "event": {
        "type": "air_drone_strike",
        "planned": True,
        "time": {"start": DATE, "end": DATE, "precision": "minute", "stated": "monday"},
        "place": {"lat": 35.25, "lon": 40.5, "precision": "near", "radius_m": 500, "name": None},
        "parties": [{"role": "perpetrator", "name": None}, {"role": "victim", "name": "people"}],
        "counts": [
            {"of": "killed", "value": 3, "min": 1, "max": 5, "who": {"party": 1}},
            {"of": "injured", "term": "dozens", "period": {"start": "2016", "end": "2016-09-12"}},
            {"of": "missing", "value": None},
        ],
        "objects": [{"kind": "clinic"}],
        "truce": {"name": None, "day": 3, "start": "2016-09"},
        "notice": {"from": "US", "lead_s": 60},
        "observer": {"bearing_deg": 359, "bearing_width_deg": 360, "distance_m": {"min": 0, "max": 20037508}},
        "note": "n",
    },
    "claims": [
        {"sources": [HOP], "act": "assert", "count": {"of": "killed", "value": 0}, "credibility": 6, "first_since": "2011"},
        {"sources": [HOP], "act": "deny", "about": {"id": "17-41", "part": "intent"}},
    ],
    "evidence": [{"kind": "photo", "sha256": HASH}],
    "extra": {"smm:a": True, "smm:b": -1, "smm:c": "x"},
}

# A valid cancel.
CANCEL = {"id": "17-42", "kind": "cancel", "status": "test", "links": [REPLACES]}

GONE = object()

# What is wrong, where ("" for the whole report), and the value there (GONE: the member is left out).
BROKEN = [
    ("no object", "", []),
    ("null", "", None),
    # Members that are required
    ("no id", "id", GONE),
    ("no kind", "kind", GONE),
    ("no status", "status", GONE),
    ("no id in a link", "links.0", {"rel": "replaces"}),
    ("no id in about", "claims.1.about.id", GONE),
    ("no sources in a claim", "claims.0.sources", GONE),
    ("no hop in sources", "claims.0.sources", []),
    ("no hash in evidence", "evidence.0.sha256", GONE),
    # Members that are not known
    ("unknown member of the report", "note", "n"),
    ("unknown member of the event", "event.kind", "attack"),
    ("unknown member of a count", "event.counts.0.exact", 3),
    ("unknown member of who", "event.counts.0.who.name", "a"),
    ("the offset beside the time", "event.time.utc_offset", 12),
    ("the point as a member", "event.place.point", {"lat": 1, "lon": 2}),
    ("said as a member", "claims.0.said", {"text": "a"}),
    ("unknown member of a hop", "from.0.url", "a"),
    # Types
    ("id a number", "id", 42),
    ("kind a number", "kind", 1),
    ("a flag as a text", "event.planned", "true"),
    ("a flag as a number", "event.planned", 1),
    ("a value as a text", "event.counts.0.value", "3"),
    ("a value with decimals", "event.counts.0.value", 2.5),
    ("a value that is a flag", "event.counts.0.value", True),
    ("lat a text", "event.place.lat", "35.25"),
    ("links an object", "links", LINK),
    ("event a list", "event", []),
    ("a name that is a number", "event.parties.0.name", 7),
    ("a field of extra with decimals", "extra.smm:a", 1.5),
    ("a field of extra that is null", "extra.smm:a", None),
    ("a field of extra that is a list", "extra.smm:a", [1]),
    # Ranges
    ("author with a leading zero", "id", "017-42"),
    ("a seq of 11 digits", "id", "17-42000000000"),
    ("epoch 0 written", "id", "17-0-42"),
    ("epoch in capitals", "id", "17-5E6F70-42"),
    ("epoch with a leading zero", "id", "17-05-42"),
    ("epoch of 9 digits", "id", "17-123456789-42"),
    ("negative seq", "id", "17--42"),
    ("a value below 0", "event.counts.0.value", -1),
    ("a value above 32 bits", "event.counts.0.value", 4294967296),
    ("min below 0", "event.counts.0.min", -1),
    ("lat above 90", "event.place.lat", 90.0000001),
    ("lon below -180", "event.place.lon", -180.0000001),
    ("radius around the world", "event.place.radius_m", 20037509),
    ("credibility 0", "claims.0.credibility", 0),
    ("credibility 7", "claims.0.credibility", 7),
    ("bearing 360", "event.observer.bearing_deg", 360),
    ("bearing width 0", "event.observer.bearing_width_deg", 0),
    ("distance around the world", "event.observer.distance_m.max", 20037509),
    ("day of 17 bits", "event.truce.day", 65536),
    ("party 8", "event.counts.0.who.party", 8),
    ("an integer of 65 bits", "extra.smm:b", 1 << 63),
    ("an empty text", "mission", ""),
    ("a text of 161", "mission", "m" * 161),
    ("a note of 2049", "event.note", "n" * 2049),
    ("a said text of 513", "claims.1.text", "t" * 513),
    ("an empty key", "extra", {"": True}),
    ("a key of 33", "extra", {"k" * 33: True}),
    ("a short hash", "evidence.0.sha256", HASH[1:]),
    ("a hash in capitals", "evidence.0.sha256", HASH.upper()),
    # Codes
    ("no such kind", "kind", "delete"),
    ("a slug in capitals", "event.type", "Attack"),
    ("no such slug", "event.type", "strike"),
    ("a slug of another list", "event.type", "photo"),
    ("code 0", "event.type", "code:0"),
    ("code 256", "event.type", "code:256"),
    ("a code with a leading zero", "event.type", "code:037"),
    ("a code as a number", "event.type", 137),
    ("a code that must be understood", "kind", "code:4"),
    ("a handling that must be understood", "handling", "code:6"),
    # null is for "said" values alone
    ("id null", "id", None),
    ("event null", "event", None),
    ("sent null", "sent", None),
    ("mission null", "mission", None),
    ("links null", "links", None),
    ("a type null", "event.type", None),
    ("a person null", "from.0.person", None),
    ("time.end null", "event.time.end", None),
    ("place.code null", "event.place.code", None),
    ("lat null", "event.place.lat", None),
    ("min null", "event.counts.0.min", None),
    ("who null", "event.counts.0.who", None),
    ("truce null", "event.truce", None),
    ("a claim's time null", "claims.1.time", None),
    ("a claim's place null", "claims.1.place", None),
    # Dates
    ("a date of one digit", "event.time.start", "2016-9"),
    ("a date in words", "event.time.start", "monday"),
    ("a time of day without offset", "event.time.start", "2016-09-12T10:00:00"),
    ("a time of day without seconds", "event.time.start", "2016-09-12T10:00Z"),
    ("an offset of 10 minutes", "event.time.start", "2016-09-12T10:00:00+03:10"),
    ("fractions of a second", "event.time.start", "2016-09-12T10:00:00.5Z"),
    ("sent a day", "sent", "2016-09-12"),
    ("sent a number", "sent", 1473674400),
    ("a period from a number", "event.counts.1.period.start", 2016),
    ("a first_since of two years", "claims.0.first_since", "2011/2012"),
    # Too many items
    ("5 links", "links", [REPLACES] + [LINK] * 4),
    ("3 hops in from", "from", [HOP] * 3),
    ("9 parties", "event.parties", [{}] * 9),
    ("9 counts", "event.counts", [{}] * 9),
    ("5 objects", "event.objects", [{}] * 5),
    ("7 claims", "claims", [{"sources": [HOP]}] * 7),
    ("5 sources", "claims.0.sources", [HOP] * 5),
    ("3 files", "evidence", [{"sha256": HASH}] * 3),
    ("9 fields of extra", "extra", {f"k{i}": i for i in range(9)}),
    # Rules between fields
    ("lat without lon", "event.place.lon", GONE),
    ("lon without lat", "event.place.lat", GONE),
    ("lat without lon in a claim", "claims.1.place", {"lat": 1}),
    ("a term beside a value", "event.counts.0.term", "dozens"),
    ("a term beside an unknown value", "event.counts.2.term", "dozens"),
    ("a term beside min", "event.counts.1.min", 24),
    ("a term beside max", "event.counts.1.max", 99),
    ("a term beside a value in a claim", "claims.0.count.term", "dozens"),
    ("two things said", "claims.0.text", "a"),
    ("three things said", "claims.0", {"sources": [HOP], "text": "a", "intent": "mistaken", "time": {}}),
    ("an intent of 0", "claims.1.intent", "code:0"),
    ("an update without links", "links", GONE),
    ("an update without replaces", "links", [LINK]),
    ("an update with a link without relation", "links", [{"id": "17-41"}]),
    ("a cancel without links", "", {**CANCEL, "links": []}),
    ("a cancel without replaces", "", {**CANCEL, "links": [LINK]}),
    ("a cancel with an event", "", {**CANCEL, "event": {}}),
    ("a cancel with a claim", "", {**CANCEL, "claims": [{"sources": [HOP]}]}),
]


def main():
    here = Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("schema", nargs="?", type=Path, default=here / "../../report.schema.json")
    parser.add_argument("vectors", nargs="?", type=Path, default=here / "../vectors/v1/vectors.json")
    arguments = parser.parse_args()
    schema = json.loads(arguments.schema.read_text(encoding="utf-8"))
    vectors = json.loads(arguments.vectors.read_text(encoding="utf-8"))
    results = list(check(schema, vectors))
    failed = [(name, wrong) for name, wrong in results if wrong]
    for name, wrong in failed:
        print(f"FAILED {name}: {wrong}")
    print(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    sys.exit(1 if failed else 0)


def check(schema, vectors):
    """The name of each check and what is wrong; None where nothing is."""
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        yield "the schema itself", str(error)
        return
    named = schema.get("$schema") == "https://json-schema.org/draft/2020-12/schema"
    yield "the schema itself", None if named else "does not name draft 2020-12"
    validator = Draft202012Validator(schema)
    accepted = [(vector["name"], vector["json"]) for vector in vectors["accepted"]]
    for name, report in accepted + [("WHOLE of this script", WHOLE), ("CANCEL of this script", CANCEL)]:
        error = next(validator.iter_errors(report), None)
        yield f"{name}, accepted", f"{error.json_path}: {error.message}" if error else None
    for name, path, value in BROKEN:
        yield f"{name}, broken", "the schema takes it" if validator.is_valid(changed(path, value)) else None


def changed(path, value):
    """WHOLE with another value at the path."""
    if not path:
        return value
    report = copy.deepcopy(WHOLE)
    *parents, last = path.split(".")
    inner = report
    for step in parents:
        inner = inner[int(step) if isinstance(inner, list) else step]
    last = int(last) if isinstance(inner, list) else last
    if value is GONE:
        del inner[last]
    else:
        inner[last] = value
    return report


if __name__ == "__main__":
    main()
