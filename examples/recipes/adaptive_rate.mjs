// The adaptive rate of Freddy's guide: a little faster while over half of the limit remains, slower under a
// fifth, half on a 429, and never under ten a minute.
//
//   node adaptive_rate.mjs URL KEY [--seconds N | --count N] [--start PER_MINUTE]

const [url, key, ...rest] = process.argv.slice(2);
const option = (name, otherwise) => (rest.includes(name) ? Number(rest[rest.indexOf(name) + 1]) : otherwise);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const auth = key.startsWith('ak_') ? { 'api-key': key } : { Authorization: `Bearer ${key}` };

const FLOOR = 10;
let perMinute = option('--start', 60);

function adapt(response) {
  if (response.status === 429) {
    perMinute = Math.max(FLOOR, perMinute / 2);
    return;
  }
  const left = response.headers.get('x-ratelimit-remaining') / response.headers.get('x-ratelimit-limit');
  if (left > 0.5) perMinute *= 1.1;
  else if (left < 0.2) perMinute = Math.max(FLOOR, perMinute * 0.8);
}

const began = Date.now();
const end = began + 1000 * option('--seconds', 30);
const seen = { sent: 0, ok: 0, refused: { 429: 0, 402: 0 }, failed: 0 };
let last = {};
let fastest = perMinute;
while (seen.sent < option('--count', Infinity) && Date.now() < end) {
  const response = await fetch(url, { headers: auth });
  await response.text();
  seen.sent += 1;
  if (response.ok) seen.ok += 1;
  else if (response.status in seen.refused) seen.refused[response.status] += 1;
  else seen.failed += 1;
  last = Object.fromEntries(['limit', 'remaining', 'reset'].map((n) => [n, response.headers.get(`x-ratelimit-${n}`)]));
  adapt(response);
  fastest = Math.max(fastest, perMinute);
  await sleep(Math.max(0, Math.min(60_000 / perMinute, end - Date.now())));
}
const seconds = Math.round((Date.now() - began) / 100) / 10;
const rates = { fastest: Math.round(fastest), per_minute: Math.round(perMinute) };
console.log(JSON.stringify({ recipe: 'adaptive_rate', ...seen, seconds, ...last, ...rates }));
