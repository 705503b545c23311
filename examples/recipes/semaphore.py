"""So many requests at once to each endpoint, and a bucket for all of them together, from Mavera's guide.
Twice as many threads as places want to call.

    python3 semaphore.py URL KEY [--seconds N | --count N] [--at-once N] [--per-minute N] [--capacity N]
"""
import argparse
import collections
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

AT_ONCE = {"/api/v1/mave/chat": 10, "/api/v1/focus-groups": 5, "/api/v1/video-analyses": 3}


class Bucket:
    def __init__(self, per_minute, capacity):
        self.rate, self.capacity, self.tokens = per_minute / 60, capacity, capacity
        self.filled, self.lock = time.monotonic(), threading.Lock()

    def acquire(self, until):
        while time.monotonic() < until:
            with self.lock:
                now = time.monotonic()
                self.tokens = min(self.capacity, self.tokens + (now - self.filled) * self.rate)
                self.filled = now
                if self.tokens >= 1:
                    self.tokens -= 1
                    return True
            time.sleep(0.02)
        return False


def get(url, key):
    header = {"api-key": key} if key.startswith("ak_") else {"Authorization": f"Bearer {key}"}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=header), timeout=60) as r:
            r.read()
            return r.status, r.headers
    except urllib.error.HTTPError as e:
        e.read()
        return e.code, e.headers


args = argparse.ArgumentParser()
args.add_argument("url")
args.add_argument("key")
args.add_argument("--seconds", type=float, default=30)
args.add_argument("--count", type=int, default=10**9)
args.add_argument("--at-once", type=int)
args.add_argument("--per-minute", type=float, default=60)
args.add_argument("--capacity", type=float, default=20)
args = args.parse_args()

at_once = args.at_once or AT_ONCE.get(urllib.parse.urlsplit(args.url).path, 10)
places, bucket = threading.Semaphore(at_once), Bucket(args.per_minute, args.capacity)
began, answers, last, left, lock = time.monotonic(), collections.Counter(), {}, args.count, threading.Lock()


def worker():
    global last, left
    while time.monotonic() < began + args.seconds:
        with lock:
            if left == 0:
                return
            left -= 1
        with places:
            if not bucket.acquire(began + args.seconds):
                return
            status, headers = get(args.url, args.key)
        with lock:
            answers[status], last = answers[status] + 1, headers


threads = [threading.Thread(target=worker) for _ in range(2 * at_once)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()

sent, ok = sum(answers.values()), sum(n for status, n in answers.items() if status < 400)
print(json.dumps({"recipe": "semaphore", "sent": sent, "ok": ok,
                  "refused": {"429": answers[429], "402": answers[402]},
                  "failed": sent - ok - answers[429] - answers[402],
                  "seconds": round(time.monotonic() - began, 1),
                  **{name: last.get(f"X-RateLimit-{name}") for name in ("limit", "remaining", "reset")}}))
