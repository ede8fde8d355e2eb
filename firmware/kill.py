"""Kills the firmware that syncs, again and again, and holds what it had shown as saved against what headquarters (HQ) has.

    python3 kill.py INCREP FIRMWARE FOLDER QEMU...

Makes HQ, a hub and a device in FOLDER, which must not be there, and has `increp serve` wait for the serial line of the board that QEMU
plays. Then QEMU is killed at random moments and started again in the device's folder, whose files are the flash. At the end the firmware
is let finish, and HQ must have each report that was shown as saved, once, with what was shown of it. KILLS says how often (50), SEED at
which moments.
"""

import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

KILLS = int(os.environ.get("KILLS", "50"))
SEED = int(os.environ.get("SEED") or random.randrange(1 << 32))
# The board has power until it has shown so many lines, and some seconds more, at most: so a slow machine does as much.
MOST_LINES, MOST_SECONDS = 14, 0.06
# Kills from one visit of HQ to the next.
VISIT = 4
# The journal: so small that reports must be given up when HQ has them. Pages of 4 KiB.
PAGES = 2
# Seconds in which the board must show a line, and finish.
PATIENCE = 120


def fail(text):
    print("error:", text, file=sys.stderr)
    sys.exit(1)


class Mission:
    """HQ, a hub, and a device whose flash the board has."""

    def __init__(self, increp, firmware, folder, qemu):
        self.increp, self.firmware, self.folder = (pathlib.Path(path).resolve() for path in (increp, firmware, folder))
        self.qemu = qemu
        self.folder.mkdir(parents=True)
        self.run("hq", "init", "hq")
        self.run("hq", "hub", "hq", "hub")
        self.run("hq", "enrol", "hq", "--device", "post", "--hub", "hub")
        os.truncate(self.folder / "post" / "journal", PAGES * 4096)
        # In the order in which they came: what the board has shown, and HQ printed; what HQ has said, and the board shown of it.
        self.shown, self.printed = [], []
        self.said, self.heard, self.wiped = [], [], False
        # Starts at which the journal's last write was found cut short, and those at which a number got a void; sessions, receipts, and
        # times when there was no room.
        self.torn, self.mended, self.sessions, self.receipts, self.full = 0, 0, 0, 0, 0

    def run(self, *arguments):
        done = subprocess.run([self.increp, *arguments], cwd=self.folder, capture_output=True, text=True)
        if done.returncode:
            fail(f"increp {' '.join(arguments)}: {done.returncode}: {done.stderr}")
        return done.stdout

    def serve(self):
        arguments = [self.increp, "serve", "--hub", "hub", "--json", "tcp://127.0.0.1:0"]
        server = subprocess.Popen(arguments, cwd=self.folder, stdout=subprocess.PIPE, text=True)
        self.port = json.loads(server.stdout.readline())["listening"].rsplit(":", 1)[1]
        return server

    def power(self, lines, seconds, *arguments):
        """The board with its power on until it has shown some lines, and for some seconds more, or until it ends by itself."""
        config = ",".join(["enable=on,target=native,arg=sync", *(f"arg={argument}" for argument in arguments)])
        command = [*self.qemu, "-machine", "lm3s6965evb", "-display", "none", "-monitor", "none"]
        command += ["-serial", f"tcp:127.0.0.1:{self.port}", "-semihosting-config", config, "-kernel", self.firmware]
        # What QEMU says itself, of a timer that is not set yet, goes to a file of its own.
        screen, talk = self.folder / "screen", self.folder / "qemu"
        with screen.open("wb") as file, talk.open("wb") as errors:
            board = subprocess.Popen(command, cwd=self.folder / "post", stdin=subprocess.DEVNULL, stdout=file, stderr=errors)
            until = time.monotonic() + PATIENCE
            while board.poll() is None and screen.read_bytes().count(b"\n") < lines and time.monotonic() < until:
                time.sleep(0.002)
            try:
                board.wait(seconds)
            except subprocess.TimeoutExpired:
                board.kill()
                board.wait()
        # A line that was cut short was not shown.
        shown = screen.read_text(encoding="utf-8").split("\n")[:-1]
        for line in shown:
            self.take(line.split(" "))
        if len(shown) < lines:
            fail(f"the board shows nothing more: {shown}; QEMU says: {talk.read_text()}")
        return board.returncode, shown

    def take(self, words):
        match words:
            case ["saved", report, explosions]:
                self.shown.append((report, int(explosions)))
            case ["on"]:
                pass
            case ["started", "records", _, "unfinished", unfinished, "lost", lost]:
                self.torn += unfinished == "true"
                if lost != "0":
                    fail(f"the journal has lost {lost} records")
            case ["mended", many]:
                self.mended += many != "0"
            case ["receipt", _]:
                self.receipts += 1
            case ["full"]:
                self.full += 1
            case ["alert", *text]:
                self.heard.append(" ".join(text))
            case ["wiped"]:
                self.wiped = True
            case ["synced", _, "of", _, "frames", _, "answered", _, "forked", forked]:
                self.sessions += 1
                if forked != "0":
                    fail("a hub has other bodies under this device's numbers")
            case ["error:", *_]:
                fail(f"the board: {' '.join(words)}")
            case _:
                fail(f"the board shows {' '.join(words)!r}")

    def visit(self):
        """HQ opens what the hub has, and leaves receipts there, and something to hear."""
        self.said.append(f"shelling on road {len(self.said)}")
        self.run("hq", "alert", "hq", self.said[-1], "--hub", "hub")
        self.printed += reports(self.run("unseal", "--hub", "hub", "--hq", "hq"))

    def kill(self, moment):
        code, lines = self.power(moment.randint(1, MOST_LINES), moment.uniform(0, MOST_SECONDS))
        if code != -signal.SIGKILL:
            fail(f"the board ended by itself, with code {code}: {lines}")

    def drain(self):
        code, lines = self.power(0, PATIENCE, "drain")
        if code != 0:
            fail(f"the board did not finish: code {code}: {lines}")


