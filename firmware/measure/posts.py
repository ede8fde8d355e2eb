"""What the listening posts of a mission might have told: reports of explosions, a line of JSON each, the same ones each time.

The profile with which `.ci/run size` measures a mission's own is made of them:

    python3 firmware/measure/posts.py | increp train --size 4K -o firmware/measure/posts.profile -
"""

import json
import random
from datetime import datetime, timedelta, timezone

REPORTS = 400
POSTS = {41: (36.2364, 37.1592), 42: (36.1870, 37.2210), 44: (36.2021, 37.1343), 47: (36.1504, 37.1008), 51: (36.2533, 37.0712)}
LOCAL = timezone(timedelta(hours=2))


def main():
    chance = random.Random(1)
    sent = datetime(2024, 11, 20, 6, 0, tzinfo=LOCAL)
    numbers = dict.fromkeys(POSTS, 0)
    for _ in range(REPORTS):
        sent += timedelta(minutes=5 * chance.randint(1, 80))
        post = chance.choice(list(POSTS))
        numbers[post] += 1
        lat, lon = POSTS[post]
        start = sent - timedelta(minutes=5 * chance.randint(1, 40))
        end = start + timedelta(minutes=5 * chance.randint(1, 30))
        nearest = 500 * chance.randint(2, 12)
        print(json.dumps({
            "id": f"{post}-{numbers[post]}",
            "kind": "new",
            "status": "actual",
            "sent": sent.isoformat(),
            "clock": "gnss",
            "precedence": chance.choice(["routine", "priority", "priority", "immediate"]),
            "handling": "amber",
            "event": {
                "type": chance.choice(["explosion"] * 4 + ["shelling_artillery_missile"]),
                "time": {"start": start.isoformat(), "end": min(end, sent).isoformat(), "precision": "minute"},
                "place": {"lat": lat, "lon": lon, "precision": "near"},
                "counts": [{"of": "explosions", "value": 1 + int(chance.expovariate(0.1))}],
                "observer": {
                    "bearing_deg": 45 * chance.randrange(8),
                    "bearing_width_deg": chance.choice([45, 90]),
                    "distance_m": {"min": nearest, "max": nearest + 1000 * chance.randint(1, 4)},
                    "means": "heard",
                },
            },
        }))


main()
