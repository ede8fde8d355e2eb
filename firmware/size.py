"""Prints what increp costs in firmware, and holds it against what is kept in the tree.

    python3 size.py MEASURED KEPT           fails where something grew by more than the tolerance, or is not there
    python3 size.py MEASURED KEPT renew     writes KEPT, and the table in README.md

Both files have a line for each figure: what, target, name, number. Flash is that of whole programs; what is printed is over
the empty one.
"""

import sys

# How much more than what is kept is let pass, as a share and a number: compilers differ a little.
TOLERANCE = {"flash": (0.03, 128), "ram": (0, 0), "stack": (0.05, 32), "instructions": (0.03, 50), "bytes": (0, 0)}
TARGETS = ["thumbv6m-none-eabi", "thumbv7m-none-eabi", "thumbv7em-none-eabihf", "riscv32imc-unknown-none-elf"]
TITLES = {
    "flash": "Flash in bytes, over an empty firmware; packed with the profile general-16. unsealed: packed encode and the journal; seal: the same, sealed",
    "ram": "Static RAM in bytes",
    "instructions": "Instructions of a call",
    "stack": "Stack in bytes, below the caller: its report and buffers are its own; _stories: the deepest of all vectors",
    "bytes": "Bytes of the report",
}


def read(path):
    figures = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            what, target, name, number = line.split()
            figures[what, target, name] = int(number)
    return figures


def over_empty(figures, what, target, name):
    number = figures.get((what, target, name))
    if what == "flash" and number is not None:
        return number - figures[what, target, "empty"]
    return number


def table(figures, what):
    targets = [target for target in TARGETS if any(key[:2] == (what, target) for key in figures)]
    print(f"\n{TITLES[what]}\n{'':32}" + "".join(f"{target.split('-')[0]:>14}" for target in targets))
    names = list(dict.fromkeys(name for kind, _, name in figures if kind == what and name != "empty"))
    for name in names:
        numbers = [over_empty(figures, what, target, name) for target in targets]
        print(f"{name:32}" + "".join(f"{'-' if number is None else format(number, ','):>14}" for number in numbers))


def bars(figures):
    """What the project wants to reach. Missed bars are shown, and do not fail."""
    em, m = "thumbv7em-none-eabihf", "thumbv7m-none-eabi"
    stack = max(number for (what, _, name), number in figures.items() if what == "stack" and name.startswith("packed_"))
    text = figures["bytes", m, "text"]

    def a_byte(name):
        return (figures["instructions", m, name + "_text"] - figures["instructions", m, name]) // text

    rows = [
        ("flash of both encoders and general-16, thumbv7em", over_empty(figures, "flash", em, "encoders"), 48 * 1024),
        ("flash of everything, thumbv7em", over_empty(figures, "flash", em, "all"), 48 * 1024),
        ("flash of sealing and the key page, thumbv7em", figures["flash", em, "seal"] - figures["flash", em, "unsealed"], 24 * 1024),
        ("flash of the link beside seal and HQ's messages, thumbv7em", figures["flash", em, "link"] - figures["flash", em, "messages"], 12 * 1024),
        ("static RAM, the most of any", max(number for key, number in figures.items() if key[0] == "ram"), 0),
        ("stack of packed both ways, the most of any", stack, 2048),
        ("instructions of packed encode without text, thumbv7m", figures["instructions", m, "packed_encode"], 20_000),
        ("instructions of packed decode without text, thumbv7m", figures["instructions", m, "packed_decode"], 20_000),
        ("instructions a byte of text, encode, thumbv7m", a_byte("packed_encode"), 3000),
        ("instructions a byte of text, decode, thumbv7m", a_byte("packed_decode"), 3000),
    ]
    print("\nBars")
    for name, number, most in rows:
        print(f"{name:60}{number:>10,} of {most:>7,}   {'pass' if number <= most else 'MISS'}")


def readme(figures):
    """The table in the README."""
    em, m = "thumbv7em-none-eabihf", "thumbv7m-none-eabi"
    rows = [
        ("`increp::encode`", "postcard_encode", "postcard_encode", "postcard"),
        ("`increp::decode_into`", "postcard_decode", "postcard_decode", None),
        ("`packed::encode`, with `general-16`", "packed_encode", "packed_encode", "packed"),
        ("`packed::decode_into`, with `general-16`", "packed_decode", "packed_decode", None),
        ("`packed::encode`, with a profile of the post's mission", None, "packed_encode_mission", "packed_mission"),
        ("`packed::decode_into`, with that", None, "packed_decode_mission", None),
        ("all four, with `general-16`", "all", None, None),
        ("`Journal`, everything; `append`", "journal", "journal_append", None),
        ("`Profile::new`, once, with `general-16`", "profile", "profile_check", None),
        ("plain struct, postcard's derive, encode", "peer_postcard", "peer_postcard_encode", "peer_postcard"),
        ("plain struct, minicbor's derive, encode", "peer_cbor", "peer_cbor_encode", "peer_cbor"),
        ("plain struct, protobuf (micropb), encode", "peer_protobuf", "peer_protobuf_encode", "peer_protobuf"),
    ]
    yield "| | bytes | flash, thumbv7em | stack | instructions, Cortex-M3 | with the note |"
    yield "|---|--:|--:|--:|--:|--:|"
    for title, flash, call, length in rows:
        names = [f"{call}{report}" for report in ("", "_text", "_stories", "_new_page")]
        stacks = [number for (what, _, name), number in figures.items() if what == "stack" and name in names]
        calls = [figures.get(("instructions", m, f"{call}{note}")) for note in ("", "_text")]
        numbers = [figures.get(("bytes", m, length)), over_empty(figures, "flash", em, flash), max(stacks, default=None), *calls]
        yield f"| {title} | " + " | ".join("" if number is None else format(number, ",") for number in numbers) + " |"


def renew_readme(figures, path="README.md"):
    with open(path, encoding="utf-8") as file:
        before, rest = file.read().split("<!-- sizes -->\n")
        _, after = rest.split("<!-- /sizes -->\n")
    with open(path, "w", encoding="utf-8") as file:
        file.write(before + "<!-- sizes -->\n" + "\n".join(readme(figures)) + "\n<!-- /sizes -->\n" + after)


def grown(measured, kept):
    for key in sorted(measured.keys() | kept.keys()):
        what, target, name = key
        if key not in measured or key not in kept:
            yield f"{what} {name} on {target} is only in the {'table' if key in kept else 'measurement'}"
            continue
        share, number = TOLERANCE[what]
        if measured[key] > kept[key] * (1 + share) + number:
            yield f"{what} {name} on {target} was {kept[key]:,}, is {measured[key]:,}"


def main(measured_path, kept_path, renew=None):
    measured = read(measured_path)
    for what in TITLES:
        table(measured, what)
    bars(measured)
    if renew == "renew":
        with open(kept_path, "w", encoding="utf-8") as kept:
            kept.writelines(f"{' '.join(key)} {number}\n" for key, number in measured.items())
        renew_readme(measured)
        return 0
    failed = list(grown(measured, read(kept_path)))
    for line in failed:
        print("error:", line, file=sys.stderr)
    if failed:
        print(f"If that is meant: SIZE=renew .ci/run size writes {kept_path} and the README's table.", file=sys.stderr)
    else:
        print(f"\nnothing grew beyond what {kept_path} allows")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
