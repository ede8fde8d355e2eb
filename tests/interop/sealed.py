#!/usr/bin/env python3
"""A device, a hub and HQ for what increp seals, written from SPEC.md 4 and 5.1 alone.

    python3 sealed.py FOLDER      makes and opens all that is in FOLDER/vectors.json again

Needs the package `cryptography`, of which it takes X25519, AES, AES-CMAC and ChaCha20-Poly1305; HKDF, HPKE and AES-SIV are here.
"""

import hashlib
import hmac
import json
import sys
import zlib
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.cmac import CMAC
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


class Refused(Exception):
    """A kind of SPEC.md 4.10, and the byte at which it was found."""

    def __init__(self, kind, at=0):
        super().__init__(kind, at)
        self.kind, self.at = kind, at


# --- The functions that SPEC.md 4 is written in ---


def sha256(data):
    return hashlib.sha256(data).digest()


def extract(salt, ikm):
    return hmac.digest(salt or bytes(32), ikm, "sha256")


def expand(key, label, length):
    return hmac.digest(key, label + b"\x01", "sha256")[:length]


def cmac(key, data):
    mac = CMAC(algorithms.AES(key))
    mac.update(data)
    return mac.finalize()


def aes(key, block):
    return Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(block)


def public(secret):
    return X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def x25519(secret, other):
    try:
        return X25519PrivateKey.from_private_bytes(secret).exchange(X25519PublicKey.from_public_bytes(other))
    except ValueError as error:  # zero
        raise Refused("WeakKey") from error


def le32(number):
    return number.to_bytes(4, "little")


def number(data):
    return int.from_bytes(data, "little")


def xor(one, other):
    return bytes(a ^ b for a, b in zip(one, other))


# --- 4.2 Sealing one text ---


def double(block):
    shifted = int.from_bytes(block, "big") << 1
    return (shifted & (1 << 128) - 1 ^ (0x87 if shifted >> 128 else 0)).to_bytes(16, "big")


def siv_tag(keys, associated, text):
    mac_key = keys[:16]
    d = xor(double(cmac(mac_key, bytes(16))), cmac(mac_key, associated))
    if len(text) >= 16:
        t = text[:-16] + xor(text[-16:], d)
    else:
        t = xor(double(d), (text + b"\x80").ljust(16, b"\0"))
    return cmac(mac_key, t)[:8]


