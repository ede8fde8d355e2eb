#!/usr/bin/env python3
"""Makes ucdp_sample.csv: 250 rows of facts of each of two UCDP GED files. The same files give the same sample.

    python3 tests/data/make_sample.py ../shared/data/ucdp_ged_{mexico,syria}.csv.gz > tests/data/ucdp_sample.csv
"""

import collections
import csv
import gzip
import io
import sys

ROWS = 250
# Sentences of others: articles, headlines, descriptions.
DROPPED = {"source_article", "source_headline", "where_description"}
# A source that fewer rows name may be a private person, or a sentence in the wrong column.
COMMON = 20
# Of every awkward kind so many rows, spread over the file.
OF_EACH = 4


def number(row, column):
    return int(row[column])


def sources(row, column):
    return [part.strip() for part in row[column].split(";") if part.strip()]


AWKWARD = [
    *(lambda row, kind=kind: row["type_of_violence"] == kind for kind in "123"),
    *(lambda row, code=code: row["date_prec"] == code for code in "2345"),
    *(lambda row, code=code: row["where_prec"] == code for code in "234567"),
    lambda row: row["date_end"] != row["date_start"],
    lambda row: row["date_prec"] == "1" and row["date_end"] != row["date_start"],
    lambda row: number(row, "low") > number(row, "best"),
    lambda row: number(row, "best") > number(row, "high"),
    lambda row: number(row, "best") == 0,
    lambda row: number(row, "best") > 100,
    lambda row: all(number(row, column) for column in ("deaths_a", "deaths_b", "deaths_civilians")),
    lambda row: row["type_of_violence"] == "3" and number(row, "deaths_unknown"),
    lambda row: row["event_clarity"] == "2",
    lambda row: row["number_of_sources"] == "-1",
    lambda row: len(set(sources(row, "source_office"))) > 1,
    lambda row: len(set(sources(row, "source_office"))) < len(sources(row, "source_office")),
    lambda row: not row["source_original"],
    lambda row: not row["adm_1"],
    lambda row: row["adm_1"] and not row["adm_2"],
    lambda row: len((row["side_a"] + row["side_b"]).encode()) > 100,
    lambda row: row["side_b"].startswith("Government of "),
    lambda row: row["dyad_name"] != f"{row['side_a']} - {row['side_b']}",
    lambda row: not row["where_coordinates"].isascii(),
    lambda row: len(row["where_coordinates"].encode()) > 60,
    lambda row: len(row["latitude"].split(".")[-1]) == 6,
    lambda row: row["latitude"].endswith(".0"),
]


def spread(rows, many):
    """`many` of the rows, the first and the last among them, at even distances."""
    if len(rows) <= many:
        return rows
    return [rows[at * (len(rows) - 1) // (many - 1)] for at in range(many)]


def sample(path):
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows.sort(key=lambda row: (row["date_start"], number(row, "id")))
    times = collections.Counter(part for row in rows for part in set(sources(row, "source_office")))
    origins = collections.Counter(row["source_original"].strip() for row in rows)
    rows = [
        row
        for row in rows
        if all(times[part] >= COMMON for part in sources(row, "source_office")) and origins[row["source_original"].strip()] >= COMMON
    ]
    chosen = {row["id"]: row for awkward in AWKWARD for row in spread([row for row in rows if awkward(row)], OF_EACH)}
    others = [row for row in rows if row["id"] not in chosen]
    chosen.update((row["id"], row) for row in spread(others, ROWS - len(chosen)))
    return [row for row in rows if row["id"] in chosen]


def main():
    rows = [row for path in sys.argv[1:] for row in sample(path)]
    columns = [column for column in rows[0] if column not in DROPPED]
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    sys.stdout.buffer.write(out.getvalue().encode())


if __name__ == "__main__":
    main()
