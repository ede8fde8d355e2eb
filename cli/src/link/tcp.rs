//! TCP: who waits for connections, and who makes one.

use std::io;
use std::net::{TcpListener, TcpStream, ToSocketAddrs as _};
use std::time::Duration;

/// Waits for connections at a host and port; to accept one does not wait.
pub(super) fn listen(target: &str) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(target)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Connects to a host and port; reading and writing do not wait then.
pub(super) fn connect(target: &str, longest: Duration) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "no such host");
    for address in target.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, longest) {
            Ok(stream) => return prepare(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Frames go at once, and nothing waits.
pub(super) fn prepare(stream: TcpStream) -> io::Result<TcpStream> {
    stream.set_nodelay(true)?;
    stream.set_nonblocking(true)?;
    Ok(stream)
}
