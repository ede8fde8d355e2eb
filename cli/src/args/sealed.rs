//! The arguments of the commands that seal reports, carry them and open them.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{ArgGroup, Args, Subcommand};
use increp::model::Stamp;

use super::{OutputArguments, ProfileArguments};
use crate::link::Link;

/// Sets up headquarters (HQ), hubs and devices.
///
/// HQ alone can read what devices seal. Hubs collect it without being able to. All three are folders, on one machine or on
/// several.
#[derive(Debug, Subcommand)]
#[allow(missing_docs)]
pub enum HqCommand {
    Init(HqInit),
    Hub(HqHub),
    Enrol(HqEnrol),
    Revoke(HqRevoke),
    RevokeHub(HqRevokeHub),
    #[command(about = "Says to devices what their users must know now")]
    Alert(HqSay),
    #[command(about = "Says to devices what their users are asked to do")]
    Task(HqSay),
    Time(HqTime),
    Rekey(HqRekey),
}

/// Makes HQ's folder, with a new key.
///
/// Whoever has the folder, and its passphrase if it has one, can read the mission's reports. Without them nobody can, HQ neither: keep
/// a copy where nobody finds it.
#[derive(Debug, Args)]
pub struct HqInit {
    /// The new folder.
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Lock the key with a passphrase: the first line of the file that the environment variable INCREP_PASSPHRASE_FILE names, or else
    /// asked on the terminal. Whatever uses the key needs it from then on. Without this, keep the folder on an encrypted disk.
    #[arg(long)]
    pub passphrase: bool,
}

/// Makes a hub's folder, or brings it up to date: the devices that HQ knows, and those that it revoked.
///
/// A hub keeps sealed reports and passes them on; it cannot read them. Make it where HQ is, and move its folder to its machine. A device
/// learns of hubs when it is enrolled, and of later ones from the answers of those that it knows. `increp unseal` brings a hub up to
/// date too, and hubs tell each other.
#[derive(Debug, Args)]
pub struct HqHub {
    /// HQ's folder.
    #[arg(value_name = "DIR")]
    pub hq: PathBuf,
    /// The hub's folder.
    #[arg(value_name = "HUB")]
    pub hub: PathBuf,
}

/// Makes a device and HQ known to each other, in person.
///
/// On one machine give HQ's folder and --device. On two, run it on both at once, `increp hq enrol DIR --over LINK` at HQ and `increp
/// hq enrol --device DEV --over LINK` on the device, and carry the stick to and fro as they say: nothing on it is secret. At the end
/// the device shows six digits. Type them at HQ: only if they are the same, nobody was between.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("side").multiple(true).required(true))]
pub struct HqEnrol {
    /// HQ's folder.
    #[arg(value_name = "DIR", group = "side")]
    pub hq: Option<PathBuf>,
    /// The device's folder, which must not be there yet.
    #[arg(long, value_name = "DEV", group = "side")]
    pub device: Option<PathBuf>,
    /// Where the messages travel if the other side is on another machine, such as file:/media/stick: a stick, and no other link, for the
    /// two stand in one room, and who compares the digits must see both screens.
    #[arg(long, value_name = "LINK")]
    pub over: Option<Link>,
    /// The number of the device, which is the author of its reports; the next one that is free if left out.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), requires = "hq")]
    pub author: Option<u32>,
    /// The mission's own profile, which the device packs its reports with: a file that increp train made.
    #[arg(long, value_name = "FILE", requires = "hq")]
    pub profile: Option<PathBuf>,
    /// Make the device known to this hub at once. May be given several times.
    #[arg(long, value_name = "HUB", requires = "hq")]
    pub hub: Vec<PathBuf>,
    /// Lock the device's keys with a passphrase, as `increp hq init --passphrase` does; save and sync need it from then on.
    #[arg(long, requires = "device")]
    pub passphrase: bool,
}

