// The client of Ensemble's guide: five at once; what is over the hour's limit is tried again after the
// stated time, other failures after 1, 2, 4 s (30 s at most); a month that is used up is final; and what
// was read once is not asked for again.
//
//   node ensemble_queue.mjs URL KEY [--seconds N | --count N] [--at-once N]
//
// URL is the service's root. Every other job starts an execution, the rest read one of ten things.

const [root, key, ...rest] = process.argv.slice(2);
const option = (name, otherwise) => (rest.includes(name) ? Number(rest[rest.indexOf(name) + 1]) : otherwise);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const headers = { Authorization: `Bearer ${key}` };

const began = Date.now();
const end = began + 1000 * option('--seconds', 30);
const seen = { sent: 0, ok: 0, refused: { 429: 0, 402: 0 }, failed: 0 };
const codes = {};
const cache = new Map();
let [last, cached, retries] = [{}, 0, 0];

async function call(method, path) {
  if (method === 'GET' && cache.has(path)) {
    cached += 1;
    return cache.get(path);
  }
  for (let attempt = 0; ; attempt += 1) {
    const response = await fetch(root + path, { method, headers });
    const body = await response.json();
    seen.sent += 1;
    const header = (name) => [name, response.headers.get(`x-ratelimit-${name}`)];
    last = Object.fromEntries(['limit', 'remaining', 'reset'].map(header));
    if (response.ok) {
      seen.ok += 1;
      if (method === 'GET') cache.set(path, body);
      return body;
    }
    if (response.status in seen.refused) seen.refused[response.status] += 1;
    else seen.failed += 1;
    const code = body.error?.code ?? response.status;
    codes[code] = (codes[code] ?? 0) + 1;
    if (code === 'QUOTA_EXCEEDED' || attempt === 3) throw new Error(code);
    const wait = code === 'RATE_LIMIT_EXCEEDED' ? 1000 * body.error.retryAfter : Math.min(1000 * 2 ** attempt, 30_000);
    if (Date.now() + wait > end) throw new Error(`${code}: ${wait} ms is too long to wait`);
    retries += 1;
    await sleep(wait);
  }
}

const jobs = option('--count', 60);
let [next, done, lost] = [0, 0, 0];
async function worker() {
  while (next < jobs && Date.now() < end) {
    const job = next++;
    const [method, path] = job % 2 ? ['GET', `/v1/things/${job % 10}`] : ['POST', '/v1/executions?delay_ms=100'];
    await call(method, path).then(() => (done += 1), () => (lost += 1));
  }
}
await Promise.all(Array.from({ length: option('--at-once', 5) }, worker));

const seconds = Math.round((Date.now() - began) / 100) / 10;
const counted = { jobs, done, lost, cached, retries, codes };
console.log(JSON.stringify({ recipe: 'ensemble_queue', ...seen, seconds, ...last, ...counted }));
