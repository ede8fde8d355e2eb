"""Prints the vectors for host.c, a line each: what to do, then numbers and bytes in hex, "-" for none."""
import datetime
import json
import pathlib
import re

root = pathlib.Path(__file__).resolve().parents[2]
codes = dict(re.findall(r"INCREP_ERROR_(\w+) = (\d+), //", (root / "capi/include/increp.h").read_text()))


def load(folder):
    return json.loads((root / "tests/vectors" / folder / "vectors.json").read_text())


def profile(name):
    places = [root / "core/profiles" / name, root / "tests/vectors/packed-v6" / name]
    return next((str(place) for place in places if place.exists()), "-")


def known(what):
    knows, author, epoch, seq, sent, lat, lon = 0, 0, 0, 0, 0, 0, 0
    if what and "id" in what:
        parts = what["id"].split("-")
        author, seq = int(parts[0]), int(parts[-1])
        epoch = int(parts[1], 16) if len(parts) == 3 else 0
        knows += 1
    if what and "sent" in what:
        sent = int(datetime.datetime.fromisoformat(what["sent"]).timestamp())
        knows += 2
    if what and "lat" in what:
        lat, lon = round(what["lat"] * 1e7), round(what["lon"] * 1e7)
        knows += 4
    if what and what["profile"]:
        knows += 8
    return knows, author, epoch, seq, sent, lat, lon


vectors = load("v1")
for vector in vectors["accepted"]:
    print("postcard", vector["hex"])
for vector in vectors["rejected"]:
    print("refused", codes[vector["error"].upper()], vector["offset"], vector["path"] or "-", vector["hex"] or "-")
vectors = load("packed-v6")
for vector in vectors["reports"]:
    print("packed", profile(vector["profile"]), *known(vector["known"]), vector["hex"])
# A batch, then each of its reports as it is packed alone: so what a batch gives is held against other bytes.
alone = {(vector["profile"], json.dumps(vector["json"])): vector["hex"] for vector in vectors["reports"] if not vector["known"]}
for vector in vectors["batches"]:
    print("batch", profile(vector["profile"]), vector["hex"])
    for report in vector["json"]:
        print("in-batch", alone[vector["profile"], json.dumps(report)])
    print("ends-batch")
for vector in vectors["rejected"]:
    code = codes[vector["error"].upper()]
    if vector["name"].startswith("batch"):
        print("refused-batch", profile(vector["profile"]), code, vector["hex"])
    else:
        print("packed-refused", profile(vector["profile"]), *known(vector.get("known")), code, vector["hex"])
