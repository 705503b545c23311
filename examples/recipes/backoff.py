"""Call as fast as it goes, and back off on a 429, from Mavera's guide: first for as long as `Retry-After`
says, then for twice as long each time, with jitter.

    python3 backoff.py URL KEY [--seconds N | --count N]
"""
import argparse
import collections
import json
import random
import time
import urllib.error
import urllib.request

MAX_RETRIES = 5
LONGEST_WAIT = 300.0

args = argparse.ArgumentParser()
args.add_argument("url")
args.add_argument("key")
args.add_argument("--seconds", type=float, default=90)
args.add_argument("--count", type=int, default=10**9)
args = args.parse_args()

began, answers, retries, last = time.monotonic(), collections.Counter(), 0, {}
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


def get_with_retries(url, key):
    global retries, last
    for attempt in range(MAX_RETRIES + 1):
        status, last = get(url, key)
        answers[status] += 1
        if status != 429 or attempt == MAX_RETRIES:
            return status
        wait = min(float(last.get("Retry-After", 1)) * 2**attempt, LONGEST_WAIT)
        wait += random.uniform(0, 0.1 * wait)
        if time.monotonic() + wait > end:  # it would be over by then
            time.sleep(max(0, end - time.monotonic()))
            return status
        retries += 1
        time.sleep(wait)


calls = 0
while calls < args.count and time.monotonic() < end:
    get_with_retries(args.url, args.key)
    calls += 1

sent, ok = sum(answers.values()), sum(n for status, n in answers.items() if status < 400)
print(json.dumps({"recipe": "backoff", "sent": sent, "ok": ok,
                  "refused": {"429": answers[429], "402": answers[402]},
                  "failed": sent - ok - answers[429] - answers[402],
                  "seconds": round(time.monotonic() - began, 1),
                  **{name: last.get(f"X-RateLimit-{name}") for name in ("limit", "remaining", "reset")},
                  "retries": retries}))
