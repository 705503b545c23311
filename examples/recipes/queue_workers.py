"""Many items by a few workers, from Mavera's guide: starts are spaced, every item has its own result, and
an item that fails does not lose the others. What is refused waits as told and is tried again.

    python3 queue_workers.py URL KEY [--count ITEMS] [--seconds N] [--workers M] [--per-minute N] [--bad N]

Every N-th item of `--bad N` asks the demo service for an error.
"""
import argparse
import collections
import json
import queue
import threading
import time
import urllib.error
import urllib.request

args = argparse.ArgumentParser()
args.add_argument("url")
args.add_argument("key")
args.add_argument("--count", type=int, default=50)
args.add_argument("--seconds", type=float, default=120)
args.add_argument("--workers", type=int, default=4)
args.add_argument("--per-minute", type=float, default=120)
args.add_argument("--bad", type=int, default=0)
args = args.parse_args()

began, lock, next_start = time.monotonic(), threading.Lock(), time.monotonic()
items, results, answers, last = queue.Queue(), {}, collections.Counter(), {}
for item in range(1, args.count + 1):
    items.put(item)


def wait_for_turn():
    global next_start
    with lock:
        turn = next_start = max(next_start, time.monotonic())
        next_start += 60 / args.per_minute
    time.sleep(max(0, turn - time.monotonic()))


def process(item):
    global last
    header = {"api-key": args.key} if args.key.startswith("ak_") else {"Authorization": f"Bearer {args.key}"}
    bad = args.bad and item % args.bad == 0
    request = urllib.request.Request(f"{args.url}?item={item}" + ("&status=500" if bad else ""), headers=header)
    for attempt in range(4):
        wait_for_turn()
        try:
            with urllib.request.urlopen(request, timeout=60) as r:
                body, status, last = json.load(r), r.status, r.headers
        except urllib.error.HTTPError as e:
            body, status, last = e.read(), e.code, e.headers
        with lock:
            answers[status] += 1
        wait = float(last.get("Retry-After", 1))
        if status != 429 or attempt == 3 or time.monotonic() + wait > began + args.seconds:
            break
        time.sleep(wait)
    if status >= 400:
        raise RuntimeError(f"item {item}: {status}")
    return body


def worker():
    while time.monotonic() < began + args.seconds:
        try:
            item = items.get_nowait()
        except queue.Empty:
            return
        try:
            results[item] = process(item)
        except Exception as error:  # one item's trouble is no other's
            results[item] = error


threads = [threading.Thread(target=worker) for _ in range(args.workers)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()

sent, ok = sum(answers.values()), sum(n for status, n in answers.items() if status < 400)
print(json.dumps({"recipe": "queue_workers", "sent": sent, "ok": ok,
                  "refused": {"429": answers[429], "402": answers[402]},
                  "failed": sent - ok - answers[429] - answers[402],
                  "seconds": round(time.monotonic() - began, 1),
                  **{name: last.get(f"X-RateLimit-{name}") for name in ("limit", "remaining", "reset")},
                  "items": args.count, "results": len(results),
                  "items_ok": sum(not isinstance(r, Exception) for r in results.values())}))
