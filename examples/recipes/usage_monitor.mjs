// The usage monitor of Freddy's guide: endpoint, status, remaining and limit of each call, a warning when
// less than a tenth remains, totals, the share of 429s, and an alert when 80 % are used.
//
//   node usage_monitor.mjs URL KEY [--seconds N | --count N] [--per-minute N]

class UsageMonitor {
  calls = [];
  warnings = 0;
  alerts = 0;
  record(endpoint, response) {
    const remaining = Number(response.headers.get('x-ratelimit-remaining'));
    const limit = Number(response.headers.get('x-ratelimit-limit'));
    this.calls.push({ endpoint, status: response.status, remaining, limit });
    if (remaining / limit < 0.1) this.warnings += 1;
    if ((limit - remaining) / limit >= 0.8) this.alerts += 1;
  }
  summary() {
    const limited = this.calls.filter((c) => c.status === 429).length;
    const used = this.calls.map((c) => Math.round((100 * (c.limit - c.remaining)) / c.limit));
    return {
      total: this.calls.length,
      share_429: Math.round((1000 * limited) / this.calls.length) / 1000,
      warnings: this.warnings,
      alerts: this.alerts,
      used_percent: { lowest: Math.min(...used), highest: Math.max(...used) },
    };
  }
}

const [url, key, ...rest] = process.argv.slice(2);
const option = (name, otherwise) => (rest.includes(name) ? Number(rest[rest.indexOf(name) + 1]) : otherwise);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const auth = key.startsWith('ak_') ? { 'api-key': key } : { Authorization: `Bearer ${key}` };

const monitor = new UsageMonitor();
const began = Date.now();
const end = began + 1000 * option('--seconds', 30);
const seen = { sent: 0, ok: 0, refused: { 429: 0, 402: 0 }, failed: 0 };
let last = {};
while (seen.sent < option('--count', Infinity) && Date.now() < end) {
  const response = await fetch(url, { headers: auth });
  await response.text();
  monitor.record(new URL(url).pathname, response);
  seen.sent += 1;
  if (response.ok) seen.ok += 1;
  else if (response.status in seen.refused) seen.refused[response.status] += 1;
  else seen.failed += 1;
  last = Object.fromEntries(['limit', 'remaining', 'reset'].map((n) => [n, response.headers.get(`x-ratelimit-${n}`)]));
  await sleep(60_000 / option('--per-minute', 600));
}
const seconds = Math.round((Date.now() - began) / 100) / 10;
console.log(JSON.stringify({ recipe: 'usage_monitor', ...seen, seconds, ...last, usage: monitor.summary() }));