def reports(lines):
    """What HQ prints, as the board shows it."""
    for line in lines.splitlines():
        report = json.loads(line)
        yield report["id"], report["event"]["counts"][0]["value"]


def check(mission):
    archive = list(reports(mission.run("unseal", "--hub", "hub", "--hq", "hq", "--again")))
    if sorted(archive) != sorted(mission.printed):
        fail("HQ has not printed each report of its archive once")
    if len({report for report, _ in archive}) != len(archive):
        fail("HQ has a report twice")
    missing = set(mission.shown) - set(archive)
    if missing:
        fail(f"{len(missing)} of {len(mission.shown)} reports that were shown as saved are not at HQ: {sorted(missing)[:5]}")
    if len({report for report, _ in mission.shown}) != len(mission.shown):
        fail("the board has given a number twice")
    # Saved, and killed before it was shown: one a kill at most.
    unseen = len(archive) - len(mission.shown)
    if unseen > KILLS:
        fail(f"HQ has {unseen} reports that were never shown as saved")
    if len(mission.shown) < KILLS:
        fail(f"only {len(mission.shown)} reports were saved: what was killed did nothing")
    if mission.torn + mission.mended == 0:
        fail("no kill came while something was written")
    status = json.loads(mission.run("status", "--device", "post", "--json"))
    if status["saved"] + status["sent"] + status["at_hub"] + status["lost"] + status["damaged_pages"] > 0:
        fail(f"the device does not have HQ's word for everything: {status}")
    # Shown, and killed before that was noted: it comes again.
    heard = list(dict.fromkeys(mission.heard))
    if heard != mission.said:
        fail(f"HQ said {mission.said}, and the board showed {heard}")
    return unseen


def wipe(mission):
    """HQ revokes the device, which erases its keys."""
    mission.run("hq", "revoke", "hq", "1", "--wipe", "--hub", "hub")
    mission.drain()
    if not mission.wiped:
        fail("the board was not told to erase its keys")
    done = subprocess.run([mission.increp, "status", "--device", "post"], cwd=mission.folder, capture_output=True, text=True)
    if done.returncode == 0:
        fail("the keys are still there")


def main(increp, firmware, folder, *qemu):
    print(f"{KILLS} kills, SEED={SEED}")
    began = time.monotonic()
    mission = Mission(increp, firmware, folder, list(qemu))
    server = mission.serve()
    try:
        moment = random.Random(SEED)
        for number in range(KILLS):
            mission.kill(moment)
            if number % VISIT == VISIT - 1:
                mission.visit()
        # Everything to the hub, from there to HQ, and the receipts back.
        mission.drain()
        mission.visit()
        mission.drain()
        unseen = check(mission)
        wipe(mission)
    finally:
        server.send_signal(signal.SIGTERM)
        last = server.communicate()[0]
    if server.returncode:
        fail(f"increp serve: {server.returncode}")
    print(f"serve: {last.strip()}")
    print(f"{mission.sessions} sessions ended, {mission.receipts} receipts came; the journal was full {mission.full} times")
    print(f"{mission.torn} kills cut a write to the journal short, {mission.mended} left a number without a report")
    print(f"{len(mission.shown)} reports were shown as saved, and each is at HQ once; so are {unseen} that were saved and not yet shown")
    print(f"{len(mission.said)} alerts of HQ's were shown, {len(mission.heard) - len(mission.said)} of them again; told so, the board erased its keys")
    print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main(*sys.argv[1:])
