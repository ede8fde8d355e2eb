//! A serial line, or whatever looks like one: a pseudo-terminal too.

use std::fs::File;
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use rustix::fs::OFlags;
use rustix::termios::{ControlModes, OptionalActions, ioctl_tiocexcl, tcgetattr, tcsetattr};

/// Opens a line: eight bits, no parity, one stop bit, no flow control, and no byte changed on its way. Nobody else can open it meanwhile.
pub(super) fn open(path: &Path, baud: u32) -> io::Result<File> {
    let flags = (OFlags::NOCTTY | OFlags::NONBLOCK).bits().cast_signed();
    let line = File::options().read(true).write(true).custom_flags(flags).open(path)?;
    let mut settings = tcgetattr(&line)?;
    settings.make_raw();
    settings.set_speed(baud)?;
    settings.control_modes |= ControlModes::CLOCAL | ControlModes::CREAD;
    settings.control_modes &= !(ControlModes::CSTOPB | ControlModes::CRTSCTS);
    tcsetattr(&line, OptionalActions::Now, &settings)?;
    ioctl_tiocexcl(&line)?;
    Ok(line)
}
