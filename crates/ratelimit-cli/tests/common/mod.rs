//! A gateway as a process, an upstream as a thread, and HTTP as it is on the wire.

#![allow(dead_code, reason = "each test file uses a part")]
#![allow(
    unreachable_pub,
    reason = "each test file is a crate that includes this one"
)]

pub mod bench;
pub mod explain;
pub mod fetch;
pub mod kept;
pub mod said;
pub mod wrong;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Nothing in these tests may take longer.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A running `ratelimit serve`, ended when dropped.
pub struct Gateway {
    child: Child,
    pub address: SocketAddr,
    // Kept, so that what the gateway prints has a reader.
    _stdout: BufReader<ChildStdout>,
}

impl Gateway {
    /// With the built-in policy before the demo upstream.
    pub fn start() -> Self {
        Self::with(&[])
    }

    pub fn with(args: &[&str]) -> Self {
        let mut command = ratelimit(&["serve", "--listen", "127.0.0.1:0"]);
        command.args(args);
        Self::run(command)
    }

    /// What this command starts.
    pub fn run(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://");
        let address = address.unwrap_or_else(|| panic!("not ready: {line}"));
        Self {
            address: address.parse().unwrap(),
            child,
            _stdout: stdout,
        }
    }

    /// With this policy file, and perhaps an upstream.
    pub fn enforcing(policy: &str, upstream: Option<SocketAddr>) -> Self {
        let file = policy_file(policy);
        let upstream = upstream.map(|address| format!("http://{address}"));
        let mut args = vec!["--config", file.to_str().unwrap()];
        if let Some(upstream) = &upstream {
            args.extend(["--upstream", upstream]);
        }
        Self::with(&args)
    }

    /// With one of the policies among the examples, before the demo upstream.
    pub fn example(name: &str) -> Self {
        Self::with(&["--config", &bench::example_path(name)])
    }

    pub fn connect(&self) -> Wire {
        Wire::connect(self.address)
    }

    /// One call with a bearer token.
    pub fn call(&self, key: &str, target: &str) -> Answer {
        self.connect().call(key, target)
    }

    #[cfg(unix)]
    pub fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let status = Command::new("kill").args([signal, &pid]).status().unwrap();
        assert!(status.success());
    }

    /// How long the process has kept a processor busy, in ticks of the system.
    #[cfg(target_os = "linux")]
    pub fn busy(&self) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        // The name of the program is in brackets, and may have spaces.
        let fields = stat.rsplit(')').next().unwrap().split_whitespace();
        let times = fields.skip(11).take(2);
        times.map(|ticks| ticks.parse::<u64>().unwrap()).sum()
    }

    /// All that it said on stderr, which has to be piped, after it was ended.
    pub fn complaints(mut self) -> String {
        let mut stderr = self.child.stderr.take().unwrap();
        self.child.kill().unwrap();
        let mut text = String::new();
        stderr.read_to_string(&mut text).unwrap();
        text
    }

    /// The exit status, once the process has ended.
    pub fn wait(&mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn ratelimit(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ratelimit"));
    command.args(args);
    command
}

pub fn output(args: &[&str]) -> Output {
    ratelimit(args).output().unwrap()
}

/// A file with this text that no other test uses.
pub fn policy_file(text: &str) -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("policy-{}-{count}.toml", std::process::id());
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// The head of a message, and its body.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Answer {
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.unwrap_or_else(|| panic!("no {name}: {self:?}"))
    }

    #[track_caller]
    pub fn number(&self, name: &str) -> u64 {
        self.header(name).parse().unwrap()
    }

    pub fn has(&self, name: &str) -> bool {
        self.headers.contains_key(name)
    }
}

/// A connection that is written and read by hand.
pub struct Wire(pub BufReader<TcpStream>);

impl Wire {
    pub fn connect(address: SocketAddr) -> Self {
        Self::over(TcpStream::connect(address).unwrap())
    }

