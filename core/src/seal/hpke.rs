//! HPKE (RFC 9180) in the one way it is used here: mode AuthPSK, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, export-only.

use super::curve::{agree, public};
use super::kdf::{expand, extract};
use super::{Error, ErrorKind, Secret};

/// A key pair.
pub(super) struct Pair<'a> {
    pub(super) secret: &'a Secret<32>,
    pub(super) public: [u8; 32],
}

impl<'a> Pair<'a> {
    pub(super) fn of(secret: &'a Secret<32>) -> Self {
        Self { secret, public: public(secret) }
    }
}

/// A pre-shared key and what tells the other side which.
pub(super) struct Preshared<'a> {
    pub(super) key: &'a Secret<32>,
    pub(super) id: &'a [u8],
}

/// What both sides have in the end.
pub(super) struct Exporter(Secret<32>);

/// The names of the KEM and of the whole suite.
const KEM: &[u8] = b"KEM\x00\x20";
const SUITE: &[u8] = b"HPKE\x00\x20\x00\x01\xff\xff";
const AUTH_PSK: u8 = 3;

#[inline(never)] // it is called often
fn labeled_extract(salt: &[u8], suite: &[u8], label: &[u8], ikm: &[&[u8]]) -> Secret<32> {
    extract(salt, &[b"HPKE-v1", suite, label], ikm)
}

#[inline(never)] // it is called often
fn labeled_expand(key: &Secret<32>, suite: &[u8], label: &[u8], info: &[&[u8]]) -> Secret<32> {
    expand(key, &[&[0, 32], b"HPKE-v1", suite, label], info)
}

/// The secret key that comes of 32 random bytes.
pub(super) fn derive_key(random: &Secret<32>) -> Secret<32> {
    let key = labeled_extract(&[], KEM, b"dkp_prk", &[random.expose()]);
    labeled_expand(&key, KEM, b"sk", &[])
}

/// `AuthEncap` and `AuthDecap` from where both sides have the two secrets.
fn shared(
    one: &Secret<32>,
    two: &Secret<32>,
    enc: &[u8; 32],
    recipient: &[u8; 32],
    sender: &[u8; 32],
) -> Result<Secret<32>, Error> {
    if one.is_zero() || two.is_zero() {
        return Err(Error::new(ErrorKind::WeakKey, 0));
    }
    let key = labeled_extract(&[], KEM, b"eae_prk", &[one.expose(), two.expose()]);
    Ok(labeled_expand(&key, KEM, b"shared_secret", &[enc, recipient, sender]))
}

/// The key schedule.
fn schedule(shared: &Secret<32>, info: &[u8], psk: &Preshared<'_>) -> Exporter {
    let psk_id = labeled_extract(&[], SUITE, b"psk_id_hash", &[psk.id]);
    let info = labeled_extract(&[], SUITE, b"info_hash", &[info]);
    let secret = labeled_extract(shared.expose(), SUITE, b"secret", &[psk.key.expose()]);
    Exporter(labeled_expand(&secret, SUITE, b"exp", &[&[AUTH_PSK], psk_id.expose(), info.expose()]))
}

/// `SetupAuthPSKS`. What the recipient needs is the public key of the ephemeral pair.
pub(super) fn send(
    sender: &Pair<'_>,
    recipient: &[u8; 32],
    ephemeral: &Pair<'_>,
    info: &[u8],
    psk: &Preshared<'_>,
) -> Result<Exporter, Error> {
    let (one, two) = (agree(ephemeral.secret, recipient), agree(sender.secret, recipient));
    let shared = shared(&one, &two, &ephemeral.public, recipient, &sender.public)?;
    Ok(schedule(&shared, info, psk))
}

/// `SetupAuthPSKR`.
pub(super) fn receive(
    recipient: &Pair<'_>,
    sender: &[u8; 32],
    enc: &[u8; 32],
    info: &[u8],
    psk: &Preshared<'_>,
) -> Result<Exporter, Error> {
    let (one, two) = (agree(recipient.secret, enc), agree(recipient.secret, sender));
    let shared = shared(&one, &two, enc, &recipient.public, sender)?;
    Ok(schedule(&shared, info, psk))
}

impl Exporter {
    pub(super) fn export(&self, context: &[u8]) -> Secret<32> {
        labeled_expand(&self.0, SUITE, b"sec", &[context])
    }
}

#[cfg(test)]
mod tests {
    use super::{Pair, Preshared, derive_key, receive, send};
    use crate::seal::{Secret, hex};

    /// RFC 9180, appendix A.7.4.
    #[test]
    fn hpke_is_that_of_rfc_9180() {
        let [ephemeral, recipient, sender] = [
            "94efae91e96811a3a49fd1b20eb0344d68ead6ac01922c2360779aa172487f40",
            "4dfde6fadfe5cb50fced4034e84e6d3a104aa4bf2971360032c1c0580e286663",
            "26c12fef8d71d13bbbf08ce8157a283d5e67ecf0f345366b0e90341911110f1b",
        ]
        .map(|ikm| derive_key(&Secret::new(hex(ikm))));
        assert_eq!(sender, Secret::new(hex("6175b2830c5743dff5b7568a7e20edb1fe477fb0487ca21d6433365be90234d0")));
        let [ephemeral, recipient, sender] = [&ephemeral, &recipient, &sender].map(Pair::of);
        assert_eq!(recipient.public, hex("f47cd9d6993d2e2234eb122b425accfb486ee80f89607b087094e9f413253c2d"));
        let psk = Preshared {
            key: &Secret::new(hex("0247fd33b913760fa1fa51e1892d9f307fbe65eb171e8132c2af18555a738b82")),
            id: b"Ennyn Durin aran Moria",
        };
        let info = b"Ode on a Grecian Urn";
        let device = send(&sender, &recipient.public, &ephemeral, info, &psk).unwrap();
        let enc = ephemeral.public;
        assert_eq!(enc, hex("81cbf4bd7eee97dd0b600252a1c964ea186846252abb340be47087cc78f3d87c"));
        let hq = receive(&recipient, &sender.public, &enc, info, &psk).unwrap();
        for (context, exported) in [
            (&b""[..], "dafd8beb94c5802535c22ff4c1af8946c98df2c417e187c6ccafe45335810b58"),
            (b"\0", "7346bb0b56caf457bcc1aa63c1b97d9834644bdacac8f72dbbe3463e4e46b0dd"),
            (b"TestContext", "84f3466bd5a03bde6444324e63d7560e7ac790da4e5bbab01e7c4d575728c34a"),
        ] {
            assert_eq!([device.export(context), hq.export(context)], [Secret::new(hex(exported)), Secret::new(hex(exported))]);
        }
    }
}
