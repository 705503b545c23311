"""Runs the recipes beside this file against the gateway, with each of the four policies in
examples/policies, and checks everything that a client is promised in each single response.

    python3 examples/recipes/run.py [BINARY] [--quick] [--only WORD]

BINARY is the gateway, else `cargo run --release` makes it. Each recipe has a gateway of its own, and a
recorder between the two, which passes everything on as it is and remembers it. Prints a table in Markdown;
exit status 1 if a promise was broken.
"""
import argparse
import bisect
import collections
import concurrent.futures
import datetime
import http.client
import http.server
import json
import math
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
POLICIES = ROOT / "examples" / "policies"
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
MEASURED = 0.01  # the gateway's clock and ours are the same; what threads add to each reading

Answer = collections.namedtuple("Answer", "began head ended method path status headers body")
Rate = collections.namedtuple("Rate", "algorithm limit window burst")


# ---------------------------------------------------------------- a gateway, and what goes through it


class Gateway:
    """A gateway of its own with one policy file; `change` makes a smaller limit of a big one."""

    running = []  # whatever was started

    def __init__(self, binary, system, change=()):
        text = (POLICIES / f"{system}.toml").read_text()
        for old, new in change:
            assert old in text, f"{old} is not in {system}.toml"
            text = text.replace(old, new)
        self.system, self.policy = system, tomllib.loads(text)
        self.answers, self.own = [], lambda a: True  # all answers; those that state the caller's own limit
        self.file = tempfile.NamedTemporaryFile("w", suffix=".toml")
        self.file.write(text)
        self.file.flush()
        self.process = subprocess.Popen([*binary, "serve", "--config", self.file.name, "--listen", "127.0.0.1:0"],
                                        cwd=ROOT, stdout=subprocess.PIPE, text=True)
        self.running.append(self.process)
        line = self.process.stdout.readline()
        if "http://" not in line:
            raise SystemExit(f"the gateway did not start with {system}.toml")
        self.address = line.split("http://")[1].strip()

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()
        self.file.close()

    def rate(self, key):
        plan = next(k["plan"] for k in self.policy["keys"] if k["key"] == key)
        policy = self.policy["plans"][plan]["policies"][0]
        quota, _, burst = policy["quota"].partition(";burst=")
        limit, window = quota.split("/")
        limit, window = int(limit), int(window[:-1] or 1) * UNITS[window[-1]]
        return Rate(policy["algorithm"], limit, window, int(burst or limit))

    def call(self, path, key=None, method="GET", headers=(), connection=None):
        """One request straight to the gateway. `connection` is one to be used again."""
        headers = dict(headers)
        if key:
            headers.update({"api-key": key} if key.startswith("ak_") else {"Authorization": f"Bearer {key}"})
        own = connection or http.client.HTTPConnection(self.address, timeout=60)
        began = time.time()
        own.request(method, path, headers=headers)
        answer = receive(own, began, method, path)
        if connection is None:
            own.close()
        self.answers.append(answer)
        return answer

    def at_once(self, count, path, key, **more):
        with concurrent.futures.ThreadPoolExecutor(count) as pool:
            return list(pool.map(lambda _: self.call(path, key, **more), range(count)))


def receive(connection, began, method, path):
    response = connection.getresponse()
    head = time.time()
    body = response.read()
    return Answer(began, head, time.time(), method, path, response.status,
                  [(name.lower(), value) for name, value in response.getheaders()], body)


class Recorder(http.server.ThreadingHTTPServer):
    """Stands between a recipe and its gateway."""

    daemon_threads, request_queue_size = True, 128

    def __init__(self, gateway):
        super().__init__(("127.0.0.1", 0), Passing)
        self.gateway, self.url = gateway, f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()

    def handle_error(self, request, client_address):
        pass  # a client that went away


