#!/usr/bin/env python3
"""A decoder for the packed encoding of increp, written from SPEC.md alone. The tables of records are those of SPEC.md, read at start-up.

    python3 packed.py [--spec SPEC.md] vectors.json                     check all vectors
    python3 packed.py [--spec SPEC.md] [--profile FILE] --hex f0...     print one report, or the reports of a batch, as JSON
"""

import argparse
import json
import math
import re
import struct
import sys
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from decode import CHOICES, CODES, NOTHING, RECORDS, DecodeError, broken_rules, flat, in_years, join, load_spec, parse_date, text_of, to_json
from decode import MAX_TEXT
from decode import decode as decode_postcard

POSTCARD, BATCH = 0x11, 0x12  # byte 0 of what is not packed, and of a batch (3.1)
PACKED = 0x80  # byte 0 of what is packed is at least this
POSTCARD_FOLLOWS = 0xFF  # byte 0 where the profile is known
WORD = 0xFFFFFFFF  # 32 bits


class Known:
    """What both sides know besides the profile, in JSON."""

    def __init__(self, id=None, sent=None, lat=None, lon=None, profile=False):
        self.profile = profile
        self.id = id and parse_id(id)
        self.sent = sent and parse_date(sent)[1]
        self.point = None if lat is None else (round(lat * 10_000_000), round(lon * 10_000_000))


def parse_id(text):
    author, epoch, seq = re.fullmatch(r"(\d+)(?:-([0-9a-f]+))?-(\d+)", text).groups()
    return int(author), int(epoch or "0", 16), int(seq)


def decode(data, profile, known=Known()):
    """One report, as canonical JSON."""
    report = decode_own(data, profile, known)
    if known.id and parse_id(report["id"]) != known.id:
        raise DecodeError("other_profile", "", 0)
    return report


def decode_own(data, profile, known):
    """A report that may have another id than the known one."""
    if known.profile:
        if data[:1] == bytes([POSTCARD_FOLLOWS]):
            return decode_postcard(data[1:])
    else:
        if not data:
            raise DecodeError("empty", "", 0)
        if data[0] == POSTCARD or data[0] < PACKED:
            return decode_postcard(data)
    coder = Coder(data, 0)
    if known.profile:
        right = coder.bit(0xFF00)
    else:
        right = not coder.bit(0x8001) and coder.part(16) == profile.tag
    if not right:
        raise DecodeError("other_profile", "", 0)
    memory = Memory(8, 4, known.sent, known.point)
    report = ReportDecoder(coder, profile, memory, known.id, later=False).decode()
    coder.finish()
    return report


def decode_batch(data, profile):
    """The reports of a batch, one after another."""
    if not data:
        raise DecodeError("empty", "", 0)
    if data[0] != BATCH:
        raise DecodeError("unknown_encoding" if data[0] >> 4 == BATCH >> 4 else "unknown_version", "", 0)
    if len(data) < 2:
        raise DecodeError("ends_early", "", 1)
    coder = Coder(data, 1)
    if coder.bit(0x8001) or coder.part(16) != profile.tag:
        raise DecodeError("other_profile", "", 1)
    memory = Memory(128, 128, batch=True)
    later = False
    while not coder.bit(1024):
        report = ReportDecoder(coder, profile, memory, None, later).decode()
        if coder.pos > len(data) + 1:
            raise DecodeError("ends_early", "", len(data))
        yield report
        later = True
    coder.finish()


# --- Hashes ---
def mix(h, n):
    m = (h ^ n) * 0x9E3779B1 & WORD
    return m ^ m >> 15


def hash_of(data):
    h = 0x811C9DC5
    for byte in data:
        h = (h ^ byte) * 0x01000193 & WORD
    return h


def bucket(n):
    b = n.bit_length() - 1
    return n if n <= 4 else 2 * b + (n >> b - 1 & 1)


