//! UDP: a frame is a datagram.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs as _, UdpSocket};

/// Waits for datagrams at a host and port.
pub(super) fn listen(target: &str) -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind(target)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// Sends to a host and port, and hears nobody else.
pub(super) fn connect(target: &str) -> io::Result<UdpSocket> {
    let address = target.to_socket_addrs()?.next().ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no such host"))?;
    let any: SocketAddr = if address.is_ipv4() { (Ipv4Addr::UNSPECIFIED, 0).into() } else { (Ipv6Addr::UNSPECIFIED, 0).into() };
    let socket = UdpSocket::bind(any)?;
    socket.connect(address)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// Whether the error says no more than that a datagram was lost: nobody listens there yet, or the system has no room now.
pub(super) fn is_lost(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    matches!(error.kind(), Kind::WouldBlock | Kind::Interrupted | Kind::ConnectionRefused | Kind::ConnectionReset)
        || matches!(error.kind(), Kind::HostUnreachable | Kind::NetworkUnreachable | Kind::NetworkDown)
        || rustix::io::Errno::from_io_error(error) == Some(rustix::io::Errno::NOBUFS)
}