class Passing(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm, wbufsize = True, -1

    def setup(self):
        super().setup()
        self.behind = http.client.HTTPConnection(self.server.gateway.address, timeout=120)

    def finish(self):
        super().finish()
        self.behind.close()

    def pass_on(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {n: v for n, v in self.headers.items() if n.lower() not in ("connection", "host")}
        began = time.time()
        self.behind.request(self.command, self.path, body=body or None, headers=headers)
        answer = receive(self.behind, began, self.command, self.path)
        self.server.gateway.answers.append(answer)
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            if name not in ("transfer-encoding", "connection", "content-length"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_POST = pass_on

    def log_message(self, *_):
        pass


# ---------------------------------------------------------------- what each response promises


def field(answer, name):
    values = [v for n, v in answer.headers if n == name]
    return values[0] if len(values) == 1 else None


def number(answer, name):
    value = field(answer, name)
    return int(value) if value is not None and value.isdigit() else None


def refused_for(answer):
    """Why a 429 is one, as its body says: "rate", "quota" or "concurrency"; None if it says nothing known."""
    try:
        body = json.loads(answer.body)
        word = body.get("error_type") or body["error"].get("code")
    except (ValueError, KeyError, AttributeError, TypeError):
        return None
    return {"RateLimitError": "rate", "rate_limit_exceeded": "rate", "RATE_LIMIT_EXCEEDED": "rate",
            "ConcurrencyLimitError": "concurrency", "concurrency_limit_exceeded": "concurrency",
            "CONCURRENT_LIMIT_EXCEEDED": "concurrency", "QUOTA_EXCEEDED": "quota"}.get(word)


def expected_body(system, why, answer):
    """The body that the system's guide shows, with this response's numbers; of concurrency, what is fixed."""
    wait, limit, reset = (number(answer, n) for n in ("retry-after", "x-ratelimit-limit", "x-ratelimit-reset"))
    told = f"Rate limit exceeded. Please retry after {wait} seconds."
    if wait == 1:
        told = told.replace("seconds", "second")
    if why == "rate" and system in ("mavera", "maviapi"):
        return {"error": {"message": told, "type": "rate_limit_error", "code": "rate_limit_exceeded", "param": None}}
    if why == "rate" and system == "freddy":
        reset_at = datetime.datetime.fromtimestamp(reset, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"detail": "Rate limit exceeded", "status_code": 429, "error_type": "RateLimitError",
                "retry_after": wait, "limit": limit, "reset_at": reset_at}
    if why == "rate":
        return {"error": {"code": "RATE_LIMIT_EXCEEDED", "message": told, "limit": limit, "reset": reset,
                          "retryAfter": wait}}
    return None


def check_answer(system, rate, a):
    """Whatever a single response says that it should not."""
    bad = []
    limit, remaining, reset = (number(a, f"x-ratelimit-{n}") for n in ("limit", "remaining", "reset"))
    if a.status == 429 and refused_for(a) == "quota":
        return check_month(a, limit, remaining, reset)
    if limit != rate.limit:
        bad.append(f"X-RateLimit-Limit is {field(a, 'x-ratelimit-limit')}, not {rate.limit}")
    if remaining is None or remaining > rate.burst:
        bad.append(f"X-RateLimit-Remaining is {field(a, 'x-ratelimit-remaining')}")
    longest = max(rate.window, rate.window * rate.burst / rate.limit)  # a bucket's reset is when it is full
    if reset is None or not a.began <= reset <= a.head + longest + 1:
        bad.append(f"X-RateLimit-Reset is not within the window: {field(a, 'x-ratelimit-reset')} at {a.began:.1f}")
    wait = number(a, "retry-after")
    if (a.status == 429) != (field(a, "retry-after") is not None) or wait == 0:
        bad.append(f"Retry-After is {field(a, 'retry-after')} on a {a.status}")
    if system in ("freddy", "ensemble"):
        expected = wait if a.status == 429 else 0
        if number(a, "x-ratelimit-retry-after") != expected:
            bad.append(f"X-RateLimit-Retry-After is {field(a, 'x-ratelimit-retry-after')}, not {expected}")
    if system == "maviapi" and field(a, "x-maviapi-version") != "4":
        bad.append(f"x-maviapi-version is {field(a, 'x-maviapi-version')} on a {a.status}")
    if a.status in (402, 429):
        bad += check_refusal(system, a)
    return bad


def check_month(a, limit, remaining, reset):
    """Where a month is used up, headers and body are about the month."""
    now = datetime.datetime.fromtimestamp(a.began, datetime.timezone.utc)
    year, month = now.year + now.month // 12, now.month % 12 + 1
    begins = datetime.datetime(year, month, 1, tzinfo=datetime.timezone.utc).timestamp()
    wait, error = number(a, "retry-after"), json.loads(a.body)["error"]
    bad = [] if remaining == 0 else [f"a month that is used up has {remaining} remaining"]
    if (error["limit"], error["reset"], error["retryAfter"]) != (limit, reset, wait):
        bad.append(f"the body of a 429 is {error}, beside {limit}, {reset}, {wait}")
    if reset is None or not 0 <= reset - begins <= 1 or wait is None or not 0 <= a.head + wait - begins <= 2:
        bad.append(f"the month begins at {begins:.0f}, and reset is {reset}, Retry-After {wait}")
    if number(a, "x-ratelimit-retry-after") != wait:
        bad.append(f"X-RateLimit-Retry-After is {field(a, 'x-ratelimit-retry-after')}, not {wait}")
    return bad


def check_refusal(system, a):
    try:
        body = json.loads(a.body)
    except ValueError:
        return [f"the body of a {a.status} is no JSON: {a.body[:80]!r}"]
    if field(a, "content-type") != "application/json":
        return [f"the body of a {a.status} is {field(a, 'content-type')}"]
    if a.status == 402:
        return [] if body["error"]["type"] == "billing_error" else [f"the body of a 402 is {body}"]
    why = refused_for(a)
    if why is None:
        return [f"a 429 says nothing known: {body}"]
    if why == "rate" and number(a, "x-ratelimit-remaining") != 0:
        return [f"a 429 of the rate has {field(a, 'x-ratelimit-remaining')} remaining"]
    expected = expected_body(system, why, a)
    if expected is not None and body != expected:
        return [f"the body of a 429 is {body}, not {expected}"]
    return []


def check_counts(rate, answers):
    """Whether `remaining` was right each time, and the limit kept, as far as can be known from outside: a
    request was counted at some moment between its being sent and its head's being there."""
    bad = []
    counted = sorted((a for a in answers if a.status not in (401, 402, 429)), key=lambda a: a.began)
    starts, heads = [a.began for a in counted], sorted(a.head for a in counted)
    if rate.algorithm == "sliding-log":
        for first, last in zip(counted, counted[rate.limit:]):
            if last.head - first.began < rate.window - MEASURED:
                bad.append(f"more than {rate.limit} within {rate.window} s")
    if rate.algorithm == "token-bucket":
        return bad + check_bucket(rate, counted)
    for a in counted:
        since, till = a.began - rate.window - MEASURED, a.head - rate.window + MEASURED
        if rate.algorithm == "fixed-window":
            since = (a.began - MEASURED) // rate.window * rate.window - MEASURED
            till = (a.head + MEASURED) // rate.window * rate.window + MEASURED
        # Surely counted before this one and in its window; and possibly so, with this one.
        surely = sum(b.head < a.began for b in counted[bisect.bisect_left(starts, till):])
        possibly = bisect.bisect_left(starts, a.head) - bisect.bisect_left(heads, since)
        least, most = rate.limit - possibly, rate.limit - surely - 1
        remaining = number(a, "x-ratelimit-remaining")
        if remaining is not None and not least <= remaining <= most:
            bad.append(f"remaining is {remaining}, not {least} to {most}")
    return bad


def check_bucket(rate, counted):
    bad, per_second = [], rate.limit / rate.window
    level, at = rate.burst, counted[0].began if counted else 0
    longest = max((a.head - a.began for a in counted), default=0)
    for n, a in enumerate(counted):
        level = min(rate.burst, level + (a.began - at) * per_second) - 1
        at = a.began
        # Others that are on their way may be counted first or last, and so much may have flowed in meanwhile.
        near = counted[max(0, n - 40):n + 40]
        others = sum(b is not a and b.began < a.head and a.began < b.head for b in near)
        slack = others + 2 * per_second * (longest + MEASURED)
        remaining = number(a, "x-ratelimit-remaining")
        if remaining is not None and not math.floor(level - slack) <= remaining <= math.floor(level + slack):
            bad.append(f"remaining is {remaining}, and {level:.1f} should be in the bucket")
    return bad


def most_in_a_minute(answers):
    """How many were surely admitted within some minute."""
    counted = sorted((a for a in answers if a.status not in (401, 402, 429)), key=lambda a: a.began)
    return max((sum(b.head < a.began + 60 - MEASURED for b in counted[n:]) for n, a in enumerate(counted)), default=0)


# ---------------------------------------------------------------- recipes

Run = collections.namedtuple("Run", "system recipe key path options seconds expects note change", defaults=((),))


def no_429(out, _):
    return [] if out["refused"]["429"] == 0 else ["it was refused, and need not have been"]


def nothing(_out, _answers):
    return []


def equal(**values):
    def check(out, _):
        return [f"{name} is {out.get(name)}, not {value}" for name, value in values.items() if out.get(name) != value]
    return check


def every(*checks):
    return lambda out, answers: [p for check in checks for p in check(out, answers)]


def waits_are_enough(_, answers):
    """Whoever calls one by one, and comes again when it was told to, is let in."""
    pairs = zip(answers, answers[1:])
    return [f"after {b.began - a.head:.1f} s, and Retry-After {number(a, 'retry-after')}, it is still 429"
            for a, b in pairs if a.status == b.status == 429 and b.began >= a.head + number(a, "retry-after")]


def exact(out, _):
    enough, waits = out["after_wait_ok"], out["waits"]
    return [] if enough == waits else [f"of {waits} waits {enough} were enough"]


def monitor_is_right(out, answers):
    usage, refused = out["usage"], sum(a.status == 429 for a in answers)
    few = sum(number(a, "x-ratelimit-remaining") / number(a, "x-ratelimit-limit") < 0.1 for a in answers)
    return [] if (usage["total"], usage["warnings"], usage["share_429"]) == (
        len(answers), few, int(1000 * refused / len(answers) + 0.5) / 1000) else [f"the monitor says {usage}"]


def recipes(seconds):
    """What runs against what; `seconds` is how long those go on that have no end of their own."""
    def generic(system, key, path, *, bucket, at_once, queue, minute):
        yield Run(system, "sleep_when_low.py", key, path, "--interval 0", seconds, no_429, "")
        yield Run(system, "token_bucket.py", key, path, bucket, seconds, nothing, "")
        yield Run(system, "semaphore.py", key, path, at_once, seconds, no_429, "")
        yield Run(system, "queue_workers.py", key, path, f"--count 30 --bad 10 {queue}", seconds,
                  every(no_429, equal(items=30, results=30, items_ok=27, failed=3)), "3 items of 30 fail")
        yield Run(system, "backoff.py", key, path, "", seconds + 5, waits_are_enough, "")
        yield Run(system, "rate_limit_manager.mjs", key, path, minute, seconds, waits_are_enough, "")
        yield Run(system, "adaptive_rate.mjs", key, path, "", seconds, waits_are_enough, "")

    mavera, data, chat, things = "/api/v1/things", "/v4/data/oslo", "/v1/chat", "/v1/things"
    yield from generic("mavera", "mvra_live_starter", mavera, bucket="--rate 1", at_once="--per-minute 30",
                       queue="--per-minute 120", minute="--minute 60")
    yield Run("mavera", "sleep_when_low.py", "mvra_live_starter", mavera, "", seconds, no_429, "")
    yield Run("mavera", "token_bucket.py", "mvra_live_starter", mavera, "--rate 0.75 --capacity 10", seconds,
              no_429, "45 a minute and 10 at once: under 60 in any minute")
    for endpoint, places in (("mave/chat", 10), ("focus-groups", 5), ("video-analyses", 3)):
        yield Run("mavera", "semaphore.py", "mvra_live_enterprise", f"/api/v1/{endpoint}?delay_ms=150",
                  "--per-minute 300 --capacity 200", seconds, no_429, f"{endpoint}, {places} at once")
    yield from generic("maviapi", "mavi_starter", data, bucket="--rate 1", at_once="--per-minute 30",
                       queue="--per-minute 120", minute="--minute 60")
    yield Run("maviapi", "exact_wait.py", "mavi_starter", data, "", seconds, every(no_429, equal(versions=["4"])), "")
    yield Run("maviapi", "exact_wait.py", "mavi_starter", data, "--blind", seconds, every(waits_are_enough, exact),
              "does not look")
    yield Run("maviapi", "exact_wait.py", "mavi_empty", data, "", seconds,
              equal(sent=3, ok=2, refused={"429": 0, "402": 1}), "two credits; stops at the 402")
    yield from generic("freddy", "ak_standard", chat, bucket="--rate 1.6667", at_once="--per-minute 90",
                       queue="--per-minute 120", minute="--minute 100")
    yield Run("freddy", "usage_monitor.mjs", "ak_standard", chat, "", seconds, monitor_is_right, "10 a second")
    yield Run("freddy", "priority_queue.mjs", "ak_standard", chat, "--count 30", seconds,
              every(no_429, equal(in_order=True)), "")
    yield Run("freddy", "semaphore.py", "ak_premium", "/v1/background/jobs?delay_ms=150",
              "--at-once 2 --per-minute 600", seconds, no_429, "background, 2 at once")
    yield Run("freddy", "backoff.py", "user_token", chat, "", seconds, waits_are_enough, "a user's token: 30 a minute")
    yield from generic("ensemble", "tok_free", things, bucket="--rate 0.0278 --capacity 100", at_once="--per-minute 30",
                       queue="--per-minute 120", minute="--minute 60")
    yield Run("ensemble", "ensemble_queue.mjs", "tok_free", "", "--count 80", seconds,
              every(no_429, equal(jobs=80, done=80)), "5 at once; reads are kept")
    yield Run("ensemble", "ensemble_queue.mjs", "tok_free", "", "--count 40 --at-once 8", seconds, equal(done=40),
              "8 at once, where 5 are allowed")
    yield Run("ensemble", "ensemble_queue.mjs", "tok_free", "", "--count 20", seconds,
              equal(done=13, codes={"QUOTA_EXCEEDED": 7}), "a month of 3: the refused are not tried again",
              (("1000/month", "3/month"),))
    yield Run("ensemble", "ensemble_queue.mjs", "tok_free", "", "--count 120 --at-once 1", max(seconds, 25),
              every(equal(done=120), waits_are_enough), "25 in 8 s: goes on after the stated time",
              (("100/1h", "25/8s"),))


def run_recipe(binary, run):
    gateway = Gateway(binary, run.system, run.change)
    recorder = Recorder(gateway)
    program = sys.executable if run.recipe.endswith(".py") else "node"
    try:
        done = subprocess.run([program, HERE / run.recipe, recorder.url + run.path, run.key, *run.options.split(),
                               "--seconds", str(run.seconds)],
                              capture_output=True, text=True, timeout=run.seconds + 60)
        if done.returncode != 0:
            return run, {}, gateway.answers, [f"it ended with {done.returncode}: {done.stderr[-400:]}"]
        out = json.loads(done.stdout.splitlines()[-1])
    except subprocess.TimeoutExpired:
        return run, {}, gateway.answers, ["it did not end"]
    finally:
        recorder.shutdown()
        recorder.server_close()
        gateway.close()
    answers, rate = gateway.answers, gateway.rate(run.key)
    bad = [p for a in answers for p in check_answer(run.system, rate, a)]
    bad += check_counts(rate, answers)
    status = collections.Counter(a.status for a in answers)
    if (out["sent"], out["refused"]) != (len(answers), {"429": status[429], "402": status[402]}):
        bad.append(f"it counted {out}, and {dict(status)} were seen")
    last = [{n: field(a, f"x-ratelimit-{n}") for n in ("limit", "remaining", "reset")} for a in answers]
    if answers and {n: out[n] for n in ("limit", "remaining", "reset")} not in last:
        bad.append("what it read last was in no response")
    return run, out, answers, bad + run.expects(out, answers)


# ---------------------------------------------------------------- what is asked for without a recipe


def burst(system, key, path, change=()):
    """As many as go at once, each with one less left; then a wait of exactly `Retry-After`, and it goes on."""
    def probe(binary, bad):
        gateway = Gateway(binary, system, change)
        rate = gateway.rate(key)
        if rate.algorithm == "fixed-window" and time.time() % rate.window > rate.window - 5:
            time.sleep(rate.window - time.time() % rate.window + 0.1)
        connection = http.client.HTTPConnection(gateway.address, timeout=60)
        first = a = gateway.call(path, key, connection=connection)
        seen = [number(a, "x-ratelimit-remaining")]
        while a.status == 200 and len(seen) < 3 * rate.burst:
            a = gateway.call(path, key, connection=connection)
            if a.status == 200:
                seen.append(number(a, "x-ratelimit-remaining"))
        flowed = 0 if rate.algorithm != "token-bucket" else math.ceil((a.head - first.began) * rate.limit / rate.window)
        if flowed == 0 and seen != list(range(rate.burst - 1, -1, -1)):
            bad.append(f"remaining went {seen}")
        if not rate.burst <= len(seen) <= rate.burst + flowed:
            bad.append(f"{len(seen)} passed at once, not {rate.burst}")
        wait = number(a, "retry-after")
        needed = {"sliding-log": first.head + rate.window, "token-bucket": a.began + rate.window / rate.limit,
                  "fixed-window": (first.began // rate.window + 1) * rate.window}[rate.algorithm] - a.began
        if wait > needed + 1.05:
            bad.append(f"Retry-After is {wait}, and {needed:.1f} s are enough")
        time.sleep(max(0, a.head + wait - time.time()))
        after = gateway.call(path, key)
        if after.status != 200:
            bad.append(f"after exactly Retry-After ({wait} s) it is still {after.status}")
        return gateway, key
    return probe


def places(system, key, others, count, path, method="GET", headers=()):
    """`count` requests at once pass and three more do not; others are not bound by that, and places come free."""
    def probe(binary, bad):
        gateway = Gateway(binary, system)
        slow = f"{path}{'&' if '?' in path else '?'}delay_ms=1500"
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            many = pool.submit(gateway.at_once, count + 3, slow, key, method=method, headers=headers)
            time.sleep(0.75)
            for other_key, other_path, other_headers in others:
                a = gateway.call(other_path, other_key, method=method, headers=other_headers)
                if a.status != 200:
                    bad.append(f"{other_path} of {other_key} is {a.status} while {path} is full")
            many = many.result()
        passed = [a for a in many if a.status == 200]
        why = {refused_for(a) for a in many if a.status == 429}
        if len(passed) != count or why != {"concurrency"}:
            bad.append(f"{len(passed)} of {count + 3} passed, refused for {why}")
        after = gateway.call(path, key, method=method, headers=headers)
        if after.status != 200:
            bad.append(f"when all had ended, the next was {after.status}")
        gateway.own = lambda a: number(a, "x-ratelimit-limit") == gateway.rate(key).limit
        return gateway, key
    return probe


def keys(system, key, path):
    """No key and an unknown one are 401 with the system's own words, and spend nothing."""
    def probe(binary, bad):
        gateway = Gateway(binary, system)
        for own, headers in ((None, {}), ("unknown", {}), (None, {"Authorization": "Basic eDp5"}),
                             (None, {"api-key": "ak_x"})):
            a = gateway.call(path, own, headers=headers)
            body = json.loads(a.body)
            if a.status != 401 or not (body.get("error") or body.get("detail")):
                bad.append(f"key {own} {headers} is {a.status}: {body}")
            if system == "maviapi" and field(a, "x-maviapi-version") != "4":
                bad.append(f"x-maviapi-version is {field(a, 'x-maviapi-version')} on a {a.status}")
        gateway.own = lambda a: a.status != 401
        a = gateway.call(path, key)
        if number(a, "x-ratelimit-remaining") != gateway.rate(key).burst - 1:
            bad.append("requests without a key were charged to one that has one")
        return gateway, key
    return probe


def both_credentials(binary, bad):
    gateway = Gateway(binary, "freddy")
    for headers, limit in (({"Authorization": "Bearer user_token"}, 30),
                           ({"Authorization": "Bearer user_token", "api-key": "ak_premium"}, 1000),
                           ({"Authorization": "Bearer unknown", "api-key": "ak_premium"}, 1000)):
        a = gateway.call("/v1/chat", headers=headers)
        if (a.status, number(a, "x-ratelimit-limit")) != (200, limit):
            bad.append(f"{headers} is {a.status} with a limit of {field(a, 'x-ratelimit-limit')}")
    a = gateway.call("/v1/chat", headers={"Authorization": "Bearer user_token", "api-key": "unknown"})
    if a.status != 401:
        bad.append(f"an unknown API key beside a token that is known is {a.status}")
    gateway.own = lambda a: number(a, "x-ratelimit-limit") == 1000
    return gateway, "ak_premium"


def credits(binary, bad):
    """What fails costs no credit, and a 402 nothing at all; what is no data call goes on."""
    gateway = Gateway(binary, "maviapi")
    got = [gateway.call(f"/v4/data/oslo{query}", "mavi_empty").status for query in
           ("?status=422", "?status=500", "?status=404", "?status=422", "", "?status=503", "", "", "?status=422")]
    if got != [422, 500, 404, 422, 200, 503, 200, 402, 402]:
        bad.append(f"the data calls were {got}")
    before = number(gateway.answers[-3], "x-ratelimit-remaining")
    if any(number(a, "x-ratelimit-remaining") != before for a in gateway.answers[-2:]):
        bad.append("a 402 was charged to the limit")
    if gateway.call("/v4/account", "mavi_empty").status != 200:
        bad.append("without credits, what is no data call is refused too")
    return gateway, "mavi_empty"


def credits_at_once(binary, bad):
    gateway = Gateway(binary, "maviapi")
    ok = sum(a.status == 200 for a in gateway.at_once(8, "/v4/data/oslo?delay_ms=300", "mavi_empty"))
    if ok != 2:
        bad.append(f"{ok} of 8 data calls at once passed with two credits")
    return gateway, "mavi_empty"


def credits_and_429(binary, bad):
    """A 429 costs no credit: both are still there when the next window begins."""
    gateway = Gateway(binary, "maviapi", (("60/1m", "10/5s"),))
    time.sleep(5 - time.time() % 5 + 0.1)
    got = [gateway.call("/v4/account", "mavi_empty").status for _ in range(10)]
    refused = gateway.call("/v4/data/oslo", "mavi_empty")
    if got != [200] * 10 or refused.status != 429:
        bad.append(f"the limit was not used up: {got}, {refused.status}")
    time.sleep(max(0, refused.head + number(refused, "retry-after") - time.time()))
    got = [gateway.call("/v4/data/oslo", "mavi_empty").status for _ in range(3)]
    if got != [200, 200, 402]:
        bad.append(f"after a 429 the data calls were {got}")
    return gateway, "mavi_empty"


def usage(binary, bad):
    """The usage endpoint says what was spent, and asking costs nothing; people see a page."""
    gateway = Gateway(binary, "ensemble")
    for _ in range(3):
        gateway.call("/v1/executions", "tok_free", method="POST")
    gateway.call("/v1/things", "tok_free")
    for _ in range(2):
        a = gateway.call("/v1/usage", "tok_free")
        body, now = json.loads(a.body), 1000 * time.time()
        period = body.pop("period", {})
        if a.status != 200 or body != {"requests": {"used": 4, "limit": 100, "remaining": 96},
                                       "executions": {"used": 3, "limit": 1000, "remaining": 997}}:
            bad.append(f"/v1/usage says {a.status} {body}")
        elif not (set(period) == {"start", "end"} and period["start"] <= now <= period["end"]):
            bad.append(f"the period of /v1/usage is {period}")
    if gateway.call("/v1/usage").status != 401:
        bad.append("/v1/usage without a token is answered")
    page = gateway.call("/dashboard")
    if page.status != 200 or not (field(page, "content-type") or "").startswith("text/html"):
        bad.append(f"/dashboard is {page.status} {field(page, 'content-type')}")
    gateway.own = lambda a: a.path not in ("/v1/usage", "/dashboard")
    a = gateway.call("/v1/things", "tok_free")
    if number(a, "x-ratelimit-remaining") != 95:
        bad.append("asking for /v1/usage was charged")
    return gateway, "tok_free"


def day(binary, bad):
    """Freddy's day binds as well as its minute, and is what the headers state when less of it is left."""
    gateway = Gateway(binary, "freddy", (("10000/1d", "5/1d"),))
    got = [gateway.call("/v1/chat", "ak_standard") for _ in range(6)]
    seen = [(a.status, number(a, "x-ratelimit-limit"), number(a, "x-ratelimit-remaining")) for a in got]
    if seen != [(200, 5, 4), (200, 5, 3), (200, 5, 2), (200, 5, 1), (200, 5, 0), (429, 5, 0)]:
        bad.append(f"with five calls a day: {seen}")
    bad += check_refusal("freddy", got[-1])
    gateway.own = lambda a: False
    return gateway, "ak_standard"


def month(binary, bad):
    """QUOTA_EXCEEDED when the month is used up, for executions alone."""
    gateway = Gateway(binary, "ensemble", (("1000/month", "3/month"),))
    got = [gateway.call("/v1/executions", "tok_free", method="POST") for _ in range(4)]
    if [a.status for a in got] != [200, 200, 200, 429] or refused_for(got[-1]) != "quota":
        bad.append(f"four executions with three in the month: {[a.status for a in got]}, {got[-1].body}")
    if gateway.call("/v1/things", "tok_free").status != 200:
        bad.append("without executions, other requests are refused too")
    return gateway, "tok_free"


def probes():
    background = {"x-background": "true"}
    yield "mavera", "burst and wait", burst("mavera", "mvra_live_starter", "/api/v1/things")
    yield "maviapi", "burst and wait", burst("maviapi", "mavi_starter", "/v4/data/oslo")
    yield "freddy", "burst and wait", burst("freddy", "ak_standard", "/v1/chat")
    yield "freddy", "burst and wait, a user", burst("freddy", "user_token", "/v1/chat")
    yield "ensemble", "burst and wait, 25 in 8 s", burst("ensemble", "tok_free", "/v1/things", (("100/1h", "25/8s"),))
    for endpoint, count in (("mave/chat", 10), ("focus-groups", 5), ("video-analyses", 3)):
        path = f"/api/v1/{endpoint}"
        yield "mavera", f"{count} at once", places("mavera", "mvra_live_enterprise", [
            ("mvra_live_basic", path, {}), ("mvra_live_enterprise", "/api/v1/things", {})], count, path)
    yield "freddy", "3 background at once", places(
        "freddy", "ak_standard", [("ak_premium", "/v1/chat", background), ("ak_standard", "/v1/chat", {})],
        3, "/v1/chat", headers=background)
    yield "freddy", "2 background jobs at once", places(
        "freddy", "ak_standard", [("ak_premium", "/v1/background/a", {}), ("ak_standard", "/v1/chat", {})],
        2, "/v1/background/a")
    yield "ensemble", "5 executions at once", places(
        "ensemble", "tok_free", [("tok_pro", "/v1/executions", {}), ("tok_free", "/v1/things", {})],
        5, "/v1/executions", method="POST")
    yield "mavera", "keys", keys("mavera", "mvra_live_starter", "/api/v1/things")
    yield "maviapi", "keys", keys("maviapi", "mavi_starter", "/v4/account")
    yield "freddy", "keys", keys("freddy", "ak_standard", "/v1/chat")
    yield "freddy", "both credentials", both_credentials
    yield "ensemble", "keys", keys("ensemble", "tok_free", "/v1/things")
    yield "maviapi", "credits", credits
    yield "maviapi", "credits, 8 calls at once", credits_at_once
    yield "maviapi", "credits and a 429", credits_and_429
    yield "freddy", "a day of 5", day
    yield "ensemble", "a month of 3", month
    yield "ensemble", "usage", usage


def run_probe(binary, system, name, probe):
    bad, run = [], Run(system, f"({name})", "", "", "", 0, None, "")
    try:
        gateway, key = probe(binary, bad)
    except Exception as error:  # an answer that nothing was made of
        return run, {}, [], [*bad, f"it broke off: {error!r}"]
    gateway.close()
    rate, own = gateway.rate(key), list(filter(gateway.own, gateway.answers))
    bad += [p for a in own for p in check_answer(system, rate, a)] + check_counts(rate, own)
    status = collections.Counter(a.status for a in gateway.answers)
    out = {"sent": len(gateway.answers), "ok": sum(n for s, n in status.items() if s < 400),
           "refused": {"429": status[429], "402": status[402]}}
    return run, out, gateway.answers, bad


# ---------------------------------------------------------------- all of it


def note(run, out, bad):
    told = [run.note] if run.note else []
    if out.get("retries"):
        told.append(f"{out['retries']} retries")
    if out.get("cached"):
        told.append(f"{out['cached']} from the cache")
    if "fastest" in out:
        told.append(f"{out['fastest']} a minute at most, {out['per_minute']} at the end")
    if "usage" in out:
        share = out["usage"]
        told.append(f"{share['warnings']} warnings, used {share['used_percent']['lowest']} to "
                    f"{share['used_percent']['highest']} %")
    if run.options:
        told.append(f"`{run.options.strip()}`")
    if bad:
        told.append(f"**{len(bad)} broken promises**")
    return "; ".join(told)


def leave(*_):
    """When it is broken off, no gateway stays behind."""
    for process in Gateway.running:
        process.kill()
    os._exit(1)


def main():
    signal.signal(signal.SIGINT, leave)
    signal.signal(signal.SIGTERM, leave)
    args = argparse.ArgumentParser()
    args.add_argument("binary", nargs="?")
    args.add_argument("--quick", action="store_true", help="20 seconds each, all at once")
    args.add_argument("--only", default="", help="what has this word in its system or recipe")
    args = args.parse_args()
    binary = [pathlib.Path(args.binary).resolve()] if args.binary else ["cargo", "run", "--release", "-q", "--"]
    Gateway(binary, "mavera").close()  # builds it once, before others need it

    jobs = [(run.system, run.recipe, lambda run=run: run_recipe(binary, run))
            for run in recipes(20 if args.quick else 80)]
    jobs += [(system, name, lambda s=system, n=name, p=probe: run_probe(binary, s, n, p))
             for system, name, probe in probes()]
    jobs = [job for job in jobs if args.only in f"{job[0]} {job[1]}"]
    halves = [("mavera", "maviapi"), ("freddy", "ensemble")]
    if args.quick:
        halves = [halves[0] + halves[1]]
    done = []
    for half in halves:
        some = [job for system, _, job in jobs if system in half]
        with concurrent.futures.ThreadPoolExecutor(len(some) or 1) as pool:
            done += [future.result() for future in [pool.submit(job) for job in some]]

    print("| system | recipe | sent | ok | 429 | 402 | per minute admitted | note |")
    print("|---|---|---:|---:|---:|---:|---:|---|")
    for run, out, answers, bad in done:
        refused = out.get("refused", {})
        print(f"| {run.system} | {run.recipe} | {out.get('sent')} | {out.get('ok')} | {refused.get('429')} "
              f"| {refused.get('402')} | {most_in_a_minute(answers)} | {note(run, out, bad)} |")
    print("\n*Per minute admitted* is the most in any 60 seconds. Recipes in parentheses are calls of this program.")
    broken = [(run, problem, count) for run, _, _, bad in done for problem, count in collections.Counter(bad).items()]
    for run, problem, count in broken:
        print(f"- {run.system}, {run.recipe}: {problem}" + (f" ({count} times)" if count > 1 else ""))
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    try:
        main()
    finally:
        for process in Gateway.running:
            process.kill()
