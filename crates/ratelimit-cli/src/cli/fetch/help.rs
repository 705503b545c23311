//! What `ratelimit fetch --help` says beside the options.

/// Who gives a URL as an argument is shown this.
pub(in crate::cli) const USAGE: &str =
    "ratelimit fetch [OPTIONS] --input FILE\n       ratelimit fetch [OPTIONS] < FILE";

pub(in crate::cli) const EXAMPLES: &str = "\
Examples:
  ratelimit fetch --input urls.txt --output results.jsonl
  seq -f 'https://api.example/items/%g' 500 | ratelimit fetch --header @key.txt > results.jsonl
  ratelimit fetch --input requests.jsonl --rate 60/min --concurrency 4

--help says what the lines may be, and what is printed.";

pub(in crate::cli) const DETAILS: &str = "\
Examples:
  ratelimit fetch --input urls.txt --output results.jsonl
  seq -f 'https://api.example/items/%g' 500 | ratelimit fetch --header @key.txt > results.jsonl
  ratelimit fetch --input requests.jsonl --rate 60/min --concurrency 4

Input: a line is a URL, or an object:
  https://api.example/items/1
  {\"url\":\"https://api.example/items\",\"method\":\"POST\",\"body\":{\"name\":\"ant\"},\"priority\":0,\"id\":\"ant-1\"}
`url` is required. `method` is GET, with a body POST, if not said otherwise. `headers` is an object of texts (or lists of
texts). A `body` that is a text is sent as it is, any other is sent as JSON. `priority` is 0 (first) to 255, 3 if not
given. `id` is any value, and comes back. Blank lines, and lines that begin with #, are skipped.

Output: a line for each item, as it finishes, so not in the order of the input:
  {\"line\":1,\"item\":\"727e6e9b9d956402\",\"url\":\"https://api.example/items/1\",\"status\":200,\"body\":\"...\",\"tries\":1,\"waited_ms\":0}
  {\"line\":2,\"item\":\"5b42d89cb398d077\",\"id\":\"ant-1\",\"url\":\"https://api.example/items\",\"error\":\"cannot connect: ...\",\"tries\":5,\"waited_ms\":9120}
`line` is that of the input, from 1; `item` is for --resume. `body` is the body as text, `body_base64` one that is no
text. `tries` counts what was sent, redirects too; `waited_ms` is how long the item was not being sent or answered.
`final_url` is where redirects led.

How it goes (stderr), as far as there is room: items done of all; `to go`, the time that the rest takes, as soon as
there is something to reckon it by; `12 left for 34 s`, what the tightest limit still lets through before there is more
in 34 s; `429`, how often it was refused; `58 sent/min`, requests of the last minute (`58 sent` before there was one);
`waiting`, items whose turn has not come.

Redirects: credentials, and all headers but Accept, Accept-Language, Content-Type and User-Agent, stay with the scheme,
host and port that they were meant for. A body too: where a redirect (307, 308) would take it elsewhere, that is an error.

Proxies: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY are heeded; SOCKS is not spoken. What fails on the way
through one says which.

Ctrl-C: nothing more is sent. What is under way may finish (for 5 seconds; a second Ctrl-C ends that), and what was not
done is printed with the error `cancelled`.

To go on, however it ended (Ctrl-C, kill, a crash, a full disk, answers of 400 and more):
  ratelimit fetch --input urls.txt --output results.jsonl --resume results.jsonl
  ratelimit fetch --resume results.jsonl < urls.txt >> results.jsonl      (>> and not >, which empties the file first)
What has succeeded is skipped, everything else is fetched, and its results are appended. An item that succeeded once is
done, whatever its other results say. One run at a time writes to an --output: another is refused. `line` is still
that of the input. `item` in a result says which item it was: it stands for method, URL, body and `id`, not for headers,
so a new key changes nothing. The same item on two lines is two items.
Lines may be added at the end of the input, and put in or taken out where --input names a file: what was done moves
with its item. Not with one that has `headers` of its own, or a name and password in its URL: such an item counts as
done only if it succeeded on the same line. What was sent when a process was killed, and has no result, is sent again.

Exit status: 0 if every item was answered with a status below 400; 1 if some were not, or if results could not be written
or nobody reads them any more; 2 if the command line is wrong or the input cannot be read; 130 after Ctrl-C.";