/// Stops to trust a device that was lost or taken.
///
/// What it seals from now on may come from somebody else. What arrives later is opened and kept, but not printed, unless
/// `increp unseal --revoked` asks for it: it may have been saved before. The device gets no more receipts.
#[derive(Debug, Args)]
pub struct HqRevoke {
    /// HQ's folder.
    #[arg(value_name = "DIR")]
    pub hq: PathBuf,
    /// The number of the device.
    #[arg(value_name = "AUTHOR")]
    pub author: u32,
    /// Tell the device to erase its keys, should it come to a hub, after what was said to it before. Its user sees that.
    #[arg(long)]
    pub wipe: bool,
    /// Tell this hub at once. May be given several times.
    #[arg(long, value_name = "HUB")]
    pub hub: Vec<PathBuf>,
}

/// Stops to trust a hub that was lost or taken.
///
/// Every device gets another key for its dealings with hubs, by a message that any hub can bring; then it seals no stick file for that hub
/// and believes none of its answers. Bring all other hubs up to date, with --hub or `increp hq hub`: until then they go on to trust it.
#[derive(Debug, Args)]
pub struct HqRevokeHub {
    /// HQ's folder.
    #[arg(value_name = "DIR")]
    pub hq: PathBuf,
    /// The name of the hub's folder when it was made, or the beginning of its key: increp status --hq shows both.
    #[arg(value_name = "NAME")]
    pub hub_name: String,
    /// Tell this hub at once. May be given several times.
    #[arg(long, value_name = "HUB")]
    pub hub: Vec<PathBuf>,
}

/// To whom HQ says something.
#[derive(Debug, Args)]
pub struct To {
    /// HQ's folder.
    #[arg(value_name = "DIR")]
    pub hq: PathBuf,
    /// Only to this device, by its number. May be given several times; to all devices if left out.
    #[arg(long, value_name = "AUTHOR")]
    pub to: Vec<u32>,
    /// Tell this hub at once. May be given several times; other hubs learn of it by `increp hq hub`, `increp unseal` or from each other.
    #[arg(long, value_name = "HUB")]
    pub hub: Vec<PathBuf>,
}

/// Says something to the users of devices.
///
/// It goes to them by the hubs, which cannot read it, and is shown by `increp sync`, and by `increp status` until it is out of date or they
/// are done with it. Each device gets all messages in their order, each once.
#[derive(Debug, Args)]
pub struct HqSay {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub to: To,
    /// What to say; at most 227 bytes.
    #[arg(value_name = "TEXT")]
    pub text: String,
    /// Not to be shown from then on: a time as 2026-01-31T18:00:00Z, or 90m, 6h or 2d from now.
    #[arg(long, value_name = "TIME")]
    pub until: Option<Until>,
}

/// A time, or so many seconds from now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// A time.
    At(Stamp),
    /// Seconds from now.
    In(i64),
}

impl Until {
    /// The time, if it is now as late as this.
    #[must_use]
    pub const fn after(self, now: i64) -> Stamp {
        match self {
            Self::At(at) => at,
            Self::In(seconds) => Stamp::new(now.saturating_add(seconds)),
        }
    }
}

impl FromStr for Until {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        for (unit, seconds) in [("m", 60), ("h", 3600), ("d", 86_400)] {
            if let Some(number) = text.strip_suffix(unit).and_then(|number| number.parse::<u16>().ok()) {
                return Ok(Self::In(i64::from(number) * seconds));
            }
        }
        text.parse().map(Self::At).map_err(|_| "expected a time as 2026-01-31T18:00:00Z, or 90m, 6h or 2d".to_owned())
    }
}

/// Says to devices how late it is.
///
/// For devices without a clock that can be trusted. It is a lower bound: the message may wait at a hub.
#[derive(Debug, Args)]
pub struct HqTime {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub to: To,
}

/// Gives HQ a new key, after the one before may have been seen.
///
/// Devices seal for it as soon as they have heard of it, by the hubs. What was sealed before is opened with the keys before, which stay in
/// HQ's folder: make a new copy of it.
#[derive(Debug, Args)]
pub struct HqRekey {
    /// HQ's folder.
    #[arg(value_name = "DIR")]
    pub hq: PathBuf,
    /// Tell this hub at once. May be given several times.
    #[arg(long, value_name = "HUB")]
    pub hub: Vec<PathBuf>,
}

