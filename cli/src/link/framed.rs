//! Links that carry frames, as they are named on the command line: what carries them, and what is agreed of it.
//!
//! ```text
//! tcp://HOST:PORT    udp://HOST:PORT    serial:/dev/ttyUSB0        each with ?NAME=VALUE&NAME=VALUE behind it
//! mtu      bytes of a frame, 340                       duty     percent of the time that the link may transmit, such as 1 or 0.1
//! mac      8, 4 or none: bytes of code of a frame      rate     bits a second on the air, where there is a duty
//! oneway   how often all is sent where nobody answers  preamble milliseconds that a frame takes beside its bytes
//! timeout  seconds until a question is asked again     baud     of a serial line, 115200
//! device   who speaks, where frames have no code
//! ```

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use increp::link::{Duty, MIN_MTU, Mac, Terms};

/// Bytes of a frame where nothing is said: what the smallest satellite messages carry.
const MTU: u16 = 340;
/// More no datagram carries over every network.
const MOST_MTU: u16 = 1200;
/// Bits a second of a serial line.
const BAUD: u32 = 115_200;
/// Bits of a byte on a serial line.
const BITS: u32 = 10;

/// What carries frames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// A byte stream to a host and port.
    Tcp(String),
    /// Datagrams to a host and port.
    Udp(String),
    /// A serial line.
    Serial {
        /// Its device file.
        path: PathBuf,
        /// Bits a second.
        baud: u32,
    },
}

/// A link that carries frames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Framed {
    /// What carries them.
    pub carrier: Carrier,
    /// What both ends agree on.
    pub terms: Terms,
    /// How much of the time it may transmit.
    pub duty: Duty,
    /// The device at the other end, where frames have no code.
    pub device: Option<u32>,
    /// As it was written.
    text: String,
}

impl FromStr for Framed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (target, options) = text.split_once('?').unwrap_or((text, ""));
        let mut carrier = carrier(target)?;
        let (mut mac, mut mtu, mut timeout, mut one_way, mut device) = (Mac::Eight, MTU, None, 0, None);
        let (mut permille, mut rate, mut preamble) = (1000, None, 0_u32);
        for option in options.split('&').filter(|option| !option.is_empty()) {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            match (name, &mut carrier) {
                ("mtu", _) => mtu = number(name, value, MIN_MTU, MOST_MTU)?,
                ("mac", _) => mac = self::mac(value)?,
                ("timeout", _) => timeout = Some(number(name, value, 1_u32, 600)? * 1000),
                ("oneway", _) => one_way = number(name, value, 1, 16)?,
                ("device", _) => device = Some(number(name, value, 1, u32::MAX)?),
                ("duty", _) => permille = percent(value)?,
                ("rate", _) => rate = Some(number(name, value, 1, 1_000_000_000)?),
                ("preamble", _) => preamble = number(name, value, 0, 10_000)?,
                ("baud", Carrier::Serial { baud, .. }) => *baud = number(name, value, 50, 10_000_000)?,
                _ => {
                    return Err(format!(
                        "{text:?}: expected mtu=, mac=, timeout=, oneway=, device=, duty=, rate=, preamble= or, of a serial line, baud=; found {option:?}"
                    ));
                }
            }
        }
        let is_stream = !matches!(carrier, Carrier::Udp(_));
        if mac == Mac::None && matches!(carrier, Carrier::Tcp(_)) {
            return Err(format!(
                "{text:?}: without a code whoever connects could speak for the device: mac=none is for udp and serial links"
            ));
        }
        let rate = match (&carrier, rate) {
            (Carrier::Serial { baud, .. }, None) => baud * 8 / BITS,
            (_, Some(rate)) => rate,
            (_, None) if permille < 1000 => {
                return Err(format!("{text:?}: duty= needs rate=, the bits a second on the air, to know how long a frame takes"));
            }
            (_, None) => u32::MAX,
        };
        let base = if mac == Mac::Four { Terms::radio(mtu) } else { Terms::wire(mtu) };
        let terms = Terms { mac, one_way, timeout: timeout.unwrap_or(base.timeout), ..base };
        // Of a stream every frame has two bytes more.
        let stuffing = if is_stream { 2 } else { 0 };
        let byte_us = 8_000_000_u32.div_ceil(rate);
        let duty =
            if permille < 1000 { Duty { permille, frame_us: preamble * 1000 + stuffing * byte_us, byte_us } } else { Duty::FREE };
        Ok(Self { carrier, terms, duty, device, text: text.to_owned() })
    }
}

impl Framed {
    /// With another port: the one that the system chose.
    #[must_use]
    pub fn at(&self, port: u16) -> String {
        match &self.carrier {
            Carrier::Tcp(target) | Carrier::Udp(target) => match target.rsplit_once(':') {
                Some((host, _)) => self.text.replacen(target, &format!("{host}:{port}"), 1),
                None => self.text.clone(),
            },
            Carrier::Serial { .. } => self.text.clone(),
        }
    }
}

