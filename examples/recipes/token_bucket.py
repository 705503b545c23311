"""A token bucket on the client's side, shared by threads, as Mavera's guide has it: two tokens a second
are 120 a minute, and a bucket holds a minute's worth of them.

    python3 token_bucket.py URL KEY [--seconds N | --count N] [--rate R] [--capacity C] [--threads T]
"""
import argparse
import collections
import json
import threading
import time
import urllib.error
import urllib.request


class TokenBucket:
    def __init__(self, rate=2.0, capacity=None):
        self.rate, self.capacity = rate, capacity or rate * 60
        self.tokens, self.filled = self.capacity, time.monotonic()
        self.lock = threading.Lock()

    def try_acquire(self, tokens=1):
        with self.lock:
            now = time.monotonic()
            self.tokens = min(self.capacity, self.tokens + (now - self.filled) * self.rate)
            self.filled = now
            if self.tokens < tokens:
                return False
            self.tokens -= tokens
            return True

    def acquire(self, tokens=1, until=float("inf")):
        while not self.try_acquire(tokens):
            if time.monotonic() >= until:
                return False
            time.sleep(0.05)
        return True


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
args.add_argument("--rate", type=float, default=2.0)
args.add_argument("--capacity", type=float)
args.add_argument("--threads", type=int, default=4)
args = args.parse_args()

bucket, began = TokenBucket(args.rate, args.capacity), time.monotonic()
answers, last, left, lock = collections.Counter(), {}, args.count, threading.Lock()


def worker():
    global last, left
    while True:
        with lock:
            if left == 0:
                return
            left -= 1
        if time.monotonic() >= began + args.seconds or not bucket.acquire(until=began + args.seconds):
            return
        status, headers = get(args.url, args.key)
        with lock:
            answers[status], last = answers[status] + 1, headers


threads = [threading.Thread(target=worker) for _ in range(args.threads)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()

sent, ok = sum(answers.values()), sum(n for status, n in answers.items() if status < 400)
print(json.dumps({"recipe": "token_bucket", "sent": sent, "ok": ok,
                  "refused": {"429": answers[429], "402": answers[402]},
                  "failed": sent - ok - answers[429] - answers[402],
                  "seconds": round(time.monotonic() - began, 1),
                  **{name: last.get(f"X-RateLimit-{name}") for name in ("limit", "remaining", "reset")}}))
