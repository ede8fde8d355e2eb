//! The tree of symbols. Leaves come first at each depth, so that the counts of the leaves alone give it.
//!
//! A *way* down the tree has its first decision in the highest of its 16 bits, and zeros behind its last one. In the order of
//! the leaves, their ways rise.

/// The deepest that a tree may be.
pub const DEEPEST: u8 = 16;
/// The most leaves of a tree.
pub const MOST_LEAVES: u8 = 127;

/// One depth of the tree.
#[derive(Clone, Copy, Debug)]
pub(super) struct Level {
    /// A step to the next leaf or node of this depth adds 1 to the bits from this one on of the way.
    shift: u32,
    /// The way to the first leaf.
    first: u32,
    /// Leaves and inner nodes above it.
    leaves: u32,
    nodes: u32,
    /// Leaves and inner nodes on it.
    width: u32,
}

/// What a way leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Leaf(u8),
    Node(u8),
}

impl Level {
    pub(super) const ROOT: Self = Self { shift: DEEPEST as u32, first: 0, leaves: 0, nodes: 0, width: 1 };

    /// The next one, where this one has `count` leaves.
    #[inline]
    pub(super) const fn below(self, count: u8) -> Self {
        let count = count as u32;
        let inner = self.width.wrapping_sub(count);
        Self {
            shift: self.shift.wrapping_sub(1),
            first: self.first.wrapping_add(count.wrapping_shl(self.shift)),
            leaves: self.leaves.wrapping_add(count),
            nodes: self.nodes.wrapping_add(inner),
            width: inner << 1,
        }
    }

    /// The bit of a way that decides on this depth.
    #[inline]
    #[allow(clippy::cast_possible_truncation)] // at most 2^15
    pub(super) const fn mask(self) -> u16 {
        (1_u32.wrapping_shl(self.shift) >> 1) as u16
    }

    /// What is on this depth at the end of a way, where the depth has `count` leaves.
    #[inline]
    pub(super) const fn at(self, way: u16, count: u8) -> Place {
        let at = (way as u32).wrapping_sub(self.first).wrapping_shr(self.shift);
        let count = count as u32;
        let ([leaf, ..], [node, ..]) =
            (self.leaves.wrapping_add(at).to_le_bytes(), self.nodes.wrapping_add(at).wrapping_sub(count).to_le_bytes());
        if at < count { Place::Leaf(leaf) } else { Place::Node(node) }
    }
}

/// How many leaves and inner nodes a tree has, if the counts of its leaves by depth make one.
pub(super) const fn size(counts: &[u8]) -> Option<(u8, u8)> {
    let (mut level, mut left) = (Level::ROOT, counts);
    while let [count, others @ ..] = left {
        if *count as u32 > level.width || level.width > MOST_LEAVES as u32 {
            return None;
        }
        (level, left) = (level.below(*count), others);
    }
    if level.width != 0 || level.leaves > MOST_LEAVES as u32 {
        return None;
    }
    let ([leaves, ..], [nodes, ..]) = (level.leaves.to_le_bytes(), level.nodes.to_le_bytes());
    Some((leaves, nodes))
}

/// The way to one leaf.
#[allow(clippy::cast_possible_truncation)] // what lies beyond was checked not to be
pub(super) fn way(counts: &[u8], leaf: u8) -> u16 {
    let mut level = Level::ROOT;
    for &count in counts {
        let at = u32::from(leaf).wrapping_sub(level.leaves);
        if at < count.into() {
            return level.first.wrapping_add(at.wrapping_shl(level.shift)) as u16;
        }
        level = level.below(count);
    }
    0
}