# --- The coder ---
class Coder:
    def __init__(self, data, header):
        self.data, self.header = data, header
        self.pos = header  # bytes decided
        self.range, self.code = WORD, self.window()

    def window(self):
        """The 4 bytes read last."""
        return int.from_bytes(self.data[self.pos:self.pos + 4].ljust(4, b"\0"), "big")

    def bit(self, one):
        split = (self.range >> 16) * one + ((self.range & 0xFFFF) * one >> 16)
        bit = self.code < split
        if bit:
            self.range = split
        else:
            self.code -= split
            self.range -= split
        self.grow()
        return int(bit)

    def part(self, of):
        width = self.range // of
        value = min(self.code // width, of - 1)
        self.code -= width * value
        self.range = self.range - width * value if value == of - 1 else width
        self.grow()
        return value

    def grow(self):
        while self.range < 1 << 24:
            self.pos += 1
            self.range <<= 8
            self.code = self.code << 8 & WORD | self.window() & 0xFF

    def fair(self, n):
        if n <= 16:
            return self.part(1 << n) if n else 0
        return self.part(1 << 16) << n - 16 | self.part(1 << n - 16)

    def uniform(self, of):
        """A number below of, or None."""
        most = of - 1
        rest = max(0, most.bit_length() - 16)
        number = self.part((most >> rest) + 1) << rest | self.fair(rest)
        return number if number < of else None

    def finish(self):
        """Whether the bytes end as an encoder would have ended them."""
        window = self.window()
        low = window - self.code & WORD
        n, end = 4, low
        for shorter in range(4):
            rest = WORD >> 8 * shorter
            rounded = low + rest & ~rest
            if rounded - low < self.range:
                n, end = shorter, rounded
                break
        length = self.pos + n
        if n == 0 and length > self.header and not any(self.data[length - 1:length]):
            length -= 1  # the zero that is dropped; the last of n bytes never is one
        if len(self.data) < length:
            raise DecodeError("other_profile", "", len(self.data))
        if (window ^ end) & ~(WORD >> 8 * n) & WORD:
            raise DecodeError("other_profile", "", min(self.pos, len(self.data)))
        if len(self.data) > length:
            raise DecodeError("left_over", "", length)


T = [min(max(math.floor(65536 / (1 + math.exp(-(i - 45) / 4)) + 0.5), 1), 65535) for i in range(91)]


def squash(x):
    """A logit in 1/256 as a probability in 1/65536."""
    at = min(max(x, -2816), 2816) + 2880
    i, part = at >> 6, at & 63
    return max(1, T[i] * (64 - part) + T[i + 1] * part >> 6)


# --- Profiles ---
def need(right, else_what):
    """What a profile is refused for (3.8)."""
    if not right:
        raise ValueError(else_what)


def in_world(lat, lon):
    return all(low <= value <= high for value, (low, high) in zip((lat, lon), WORLD))


class Profile:
    def __init__(self, blob=b""):
        self.area, self.masks, self.forms, self.buckets, self.names, self.text = None, {}, [], 0, [], None
        self.first_tier, self.second_tier = [], []
        self.cells, self.looked_up, self.tag = [], {}, 0
        if not blob:
            return
        need(blob[:8] == b"irpf\6\0\0\0" and sha256(blob[40:]).digest() == blob[8:40], "no profile")
        self.tag = blob[8] & 0xF
        try:
            self.read_sections(blob)
        except struct.error as error:
            raise ValueError("a section ends early") from error

    def read_sections(self, blob):
        lengths = struct.unpack_from("<7I", blob, 40)
        need(68 + sum(lengths) == len(blob), "lengths do not fill the profile")
        at = 68
        sections = [self.read_area, self.read_masks, self.read_forms, self.read_weights, self.read_names, self.read_gazetteer, self.read_text]
        for read, length in zip(sections, lengths):
            if length:
                read(blob[at:at + length])
            at += length

    def read_area(self, data):
        base, minutes, south, north, west, east = struct.unpack("<qIiiii", data)
        need(in_world(south, west) and in_world(north, east) and south <= north and west <= east, "the limits of the area are out of range")
        need(minutes <= 1 << 26 and in_years(base, 0), "the time of the area is out of range")
        self.area = Area(base, minutes, south, north, west, east)

    def read_masks(self, data):
        entries, sets = data[1:1 + 8 * data[0]], data[1 + 8 * data[0]:]
        need(len(entries) == 8 * data[0] and len(sets) % 4 == 0, "an entry or a set is cut off")
        for record, first, count in struct.iter_unpack("<IHH", entries):
            need(4 * (first + count) <= len(sets), "sets of a record are not there")
            self.masks.setdefault(record, struct.unpack_from(f"<{count}I", sets, 4 * first))

    def read_forms(self, data):
        count, = struct.unpack_from("<H", data)
        starts = struct.unpack_from(f"<{count + 1}H", data, 2)
        steps = data[2 + 2 * (count + 1):]
        self.forms = cut(steps, starts)
        need(ascending(self.forms), "forms are not in order")

    def read_weights(self, data):
        self.buckets, = struct.unpack_from("<H", data)
        buckets, runs = data[2:2 + 16 * self.buckets], data[2 + 16 * self.buckets:]
        need(len(buckets) == 16 * self.buckets, "buckets are not there")
        for cell in struct.iter_unpack("<8H", buckets):
            self.cells.append([(cell[j] >> 4, self.run(cell[4 + j], runs), cell[j] & 15) for j in range(4) if cell[j] >> 4])

    def run(self, run, runs):
        """The weights of nodes, or None."""
        if run >> 15:
            return {run >> 8 & 0x3F: struct.unpack("b", bytes([run & 0xFF]))[0]}
        if run + 2 > len(runs):
            return None
        first, many, start = runs[run] & 0x3F, runs[run + 1] & 0x3F, run + 2 & 0x7FFF
        weights = runs[start:start + many]
        return dict(enumerate(struct.unpack(f"{len(weights)}b", weights), first))

    def read_names(self, data):
        count, = struct.unpack_from("<H", data)
        ranks = struct.unpack_from(f"<{count}H", data, 2)
        starts = struct.unpack_from(f"<{count + 1}I", data, 2 + 2 * count)
        texts = data[2 + 2 * count + 4 * (count + 1):]
        self.names = cut(texts, starts)
        for name in [texts] + self.names:
            name.decode("utf-8")  # or ValueError
        need(all(self.names), "a name is empty")
        need(all(rank < count for rank in ranks), "a rank has no name")
        need(ascending([self.names[rank] for rank in ranks]), "names are not in order")

    def read_gazetteer(self, data):
        first, = struct.unpack_from("<H", data)
        places = [Gazetted(*place) for place in struct.iter_unpack("<iiHbB", data[2:])]
        need(first <= len(places), "places of the first tier are not there")
        for place in places:
            need(in_world(*place.point) and place.below <= 15, "a place is out of range")
            need(place.name is None or place.name < len(self.names), "a place has a name that is not there")
        self.first_tier, self.second_tier = places[:first], places[first:]

    def read_text(self, data):
        self.text = TextModel(data)

    def look_up(self, key):
        """(weights of nodes, below) of a key, or None."""
        if key not in self.looked_up:
            self.looked_up[key] = self.search(key)
        return self.looked_up[key]

    def search(self, key):
        other = mix(key, 1)
        check = other & 0xFFF or 1
        for place in (key, other):
            for found, run, below in self.cells[place * self.buckets >> 32] if self.buckets else []:
                if found == check:
                    return None if run is None else (run, below)
        return None

    def name_rank_at(self, point):
        """The rank of the name of the place at this point, or None."""
        for tier in (self.first_tier, self.second_tier):
            start, end = 0, len(tier)
            while end - start > 1:
                middle = (start + end) // 2
                if order_of(point) >= order_of(tier[middle].point):
                    start = middle
                else:
                    end = middle
            if tier and tier[start].point == point:
                return tier[start].name
        return None


def cut(data, starts):
    """The parts of data, each up to the start of the next."""
    for start, end in zip(starts, starts[1:]):
        need(start <= end <= len(data), "a part starts behind its end, or is not there")
    return [data[start:end] for start, end in zip(starts, starts[1:])]


def ascending(values):
    return all(a < b for a, b in zip(values, values[1:]))


class Area:
    def __init__(self, base, minutes, south, north, west, east):
        self.base, self.minutes = base, minutes
        self.limits = [[south, north], [west, east]]


class Gazetted:
    """A place of the gazetteer, and a node of the halving."""

    def __init__(self, lat, lon, name, weight, below):
        self.point, self.weight, self.below = (lat, lon), weight, below
        self.name = None if name == 65535 else name


def order_of(point):
    lat, lon = point[0] + (1 << 31), point[1] + (1 << 31)
    order = 0
    for at in reversed(range(32)):
        order = order << 2 | (lat >> at & 1) << 1 | lon >> at & 1
    return order


# --- What was said before ---
class Memory:
    def __init__(self, texts, others, sent=None, point=None, batch=False):
        self.texts, self.points, self.ids = Recent(texts), Recent(others), Heard(others)
        self.sent = sent
        self.batch = batch
        self.visits = []  # of a batch: who was in the event, and where it was in the order of the gazetteer
        self.gap = self.gaps = 0  # of a batch: how far apart the reports were sent, and of how many
        self.form = None  # the number of that of the report before
        if point is not None:
            self.points.use(point)


class Recent:
    """Values in order of use, the oldest first."""

    def __init__(self, most):
        self.most, self.values = most, []

    def at(self, back):
        return self.values[-1 - back]

    def use(self, value):
        kept = [old for old in self.values if old != value]
        if len(kept) == self.most:
            del kept[0]
        self.values = kept + [value]


class Heard:
    """The last id of each author, those heard most often first."""

    def __init__(self, most):
        self.most, self.values, self.counts = most, [], []

    def at(self, back):
        return self.values[back]

    def use(self, id):
        place = next((i for i, old in enumerate(self.values) if old[0] == id[0]), None)
        count = min(255, 1 + (0 if place is None else self.counts[place]))
        if place is None and len(self.values) == self.most:
            place = self.most - 1
        if place is not None:
            del self.values[place], self.counts[place]
        before = next((i for i, other in enumerate(self.counts) if other <= count), len(self.counts))
        self.values.insert(before, id)
        self.counts.insert(before, count)


# --- A decision, and where it stands ---
(FIELDS, CODE, FLAG, CASE, LENGTH, NUMBER, REST, SAME, SAID, SAID_BACK, LATER_SAID, LATER_SAID_BACK, LISTED, LISTED_RANK,
 AS_PLACE, KNOWN, HALF, INSIDE, CELL, LATITUDE_STEP, LONGITUDE_STEP, UNIT, START, AGO, HORIZON, AUTHOR, EPOCH, SEQ, FORM, FORM_NUMBER, SINCE) = range(1, 32)


class Frame:
    """One step on the way from the report to a value."""

    def __init__(self, above=None, **changes):
        self.site = self.generic = self.before = self.hint = self.index = self.record = 0
        self.name = ""  # such as "Time.start"; no part of the format
        if above is not None:
            self.__dict__.update(above.__dict__)
        self.leaf = True
        self.__dict__.update(changes)


ORDER = {"Event": ["type", "planned", "parties"], "Time": ["precision", "end", "start"], "Place": ["precision", "point"], "Count": ["of", "item", "who"]}
DEFAULT_SLUGS = {"Kind": "new", "Status": "draft", "DateForm": "day"}
INSTANTS = ("Report.sent", "Time.start", "Time.end", "Date.at")
UNITS = [86400, 3600, 60, 1]  # day, hour, minute, second
WORLD = [[-900_000_000, 900_000_000], [-1_800_000_000, 1_800_000_000]]
LONG = 160  # texts that may have more bytes are long


class ReportDecoder:
    def __init__(self, coder, profile, memory, own_id, later):
        self.coder, self.profile, self.memory, self.own_id = coder, profile, memory, own_id
        self.later = later  # in a batch from its second report on
        self.stack = [Frame()]
        self.given = False
        self.form = self.kind = self.who = self.time = self.place = 0
        self.parties_known = 0
        self.last = self.named = self.total = self.best = None
        self.counted = 0
        self.text_total = 0
        self.steps = None  # of the form, those that are left
        self.start = self.form_start = coder.pos  # bytes decided when the latest value began, and when its form was said

    def decode(self):
        self.read_form()
        report = self.read("", ("record", "Report"))
        if self.steps:
            raise DecodeError("other_profile", "", self.form_start)
        return report

    def fail(self, kind, path):
        raise DecodeError(kind, path, self.start)

    # Frames
    @property
    def top(self):
        return self.stack[-1]

    def enter(self, **changes):
        self.stack.append(Frame(self.top, **changes))

    def leave(self):
        left = self.stack.pop()
        if left.leaf:
            self.top.before, self.top.hint = left.before, left.hint

    def says(self, n):
        self.top.before = mix(self.top.before, n)

    def hints(self, n):
        self.top.hint = n

    def under_event(self):
        return len(self.stack) > 1 and self.stack[1].name == "Report.event"

    # Decisions
    def tree(self, what, number=0, root=None):
        """What is known of a tree: the weights of its root, and those of its chains. root is (weights, below) where the table does not have it."""
        key = mix(mix(self.top.generic, what), number)
        weights, below = root or self.profile.look_up(key) or ({}, 0)
        runs = []
        for chain in range(4):
            if below >> chain & 1:
                runs += self.chain(chain, self.chain_additions(chain), key)
        return weights, runs

    def chain(self, chain, additions, key):
        for addition in additions:
            key = mix(key, addition)
            found = self.profile.look_up(key)
            if found is None:
                return
            yield found[0]
            if not found[1] >> chain & 1:
                return

    def ask(self, tree, node, seen=(0, 0)):
        """A decision, or None where nothing is learned of it; seen how often it was false and true."""
        weights, runs = tree
        if node not in weights:
            return None
        one = squash(16 * (weights[node] + sum(run.get(node, 0) for run in runs)))
        if any(seen):
            one = max(1, (32 * one + 65535 * seen[1]) // (32 + sum(seen)))
        return self.coder.bit(one)

    def decision(self, what, number=0):
        """A decision that stands for itself."""
        bit = self.ask(self.tree(what, number), 0)
        return self.coder.bit(1 << 15) if bit is None else bit

    def chain_additions(self, chain):
        top = self.top
        field = top.site + top.index & WORD
        return [
            (field ^ 0x0A000000, self.kind, self.who),
            (top.before ^ 0x0B000000, field, self.kind),
            (field ^ mix(top.hint, 0x0C000000), self.kind, top.before),
            (field ^ mix(top.hint, 0x0D000000 | (self.form << 16 if self.form else self.time << 8 | self.place)), self.kind),
        ][chain]

    # Numbers
    def number(self, what, learned):
        tree, bits = self.tree(what), 0
        while bits < 63:
            longer = self.ask(tree, bits)
            if longer is None:
                return self.with_low_bits(self.width(bits)) - 1
            if not longer:
                break
            bits += 1
        if not 1 <= bits <= 31 or not learned:
            return self.with_low_bits(bits) - 1
        return (1 << bits | self.branch("", what, 0x40 + bits, (1 << bits) - 1, learned)) - 1

    def width(self, least):
        more = self.coder.part(4)
        if more == 3:
            more += self.coder.part(16)
        if more == 18:
            more = self.coder.part(64)
        return min(63, least + more)

    def with_low_bits(self, bits):
        """A number that has so many fair bits below its highest."""
        high = self.coder.fair(bits - 32) << 32 if bits > 32 else 0
        return 1 << bits | high | self.coder.fair(min(bits, 32))

    def signed(self, path, what, learned):
        size = self.number(what, learned)
        if size and self.decision(what, 0x80 + min(bucket(size), 8)):
            size = -size
        return self.fits(path, size, True, 64)

    def one_of(self, path, what, of):
        return self.branch(path, what, 1, of - 1, 64)

    def branch(self, path, what, number, most, learned):
        tree, node, read, edge = self.tree(what, number), 1, 1, True
        bits = most.bit_length()
        left = bits
        while left > max(0, bits - learned):
            if node >= 16:
                tree, node = self.tree(what, mix(number, read)), 1
            most_bit = most >> left - 1 & 1
            bit = 0 if edge and not most_bit else self.ask(tree, node - 1)
            if bit is None:
                break
            left -= 1
            edge = edge and bit == most_bit
            node = node << 1 | bit
            read = read << 1 | bit
        if left:
            low = (1 << left) - 1
            read = read << left | self.uniform(path, (most & low if edge else low) + 1)
        return read - (1 << bits)

    def uniform(self, path, of):
        number = self.coder.uniform(of)
        if number is None:
            self.fail("other_profile", path)
        return number

    def fits(self, path, number, signed, bits):
        low, high = (-1 << bits - 1, (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
        if not low <= number <= high:
            self.fail("too_wide", path)
        return number

    # Forms
    def read_form(self):
        forms = self.profile.forms
        if not forms:
            return
        self.hints(0 if self.memory.form is None else 1 + self.memory.form)
        self.memory.form = self.one_of("", FORM_NUMBER, len(forms)) if self.decision(FORM) else None
        if self.memory.form is not None:
            self.steps = list(forms[self.memory.form])
            self.form = 1 + self.memory.form
        self.hints(0)

    def step(self, path, below=256):
        """The next step of the form."""
        if not self.steps or self.steps[0] >= below:
            self.fail("other_profile", path)
        return self.steps.pop(0)

    # Records
    def read(self, path, type_):
        self.start = self.coder.pos
        given, self.given = self.given, False
        return getattr(self, "read_" + type_[0])(path, given, *type_[1:])

    def read_record(self, path, given, name):
        if name in CHOICES:
            return self.read_choice(path, name)
        if name == "Id":
            return self.read_id(path)
        if name == "Point":
            return self.read_point(path)
        id = hash_of(name.encode())
        self.top.generic, self.top.record, self.top.leaf = mix(id, 0xFF), id, False
        if name == "Count":
            self.best, self.counted = None, 0
        if name == "Place":
            self.named = None
        chosen = self.read_set(path, name, id)
        self.top.before = mix(self.top.generic, chosen)
        record = dict(defaults(name))
        fields = {field: (n, type_) for n, (field, type_) in enumerate(RECORDS[name])}
        for field in ORDER.get(name, []) + [field for field in fields if field not in ORDER.get(name, [])]:
            n, type_ = fields[field]
            if chosen >> n & 1:
                value = self.read_field(path if flat(type_) else join(path, field), name, n, field, type_)
                record.update(value if flat(type_) else {field: value})
        if any(always_differs(type_) and not chosen >> n & 1 for n, type_ in fields.values()):
            self.fail("not_minimal", path)
        for kind, where in broken_rules(name, record):
            self.fail(kind, join(path, where))
        return to_json(name, record)

    def read_set(self, path, name, id):
        """Which fields differ from their default, bit n for field n."""
        sets = self.profile.masks.get(id, [])
        if self.steps is not None:
            return sets[self.step(path, len(sets))]
        said = self.number(FIELDS, 8) if sets else 1
        if said == 1:
            return self.coder.fair(len(RECORDS[name]))
        rank = max(0, said - 1)
        if rank >= len(sets):
            self.fail("other_profile", path)
        return sets[rank]

    def read_field(self, path, record, n, field, type_):
        self.enter(site=mix(self.top.site, n + 1), generic=mix(self.top.record, n), name=f"{record}.{field}")
        self.given = True
        value = self.read(path, type_)
        if is_default(value, type_):
            self.fail("not_minimal", path)
        self.leave()
        return value

    # Values
    def read_code(self, path, given, name):
        must_understand, slugs = CODES[name]
        number = self.fits(path, self.number(CODE, 8), False, 8) if self.steps is None else self.step(path)
        if must_understand and number not in slugs:
            self.fail("must_understand", path)
        self.says(number)
        if self.top.name == "Event.type":
            self.kind = 1 + number
        if self.top.name == "Time.precision":
            self.time = number
        if self.top.name == "Place.precision":
            self.place = number
        if self.top.name == "Count.of":
            self.counted = number
        return slugs.get(number, f"code:{number}") if number else NOTHING

    def read_flag(self, path, given):
        if self.steps is not None:
            flag = self.step(path, 2)
        else:
            flag = 1 if given else self.decision(FLAG)
        self.says(flag)
        return flag == 1

    def read_optional(self, path, given, type_):
        if self.steps is not None:
            there = self.step(path, 2)
        else:
            there = given or self.decision(CASE)
        return self.read(path, type_) if there else NOTHING

    def read_said(self, path, given, type_):
        if self.steps is not None:
            case = self.step(path, 3)
        else:
            case = (2 if self.decision(CASE) else 1) if given else self.number(CASE, 8)
        if case > 2:
            self.fail("unknown_tag", path)
        self.says(case)
        return self.read(path, type_) if case == 2 else None if case == 1 else NOTHING

    def read_choice(self, path, name):
        n = self.number(CASE, 8) if self.steps is None else self.step(path)
        if n >= len(CHOICES[name]):
            self.fail("unknown_tag", path)
        variant, type_ = CHOICES[name][n]
        self.says(n)
        self.top.leaf = False
        self.enter(site=mix(self.top.site, (n | 0x40) + 1), generic=mix(self.top.generic, n | 0x40), name=f"{name}.{variant}")
        value = self.read(join(path, variant), type_)
        self.leave()
        return {variant: value}

    def read_list(self, path, given, most, type_):
        count = self.number(LENGTH, 8) + given if self.steps is None else self.step(path)
        if count > most:
            self.fail("too_many", path)
        items = []
        for i in range(count):
            self.top.leaf = False
            self.enter(index=i)
            items.append(self.read(f"{path}[{i}]", type_))
            self.leave()
        return items

    def read_bytes(self, path, given, size):
        return bytes(self.coder.fair(8) for _ in range(size)).hex()

    def read_number(self, path, given, signed, bits, low, high):
        if self.top.name in INSTANTS:
            number = self.fits(path, self.instant(path), True, 64)
            self.last = number
            if self.top.name == "Report.sent":
                self.sent(number)
        else:
            if self.top.name == "Count.value":
                number = self.count_value(path)
            elif self.top.name in ("Count.min", "Count.max"):
                number = self.count_limit(path)
            else:
                number = self.signed(path, NUMBER, 3) if signed else self.number(NUMBER, 3)
            self.fits(path, number, signed, bits)
            self.says(bucket(abs(number)))
        if not low <= number <= high:
            self.fail("limit", path)
        return number

    # Counts
    def count_value(self, path):
        in_use = self.total is not None and self.total[0] == self.counted and self.under_event()
        rest = self.total[1] if in_use else None
        self.hints(2 + bucket(rest) if in_use else 1)
        value = rest if in_use and self.decision(REST) else self.fits(path, self.number(NUMBER, 7), False, 32)
        self.best = value
        if in_use:
            self.total = (self.counted, max(0, rest - value))
        elif self.total is None and self.under_event():
            self.total = (self.counted, value)
        return value

    def count_limit(self, path):
        if self.best is None:
            self.hints(1)
            return self.number(NUMBER, 7)
        self.hints(2 + bucket(self.best))
        if self.decision(SAME, 0):
            return self.best
        if self.best and self.decision(SAME, 1):
            return 0
        return self.best + self.signed(path, NUMBER, 5)

    # The memory
    def said(self, path, recent):
        """A value that was said before, or None."""
        if not recent.values or not self.decision(LATER_SAID if self.later else SAID):
            return None
        back = self.number(LATER_SAID_BACK if self.later else SAID_BACK, 6)
        if back >= len(recent.values):
            self.fail("other_profile", path)
        self.back = back
        return recent.at(back)

    # Instants
    def instant(self, path):
        unit = self.number(UNIT, 4) if self.steps is None else self.step(path)
        if unit >= len(UNITS):
            self.fail("other_profile", path)
        self.says(unit)
        seconds, area = UNITS[unit], self.profile.area
        own_sent = self.top.name == "Report.sent"
        reference = self.memory.sent if own_sent else self.last
        if own_sent and reference is None and area:
            many = 60 * area.minutes // seconds
            if many and self.decision(HORIZON):
                return (area.base // seconds + self.uniform(path, many)) * seconds
            return self.ago(path, area.base, seconds)
        if reference is None:
            reference = area.base if area else 0
        start = self.number(START, 2) if unit == 0 else 0
        if start in (1, 2):
            first = (datetime(1970, 1, 1) + timedelta(seconds=reference)).replace(day=1, hour=0, minute=0, second=0)
            return (first.replace(month=1) if start == 2 else first).toordinal() * 86400 - 719163 * 86400
        if own_sent and self.memory.gaps:
            return self.since(path, reference, seconds)
        return self.ago(path, reference, seconds)

    def since(self, path, reference, seconds):
        usual = self.memory.gap // seconds
        rest = min(16, max(0, usual.bit_length() - 1 - 3))
        size = self.fits(path, self.number(SINCE, 4) << rest | self.coder.fair(rest), False, 64)
        if size and self.decision(SINCE, 0x80):
            size = -size
        self.fits(path, size, True, 64)
        return (reference // seconds + size) * seconds

    def sent(self, seconds):
        memory = self.memory
        if memory.batch and memory.sent is not None:
            memory.gaps = min(16, memory.gaps + 1)
            change = abs(seconds - memory.sent) - memory.gap
            memory.gap += abs(change) // memory.gaps * (1 if change > 0 else -1)
        memory.sent = seconds

    def ago(self, path, reference, seconds):
        return (reference // seconds - self.signed(path, AGO, 4)) * seconds

    # Ids
    def read_id(self, path):
        if self.top.name == "Report.id" and self.own_id:
            id = self.own_id
        elif (old := self.heard(path)) is not None:
            epoch = old[1] if self.decision(EPOCH, 0x100) else self.number(EPOCH, 0)
            id = (old[0], epoch, old[2] + 1 + self.signed(path, SEQ, 3))
        else:
            author = self.number(AUTHOR, 0)
            self.says(min(31, (author + 1).bit_length() - 1))
            id = (author, self.number(EPOCH, 0), self.number(NUMBER, 3))
        for part in id:
            self.fits(path, part, False, 32)
        self.memory.ids.use(id)
        return to_json("Id", dict(zip(("author", "epoch", "seq"), id)))

    def heard(self, path):
        if self.memory.ids.values:
            self.hints(1 + len(self.memory.ids.values))
        return self.said(path, self.memory.ids)

    # Points
    def read_point(self, path):
        point = self.said(path, self.memory.points)
        if point is None:
            point = self.new_point(path)
        for value, (low, high) in zip(point, WORLD):
            if not low <= value <= high:
                self.fail("limit", path)
        self.memory.points.use(point)
        self.named = self.profile.name_rank_at(point)
        return to_json("Point", dict(zip(("lat", "lon"), point)))

    def new_point(self, path):
        first, second = self.profile.first_tier, self.profile.second_tier
        if first and self.decision(KNOWN, 0):
            start, end = 0, len(first)
            while end - start > 1:
                middle = (start + end) // 2
                tree = self.tree(HALF, middle, ({0: first[middle].weight}, first[middle].below))
                if self.ask(tree, 0, self.visits(start, middle, end)):
                    start = middle
                else:
                    end = middle
            if self.memory.batch:
                self.memory.visits = self.memory.visits[-127:] + [(self.who, order_of(first[start].point))]
            return first[start].point
        if second and self.decision(KNOWN, 1):
            return second[self.uniform(path, len(second))].point
        return self.point_by_cell(path)

    def visits(self, start, middle, end):
        """How many visits were before the middle of these places, and how many from it on. A tier may not be in order, so each bound is looked at."""
        tier = self.profile.first_tier
        low = order_of(tier[start].point) if start else 0
        high = order_of(tier[end].point) if end < len(tier) else 1 << 64
        orders = [order for who, order in self.memory.visits if who == self.who and low <= order < high]
        yes = sum(order >= order_of(tier[middle].point) for order in orders)
        return len(orders) - yes, yes

    def point_by_cell(self, path):
        inside = self.profile.area and self.decision(INSIDE)
        limits = [list(pair) for pair in (self.profile.area.limits if inside else WORLD)]
        world = 0 if inside else 1 << 20
        number = 1
        for pair in 8 * limits:
            middle = int(math.copysign(abs(sum(pair)) // 2, sum(pair)))
            bit = self.ask(self.tree(CELL, number + world), 0)
            if bit is None:
                break
            if bit:
                pair[0] = middle + 1
            else:
                pair[1] = middle
            number = number << 1 | bit
        return self.coordinate(path, LATITUDE_STEP, *limits[0]), self.coordinate(path, LONGITUDE_STEP, *limits[1])

    def coordinate(self, path, what, low, high):
        power = self.number(what, 4)
        if power > 7:
            self.fail("other_profile", path)
        if what == LATITUDE_STEP:
            self.says(power)
        step = 10 ** power
        first = -(-low // step)
        many = high // step - first + 1
        if many <= 0:
            self.fail("other_profile", path)
        return (first + self.uniform(path, many)) * step

    # Texts
    def read_text(self, path, given, low, high):
        if high > LONG:
            data = self.new_text(path, 1, high)
            self.says(0)
        else:
            data, says, used = self.name(path, high)
            self.says(says)
            if used:
                self.memory.texts.use(data)
        self.text_total += len(data)
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            self.fail("not_utf8", path)
        if self.text_total > MAX_TEXT:
            self.fail("limit", path)
        if not low <= len(data) <= high:
            self.fail("limit", path)
        if self.top.name == "Entry.key":
            self.hints(hash_of(data))
        if self.top.name == "Party.name" and self.under_event() and self.parties_known < 2:
            self.parties_known += 1
            self.who = mix(self.who, hash_of(data))
        return text

    def name(self, path, most):
        """A text that is a name, what it says, whether it is used."""
        names = self.profile.names
        if self.steps is not None and self.top.name == "Entry.key":
            rank = self.step(path) | self.step(path) << 8
            if rank >= len(names):
                self.fail("other_profile", path)
            return names[rank], 0x100 + rank, False
        if self.top.name == "Place.name" and self.named is not None and self.decision(AS_PLACE):
            return names[self.named], 1, False
        if (old := self.said(path, self.memory.texts)) is not None:
            return old, 2 + self.back, True
        if names and self.decision(LISTED, int(self.later)):
            rank = self.one_of(path, LISTED_RANK, len(names))
            return names[rank], 0x100 + rank, True
        return self.new_text(path, 0, most), 0, True

    def raw_bytes(self, path):
        while symbol := self.uniform(path, 180):
            if symbol <= 128:
                yield symbol - 1
                continue
            first = symbol + 65
            yield first
            for _ in range(1 + (first > 0xDF) + (first > 0xEF)):
                yield 0x80 | self.coder.fair(6)

    def new_text(self, path, kind, most):
        if self.profile.text is None or self.coder.bit(1024):
            data = self.raw_bytes(path)
        else:
            data = self.profile.text.decode(self.coder, kind)
        text = bytearray()
        for byte in data:
            if len(text) == most:
                self.fail("limit", path)
            text.append(byte)
        return bytes(text)


def defaults(name):
    """The fields of a record that stand in its JSON even where they have their default."""
    for field, type_ in RECORDS[name]:
        if type_[0] == "code" and type_[1] in DEFAULT_SLUGS:
            yield field, DEFAULT_SLUGS[type_[1]]
        if type_[0] == "number":
            yield field, 0
        if type_[0] == "bytes":
            yield field, "00" * type_[1]
        if type_ == ("record", "Id"):
            yield field, "0-0"


def always_differs(type_):
    return type_[0] == "text" or type_[0] == "record" and type_[1] in CHOICES


def is_default(value, type_):
    if type_[0] == "code":
        return value is NOTHING or value == DEFAULT_SLUGS.get(type_[1])
    if type_[0] == "number":
        return value == 0
    if type_[0] == "bytes":
        return value == "00" * type_[1]
    return value is NOTHING or value is False or value == [] or type_ == ("record", "Id") and value == "0-0"


# --- The text model ---
class TextModel:
    def __init__(self, data):
        deepest, self.end, self.escape, zero, self.slots, self.buckets = struct.unpack_from("<4B2I", data)
        need(1 <= deepest <= 16 and zero == 0, "the tree is too deep, or its depth is none")
        at = 12

        def take(form, size):
            nonlocal at
            values = struct.unpack_from(f"<{size}{form}", data, at)
            at += struct.calcsize(f"<{size}{form}")
            return values

        self.build_tree(take("B", deepest + 1))
        self.alphabet = take("B", len(self.codes))
        capitals = {leaf: byte for leaf, byte in enumerate(self.alphabet) if 0x41 <= byte <= 0x5A}
        need(self.end != self.escape and capitals == {self.end: 0x41, self.escape: 0x41}, "end and escape are not as they must be")
        self.leaf_of = {byte: leaf for leaf, byte in reversed(list(enumerate(self.alphabet))) if byte != 0x41}  # the lower one of two
        self.biases = take("h", self.inner + 1)
        self.levels, self.strengths, self.repeats = take("h", 16), take("h", 8), take("h", 16)
        self.scales = take("B", 4 * 4)
        self.weights = take("B", (self.slots + 1) // 2)
        self.cells = [self.read_cells(take("B", 8)) for _ in range(self.buckets)]
        need(at == len(data), "the text model is longer or shorter")

    def build_tree(self, counts):
        """children[node] = two of ("leaf" or "inner", its number); codes[leaf] = (way, how long)."""
        self.children, self.codes, self.inner = [], [], 0
        nodes = [((), None)]  # the way to each node of a depth, and the slot of its parent that it fills
        for leaves in counts:
            need(leaves <= len(nodes) <= 127, "more leaves than nodes, or too many nodes")
            below = []
            for i, (way, slot) in enumerate(nodes):
                if i < leaves:
                    node = ("leaf", len(self.codes))
                    self.codes.append(way)
                else:
                    node = ("inner", self.inner)
                    self.children.append([None, None])
                    below += [(way + (bit,), (self.inner, bit)) for bit in (0, 1)]
                    self.inner += 1
                if slot:
                    self.children[slot[0]][slot[1]] = node
            nodes = below
        need(not nodes, "nodes are left below the deepest")
        need(len(self.codes) <= 127, "too many leaves")

    def read_cells(self, data):
        return [(fingerprint, value & 31, value >> 5) for fingerprint, value in zip(data[:4], data[4:])]

    def decode(self, coder, kind):
        """The bytes of a text, one after another."""
        history = History(kind)
        confidence = Confidence(coder)
        while True:
            voices = self.cell_voices(history.cell_contexts()) + self.repetition(history)
            leaf = self.symbol(confidence, history, voices)
            if leaf == self.end:
                return
            if leaf == self.escape:
                byte = coder.fair(8)
            else:
                byte = self.alphabet[leaf]
                if 0x61 <= byte <= 0x7A and confidence.decide(self.plain(history.case_contexts(byte), self.inner), True):
                    byte -= 0x20
            yield byte
            history.add(byte)

    def symbol(self, confidence, history, voices):
        """The leaf at the end of the way down the tree."""
        contexts = history.plain_contexts()
        kind, node, depth = "inner", 0, 0
        while kind == "inner":
            total = self.plain(contexts, node)
            for row, leaf, strength in voices:
                s = strength * self.scales[row * 4 + min(depth, 3)] >> 6
                total += s if self.codes[leaf][depth] else -s
            bit = confidence.decide(total, False)
            voices = [voice for voice in voices if self.codes[voice[1]][depth] == bit]
            kind, node = self.children[node][bit]
            depth += 1
        return node

    def plain(self, contexts, node):
        logit = self.biases[node]
        for context in contexts:
            slot = mix(context, node + 1) * self.slots >> 32
            if slot < self.slots:
                logit += self.levels[self.weights[slot // 2] >> 4 * (slot & 1) & 15]
        return logit

    def cell_voices(self, contexts):
        """(row, leaf, strength) of what the cells say comes next."""
        voices = []
        for row, context in enumerate(contexts):
            other = mix(context, 30)
            fingerprint = mix(other, 31) & 0xFF
            for at in dict.fromkeys((context * self.buckets >> 32, other * self.buckets >> 32)):
                for found, symbol, strength in self.cells[at] if self.cells else []:
                    if found == fingerprint and symbol < min(31, len(self.alphabet)):
                        voices.append((row, symbol, self.strengths[strength]))
        return voices[:16]

    def repetition(self, history):
        """What came after the same bytes earlier in the text."""
        earlier = history.find_earlier()
        text = history.text.lower()  # A to Z alone
        alike = 0
        while alike < min(15, earlier) and text[earlier - 1 - alike] == text[-1 - alike]:
            alike += 1
        if alike < 4 or text[earlier] not in self.leaf_of:
            return []
        return [(3, self.leaf_of[text[earlier]], self.repeats[alike])]


class Confidence:
    """How much of a sum counts, and what makes capitals likelier: learned in a text."""

    def __init__(self, coder):
        self.coder, self.share, self.capitals = coder, 49152, 0

    def decide(self, total, case):
        total = max(-16384, min(16384, total))
        one = squash((total * self.share >> 16) + (self.capitals if case else 0))
        bit = self.coder.bit(one)
        error = one - (bit << 16)
        self.share = max(16384, min(98304, self.share - (error * total >> 13)))
        if case:
            self.capitals -= error >> 10
        return bit


class History:
    def __init__(self, kind):
        self.exact = self.folded = kind + 1
        self.word = self.letters = self.case = 0
        self.last_word, self.word_before, self.last_case = kind, 0, 3
        self.text = bytearray()
        self.places = [0] * 64

    def add(self, byte):
        folded = byte + 0x20 if 0x41 <= byte <= 0x5A else 0x30 if 0x30 <= byte <= 0x39 else byte
        capital = 0x41 <= byte <= 0x5A
        if capital or 0x61 <= byte <= 0x7A or 0x30 <= byte <= 0x39 or byte >= 0x80:
            self.word = mix(self.word + 1 & WORD, folded)
            self.case = (1 if capital else 0) if self.letters == 0 else 2 if capital else min(self.case, 1)
            self.letters += 1
        elif self.letters:
            self.word_before, self.last_word, self.last_case = self.last_word, self.word, self.case
            self.word = self.letters = self.case = 0
        self.exact = self.exact << 8 & WORD | byte
        self.folded = self.folded << 8 & WORD | folded
        self.text.append(byte)

    @property
    def newest(self):
        return self.exact & 0xFF

    def cell_contexts(self):
        if self.letters:
            w, before = mix(self.word, 11 if self.letters <= 2 and self.case == 1 else 10), self.last_word
        else:
            w, before = mix(mix(9, self.last_word), self.folded & 0xFFFF), self.word_before
        digit = self.newest if 0x30 <= self.newest <= 0x39 else 0
        return [mix(mix(w, 12), before), w, mix(mix(3, self.folded & 0xFFFFFF), digit)]

    def plain_contexts(self):
        return [
            mix(20, self.newest),
            mix(21, self.exact & 0xFFFF),
            mix(22, self.word if self.letters else mix(self.last_word, self.newest)),
        ]

    def case_contexts(self, letter):
        place = self.case << 2 | min(self.letters, 3) if self.letters else 16 | self.last_case
        return [
            mix(mix(23, self.newest), place),
            mix(mix(24, self.exact & 0xFFFFFF), letter),
            mix(mix(25, mix(self.word if self.letters else self.last_word, letter)), place),
        ]

    def find_earlier(self):
        """How long the text was when the last 4 bytes were as now, at most 256 bytes back; 0 where they never were."""
        at = mix(4, self.folded) >> 26
        length = len(self.text)
        back = (length - self.places[at] - 1) % 256 + 1
        self.places[at] = length % 256
        return max(0, length - back)


# --- The command line ---
def load_profile(name, folders):
    if name in (None, "none"):
        return Profile()
    path = next(folder / name for folder in folders if (folder / name).exists())
    return Profile(path.read_bytes())


def check(vectors, profiles):
    """The name of each vector, what is expected and what is found."""
    for vector in vectors["reports"]:
        yield vector["name"], text_of(vector["json"]), lambda: text_of(
            decode(bytes.fromhex(vector["hex"]), profiles(vector["profile"]), Known(**vector["known"] or {})))
    for vector in vectors["batches"]:
        yield vector["name"], texts_of(vector["json"]), lambda: texts_of(decode_batch(bytes.fromhex(vector["hex"]), profiles(vector["profile"])))
    for vector in vectors["rejected"]:
        known = Known(**vector.get("known") or {})
        yield vector["name"], vector["error"], lambda: kind_of_error(bytes.fromhex(vector["hex"]), profiles(vector["profile"]), known)


def texts_of(reports):
    return "\n".join(text_of(report) for report in reports)


def decode_any(data, profile, known=Known()):
    return list(decode_batch(data, profile)) if data[:1] == bytes([BATCH]) else [decode(data, profile, known)]


def kind_of_error(data, profile, known):
    try:
        return "decoded: " + texts_of(decode_any(data, profile, known))
    except DecodeError as error:
        return error.kind


def first_difference(expected, found):
    at = next((i for i, (a, b) in enumerate(zip(expected, found)) if a != b), min(len(expected), len(found)))
    start = max(0, at - 40)
    return f"  at {at}:\n  expected {expected[start:at + 80]}\n  found    {found[start:at + 80]}"


def main():
    here = Path(__file__).resolve().parent
    spec = next((path for path in (here / "../../SPEC.md", here / "SPEC.md") if path.exists()), None)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spec", default=spec, required=spec is None)
    parser.add_argument("--profile", help="a file, none if left out", type=Path)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--hex", help="one report or batch", type=bytes.fromhex)
    what.add_argument("vectors", nargs="?", help="vectors.json", type=Path)
    arguments = parser.parse_args()
    load_spec(arguments.spec)
    if arguments.vectors is None:
        profile = Profile(arguments.profile.read_bytes() if arguments.profile else b"")
        for report in decode_any(arguments.hex, profile):
            print(json.dumps(report, ensure_ascii=False, indent=2))
        return
    loaded = {}

    def profiles(name):
        if name not in loaded:
            loaded[name] = load_profile(name, [arguments.vectors.parent, here / "../../core/profiles"])
        return loaded[name]

    results = []
    for name, expected, find in check(json.loads(arguments.vectors.read_text(encoding="utf-8")), profiles):
        try:
            found = find()
        except DecodeError as error:
            found = str(error)
        results.append(found == expected)
        if found != expected:
            print(f"FAILED {name}\n{first_difference(expected, found)}")
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
