"""Look before you spend, from maviapi's guide: with one request left or none, wait for the reset; on a 429
wait exactly what the server said, four tries at most. A 402 (out of credits) is never tried again.

    python3 exact_wait.py URL KEY [--seconds N | --count N] [--blind]

`--blind` does not look, so that the 429 and the wait after it can be seen.
"""
import argparse
import collections
import json
import time
import urllib.error
import urllib.request

args = argparse.ArgumentParser()
args.add_argument("url")
args.add_argument("key")
args.add_argument("--seconds", type=float, default=90)
args.add_argument("--count", type=int, default=10**9)
args.add_argument("--blind", action="store_true")
args = args.parse_args()

began, answers, last, versions = time.monotonic(), collections.Counter(), {}, set()
waits = after_wait_ok = 0
end = began + args.seconds


def get(url, key):
    header = {"api-key": key} if key.startswith("ak_") else {"Authorization": f"Bearer {key}"}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=header), timeout=60) as r:
            r.read()
            return r.status, r.headers
    except urllib.error.HTTPError as e:
        e.read()
        return e.code, e.headers


def sleep(seconds):
    time.sleep(max(0, min(seconds, end - time.monotonic())))


while answers.total() < args.count and time.monotonic() < end:
    if not args.blind and last and int(last["X-RateLimit-Remaining"]) <= 1:
        sleep(int(last["X-RateLimit-Reset"]) - time.time())
    for attempt in range(4):
        if time.monotonic() >= end:
            break
        status, last = get(args.url, args.key)
        answers[status] += 1
        after_wait_ok += attempt > 0 and status < 400
        versions.add(last.get("x-maviapi-version"))
        if status != 429:
            break
        if time.monotonic() + int(last["Retry-After"]) < end:
            waits += 1
        sleep(int(last["Retry-After"]))
    if status == 402:
        break  # no waiting helps: buy credits

sent, ok = answers.total(), sum(n for status, n in answers.items() if status < 400)
print(json.dumps({"recipe": "exact_wait", "sent": sent, "ok": ok,
                  "refused": {"429": answers[429], "402": answers[402]},
                  "failed": sent - ok - answers[429] - answers[402],
                  "seconds": round(time.monotonic() - began, 1),
                  **{name: last.get(f"X-RateLimit-{name}") for name in ("limit", "remaining", "reset")},
                  "waits": waits, "after_wait_ok": after_wait_ok,
                  "versions": sorted(map(str, versions))}))