    pub fn over(stream: TcpStream) -> Self {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self(BufReader::new(stream))
    }

    pub fn call(&mut self, key: &str, target: &str) -> Answer {
        self.get(target, &format!("authorization: Bearer {key}\r\n"));
        self.answer()
    }

    /// Sends a GET with these header lines.
    pub fn get(&mut self, target: &str, lines: &str) {
        self.send(&format!(
            "GET {target} HTTP/1.1\r\nhost: api.example\r\n{lines}\r\n"
        ));
    }

    pub fn send(&mut self, text: &str) {
        self.0.get_mut().write_all(text.as_bytes()).unwrap();
    }

    /// A whole message.
    pub fn answer(&mut self) -> Answer {
        let mut answer = self.head();
        answer.body = self.body(&answer);
        answer
    }

    /// A message without its body; of a request, the status is 0.
    pub fn head(&mut self) -> Answer {
        let first = self.line();
        let status = first
            .strip_prefix("HTTP/1.1 ")
            .map_or("0", |rest| &rest[..3]);
        let mut headers = BTreeMap::new();
        loop {
            let line = self.line();
            let Some((name, value)) = line.split_once(':') else {
                break;
            };
            let (name, value) = (name.to_ascii_lowercase(), value.trim().to_owned());
            let twice = headers.insert(name, value);
            assert_eq!(twice, None, "{line} is there twice");
        }
        let body = if status == "0" {
            first.clone()
        } else {
            String::new()
        };
        Answer {
            status: status.parse().unwrap(),
            headers,
            body,
        }
    }

    pub fn body(&mut self, head: &Answer) -> String {
        if let Some(length) = head.headers.get("content-length") {
            let mut body = vec![0; length.parse().unwrap()];
            self.0.read_exact(&mut body).unwrap();
            return String::from_utf8(body).unwrap();
        }
        let mut body = String::new();
        if head.has("transfer-encoding") {
            while let Some(chunk) = self.chunk() {
                body += &chunk;
            }
        }
        body
    }

    /// One chunk; `None` is the last.
    pub fn chunk(&mut self) -> Option<String> {
        let size = usize::from_str_radix(&self.line(), 16).unwrap();
        let mut chunk = vec![0; size + 2];
        self.0.read_exact(&mut chunk).unwrap();
        chunk.truncate(size);
        (size > 0).then(|| String::from_utf8(chunk).unwrap())
    }

    /// Whether anything arrives, or the end.
    pub fn says_something_within(&mut self, time: Duration) -> bool {
        let stream = self.0.get_ref();
        stream.set_read_timeout(Some(time)).unwrap();
        let heard = stream.peek(&mut [0]).is_ok();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        heard
    }

    /// Reads and forgets until the other side closes.
    pub fn until_closed(&mut self) {
        // A connection that is reset is closed too; one that is silent is not.
        if let Err(error) = std::io::copy(&mut self.0, &mut std::io::sink()) {
            assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
        }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

/// An upstream whose connections are handed to `serve`, one thread each.
pub fn upstream(serve: impl Fn(Wire) + Send + Sync + Clone + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let serve = serve.clone();
            thread::spawn(move || serve(Wire::over(stream)));
        }
    });
    address
}

/// An upstream that answers each request with 200, and the heads of the requests that it got.
pub fn recording_upstream() -> (SocketAddr, mpsc::Receiver<Answer>) {
    let (sender, receiver) = mpsc::channel();
    let address = upstream(move |mut wire| {
        let mut request = wire.head();
        let target = std::mem::take(&mut request.body);
        request.body = format!("{target}\n{}", wire.body(&request));
        let _ = sender.send(request);
        wire.send("HTTP/1.1 200 OK\r\nconnection: close, x-hop\r\nx-hop: 1\r\nx-end: 2\r\ncontent-length: 2\r\n\r\nok");
    });
    (address, receiver)
}