impl fmt::Display for Framed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn carrier(target: &str) -> Result<Carrier, String> {
    let network = |target: &str| {
        let port = target.rsplit_once(':').filter(|(host, _)| !host.is_empty()).and_then(|(_, port)| port.parse::<u16>().ok());
        port.map(|_| target.to_owned()).ok_or_else(|| format!("expected HOST:PORT, such as 192.0.2.7:4870, found {target:?}"))
    };
    match target.split_once(':') {
        Some(("serial", path)) if !path.is_empty() => Ok(Carrier::Serial { path: path.into(), baud: BAUD }),
        Some(("tcp", rest)) if rest.starts_with("//") => network(rest.trim_start_matches('/')).map(Carrier::Tcp),
        Some(("udp", rest)) if rest.starts_with("//") => network(rest.trim_start_matches('/')).map(Carrier::Udp),
        _ => Err(format!("expected tcp://HOST:PORT, udp://HOST:PORT, serial:DEVICE or file:FOLDER, found {target:?}")),
    }
}

fn mac(value: &str) -> Result<Mac, String> {
    match value {
        "none" => Ok(Mac::None),
        "4" => Ok(Mac::Four),
        "8" => Ok(Mac::Eight),
        _ => Err(format!("expected mac=none, mac=4 or mac=8, found {value:?}")),
    }
}

fn number<N: FromStr + PartialOrd + Copy + fmt::Display>(name: &str, value: &str, least: N, most: N) -> Result<N, String> {
    match value.parse() {
        Ok(number) if (&least..=&most).contains(&&number) => Ok(number),
        _ => Err(format!("expected {name}= and a whole number from {least} to {most}, found {value:?}")),
    }
}

/// Thousandths.
fn percent(value: &str) -> Result<u16, String> {
    let (whole, tenths) = value.split_once('.').unwrap_or((value, "0"));
    let permille = match (whole.parse::<u16>(), tenths.parse::<u16>()) {
        (Ok(whole @ 0..=100), Ok(tenths @ 0..=9)) if tenths == 0 || whole < 100 => whole * 10 + tenths,
        _ => 0,
    };
    if permille == 0 { Err(format!("expected duty= and a percentage from 0.1 to 100, found {value:?}")) } else { Ok(permille) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Framed {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn a_link_says_what_carries_it_and_what_is_agreed() {
        let link = parse("tcp://hub.example:4870");
        assert_eq!(
            (&link.carrier, link.terms, link.duty),
            (&Carrier::Tcp("hub.example:4870".into()), Terms::wire(340), Duty::FREE)
        );
        let link = parse("udp://[::1]:9?mtu=51&mac=4&duty=0.1&rate=1760&preamble=50&timeout=20");
        assert_eq!(link.carrier, Carrier::Udp("[::1]:9".into()));
        assert_eq!(link.terms, Terms { timeout: 20_000, ..Terms::radio(51) });
        assert_eq!(link.duty, Duty { permille: 1, frame_us: 50_000, byte_us: 4546 });
        let link = parse("serial:/dev/ttyUSB0?baud=9600&mac=none&device=17&duty=10");
        assert_eq!(link.carrier, Carrier::Serial { path: "/dev/ttyUSB0".into(), baud: 9600 });
        assert_eq!((link.terms.mac, link.device, link.duty.byte_us), (Mac::None, Some(17), 1042));
        assert_eq!(parse("udp://1.2.3.4:5?oneway=4").terms.one_way, 4);
        assert_eq!(link.to_string(), "serial:/dev/ttyUSB0?baud=9600&mac=none&device=17&duty=10");
        assert_eq!(parse("tcp://127.0.0.1:0?mtu=51").at(4711), "tcp://127.0.0.1:4711?mtu=51");
    }

    #[test]
    fn what_is_no_link_is_refused() {
        for text in [
            "tcp:hub:1",
            "tcp://hub",
            "tcp://:1",
            "tcp://hub:65536",
            "udp://",
            "serial:",
            "http://hub:1",
            "tcp://hub:1?mtu=31",
            "tcp://hub:1?mtu=1201",
            "tcp://hub:1?mac=5",
            "tcp://hub:1?mac=none",
            "tcp://hub:1?baud=9600",
            "udp://hub:1?duty=1",
            "udp://hub:1?duty=0&rate=9",
            "udp://hub:1?duty=101&rate=9",
            "udp://hub:1?duty=100.5&rate=9",
            "udp://hub:1?colour=red",
        ] {
            assert!(text.parse::<Framed>().is_err(), "{text}");
        }
    }
}