/// Locks HQ's or a device's keys with a passphrase, with another one, or with none.
///
/// The passphrase before is the first line of the file that INCREP_PASSPHRASE_FILE names, the new one that of the file that
/// INCREP_NEW_PASSPHRASE_FILE names; or else they are asked on the terminal. What the disk keeps of the file before was locked as it was: a
/// disk that was not encrypted may still have keys that were not locked.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("side").required(true))]
pub struct Passphrase {
    /// HQ's folder.
    #[arg(long, value_name = "DIR", group = "side")]
    pub hq: Option<PathBuf>,
    /// The device's folder.
    #[arg(long, value_name = "DIR", group = "side")]
    pub device: Option<PathBuf>,
    /// Lock them with none.
    #[arg(long)]
    pub remove: bool,
}

/// Seals reports and keeps them on the device: nobody but HQ can read them from then on, this device neither.
///
/// The input is JSON as for encode. Each report gets the next id of the device, which is printed once the report is safely on the
/// disk; and the time of now as `sent`, if it does not say when it was written. A report that is not valid is named and not saved;
/// the others are. If the device was copied or put back from a backup, the report is the first of a new epoch.
#[derive(Debug, Args)]
pub struct Save {
    /// The device's folder.
    #[arg(long, value_name = "DIR")]
    pub device: PathBuf,
    /// Take reports that have an id already, and give them another one.
    #[arg(long)]
    pub new_id: bool,
    /// Pack with this profile: a file, or the name of one that is built in. If left out, the mission's own, if the device has one, or
    /// else general-64. HQ needs it to read the report.
    #[arg(long, value_name = "FILE")]
    pub profile: Option<PathBuf>,
    /// Print a JSON object for each report that was saved.
    #[arg(long)]
    pub json: bool,
    /// JSON to read.
    #[arg(value_name = "IN")]
    pub input: Option<PathBuf>,
}

/// How LINK is written.
const LINKS: &str = "\
Links:
  file:FOLDER          a stick, a card, a share that is carried to and fro
  tcp://HOST:PORT      a connection: increp serve waits, increp sync connects
  udp://HOST:PORT      datagrams, also through a radio that looks like a network
  serial:DEVICE        a serial line, or a radio that looks like one, such as serial:/dev/ttyUSB0

Behind a link, as in udp://192.0.2.7:4870?mtu=51&mac=4, both ends say the same of:
  mtu=340       bytes of a frame, from 32 to 1200
  mac=8         bytes of code that show a frame to be genuine; 4 for radios of at most ten frames a
                second, which also waits longer; none where a trusted server checks every frame
  baud=115200   of a serial line
and each of its own:
  duty=100      percent of the time that it may transmit, such as 1 or 0.1; kept to across runs
  rate=         bits a second on the air, and
  preamble=0    milliseconds that a frame takes beside its bytes, both for the duty
  timeout=1     seconds until a question is asked again (8 with mac=4)
  oneway=       how often all is sent where nobody can answer: 2, 4 or 7 bring 99 % of the frames
                where 10, 30 or 50 % are lost; what was sent stays \"sent\"
  device=       the number of the device at the other end, with mac=none";

