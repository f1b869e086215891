//! A small HTTP server on loopback for tests: one thread a connection, whatever the handler says is written.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

/// A running server; it ends when it is dropped.
pub struct Server {
    pub port: u16,
    asked: Arc<AtomicUsize>,
    end: Arc<AtomicBool>,
}

impl Server {
    /// Answers every request with what `handler` writes. The second argument is path and query.
    pub fn start(handler: impl Fn(&mut TcpStream, &str, u16) + Send + Sync + 'static) -> Self {
        Self::on("127.0.0.1", handler)
    }

    pub fn on(address: &str, handler: impl Fn(&mut TcpStream, &str, u16) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((address, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (asked, end) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let (counter, stop, handler) = (asked.clone(), end.clone(), Arc::new(handler));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(mut stream) = stream else { continue };
                counter.fetch_add(1, Ordering::SeqCst);
                let handler = handler.clone();
                std::thread::spawn(move || {
                    let Some(target) = target(&stream) else { return };
                    handler(&mut stream, &target, port);
                });
            }
        });
        Self { port, asked, end }
    }

    /// Connections so far.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn target(stream: &TcpStream) -> Option<String> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let mut line = String::new();
    while reader.read_line(&mut line).ok()? > 2 {
        line.clear();
    }
    Some(first.split(' ').nth(1)?.to_string())
}

/// A complete answer.
pub fn answer(stream: &mut TcpStream, status: &str, headers: &str, body: &[u8]) {
    let head = format!(
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(body);
}

pub fn xml(stream: &mut TcpStream, body: &str) {
    answer(stream, "200 OK", "Content-Type: text/xml\r\n", body.as_bytes());
}

/// Runs a CGI program for one request: its output already has the headers.
pub fn cgi(stream: &mut TcpStream, target: &str, port: u16, program: &str, environment: &[(&str, String)]) {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let inner = path.strip_prefix("/cgi").unwrap_or(path);
    let output = Command::new(program)
        .env_clear()
        .env("REQUEST_METHOD", "GET")
        .env("QUERY_STRING", query)
        .env("SERVER_NAME", "127.0.0.1")
        .env("SERVER_PORT", port.to_string())
        .env("SCRIPT_NAME", "/cgi")
        .env("PATH_INFO", inner)
        .envs(environment.iter().map(|(k, v)| (*k, v.as_str())))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = output.stdout;
    let status = text.windows(7).position(|w| w == b"Status:").filter(|at| *at < 200);
    let status = status.and_then(|at| {
        std::str::from_utf8(&text[at + 7..])
            .ok()?
            .lines()
            .next()
            .map(|l| l.trim().to_string())
    });
    let head = format!("HTTP/1.1 {}\r\nConnection: close\r\n", status.as_deref().unwrap_or("200 OK"));
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(&text);
}
