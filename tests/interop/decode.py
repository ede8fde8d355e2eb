#!/usr/bin/env python3
"""A decoder and encoder for increp, written from SPEC.md alone. Its tables are those of SPEC.md, read at start-up.

    python3 decode.py [--spec SPEC.md] vectors.json     check all vectors, both ways
    python3 decode.py [--spec SPEC.md] --hex 11110...   print one report as JSON
"""

import argparse
import json
import re
import sys
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

HEADER = 0x11  # version 1, encoding 1: postcard (3.1)
MAX_TEXT = 4096  # bytes of all texts of a report together (1.2)
NOTHING = object()  # not reported; None is "asked, and not known"


class DecodeError(Exception):
    def __init__(self, kind, path, offset):
        super().__init__(f"{kind} at {path!r}, byte {offset}")
        self.kind, self.path, self.offset = kind, path, offset


class EncodeError(Exception):
    pass


def decode(data):
    """One report, as canonical JSON."""
    if not data:
        raise DecodeError("empty", "", 0)
    if data[0] != HEADER:
        raise DecodeError("unknown_encoding" if data[0] >> 4 == HEADER >> 4 else "unknown_version", "", 0)
    reader = Reader(data, 1)
    report = reader.read_record("", "Report")
    if reader.pos < len(data):
        raise DecodeError("left_over", "", reader.pos)
    return report


def encode(report):
    """The bytes of a report in JSON. Ranges and rules are checked by decoding the result."""
    writer = Writer()
    writer.out.append(HEADER)
    writer.write(report, "", ("record", "Report"))
    decode(bytes(writer.out))
    return bytes(writer.out)


# --- The tables of SPEC.md ---
RECORDS = {}  # record -> [(field, type)]
CHOICES = {}  # choice -> [(variant, type)]
CODES = {}  # code list -> (must be understood, {number: slug})


def load_spec(path):
    text = Path(path).read_text(encoding="utf-8")
    records = re.search(r"<!-- begin records -->(.*)<!-- end records -->", text, re.S).group(1)
    for section in records.split("\n### ")[1:]:
        rows = [[cell.strip() for cell in line.split("|")[1:5]] for line in section.splitlines() if line.startswith("|")]
        table = CHOICES if rows[0][0] == "number" else RECORDS
        table[section.split("\n", 1)[0]] = [(name.strip("`"), parse_type(*value)) for _, name, *value in rows[2:]]
    codes = re.search(r"<!-- begin codes -->(.*)<!-- end codes -->", text, re.S).group(1)
    for name, how, slugs in re.findall(r"^- \*\*(\w+)\*\* \((.*?)\): (.*)$", codes, re.M):
        pairs = re.findall(r"(\d+) `(\w+)`", slugs) + re.findall(r"(0) is `(\w+)`", how)
        CODES[name] = ("must be understood" in how, {int(number): slug for number, slug in pairs})


def parse_type(value, limits):
    """(kind, arguments ...) of the columns "value" and "range"; the kind names a method of Reader and Writer."""
    if match := re.match(r"(optional|said) (.*)|list of at most (\d+) (.*)", value):
        wrapper, inner, most, item = match.groups()
        return (wrapper, parse_type(inner, limits)) if wrapper else ("list", int(most), parse_type(item, limits))
    if match := re.match(r"\[(\w+)\]|code of (\w+)|(\d+) bytes|flag", value):
        record, code, size = match.groups()
        return ("record", record) if record else ("code", code) if code else ("bytes", int(size)) if size else ("flag",)
    bounds = [int(number) for number in re.findall(r"^(-?\d+) to (-?\d+)", limits)[0]] if limits else None
    if value.startswith("text"):
        return ("text", *bounds)
    sign, bits = re.fullmatch(r"([ui])(\d+)", value).groups()
    whole = (-1 << int(bits) - 1, (1 << int(bits) - 1) - 1) if sign == "i" else (0, (1 << int(bits)) - 1)
    return ("number", sign == "i", int(bits), *(bounds or whole))