def key_stream(keys, tag, text):
    counter = int.from_bytes(tag + bytes(8), "big")
    blocks = (aes(keys[16:], (counter + i).to_bytes(16, "big")) for i in range((len(text) + 15) // 16))
    return xor(text, b"".join(blocks))


def siv_seal(keys, associated, text):
    tag = siv_tag(keys, associated, text)
    return key_stream(keys, tag, text) + tag


def siv_open(keys, associated, sealed):
    text = key_stream(keys, sealed[-8:], sealed[:-8])
    if siv_tag(keys, associated, text) != sealed[-8:]:
        raise Refused("Forged")
    return text


# --- HPKE, RFC 9180: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 ---

KEM = b"KEM\x00\x20"


def labeled_extract(suite, salt, label, ikm):
    return extract(salt, b"HPKE-v1" + suite + label + ikm)


def labeled_expand(suite, key, label, info, length):
    return expand(key, length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info, length)


def derive_key(ikm):
    return labeled_expand(KEM, labeled_extract(KEM, b"", b"dkp_prk", ikm), b"sk", b"", 32)


def kem_secret(agreed, context):
    return labeled_expand(KEM, labeled_extract(KEM, b"", b"eae_prk", agreed), b"shared_secret", context, 32)


def schedule(suite, mode, shared, info, psk=b"", psk_id=b""):
    context = bytes([mode]) + labeled_extract(suite, b"", b"psk_id_hash", psk_id) + labeled_extract(suite, b"", b"info_hash", info)
    return labeled_extract(suite, shared, b"secret", psk), context


def export(shared, info, psk, psk_id, label):
    suite = b"HPKE\x00\x20\x00\x01\xff\xff"
    secret, context = schedule(suite, 3, shared, info, psk, psk_id)
    return labeled_expand(suite, labeled_expand(suite, secret, b"exp", context, 32), b"sec", label, 32)


def hpke_base(shared, info):
    """Key and nonce for ChaCha20-Poly1305."""
    suite = b"HPKE\x00\x20\x00\x01\x00\x03"
    secret, context = schedule(suite, 0, shared, info)
    return labeled_expand(suite, secret, b"key", context, 32), labeled_expand(suite, secret, b"base_nonce", context, 12)


# --- 4.4 Randomness ---


class Seed:
    def __init__(self, key, draws=0):
        if not any(key):
            raise Refused("NoSeed")
        self.key, self.draws = key, draws

    def draw(self, noise):
        mixed = extract(self.key, (noise or bytes(32)) + le32(self.draws))
        self.key, self.draws = expand(mixed, b"increp seed", 32), self.draws + 1
        return expand(mixed, b"increp draw", 32)


# --- 4.7 Enrolment ---


def fields(message, kind, *lengths):
    if not message:
        raise Refused("EndsEarly", 0)
    if message[0] != kind:
        raise Refused("OtherKind", 0)
    taken, at = [], 1
    for length in lengths:
        if len(message) < at + length:
            raise Refused("EndsEarly", at)
        taken.append(message[at : at + length])
        at += length
    if len(message) > at:
        raise Refused("LeftOver", at)
    return taken


def commitment(revelation):
    return b"\x12" + sha256(b"increp enrol" + revelation)


class Agreed:
    def __init__(self, secret, other, *messages):
        key = extract(sha256(b"".join(messages)), x25519(secret, other))
        self.psk = expand(key, b"increp psk 0", 32)
        self.receipt, self.hop = expand(key, b"increp receipt", 16), expand(key, b"increp hop", 16)
        self.down = expand(key, b"increp down", 32)
        self.digits = "%06d" % (number(expand(key, b"increp digits", 32)[:4]) % 1_000_000)


class Device:
    """4.7 and 4.3, on the device."""

    def commit(self, invitation, draws):
        (seed,) = fields(invitation, 0x11, 32)
        self.seed, self.invitation = Seed(seed), invitation
        self.secret, self.share = (self.seed.draw(noise) for noise in draws or (None, None))
        self.revelation = b"\x14" + public(self.secret) + public(self.share)
        return commitment(self.revelation)

    def reveal(self, offer):
        author, self.hq, share = fields(offer, 0x13, 4, 32, 32)
        self.author, self.count = number(author), 0
        self.agreed = Agreed(self.share, share, self.invitation, commitment(self.revelation), offer, self.revelation)
        self.psk = self.agreed.psk
        return self.revelation

    def begin(self, noise, start, profile):
        """The opening of the next epoch."""
        ephemeral = derive_key(self.seed.draw(noise))
        enc = public(ephemeral)
        shared = kem_secret(x25519(ephemeral, self.hq) + x25519(self.secret, self.hq), enc + self.hq + public(self.secret))
        psk_id = bytes([self.count % 256])
        self.chain = export(shared, b"increp seal 1" + le32(self.author), self.psk, psk_id, b"increp chain")
        self.epoch, self.next = epoch_number(enc), 0
        sealed = self.seal(start_bytes(start, profile))
        self.psk, self.count = expand(self.psk, b"increp psk", 32), self.count + 1
        return head(self.epoch, 0) + enc + psk_id + sealed

    def seal(self, text):
        """What stands behind the head of the next record."""
        associated = head(self.epoch, self.next) + le32(self.author)
        keys = expand(self.chain, b"increp record", 32)
        self.void = siv_seal(keys, associated, b"")
        self.chain, self.next = expand(self.chain, b"increp chain", 32), self.next + 1
        return siv_seal(keys, associated, text)

    def state(self, opening, start, profile):
        """4.8"""
        return b"".join((
            le32(self.author), self.secret, self.hq, self.agreed.receipt, self.agreed.hop, self.seed.key, le32(self.seed.draws),
            self.psk, le32(self.count), le32(self.epoch), start_bytes(start, profile), le32(self.next), self.chain,
            opening[5:], self.void, le32(0), self.agreed.down,
        ))


def head(epoch, seq):
    return b"\x13" + epoch.to_bytes(3, "little") + bytes([seq])


def start_bytes(start, profile):
    return (b"\0\0\0\0\x80" if start is None else start.to_bytes(5, "little", signed=True)) + profile


def epoch_number(enc):
    return 1 + number(sha256(enc)[:4]) % (2**24 - 1)


def pad(text, multiple):
    return (text + b"\x80").ljust(-(-(len(text) + 1) // multiple) * multiple, b"\0")


# --- 4.9 HQ's side ---


def parse(record):
    if not record:
        raise Refused("EndsEarly", 0)
    if record[0] != 0x13:
        raise Refused("OtherKind", 0)
    for at, end in (1, 4), (4, 5):
        if len(record) < end:
            raise Refused("EndsEarly", at)
    if len(record) < 13:
        raise Refused("EndsEarly", len(record))
    epoch, seq = number(record[1:4]), record[4]
    if epoch == 0:
        raise Refused("OtherEpoch", 1)
    if seq == 0 and len(record) < 59:
        raise Refused("EndsEarly", len(record))
    if seq == 0 and len(record) > 59:
        raise Refused("LeftOver", 59)
    return epoch, seq


class Peer:
    def __init__(self, kept):
        assert len(kept) == 144
        self.author, self.public = number(kept[:4]), kept[4:36]
        self.receipt, self.hop = kept[36:52], kept[52:68]
        self.psk, self.count, self.expected = kept[68:100], number(kept[100:104]), number(kept[104:108])
        self.down = kept[108:]

    def bytes(self):
        return le32(self.author) + self.public + self.receipt + self.hop + self.psk + le32(self.count) + le32(self.expected) + self.down

    def begin(self, hq_secret, record):
        epoch, seq = parse(record)
        enc, psk_id = record[5:37], record[37]
        if epoch_number(enc) != epoch or seq:
            raise Refused("OtherEpoch", 1)
        psk, count = self.psk, self.count
        while count % 256 != psk_id:
            psk, count = expand(psk, b"increp psk", 32), count + 1
        agreed = x25519(hq_secret, enc) + x25519(hq_secret, self.public)
        shared = kem_secret(agreed, enc + public(hq_secret) + self.public)
        chain = export(shared, b"increp seal 1" + le32(self.author), psk, bytes([psk_id]), b"increp chain")
        start = siv_open(expand(chain, b"increp record", 32), head(epoch, 0) + le32(self.author), record[38:])
        self.expected = max(self.expected, count + 1)
        while self.count + 128 < self.expected:
            self.psk, self.count = expand(self.psk, b"increp psk", 32), self.count + 1
        return Epoch(le32(self.author) + le32(epoch) + start + le32(1) + expand(chain, b"increp chain", 32))

    def write_receipt(self, records):
        numbers = sorted({record[4] for record in records})
        first = numbers[0] if numbers else 0
        run = 0
        while first + run in numbers and run < 255:
            run += 1
        behind = [one - first - run for one in numbers if one >= first + run]
        more = bytearray(-(-(max(behind, default=-1) + 1) // 8))
        for bit in behind:
            more[bit // 8] |= 1 << bit % 8
        bodies = bytes(4)
        for record in records:
            bodies = xor(bodies, cmac(self.receipt, b"body" + record[4:5] + record[-8:]))
        epoch = number(records[0][1:4]) if records else 0
        body = b"\x15" + le32(self.author) + epoch.to_bytes(3, "little") + (self.expected % 65536).to_bytes(2, "little")
        body += bytes([first, run]) + bytes(more) + bodies
        return body + cmac(self.receipt, b"receipt" + body)[:8]


class Epoch:
    def __init__(self, kept):
        assert len(kept) == 57
        self.author, self.number, self.start, self.profile = number(kept[:4]), number(kept[4:8]), kept[8:13], kept[13:21]
        self.next, self.chain = number(kept[21:25]), kept[25:]

    def bytes(self):
        return le32(self.author) + le32(self.number) + self.start + self.profile + le32(self.next) + self.chain

    def seconds(self):
        return None if self.start == b"\0\0\0\0\x80" else int.from_bytes(self.start, "little", signed=True)

    def open(self, record):
        """The packed report, or None for a void."""
        epoch, seq = parse(record)
        if epoch != self.number:
            raise Refused("OtherEpoch", 1)
        if seq < self.next:
            raise Refused("Erased", 4)
        chain = self.chain
        for _ in range(self.next, seq):
            chain = expand(chain, b"increp chain", 32)
        text = siv_open(expand(chain, b"increp record", 32), record[:5] + le32(self.author), record[5:])
        if not text:
            return None
        text = text.rstrip(b"\0")
        if text[-1:] != b"\x80":
            raise Refused("Forged")
        return text[:-1]


def read_receipt(receipt, key, author, records):
    """4.5, on the device: the numbers that HQ has."""
    if not receipt:
        raise Refused("EndsEarly", 0)
    if receipt[0] != 0x15:
        raise Refused("OtherKind", 0)
    at = 1
    for length in 4, 3, 2, 1, 1:
        if len(receipt) < at + length:
            raise Refused("EndsEarly", at)
        if at == 1 and number(receipt[1:5]) != author:
            raise Refused("OtherAuthor", 1)
        at += length
    if cmac(key, b"receipt" + receipt[:-8])[:8] != receipt[-8:]:
        raise Refused("Forged")
    first, run, more = receipt[10], receipt[11], receipt[12:-12]
    numbers = list(range(first, first + run))
    numbers += [first + run + bit for bit in range(8 * len(more)) if more[bit // 8] >> bit % 8 & 1]
    # Of two records with one number the first counts.
    have = {record[4]: record for record in reversed(records) if record[1:4] == receipt[5:8]}
    if not set(numbers) <= set(have):
        raise Refused("NotHere")
    bodies = bytes(4)
    for one in numbers:
        bodies = xor(bodies, cmac(key, b"body" + bytes([one]) + have[one][-8:]))
    if bodies != receipt[-12:-8]:
        raise Refused("OtherBodies")
    return numbers


# --- 5.1 Stick files ---


class Cursor:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, length):
        taken = self.data[self.at : self.at + length]
        if len(taken) < length:
            raise Refused("content")
        self.at += length
        return taken

    def varint(self):
        value = 0
        for shift in range(0, 28, 7):
            (byte,) = self.take(1)
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                if shift and not byte:
                    raise Refused("content")
                return value
        raise Refused("content")


def open_stick(file, hub_secret=None, hop=None):
    if file[:7] != b"\x89irs\r\n\x1a":
        raise Refused("foreign")
    if file[7] != 1:
        raise Refused("version")
    if len(file) != 4096 * number(file[8:12]) or sha256(file[:-8])[:8] != file[-8:]:
        raise Refused("cut short")
    readers = file[12]
    for at in range(16, 16 + 80 * readers, 80):
        share, wrapped = file[at : at + 32], file[at + 32 : at + 80]
        if hub_secret:
            shared = kem_secret(x25519(hub_secret, share), share + public(hub_secret))
            key, nonce = hpke_base(shared, b"increp stick 1")
        else:
            key, nonce = hmac.digest(hop, b"increp stick 1" + share, "sha256"), bytes(12)
        try:
            key = ChaCha20Poly1305(key).decrypt(nonce, wrapped, b"")
        except InvalidTag:
            continue
        end = 16 + 80 * readers
        return ChaCha20Poly1305(key).decrypt(bytes(12), file[end:-8], file[:end])
    raise Refused("others")


def read_content(content, hop):
    cursor, entries = Cursor(content), []
    (kind,), author = cursor.take(1), number(cursor.take(4))
    while (entry := cursor.take(1)[0]) != 0:
        if entry == 1:
            start = cursor.take(4)
            (first,) = cursor.take(1)
            for seq in range(first, first + cursor.varint()):
                entries.append({"record": (start + bytes([seq]) + cursor.take(cursor.varint())).hex()})
        elif entry == 2:
            entries.append({"epoch": number(cursor.take(3)), "numbers": cursor.take(32).hex()})
        elif entry == 3:
            entries.append({"receipt": cursor.take(cursor.varint()).hex()})
        elif entry == 4:
            entries.append({"hub": cursor.take(32).hex()})
        elif entry == 5:
            entries.append({"profile": cursor.take(cursor.varint()).hex()})
        elif entry == 9:
            entries.append({"next": number(cursor.take(4))})
        elif entry == 10:
            entries.append({"message": number(cursor.take(4)), "sealed": cursor.take(cursor.varint()).hex()})
        elif entry == 6 and kind == 3:
            device, shared, (trust,) = number(cursor.take(4)), cursor.take(16).hex(), cursor.take(1)
            assert trust <= 2, "0, 1 or 2"
            entries.append({"device": device, "hop": shared, "revoked": trust > 0} | ({"wiped": True} if trust == 2 else {}))
        elif entry == 7 and kind == 3:
            entries.append({"have": number(cursor.take(3)), "numbers": cursor.take(32).hex(), "digest": cursor.take(16).hex()})
        elif entry == 8 and kind == 3:
            entries.append({"refused": number(cursor.take(3)), "numbers": cursor.take(32).hex()})
        else:
            raise Refused("content")
    assert cursor.varint() == len(entries), "the number of entries"
    assert hmac.digest(hop, b"increp stick 1" + content[: cursor.at], "sha256")[:16] == cursor.take(16), "the code"
    assert not any(content[cursor.at :]), "zeros"
    return {"kind": kind, "author": author, "entries": entries}


# --- 4.12 HQ's messages ---


class Down:
    """A device's end of the row of HQ's messages."""

    def __init__(self, author, key):
        self.author, self.key, self.next = author, key, 0

    def hear(self, message):
        start = b"\x16" + le32(self.author) + le32(self.next)
        if message[:9] != start:
            raise Refused("OutOfTurn", 5)
        keys = expand(self.key, b"increp record", 32)
        text = siv_open(keys, start, message[9:])
        self.key, self.next = expand(self.key, b"increp chain", 32), self.next + 1
        return read_message(text[0], text[1:])


def read_message(kind, content):
    if kind == 1:
        assert len(content) == 32
        return {"kind": 1, "key": content.hex()}
    if kind == 2:
        assert len(content) in (16, 48)
        return {"kind": 2, "key": content[:16].hex()} | ({"revoked": content[16:].hex()} if content[16:] else {})
    if kind == 3:
        assert not content
        return {"kind": 3}
    if kind == 6:
        return {"kind": 6, "at": int.from_bytes(content, "little", signed=True)}
    assert kind in (4, 5)
    times = {}
    if content[-11:-10] == b"\0":
        for name, time in ("said", content[-10:-5]), ("until", content[-5:]):
            if time != b"\0\0\0\0\x80":
                times[name] = int.from_bytes(time, "little", signed=True)
        content = content[:-11]
    assert b"\0" not in content
    return {"kind": kind, "text": content.decode()} | times


# --- The vectors ---


def same(found, expected, what):
    if found != expected:
        sys.exit(f"{what}: expected {expected}, found {found}")


def unhex(value):
    return bytes.fromhex(value)


def enrol(it, hq_public):
    """Both sides; the device, and what HQ keeps."""
    share, seed = map(unhex, it["hq_draws"])
    device = Device()
    invitation = b"\x11" + seed
    committed = device.commit(invitation, [unhex(draw) for draw in it["device_draws"]])
    offer = b"\x13" + le32(it["author"]) + hq_public + public(share)
    revelation = device.reveal(offer)
    for name, message in ("invitation", invitation), ("commitment", committed), ("offer", offer), ("revelation", revelation):
        same(message.hex(), it[name], f"{it['name']}: {name}")
    agreed = Agreed(share, revelation[33:], invitation, committed, offer, revelation)
    same([agreed.digits, device.agreed.digits], [it["digits"]] * 2, f"{it['name']}: digits")
    peer = le32(it["author"]) + revelation[1:33] + agreed.receipt + agreed.hop + agreed.psk + bytes(12) + agreed.down
    same(peer.hex(), it["peer"], f"{it['name']}: what HQ keeps")
    return device, Peer(peer)


def check_slot(slot, state, what):
    slot = unhex(slot)
    same((slot[:4], len(slot), number(slot[331:])), (b"irk\x01", 335, zlib.crc32(slot[:331])), f"{what}: slot")
    same(slot[8:331].hex(), state.hex(), f"{what}: state")


def check_life(all, device, peer):
    hq_secret = unhex(all["hq_secret"])
    of_epoch = []
    for it in all["epochs"]:
        opening = device.begin(unhex(it["noise"]), it["start"], unhex(it["profile"]))
        same(opening.hex(), it["opening"], "an opening")
        epoch = peer.begin(hq_secret, opening)
        same([epoch.bytes().hex(), peer.bytes().hex()], [it["hq_keeps"], it["peer_after"]], "what HQ keeps")
        same([epoch.number, epoch.seconds()], [it["epoch"], it["start"]], "an epoch")
        records = [opening]
        for saved in all["saved"]:
            if saved["epoch"] != it["epoch"]:
                continue
            record = unhex(saved["record"])
            packed = epoch.open(record)
            if saved.get("void"):
                same([packed, record[5:]], [None, device.void], "a void")
            else:
                same(packed.hex(), saved["packed"], "a packed report")
                made = head(device.epoch, device.next) + device.seal(pad(packed, saved["multiple"]))
                same(made.hex(), saved["record"], "a record")
                check_slot(saved["slot"], device.state(opening, it["start"], unhex(it["profile"])), "after a report")
            records.append(record)
        of_epoch.append((records, Peer(unhex(it["peer_after"]))))
    for it in all["receipts"]:
        records, then = of_epoch[it["epoch"]]
        receipt = then.write_receipt([records[at] for at in it["numbers"]])
        same(receipt.hex(), it["receipt"], f"receipt: {it['name']}")
        same(len(read_receipt(receipt, device.agreed.receipt, device.author, records)), len(it["numbers"]), f"receipt: {it['name']}")
    return of_epoch


def refuse(all, of_epoch, it):
    data, what = unhex(it["hex"]), it["what"]
    first = all["enrolments"][0]
    records, peer = of_epoch[0]
    if what == "opening":
        peer.begin(unhex(all["hq_secret"]), data)
    elif what == "record":
        Epoch(unhex(all["epochs"][0]["hq_keeps"])).open(data)
    elif what == "receipt":
        read_receipt(data, peer.receipt, peer.author, records)
    elif what == "invitation":
        Device().commit(data, None)
    elif what == "commitment":
        fields(data, 0x12, 32)
    elif what == "offer":
        device = Device()
        device.commit(unhex(first["invitation"]), [unhex(draw) for draw in first["device_draws"]])
        device.reveal(data)
    else:
        fields(data, 0x14, 32, 32)
        if commitment(data) != unhex(first["commitment"]):
            raise Refused("BrokenCommitment")


def check_rejected(all, of_epoch):
    for it in all["rejected"]:
        try:
            refuse(all, of_epoch, it)
        except Refused as refused:
            same([refused.kind, refused.at], [it["error"], it["at"]], it["name"])
        else:
            sys.exit(f"{it['name']}: is not refused")


def check_stick(stick, folder):
    hop = unhex(stick["hop"])
    hubs = {hub["public"]: unhex(hub["secret"]) for hub in stick["hubs"]}
    for it in stick["files"]:
        file = (folder / it["file"]).read_bytes()
        by = between(*hubs.items()) if it["readers"] == ["hubs"] else hop
        for reader in it["readers"]:
            keys = {"hop": by} if reader in ("device", "hubs") else {"hub_secret": hubs[reader]}
            content = open_stick(file, **keys)
            same(content[: len(it["content"]) // 2].hex(), it["content"], f"{it['file']}: content")
            expected = {name: it[name] for name in ("kind", "author", "entries")}
            same(read_content(content, by), expected, it["file"])


def between(one, other):
    """The key of two hubs, each a public key in hex and a secret one."""
    publics = sorted(unhex(public) for public, _ in (one, other))
    agreed = X25519PrivateKey.from_private_bytes(one[1]).exchange(X25519PublicKey.from_public_bytes(unhex(other[0])))
    key = hashlib.sha256(agreed).digest()[:16]
    return hmac.digest(key, b"increp hubs 1" + b"".join(publics), "sha256")[:16]


def main(folder):
    folder = Path(folder)
    all = json.loads((folder / "vectors.json").read_text())
    hq_public = public(unhex(all["hq_secret"]))
    same(hq_public.hex(), all["hq_public"], "HQ's key")
    enrolled = [enrol(it, hq_public) for it in all["enrolments"]]
    of_epoch = check_life(all, *enrolled[0])
    check_rejected(all, of_epoch)
    check_stick(all["stick"], folder)
    said = json.loads((folder / "said.json").read_text())
    check_stick(said["stick"], folder)
    peer = Peer(unhex(all["enrolments"][0]["peer"]))
    down = Down(peer.author, peer.down[4:])
    for it in said["messages"]:
        expected = {name: it[name] for name in it if name not in ("number", "sealed", "peer_after")}
        same(down.hear(unhex(it["sealed"])), expected, f"message {it['number']}")
        same((le32(down.next) + down.key).hex(), it["peer_after"][-72:], f"after message {it['number']}")
    counts = ", ".join(f"{len(all[name])} {name}" for name in ("enrolments", "epochs", "saved", "receipts", "rejected"))
    files = len(all["stick"]["files"]) + len(said["stick"]["files"])
    print(f"{counts}, {len(said['messages'])} messages, {files} stick files: all as SPEC.md says")


if __name__ == "__main__":
    main(*sys.argv[1:])