/// Carries sealed reports from a device to a hub, or from hub to hub, and receipts back.
///
/// Over tcp:, udp: and serial: it speaks with `increp serve`, and ends when the hub has everything, or when nothing was heard for too
/// long; then what is left goes the next time, and nothing is sent twice that arrived.
///
/// file:FOLDER is a stick. On the device, what no receipt of HQ has come for is written to it, unless the stick says that a hub has
/// it. At the hub it is read, and what the hub has, with HQ's receipts, is written for the way back. Between two hubs, `--to-hubs` at
/// one of them begins; the other one answers. What was dealt with is removed from the stick. A file that is no good is named, and set
/// aside under a name that ends in .refused; what was in it is written again until it arrives.
///
/// The device gives a report up only when HQ's own receipt for it has come. Doing it twice, or in any order, harms nothing.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("side").required(true), after_long_help = LINKS)]
pub struct Sync {
    /// The device's folder.
    #[arg(long, value_name = "DIR", group = "side")]
    pub device: Option<PathBuf>,
    /// The hub's folder.
    #[arg(long, value_name = "DIR", group = "side")]
    pub hub: Option<PathBuf>,
    /// Write also for all other hubs of the mission what they lack: when the stick goes on to one of them, such as HQ's.
    #[arg(long, requires = "hub")]
    pub to_hubs: bool,
    /// Write also for all devices, whether they wrote or not: HQ's receipts, and which hubs there are. Without this, a stick has answers
    /// for those that wrote on it, and HQ's messages for all that have not heard them. A device that knows none of the hubs that are left
    /// learns of this one so.
    #[arg(long, requires = "hub")]
    pub to_devices: bool,
    /// Give up when nothing was heard for so long; 60 times the link's timeout if left out.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..))]
    pub timeout: Option<u32>,
    /// Print what happened as JSON.
    #[arg(long)]
    pub json: bool,
    /// Where to, such as file:/media/stick or tcp://192.0.2.7:4870.
    #[arg(value_name = "LINK")]
    pub link: Link,
}

/// Is a hub that devices and other hubs can reach at any time, over all its links at once.
///
/// It waits at tcp: and udp: links, and at the other end of serial: ones, until it gets SIGTERM or SIGINT. Whatever it says it has is
/// on the disk. Who sends garbage, is slow or does nothing does not keep it from the others. `increp unseal` and `increp hq revoke` may
/// run meanwhile: their receipts and revocations count at once. Port 0 lets the system choose.
#[derive(Debug, Args)]
#[command(after_long_help = LINKS)]
pub struct Serve {
    /// The hub's folder.
    #[arg(long, value_name = "DIR")]
    pub hub: PathBuf,
    /// Print where it listens, and what came of it at the end, as JSON: an object a line.
    #[arg(long)]
    pub json: bool,
    /// Where to wait, such as tcp://0.0.0.0:4870 or serial:/dev/ttyUSB0.
    #[arg(value_name = "LINK", required = true)]
    pub links: Vec<Link>,
}

/// Opens the reports that a hub has collected, and prints them: a report a line (NDJSON).
///
/// They are kept in HQ's archive first, and the keys that opened them are erased. Printed is what was not printed before. Receipts for
/// the devices are left at the hub, to go back with the next stick; and the hub learns which devices and hubs there are. Profiles of
/// reports are found as by decode, and among those that HQ has kept: one that is given once is kept. A report whose profile is not
/// known is kept until it is.
#[derive(Debug, Args)]
pub struct Unseal {
    /// The hub's folder.
    #[arg(long, value_name = "DIR")]
    pub hub: PathBuf,
    /// HQ's folder.
    #[arg(long, value_name = "DIR")]
    pub hq: PathBuf,
    /// Print the whole archive, once more.
    #[arg(long)]
    pub again: bool,
    /// Print also what came from devices after they were revoked: somebody else may have written it.
    #[arg(long)]
    pub revoked: bool,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub profiles: ProfileArguments,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub output: OutputArguments,
}

/// Says how far the reports of a device came: saved, sent, at a hub, at HQ, and what HQ has said; or what a hub or HQ has.
///
/// Saved: on this disk, sealed. Sent: over a link, or written to a stick; nobody knows more. At a hub: a hub says that it has it. At HQ: HQ says that
/// it has opened it, and nobody else can say so.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("side").required(true))]
pub struct Status {
    /// The device's folder.
    #[arg(long, value_name = "DIR", group = "side")]
    pub device: Option<PathBuf>,
    /// The hub's folder.
    #[arg(long, value_name = "DIR", group = "side")]
    pub hub: Option<PathBuf>,
    /// HQ's folder.
    #[arg(long, value_name = "DIR", group = "side")]
    pub hq: Option<PathBuf>,
    /// List each report of the device, the oldest first.
    #[arg(long, requires = "device")]
    pub each: bool,
    /// Be done with what HQ has said: it is shown once more, and erased.
    #[arg(long, requires = "device")]
    pub done: bool,
    /// Print it as JSON.
    #[arg(long)]
    pub json: bool,
}
