// The rate-limit manager of Freddy's guide: counts this minute's and this day's requests, waits when one
// of the two is used up, and tells how things stand.
//
//   node rate_limit_manager.mjs URL KEY [--seconds N | --count N] [--minute LIMIT] [--day LIMIT]

class RateLimitManager {
  constructor(perMinute = 100, perDay = 10_000) {
    this.windows = [
      { name: 'minute', length: 60_000, limit: perMinute, used: 0, began: Date.now() },
      { name: 'day', length: 86_400_000, limit: perDay, used: 0, began: Date.now() },
    ];
  }
  wait() {
    const now = Date.now();
    for (const w of this.windows) if (now - w.began >= w.length) Object.assign(w, { used: 0, began: now });
    return Math.max(0, ...this.windows.map((w) => (w.used < w.limit ? 0 : w.began + w.length - now)));
  }
  count() {
    for (const w of this.windows) w.used += 1;
  }
  statistics() {
    const told = ({ used, limit }) => ({ used, limit, remaining: limit - used });
    return Object.fromEntries(this.windows.map((w) => [w.name, told(w)]));
  }
}

const [url, key, ...rest] = process.argv.slice(2);
const option = (name, otherwise) => (rest.includes(name) ? Number(rest[rest.indexOf(name) + 1]) : otherwise);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const auth = key.startsWith('ak_') ? { 'api-key': key } : { Authorization: `Bearer ${key}` };

const manager = new RateLimitManager(option('--minute', 100), option('--day', 10_000));
const began = Date.now();
const end = began + 1000 * option('--seconds', 30);
const seen = { sent: 0, ok: 0, refused: { 429: 0, 402: 0 }, failed: 0 };
let last = {};
while (seen.sent < option('--count', Infinity) && Date.now() < end) {
  const wait = manager.wait();
  if (wait > 0) {
    await sleep(Math.max(0, Math.min(wait, end - Date.now())));
    continue;
  }
  manager.count();
  const response = await fetch(url, { headers: auth });
  await response.text();
  seen.sent += 1;
  if (response.ok) seen.ok += 1;
  else if (response.status in seen.refused) seen.refused[response.status] += 1;
  else seen.failed += 1;
  last = Object.fromEntries(['limit', 'remaining', 'reset'].map((n) => [n, response.headers.get(`x-ratelimit-${n}`)]));
  if (response.status === 429) {
    await sleep(Math.max(0, Math.min(1000 * response.headers.get('retry-after'), end - Date.now())));
  }
}
const seconds = Math.round((Date.now() - began) / 100) / 10;
const statistics = manager.statistics();
console.log(JSON.stringify({ recipe: 'rate_limit_manager', ...seen, seconds, ...last, statistics }));