def flat(type_):
    """The choice or the Point of which the members stand in the JSON of the record itself; None where they do not."""
    name = type_[1][1] if type_[0] == "optional" else type_[1] if type_[0] == "record" else None
    return name if name in CHOICES or name == "Point" else None


def join(path, name):
    return f"{path}.{name}" if path and name else path or name


# --- Bytes to JSON ---
class Reader:
    def __init__(self, data, pos):
        self.data, self.pos = data, pos
        self.start = pos  # where the latest value starts
        self.text_total = 0

    def fail(self, kind, path):
        raise DecodeError(kind, path, self.start)

    def read(self, path, type_):
        return getattr(self, "read_" + type_[0])(path, *type_[1:])

    def read_record(self, path, name):
        if name in CHOICES:
            variant, type_ = CHOICES[name][self.tag(path, len(CHOICES[name]) - 1)]
            return {variant: self.read(join(path, variant), type_)}
        record = {}
        for field, type_ in RECORDS[name]:
            value = self.read(path if flat(type_) else join(path, field), type_)
            if value is not NOTHING and value is not False and value != []:
                record.update(value if flat(type_) else {field: value})
        for kind, where in broken_rules(name, record):
            self.fail(kind, join(path, where))
        return to_json(name, record)

    def read_optional(self, path, type_):
        return self.read(path, type_) if self.tag(path, 1) else NOTHING

    def read_said(self, path, type_):
        tag = self.tag(path, 2)
        return self.read(path, type_) if tag == 2 else None if tag == 1 else NOTHING

    def read_list(self, path, most, type_):
        count = self.varint(path, 32)
        if count > most:
            self.fail("too_many", path)
        return [self.read(f"{path}[{i}]", type_) for i in range(count)]

    def read_flag(self, path):
        return self.tag(path, 1) == 1

    def read_code(self, path, name):
        must_understand, slugs = CODES[name]
        number = self.take(path, 1)[0]
        if must_understand and number not in slugs:
            self.fail("must_understand", path)
        return slugs.get(number, f"code:{number}") if number else NOTHING

    def read_bytes(self, path, size):
        return self.take(path, size).hex()

    def read_number(self, path, signed, bits, low, high):
        if bits == 8:
            number = int.from_bytes(self.take(path, 1), "little", signed=signed)
        else:
            number = self.varint(path, bits)
            if signed:
                number = -(number + 1) // 2 if number & 1 else number // 2
        if not low <= number <= high:
            self.fail("limit", path)
        return number

    def read_text(self, path, low, high):
        size = self.varint(path, 32)
        start = self.start
        self.text_total += size
        if self.text_total > MAX_TEXT:
            self.fail("limit", path)
        data = self.take(path, size, start)
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            self.fail("not_utf8", path)
        if not low <= size <= high:
            self.fail("limit", path)
        return text

    def tag(self, path, most):
        tag = self.take(path, 1)[0]
        if tag > most:
            self.fail("unknown_tag", path)
        return tag

    def take(self, path, size, start=None):
        """The next bytes, of a value that starts here where nothing else is said."""
        self.start = self.pos if start is None else start
        if self.pos + size > len(self.data):
            self.fail("ends_early", path)
        self.pos += size
        return self.data[self.pos - size:self.pos]

    def varint(self, path, bits):
        start, number, shift, byte = self.pos, 0, 0, 0x80
        while byte >= 0x80:
            byte = self.take(path, 1, start)[0]
            number |= (byte & 0x7F) << shift
            if number >> bits or shift >= bits:
                self.fail("too_wide", path)
            shift += 7
        if byte == 0 and shift > 7:
            self.fail("not_minimal", path)
        return number


