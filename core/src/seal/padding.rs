//! Lengths that tell less: a sealed text is filled up, with one byte 80 and then zeros (ISO/IEC 7816-4).

/// How far a sealed text is filled up. The choice is the device's; whoever opens the record need not know it. SPEC.md 4.6 has what
/// each hides and costs, measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Padding {
    /// One byte, and no more: the length is that of the report.
    None,
    /// To the next multiple of 8 bytes.
    #[default]
    To8,
    /// To the next multiple of 16 bytes.
    To16,
    /// To the next multiple of 32 bytes: where the length of a short report must not tell the type of its event.
    To32,
}

/// Begins the filling.
const MARK: u8 = 0x80;

impl Padding {
    /// The length of a text of so many bytes when it is filled up.
    #[must_use]
    pub const fn padded(self, length: usize) -> usize {
        let step: usize = match self {
            Self::None => 1,
            Self::To8 => 8,
            Self::To16 => 16,
            Self::To32 => 32,
        };
        length.saturating_add(1).saturating_add(step.saturating_sub(1)) & !step.saturating_sub(1)
    }

    /// Fills up the text at the front of the buffer; `None` if the buffer is too small.
    pub(super) fn pad(self, buffer: &mut [u8], length: usize) -> Option<&mut [u8]> {
        let text = buffer.get_mut(..self.padded(length))?;
        for (at, byte) in text.iter_mut().enumerate().skip(length) {
            *byte = if at == length { MARK } else { 0 };
        }
        Some(text)
    }
}

/// The text without its filling; `None` if it has none.
pub(super) fn unpadded(text: &[u8]) -> Option<&[u8]> {
    let mark = text.iter().rposition(|&byte| byte != 0)?;
    let (report, filling) = text.split_at_checked(mark)?;
    (filling.first() == Some(&MARK)).then_some(report)
}
