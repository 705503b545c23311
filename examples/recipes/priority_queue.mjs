// The priority queue of Freddy's guide: the lower number goes first, and of one number whoever came first.
//
//   node priority_queue.mjs URL KEY [--seconds N | --count N] [--per-minute N]

class PriorityQueue {
  tasks = [];
  add(priority, run) {
    this.tasks.push({ priority, run });
    this.tasks.sort((a, b) => a.priority - b.priority); // stable, so first in is first out
  }
  next() {
    return this.tasks.shift();
  }
}

const [url, key, ...rest] = process.argv.slice(2);
const option = (name, otherwise) => (rest.includes(name) ? Number(rest[rest.indexOf(name) + 1]) : otherwise);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const auth = key.startsWith('ak_') ? { 'api-key': key } : { Authorization: `Bearer ${key}` };

const queue = new PriorityQueue();
const order = [];
for (let i = 0; i < option('--count', 30); i += 1) {
  const priority = 1 + ((i * 7) % 3);
  queue.add(priority, () => {
    order.push([priority, i]);
    return fetch(`${url}?task=${i}`, { headers: auth });
  });
}

const began = Date.now();
const end = began + 1000 * option('--seconds', 60);
const seen = { sent: 0, ok: 0, refused: { 429: 0, 402: 0 }, failed: 0 };
let last = {};
for (let task = queue.next(); task && Date.now() < end; task = queue.next()) {
  const response = await task.run();
  await response.text();
  seen.sent += 1;
  if (response.ok) seen.ok += 1;
  else if (response.status in seen.refused) seen.refused[response.status] += 1;
  else seen.failed += 1;
  last = Object.fromEntries(['limit', 'remaining', 'reset'].map((n) => [n, response.headers.get(`x-ratelimit-${n}`)]));
  await sleep(60_000 / option('--per-minute', 100));
}
const seconds = Math.round((Date.now() - began) / 100) / 10;
const in_order = order.slice(1).every(([priority, i], n) => {
  const [before, j] = order[n];
  return before < priority || (before === priority && j < i);
});
console.log(JSON.stringify({ recipe: 'priority_queue', ...seen, seconds, ...last, in_order }));
