"""Reads the frames of tests/vectors/link-v1 as SPEC.md 5.2 and 5.3 say, with nothing of increp's own.

    python3 tests/interop/linked.py tests/vectors/link-v1
"""

import hashlib
import json
import pathlib
import sys

from sealed import cmac, siv_seal

RECORDS, POLL, HAVE, RECEIPT, DOWN = range(5)


def varint(data):
    if data[0] < 0x80:
        return data[0], data[1:]
    assert 0 < data[1] < 0x80
    return data[1] << 7 | data[0] & 0x7F, data[2:]


class Link:
    def __init__(self, hop, mac):
        self.mac, self.mask, self.hint = (cmac(hop, label) for label in (b"link mac 1", b"link mask 1", b"link hint 1"))
        self.length = mac

    def open(self, frame, way, nonce, epoch):
        """The frame without mask and code."""
        if not self.length:
            return frame
        body, code = frame[: -self.length], frame[-self.length :]
        masked = bytes(a ^ b for a, b in zip(body[:6], cmac(self.mask, code)))
        body = masked + body[6:]
        context = bytes([way]) + nonce.to_bytes(2, "little") + epoch.to_bytes(3, "little")
        assert cmac(self.mac, context + body)[: self.length] == code, "a code that does not fit"
        return body


class Runs:
    def __init__(self, data):
        self.bits = "".join(f"{byte:08b}" for byte in data)

    def number(self, order):
        zeros = self.bits.index("1")
        end = 2 * zeros + 1 + order
        assert len(self.bits) >= end
        number, self.bits = int(self.bits[zeros:end], 2) - (1 << order), self.bits[end:]
        return number

    def bit(self):
        bit, self.bits = self.bits[0] == "1", self.bits[1:]
        return bit

    def read(self):
        """For each record what is there: True, False, or whether its first bytes are and where that turns."""
        found = []
        while "1" in self.bits:
            found += [True] * self.number(0) + [False] * self.number(0)
            if self.bit():
                turns, there = self.number(0) + 1, self.bit()
                ends = [0]
                for _ in range(turns):
                    ends.append(ends[-1] + self.number(6) + 1)
                found.append((there, ends[1:]))
        return found


class Hub:
    """What came: the bytes of each record that are there."""

    def __init__(self):
        self.bytes, self.lengths, self.epoch = {}, {}, None

    def put(self, seq, offset, piece, rest):
        self.bytes.setdefault(seq, {}).update(enumerate(piece, offset))
        if rest is not None:
            self.lengths[seq] = offset + rest

    def records(self, first, body):
        if not body:
            return
        seq, body, offset = body[0], body[1:], 0
        if first & 0x10:
            offset, body = varint(body)
        if first & 0x40:
            return self.put(seq, offset, body, None)
        while body:
            rest, body = varint(body)
            if rest == 0:
                seq, body = body[0], body[1:]
                offset, body = varint(body)
                continue
            piece, body = body[:rest], body[rest:]
            self.put(seq, offset, piece, rest)
            seq, offset = seq + 1, 0

    def whole(self, seq):
        length, there = self.lengths.get(seq), self.bytes.get(seq, {})
        return bytes(there[at] for at in range(length)) if length and len(there) == length else None

    def state(self, seq):
        if self.whole(seq) is not None:
            return True
        there = self.bytes.get(seq)
        if not there:
            return False
        length = self.lengths.get(seq, max(there) + 2)
        turns = [at for at in range(1, length) if (at in there) != (at - 1 in there)]
        return (0 in there, turns)


def session(it):
    link, hub = Link(bytes.fromhex(it["hop"]), it["mac"]), Hub()
    records = [bytes.fromhex(record) for record in it["records"]]
    news, counts = {}, [0] * 5
    for one in it["frames"]:
        up = one["way"] == "up"
        body = link.open(bytes.fromhex(one["frame"]), 1 if up else 2, 0 if up else it["nonce"], it["epoch"])
        first, kind = body[0], body[0] & 7
        counts[kind] += 1
        if up:
            assert kind in (RECORDS, POLL)
            rest = body[1:]
            if first & 0x20:
                assert rest[0] == link.hint[0] and int.from_bytes(rest[1:4], "little") == it["epoch"]
                rest = rest[4:]
            if kind == POLL:
                low, top, nonce = rest[0], rest[1], int.from_bytes(rest[2:4], "little")
                assert (low, top, nonce) == (1, len(records) - 1, it["nonce"])
                rest = rest[6:]
            if not one["lost"]:
                hub.records(first, rest)
        elif kind == HAVE:
            said = Runs(body[3:]).read()
            said += [False] * (len(records) - len(said))
            state = [hub.state(seq) for seq in range(len(records))]
            assert said == state, (said, state)
            total = 0
            for seq, there in enumerate(state):
                if seq and there is True:
                    total ^= max(1, int.from_bytes(cmac(link.mac, b"body" + records[seq])[:2], "little"))
            assert total == int.from_bytes(body[1:3], "little")
        else:
            key = (kind, body[1]) if kind == DOWN else (kind, 0)
            offset, rest = varint(body[2 if kind == DOWN else 1 :])
            left, piece = varint(rest)
            if not one["lost"]:
                news.setdefault(key, bytearray(offset + left))[offset : offset + len(piece)] = piece
    assert [hub.whole(seq) for seq in range(len(records))] == [record[5:] for record in records]
    assert news == {(RECEIPT, 0): bytes.fromhex(it["receipt"]), (DOWN, 0): bytes.fromhex(it["down"])}
    # Records may all be in POLLs.
    assert all(counts[POLL:])
    return len(it["frames"])


def one_way(it, hop):
    link, hub = Link(hop, 4), Hub()
    records = [bytes.fromhex(record) for record in it["records"]]
    epoch = int.from_bytes(records[0][1:4], "little")
    for frame in it["frames"]:
        body = link.open(bytes.fromhex(frame), 1, 0, epoch)
        assert body[0] & 0x27 == 0x20 and body[1] == link.hint[0] and body[2:5] == records[0][1:4]
        hub.records(body[0], body[5:])
    assert [hub.whole(seq) for seq in range(len(records))] == [record[5:] for record in records]


def vec(it):
    def digest(parts):
        total = 0
        for part in parts:
            total ^= int.from_bytes(hashlib.sha256(part).digest()[:4], "big")
        return total.to_bytes(4, "big")

    of_epoch = digest(bytes.fromhex(record) for record in it["records"])
    branches = [[] for _ in range(8)]
    for author, epoch in it["epochs"]:
        name = author.to_bytes(4, "little") + epoch.to_bytes(4, "little")
        branches[hashlib.sha256(name).digest()[0] >> 5].append(name + of_epoch)
    text = bytes(6) + b"".join(digest(branch) for branch in branches)
    sealed = siv_seal(bytes.fromhex(it["key"]), b"increp vec 1", text)
    assert sealed == bytes.fromhex(it["frame"])


def main(folder):
    for path in sorted(pathlib.Path(folder).glob("*.json")):
        all = json.loads(path.read_text(encoding="utf-8"))
        assert all["format"] == 1
        frames = sum(session(it) for it in all["sessions"])
        one_way(all["one_way"], bytes.fromhex(all["sessions"][0]["hop"]))
        vec(all["vec"])
        print(f"{path.name}: {len(all['sessions'])} sessions of {frames} frames, one of one way, a VEC: all as SPEC.md says")


if __name__ == "__main__":
    main(sys.argv[1])