def broken_rules(name, record):
    """The rules between fields (1.4): the name of each that is broken, in order, and where in the record."""
    if name == "Report":
        keys = [entry["key"] for entry in record.get("extra", [])]
        for i, key in enumerate(keys):
            if key in keys[:i]:
                yield "duplicate_key", f"extra[{i}]"
        if record["kind"] in ("update", "cancel") and all(link.get("rel") != "replaces" for link in record.get("links", [])):
            yield "replaces_missing", ""
        if record["kind"] == "cancel" and ("event" in record or "claims" in record):
            yield "cancel_says_nothing", ""
        event = record.get("event", {})
        counts = [(f"event.counts[{i}]", count) for i, count in enumerate(event.get("counts", []))]
        counts += [(f"claims[{i}].count", claim["count"]) for i, claim in enumerate(record.get("claims", [])) if "count" in claim]
        for path, count in counts:
            party = count.get("who", {}).get("party")
            if party is not None and party >= len(event.get("parties", [])):
                yield "party_missing", path + ".who.party"
    if name == "Claim" and "sources" not in record:
        yield "source_missing", ""
    if name == "Claim" and record.get("intent") is NOTHING:
        yield "intent_unspecified", ""
    if name == "Count" and "term" in record and any(field in record for field in ("value", "min", "max")):
        yield "term_stands_alone", ""
    offset = record.get("utc_offset", 0)
    if name == "Date" and record["form"] == "second" and not in_years(record["at"], offset):
        yield "date_not_at_start", ""
    if name == "Date" and record["form"] != "second" and ("utc_offset" in record or not starts(record["at"], record["form"])):
        yield "date_not_at_start", ""
    instants = [record[field] for field in ("start", "end") if name == "Time" and record.get(field) is not None]
    if name == "Time" and "utc_offset" in record and not instants:
        yield "offset_alone", ""
    if not all(in_years(instant, offset) for instant in instants):
        yield "local_year", ""


# --- Dates ---
DATE_LENGTH = {"year": 4, "month": 7, "day": 10}  # of "2016-09-12"
FIRST_SECOND = "0001-01-01T00:00:00"
# The dates that a precision may be written as, shortest first.
WRITTEN_AS = {"year": ["year", "day"], "month": ["month", "day"], **dict.fromkeys(["part_of_day", "day", "days", "week"], ["day"])}
# The number of the finest TimePrecision that may stand with a date.
FINEST = {"year": 9, "month": 8, "day": 4, "second": 0}


def iso(seconds):
    return (datetime(1970, 1, 1) + timedelta(seconds=seconds)).isoformat()


def in_years(seconds, quarters):
    return -62135596800 <= seconds + 900 * quarters <= 253402300799


def starts(seconds, form):
    """Whether the instant is the first second of its year, month or day."""
    return iso(seconds)[DATE_LENGTH[form]:] == FIRST_SECOND[DATE_LENGTH[form]:]


def write_date(seconds, form, quarters):
    if form in DATE_LENGTH:
        return iso(seconds)[:DATE_LENGTH[form]]
    if quarters is None:
        return iso(seconds) + "Z"
    return iso(seconds + 900 * quarters) + f"{'-' if quarters < 0 else '+'}{abs(quarters) // 4:02}:{abs(quarters) % 4 * 15:02}"


