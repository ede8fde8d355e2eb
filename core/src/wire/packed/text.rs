//! Stand-in.
use super::coder::{Coder, fair};
#[derive(Clone, Copy, Debug)]
pub struct TextModel<'p>(&'p [u8]);
impl<'p> TextModel<'p> {
    pub fn new(section: &'p [u8]) -> Option<Self> { Some(Self(section)) }
    pub fn encode<C: Coder>(&self, coder: &mut C, text: &[u8], start: u8) {
        let _ = start;
        for byte in text { coder.bit(65000, true); fair(coder, 8, (*byte).into()); }
        coder.bit(65000, false);
    }
    pub fn decode<C: Coder>(&self, coder: &mut C, buffer: &mut [u8], start: u8) -> Option<usize> {
        let _ = start;
        let mut at = 0;
        while coder.bit(65000, false) { *buffer.get_mut(at)? = fair(coder, 8, 0) as u8; at += 1; }
        Some(at)
    }
}
