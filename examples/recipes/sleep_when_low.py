"""Slow down when few requests are left, as Mavera's guide says: after each response read what
remains, and when that is low, spread it over the time to the reset.

    python3 sleep_when_low.py URL KEY [--seconds N | --count N] [--interval SECONDS]
"""
import argparse
import json
import time
import urllib.error
import urllib.request

THRESHOLD = 10  # so few left is "low"
LONGEST_SLEEP = 30.0


def get(url, key):
    header = {"api-key": key} if key.startswith("ak_") else {"Authorization": f"Bearer {key}"}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=header), timeout=60) as r:
            r.read()
            return r.status, r.headers
    except urllib.error.HTTPError as e:
        e.read()
        return e.code, e.headers


def pause_after(headers, interval):
    remaining = int(headers.get("X-RateLimit-Remaining", THRESHOLD + 1))
    reset = int(headers.get("X-RateLimit-Reset", 0))
    if remaining > THRESHOLD:
        return interval
    spread = (reset - time.time()) / max(remaining, 1)
    return max(interval, min(spread, LONGEST_SLEEP))


args = argparse.ArgumentParser()
args.add_argument("url")
args.add_argument("key")
args.add_argument("--seconds", type=float, default=30)
args.add_argument("--count", type=int, default=10**9)
args.add_argument("--interval", type=float, default=0.5)
args = args.parse_args()

began, sent, ok, refused, failed, headers = time.monotonic(), 0, 0, {"429": 0, "402": 0}, 0, {}
end = began + args.seconds
while sent < args.count and time.monotonic() < end:
    status, headers = get(args.url, args.key)
    sent += 1
    if status < 400:
        ok += 1
    elif str(status) in refused:
        refused[str(status)] += 1
    else:
        failed += 1
    time.sleep(max(0, min(pause_after(headers, args.interval), end - time.monotonic())))

print(json.dumps({"recipe": "sleep_when_low", "sent": sent, "ok": ok, "refused": refused, "failed": failed,
                  "seconds": round(time.monotonic() - began, 1),
                  **{name: headers.get(f"X-RateLimit-{name}") for name in ("limit", "remaining", "reset")}}))
