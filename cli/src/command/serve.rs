//! `increp serve`: a hub that is always there.

use std::io::Write as _;
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;

use anyhow::{Context as _, Result};
use serde_json::json;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::low_level::pipe;

use super::many;
use crate::args::Serve;
use crate::exit::Exit;
use crate::files::standard_output;
use crate::link::serve::{Outcome, serve};
use crate::link::{Link, framed::Framed};
use crate::store::hub::Hub;

pub(super) fn run(arguments: &Serve) -> Result<Exit> {
    let mut links: Vec<Framed> = Vec::new();
    for link in &arguments.links {
        match link {
            Link::Framed(link) => links.push(link.clone()),
            Link::File(_) => {
                say!("increp: {link}: a stick is nothing to wait at: increp sync --hub takes it");
                return Ok(Exit::Usage);
            }
        }
    }
    let mut hub = Hub::open(&arguments.hub)?;
    let (stop, signal) = UnixStream::pair().context("signals")?;
    for number in [SIGTERM, SIGINT] {
        pipe::register(number, signal.try_clone().context("signals")?).context("signals")?;
    }
    let as_json = arguments.json;
    let outcome = serve(&mut hub, &arguments.hub, &links, stop.as_fd(), |names| {
        for name in names {
            if as_json {
                writeln!(standard_output(), "{}", json!({ "listening": name }))?;
            } else {
                say!("increp: listening at {name}");
            }
        }
        Ok(())
    })?;
    let Outcome { devices, added, frames, bad_frames, connections } = outcome;
    let mut out = standard_output();
    if as_json {
        let object = json!({
            "devices": devices, "new": added.new, "known": added.known, "forks": added.forks, "frames": frames,
            "bad_frames": bad_frames, "connections": connections,
        });
        writeln!(out, "{object}")?;
    } else {
        writeln!(out, "{} heard: {}, {} known", many(devices, "device"), many(added.new, "new record"), added.known)?;
        if bad_frames > 0 {
            say!(
                "increp: {} of {} were nobody's: damaged, forged, or of a device that the hub does not know",
                bad_frames,
                many(frames, "frame")
            );
        }
    }
    super::sync::tell_forks(added.forks);
    Ok(Exit::Success)
}