def parse_date(text):
    """(form, seconds, quarter hours or NOTHING) of a date or RFC 3339."""
    form = next((form for form, size in DATE_LENGTH.items() if len(text) == size), "second")
    if form != "second":
        text += FIRST_SECOND[len(text):] + "Z"
    match = re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}:[0-9]{2})([Zz]|[+-][0-9]{2}:(?:00|15|30|45))", text)
    if not match:
        raise ValueError("no date")
    seconds = (datetime.fromisoformat(f"{match[1]}T{match[2]}") - datetime(1970, 1, 1)) // timedelta(seconds=1)
    if match[3] in ("Z", "z", "-00:00"):
        return form, seconds, NOTHING
    quarters = int(match[3][0] + "1") * (int(match[3][1:3]) * 4 + int(match[3][4:]) // 15)
    return form, seconds - 900 * quarters, quarters


# --- Records that look different in JSON (2) ---
def to_json(name, record):
    if name == "Id":
        return "-".join([str(record["author"])] + ([f"{record['epoch']:x}"] if record["epoch"] else []) + [str(record["seq"])])
    if name == "Point":
        return {field: value / 10_000_000 for field, value in record.items()}
    if name == "Date":
        return write_date(record["at"], record["form"], record.get("utc_offset"))
    if name == "Report" and "sent" in record:
        record["sent"] = write_date(record["sent"], "second", 0)
    if name == "Report" and "extra" in record:
        record["extra"] = {key: value for key, value in (entry.values() for entry in record["extra"])}
    if name == "Time":
        quarters = record.pop("utc_offset", None)  # None: Z
        forms = WRITTEN_AS.get(record.get("precision"), []) if quarters is None else []
        for field in ("start", "end"):
            if record.get(field) is not None:
                form = next((form for form in forms if starts(record[field], form)), "second")
                record[field] = write_date(record[field], form, quarters)
    return record


def from_json(name, value):
    if name == "Id":
        author, epoch, seq = re.fullmatch(r"(0|[1-9][0-9]*)(?:-([1-9a-f][0-9a-f]*))?-(0|[1-9][0-9]*)", value).groups()
        return {"author": int(author), "epoch": int(epoch or "0", 16), "seq": int(seq)}
    if name == "Date":
        form, seconds, quarters = parse_date(value)
        return {"at": seconds, "form": form, "utc_offset": quarters}
    record = dict(expect(value, dict))
    if name == "Point":
        scaled = {field: Decimal(str(number)) * 10_000_000 for field, number in record.items()}
        if any(number % 1 for number in scaled.values()) or str in map(type, record.values()):
            raise ValueError("no number of at most 7 decimals")
        return {field: int(number) for field, number in scaled.items()}
    if name == "Report" and "sent" in record:
        form, record["sent"], _ = parse_date(record["sent"])
        if form != "second":
            raise ValueError("sent has no time of day")
    if name == "Report" and "extra" in record:
        variants = {bool: "flag", int: "integer", str: "text"}
        record["extra"] = [{"key": key, variants[type(value)]: value} for key, value in record["extra"].items()]
    if name == "Time":
        if "utc_offset" in record:
            raise ValueError("unknown member utc_offset")
        dates = {field: parse_date(record[field]) for field in ("start", "end") if record.get(field) is not None}
        short = [form for form, _, _ in dates.values() if form != "second"]
        if "precision" not in record and short:
            record["precision"] = max(short, key=FINEST.get)
        if any(code_number("TimePrecision", record["precision"]) < FINEST[form] for form in short):
            raise ValueError("a precision finer than the date")
        quarters, = {quarters for _, _, quarters in dates.values()} or {NOTHING}  # the same offset
        record.update({field: seconds for field, (_, seconds, _) in dates.items()}, utc_offset=quarters)
    return record


# --- JSON to bytes ---
class Writer:
    def __init__(self):
        self.out = bytearray()

    def write(self, value, path, type_):
        try:
            getattr(self, "write_" + type_[0])(value, path, *type_[1:])
        except (ValueError, TypeError, AttributeError, KeyError, ArithmeticError) as error:
            raise EncodeError(f"{path}: {value!r} is no {type_[0]}: {error!r}") from error

    def write_record(self, value, path, name):
        if name in CHOICES:
            (variant, inner), = value.items()
            self.out.append([variant for variant, _ in CHOICES[name]].index(variant))
            return self.write(inner, join(path, variant), dict(CHOICES[name])[variant])
        rest = from_json(name, value)
        for field, type_ in RECORDS[name]:
            if flat(type_):
                members = dict(RECORDS.get(flat(type_)) or CHOICES[flat(type_)])
                self.write({member: rest.pop(member) for member in members if member in rest} or NOTHING, path, type_)
            else:
                self.write(rest.pop(field, NOTHING), join(path, field), type_)
        if rest:
            raise EncodeError(f"{path}: unknown members: {list(rest)}")

    def write_optional(self, value, path, type_):
        self.out.append(value is not NOTHING)
        if value is not NOTHING:
            self.write(value, path, type_)

    def write_said(self, value, path, type_):
        self.out.append(0 if value is NOTHING else 1 if value is None else 2)
        if value is not NOTHING and value is not None:
            self.write(value, path, type_)

    def write_list(self, value, path, most, type_):
        items = [] if value is NOTHING else expect(value, list)
        self.varint(len(items))
        for i, item in enumerate(items):
            self.write(item, f"{path}[{i}]", type_)

    def write_flag(self, value, path):
        self.out.append(value is not NOTHING and expect(value, bool))

    def write_code(self, value, path, name):
        self.out.append(0 if value is NOTHING else code_number(name, value))

    def write_bytes(self, value, path, size):
        self.out += bytes.fromhex(re.fullmatch(r"[0-9a-f]{%d}" % (2 * size), value)[0])

    def write_number(self, value, path, signed, bits, low, high):
        if bits == 8:
            self.out += expect(value, int).to_bytes(1, "little", signed=signed)
        elif not low <= expect(value, int) <= high:
            raise ValueError(f"not {low} to {high}")
        else:
            self.varint(value if not signed else 2 * value if value >= 0 else -2 * value - 1)

    def write_text(self, value, path, low, high):
        data = expect(value, str).encode("utf-8")
        self.varint(len(data))
        self.out += data

    def varint(self, number):
        while number >= 0x80:
            self.out.append(number & 0x7F | 0x80)
            number >>= 7
        self.out.append(number)


def expect(value, type_):
    if type(value) is not type_:
        raise TypeError(f"no {type_.__name__}")
    return value


def code_number(name, value):
    must_understand, slugs = CODES[name]
    if not must_understand and (match := re.fullmatch(r"code:([1-9][0-9]{0,2})", value)):
        return int(match[1])
    return {slug: number for number, slug in slugs.items()}[value]


# --- The command line ---
def check(vectors):
    """The name of each vector, what is expected and what is found."""
    for vector in vectors["accepted"]:
        data = bytes.fromhex(vector["hex"])
        yield vector["name"] + ", decoded", text_of(vector["json"]), lambda: text_of(decode(data))
        yield vector["name"] + ", encoded", vector["hex"], lambda: encode(vector["json"]).hex()
    for vector in vectors["rejected"]:
        expected = DecodeError(vector["error"], vector["path"], vector["offset"])
        yield vector["name"] + ", rejected", str(expected), lambda: text_of(decode(bytes.fromhex(vector["hex"])))


def text_of(report):
    """The order of members means nothing, but that of `extra`."""
    return json.dumps([report, list(report.get("extra", {}))], ensure_ascii=False, sort_keys=True)


def main():
    here = Path(__file__).resolve().parent
    spec = next((path for path in (here / "../../SPEC.md", here / "SPEC.md") if path.exists()), None)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spec", default=spec, required=spec is None)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--hex", help="one report", type=bytes.fromhex)
    what.add_argument("vectors", nargs="?", help="vectors.json", type=Path)
    arguments = parser.parse_args()
    load_spec(arguments.spec)
    if arguments.vectors is None:
        return print(json.dumps(decode(arguments.hex), ensure_ascii=False, indent=2))
    results = []
    for name, expected, find in check(json.loads(arguments.vectors.read_text(encoding="utf-8"))):
        try:
            found = find()
        except (DecodeError, EncodeError) as error:
            found = str(error)
        results.append(found == expected)
        if found != expected:
            print(f"FAILED {name}\n  expected {expected}\n  found    {found}")
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
