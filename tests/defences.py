#!/usr/bin/env python3
"""Takes each defence of SPEC.md 4 and 5 out of a copy of the tree, once, and shows that the test which holds it fails.

    python3 tests/defences.py              all of them, half an hour
    python3 tests/defences.py WORD...      those whose name has one of the words
    python3 tests/defences.py --list       their names

The copy is made of what git knows, under the target folder. Fails if a test stays green, or a patch fits no longer.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
COPY = TARGET / "defences"
# Of its own: cargo takes the two trees for one.
BUILD = TARGET / "defences-target"
SEAL, STICK, LINK = "core/src/seal/", "cli/src/link/file/", "core/src/link/"

# What is taken out; the file; what stands there, and what takes its place, once or more; the test target, and the test that must fail.
DEFENCES = [
    ("HQ compares tags", SEAL + "siv.rs",
     [("let good: bool = tag(&mac, associated, text).ct_eq(&sealed).into();", "let good = true;")],
     "threats", "a_forger_changes_nothing_and_moves_nothing"),
    ("a tag covers the author", SEAL + "record.rs",
     [("&author.to_le_bytes()])", "&(author ^ author).to_le_bytes()])")],
     "threats", "a_forger_changes_nothing_and_moves_nothing"),
    ("a tag covers epoch and number", SEAL + "record.rs",
     [("join(&[&head(epoch, seq), &author", "join(&[&head(epoch ^ epoch, seq ^ seq), &author")],
     "threats", "a_forger_changes_nothing_and_moves_nothing"),
    ("a forged opening moves nothing at HQ", SEAL + "hq.rs",
     [("let mut psk = self.psk.clone();\n        psk.advance(psk.to(id));", "self.psk.advance(self.psk.to(id));\n        let psk = self.psk.clone();")],
     "threats", "a_forger_changes_nothing_and_moves_nothing"),
    ("an epoch's number is that of its key", SEAL + "hq.rs",
     [("epoch::number(enc) != record.epoch || record.seq != 0", "record.seq != 0")],
     "seal_vectors", "all_that_must_be_refused_is_refused_for_its_reason"),
    ("texts are encrypted", SEAL + "siv.rs",
     [("    stream.stream(xor([0; 16], &tag), text);\n", "    let _ = stream;\n"), ("    stream.stream(xor([0; 16], &sealed), text);\n", "    let _ = stream;\n")],
     "key_page", "no_earlier_key_and_no_plain_text_is_in_flash_wherever_power_fails"),
    ("the key stream hangs on the text", SEAL + "siv.rs",
     [("stream.stream(xor([0; 16], &tag), text);", "stream.stream([0; 16], text);"), ("stream.stream(xor([0; 16], &sealed), text);", "stream.stream([0; 16], text);")],
     "threats", "a_cloned_device_gives_no_equal_key_streams_and_loses_nothing"),
    ("lengths are filled up", SEAL + "padding.rs",
     [("Self::To8 => 8,", "Self::To8 => 1,")],
     "threats", "an_eavesdropper_reads_epoch_number_and_padded_length_alone"),
    ("the chain goes one way", SEAL + "chain.rs",
     [('self.key = expand(&self.key, &[b"increp chain"], &[]);', "")],
     "threats", "a_thief_of_a_device_opens_nothing_that_was_saved"),
    ("the state before is erased", SEAL + "keys.rs",
     [("        self.erase(old)?;\n        (self.number", "        let _ = old;\n        (self.number")],
     "key_page", "no_earlier_key_and_no_plain_text_is_in_flash_wherever_power_fails"),
    ("a state is erased before its key is used", SEAL + "device.rs",
     [("        self.commit(next)?;\n        // No earlier key", "        // No earlier key"),
      ("        store.append(buffer.get(..length).unwrap_or_default())?;\n        self.unsure", "        store.append(buffer.get(..length).unwrap_or_default())?;\n        self.commit(next)?;\n        self.unsure")],
     "key_page", "no_earlier_key_and_no_plain_text_is_in_flash_wherever_power_fails"),
    ("after a power cut the other pages are erased", SEAL + "keys.rs",
     [("filter(|&page| page != own) {\n            self.erase(page)?;", "filter(|&page| page != own) {\n            let _ = page;")],
     "key_page", "no_earlier_key_and_no_plain_text_is_in_flash_wherever_power_fails"),
    ("a state that may be only just readable is written again", SEAL + "keys.rs",
     [("        if pages > 1 {\n", "        if pages > 99 {\n")],
     "key_page", "a_state_that_may_be_only_just_readable_is_written_again"),
    ("an erase is looked at", SEAL + "keys.rs",
     [("if self.is_filled(page, 0, self.flash.geometry.page, 0xff)? { Ok(()) }", "if self.flash.geometry.page > 0 { Ok(()) }")],
     "threats", "nothing_is_sealed_while_an_earlier_key_is_in_flash"),
    ("a state is read back", SEAL + "keys.rs",
     [("Ok(read == *bytes)", "Ok(read == *bytes || at > 0)")],
     "threats", "nothing_is_sealed_while_the_next_key_is_not_in_flash"),
    ("a number that power took becomes a void", SEAL + "device.rs",
     [("            if last != 0 {\n", "            if last > LAST {\n")],
     "key_page", "no_earlier_key_and_no_plain_text_is_in_flash_wherever_power_fails"),
    ("an opening that the store lost comes back", SEAL + "device.rs",
     [("            if !has_any {\n", "            if !has_any && last == 0 {\n")],
     "threats", "a_wiped_counter_never_counts_anew"),
    ("the buffer is wiped", SEAL + "device.rs",
     [("        // The report was in there.\n        buffer.zeroize();\n", "")],
     "key_page", "no_earlier_key_and_no_plain_text_is_in_flash_wherever_power_fails"),
    ("pre-shared keys move on, on the device", SEAL + "device.rs",
     [("        next.psk.advance(1);\n", "")],
     "key_page", "no_earlier_key_and_no_plain_text_is_in_flash_wherever_power_fails"),
    ("pre-shared keys go one way", SEAL + "epoch.rs",
     [('self.key = expand(&self.key, &[b"increp psk"], &[]);', "")],
     "key_page", "no_earlier_key_and_no_plain_text_is_in_flash_wherever_power_fails"),
    ("pre-shared keys are erased at HQ", SEAL + "hq.rs",
     [("while self.psk.count.saturating_add(PSKS_KEPT) < self.expected {", "while self.psk.count > self.expected {")],
     "threats", "a_thief_of_all_that_hq_keeps_does_not_read_what_is_long_past"),
    ("HQ erases the keys of numbers", SEAL + "hq.rs",
     [("        while self.chain.next < seq.min(u32::from(LAST) + 1) {\n            self.chain.advance();", "        while self.chain.next > seq.min(u32::from(LAST) + 1) {\n            self.chain.advance();")],
     "threats", "a_thief_of_all_that_hq_keeps_does_not_read_what_is_long_past"),
    ("an epoch takes the pre-shared key in", SEAL + "hpke.rs",
     [('SUITE, b"secret", &[psk.key.expose()])', 'SUITE, b"secret", &[])')],
     "threats", "a_thief_of_hqs_key_alone_neither_reads_nor_forges"),
    ("an epoch takes the device's key in", SEAL + "hpke.rs",
     [("&[one.expose(), two.expose()]", "&[one.expose()]")],
     "seal", "other_implementations_open_what_was_sealed"),
    ("weak keys are refused by HPKE", SEAL + "hpke.rs",
     [("if one.is_zero() || two.is_zero() {", "if one.is_zero() && !one.is_zero() {")],
     "threats", "somebody_in_between_at_enrolment_is_seen"),
    ("randomness takes the seed in", SEAL + "random.rs",
     [("extract(self.key.expose(), &[noise", "extract(&[0; 32], &[noise")],
     "threats", "a_weak_or_missing_source_of_randomness_never_repeats_a_key"),
    ("randomness takes the source in", SEAL + "random.rs",
     [("&[noise.expose(), &self.draws.to_le_bytes()]", "&[&self.draws.to_le_bytes()]")],
     "threats", "a_device_that_was_copied_and_put_back_is_read_until_its_epoch_ends"),
    ("the seed moves on", SEAL + "random.rs",
     [('        self.key = expand(&mixed, &[b"increp seed"], &[]);\n', "")],
     "key_page", "no_earlier_key_and_no_plain_text_is_in_flash_wherever_power_fails"),
    ("no seed, no device", SEAL + "random.rs",
     [("if self.key.is_zero() { Err", "if self.draws == 77 { Err")],
     "threats", "a_weak_or_missing_source_of_randomness_never_repeats_a_key"),
    ("no randomness, no HQ", SEAL + "enrol.rs",
     [("if key.is_zero() { Err(Error::new(ErrorKind::NoSeed, 0)) } else { Ok(key) }", "Ok(key)")],
     "threats", "a_weak_or_missing_source_of_randomness_never_repeats_a_key"),
    ("receipts are HQ's", SEAL + "receipt.rs",
     [("let good: bool = code(key, body).ct_eq(mac).into();", "let good = code(key, body).len() == mac.len();")],
     "threats", "a_lying_hub_erases_nothing_and_loses_nothing"),
    ("receipts are for this device", SEAL + "receipt.rs",
     [("if reader.number()? != author {", "if reader.number()? == author ^ 1 << 30 {")],
     "seal_vectors", "all_that_must_be_refused_is_refused_for_its_reason"),
    ("receipts are for these bodies", SEAL + "device.rs",
     [("if !bodies.are(receipt.bodies) {", "if bodies.are(receipt.bodies) && receipt.epoch == 0 {")],
     "threats", "a_cloned_device_gives_no_equal_key_streams_and_loses_nothing"),
    ("other bodies end the epoch", SEAL + "device.rs",
     [("if receipt.epoch == self.state.epoch {\n                    self.end_epoch", "if receipt.epoch == 0 {\n                    self.end_epoch")],
     "threats", "a_cloned_device_gives_no_equal_key_streams_and_loses_nothing"),
    ("receipts are for what is here", SEAL + "device.rs",
     [("if seen != receipt.numbers {", "if seen != receipt.numbers && receipt.epoch == 0 {")],
     "threats", "a_restored_backup_goes_on_behind_all_that_hq_has_seen"),
    ("a device that is behind begins anew", SEAL + "device.rs",
     [("let behind = newer || psk > 0;", "let behind = psk > 0;")],
     "threats", "a_restored_backup_goes_on_behind_all_that_hq_has_seen"),
    ("a device that is far behind catches up", SEAL + "device.rs",
     [("let psk = self.state.psk.behind(receipt.psk);", "let psk = u8::from(self.state.psk.behind(receipt.psk) > 0);")],
     "threats", "a_restored_backup_of_many_epochs_ago_is_opened_or_catches_up"),
    ("keys are not made anew where there are some", SEAL + "device.rs",
     [("Ok(_) => return Err(Error::new(ErrorKind::Enrolled, 0)),", "Ok(_) => page.begin(&enrolled.0)?,")],
     "seal", "a_device_is_enrolled_once_and_where_keys_fit"),
    ("damaged keys are none", SEAL + "keys.rs",
     [(" && CRC.checksum(body) == u32::from_le_bytes(*check)", " && check.len() == CHECK")],
     "threats", "a_wiped_counter_never_counts_anew"),
    ("an epoch ends with its numbers", SEAL + "device.rs",
     [("chain.next > LAST.into() ||", "chain.next > 1000 ||")],
     "seal", "more_than_two_hundred_and_fifty_epochs_and_all_numbers_of_one"),
    ("an epoch ends with its time", SEAL + "device.rs",
     [(">= EPOCH_SECONDS.into()", "> i64::MAX - 1")],
     "seal", "an_epoch_ends_with_its_numbers_its_time_or_its_profile"),
    ("a wipe that was begun goes on", SEAL + "keys.rs",
     [("        let _ = self.flash.write(self.flash.at(next, 0), &[WIPE; WIPE_LENGTH as usize]);\n", "")],
     "threats", "a_panic_wipe_leaves_no_key_even_if_power_fails_in_it"),
    ("a wipe erases the keys first", SEAL + "keys.rs",
     [("let page = self.page(self.number.saturating_add(pages).saturating_sub(back));\n            erased", "let page = self.page(self.number.saturating_add(1).saturating_add(back));\n            erased")],
     "threats", "a_panic_wipe_leaves_no_key_even_if_power_fails_in_it"),
    ("keys are not shown", SEAL + "secret.rs",
     [('f.write_str("<secret>")', 'write!(f, "<secret> {:?}", self.0)')],
     "threats", "no_key_is_shown"),
    ("plain reports are not kept beside sealed ones", SEAL + "device.rs",
     [("if record.bytes.first() != Some(&SEALED) {", "if record.bytes.is_empty() {")],
     "seal", "a_store_with_a_report_that_is_not_sealed_is_refused"),
    ("a device is bound to its keys before it sees HQ's", SEAL + "enrol.rs",
     [("if committed(revelation) != self.commitment {", "if committed(revelation).len() != self.commitment.len() {")],
     "threats", "somebody_in_between_at_enrolment_is_seen"),
    ("the digits cover the offer", SEAL + "enrol.rs",
     [("&self.commitment, &self.offer, revelation];", "&self.commitment, &[], revelation];"), ("&self.commitment, offer, &self.revelation];", "&self.commitment, &[], &self.revelation];")],
     "threats", "somebody_in_between_at_enrolment_is_seen"),
    ("shares that agree on zero are refused", SEAL + "enrol.rs",
     [("if agreed.is_zero() {", "if agreed.is_zero() && own.is_zero() {")],
     "threats", "somebody_in_between_at_enrolment_is_seen"),
    ("a stick file is by who it says", STICK + "content.rs",
     [("mac.get(..MAC).is_some_and(|mac| mac.ct_eq(&self.mac).into())", "mac.get(..MAC).is_some_and(|mac| bool::from(mac.ct_eq(&self.mac)) || mac.len() == MAC)")],
     "carried", "what_a_stranger_writes_is_refused"),
    ("a stick file's head is sealed with it", STICK + "sealed.rs",
     [("encrypt_inout_detached(&Nonce::default(), head, text.into())", "encrypt_inout_detached(&Nonce::default(), &[], text.into())"),
      ("decrypt_inout_detached(&Nonce::default(), head, content", "decrypt_inout_detached(&Nonce::default(), &head[..0], content")],
     "stick", "no_byte_of_the_head_of_a_file_can_be_changed"),
    ("a stick file that was cut short is refused", STICK + "sealed.rs",
     [("Some((body, found)) if digest(body) == *found => Ok(()),", "Some((body, found)) if digest(body).len() == found.len() => Ok(()),")],
     "stick", "a_file_that_was_cut_short_is_refused_at_every_length"),
    ("hubs alone read what a device writes", STICK + "sealed.rs",
     [("    for reader in readers {\n        file.extend", "    for reader in readers {\n        file.extend(Some(*key.expose()).filter(|_| false).unwrap_or_default().get(..0).unwrap_or_default());\n        let key = &Secret::new([0; 32]);\n        file.extend"),
      ("let Some(key) = unwrap(wrapped, opener) else { continue };", "let _ = unwrap(wrapped, opener);\n            let key = Secret::new([0; 32]);"),
      ("    let key = Secret::new(draw(rng)?);", "    let _ = draw(rng)?;\n    let key = Secret::new([0; 32]);")],
     "stick", "a_file_is_for_its_readers_alone"),
    ("a copied folder begins a new epoch", "cli/src/store/device.rs",
     [("Some(place) != place_of(flash.file()));", "Some(place) != place_of(flash.file())) && false;")],
     "carried", "a_copied_device_uses_no_number_twice"),
    ("a profile has what five reports say", "cli/src/train/decisions.rs",
     [("FEWEST: u32 = 5;", "FEWEST: u32 = 1;")],
     "packed", "training_gives_the_same_bytes_and_keeps_out_what_few_or_nobody_may_say"),
    ("link: a code is compared", LINK + "frame.rs",
     [("    fits.ct_eq(found).into()", "    let _: bool = fits.ct_eq(found).into();\n    true")],
     "link", "whatever_the_air_does_all_arrives_once_and_nothing_else"),
    ("link: a code covers the epoch", LINK + "frame.rs",
     [("(nonce.to_le_bytes(), epoch.to_le_bytes())", "(nonce.to_le_bytes(), (epoch ^ epoch).to_le_bytes())")],
     "link", "whatever_the_air_does_all_arrives_once_and_nothing_else"),
    ("link: a code covers the nonce", LINK + "frame.rs",
     [("(nonce.to_le_bytes(), epoch.to_le_bytes())", "((nonce ^ nonce).to_le_bytes(), epoch.to_le_bytes())")],
     "link", "an_answer_of_an_earlier_session_is_not_believed"),
    ("link: heads are masked", LINK + "frame.rs",
     [("body.iter_mut().take(MASKED).zip(mask).for_each(|(to, mask)| *to ^= mask);", "let _ = mask;"),
      ("head.iter_mut().zip(key.mask(code)).take(body.len()).for_each(|(to, mask)| *to ^= mask);", "let _ = code;")],
     "link", "nothing_in_two_frames_of_a_device_is_the_same"),
    ("link: bad frames a second are counted", LINK + "mod.rs",
     [("mac == Mac::None || self.many < mac.failures()", "mac == Mac::None || self.many <= mac.failures().saturating_mul(9)")],
     "link", "a_second_has_no_more_than_ten_bad_frames_and_a_good_one_waits_for_the_next"),
    ("link: a hub's bodies are the device's", LINK + "sender/scan.rs",
     [("let is_ours = sum == bodies;", "let is_ours = sum == bodies || sum != bodies;")],
     "link", "a_forged_number_does_not_keep_the_true_one_away"),
    ("link: at a hub is not at HQ", LINK + "sender/scan.rs",
     [("mark < Mark::AtHq && (!self.only_urgent", "mark < Mark::AtHub && (!self.only_urgent"),
      ("let wanted = mark < Mark::AtHq &&", "let wanted = mark < Mark::AtHub &&")],
     "link", "the_state_of_a_hub_that_has_less_than_it_had_is_not_believed_from_before"),
    ("link: record 0 goes before what is urgent", LINK + "sender/scan.rs",
     [("(!self.only_urgent || seq == 0 || ", "(!self.only_urgent || ")],
     "link", "what_is_urgent_goes_first_and_its_opening_before_it"),
    ("link: the hour of the ledger is whole", LINK + "ledger.rs",
     [("const PARTS: usize = 13;", "const PARTS: usize = 12;")],
     "link", "no_sixty_minutes_hold_more_than_the_link_may_send"),
    ("link: after a reset the hour is spent", LINK + "ledger.rs",
     [("ledger.set(|_| all);", "ledger.set(|_| all / 2);")],
     "link", "no_sixty_minutes_hold_more_even_if_power_fails_in_them"),
    ("link: at a hub is not at HQ, in a mission at its worst", LINK + "sender/scan.rs",
     [("mark < Mark::AtHq && (!self.only_urgent", "mark < Mark::AtHub && (!self.only_urgent"),
      ("let wanted = mark < Mark::AtHq &&", "let wanted = mark < Mark::AtHub &&")],
     "link", "whatever_happens_every_saved_report_is_at_hq_once_and_nothing_else_is"),
    ("link: a record is whole before it is kept", LINK + "partial.rs",
     [("(self.pieces.as_slice() == [(0, self.length)]).then(", "(self.length > 0).then(")],
     "link", "whatever_happens_every_saved_report_is_at_hq_once_and_nothing_else_is"),
    ("link: a leaf is answered with what is the same", LINK + "vector.rs",
     [("catalogue, buffer, &is_same)?", "catalogue, buffer, &|_| true)?")],
     "link", "what_both_have_is_not_sent_where_one_has_far_more_than_a_frame_holds"),
    ("link: a record of another epoch's opening is none", SEAL + "record.rs",
     [("let begins = seq != 0 || body.first_chunk().is_some_and(|enc| super::epoch::number(enc) == epoch);", "let begins = true;")],
     "link", "an_opening_is_kept_in_its_own_epoch_alone"),
    ("HQ's messages are taken in their turn", SEAL + "down.rs",
     [("if reader.number()? != down.next {", "if reader.number()? > down.next.saturating_add(1000) {")],
     "down", "each_message_is_heard_in_its_turn_and_once_whatever_the_power_does"),
    ("a hub that was revoked has no key that counts", "cli/src/store/hub/devices.rs",
     [("UPDATE hop SET before = 2 WHERE", "UPDATE hop SET before = 1 WHERE")],
     "mission", "a_revoked_hub_is_told_nothing_and_believed_nothing"),
    ("nothing is sealed for a hub that was revoked", "cli/src/store/device/hubs.rs",
     [("known.trusted.retain(|other| other != hub);", "")],
     "mission", "a_revoked_hub_is_told_nothing_and_believed_nothing"),
    ("what is out of date is not shown", "cli/src/store/device/messages.rs",
     [("self.until.is_some_and(|until| until.seconds() <= now)", "self.until.is_some_and(|until| until.seconds() <= now && now < 0)")],
     "mission", "what_is_out_of_date_is_not_shown_nor_what_nobody_can_be_told_said"),
    ("HQ in person says which messages a hub has", "cli/src/command/hq/mod.rs",
     [("        if there != told {\n", "        if there.len() < told.len() {\n")],
     "mission", "hq_that_was_put_back_goes_on_behind_what_it_had_said"),
    ("HQ looks at an epoch of which a hub has more", "cli/src/store/hq/opening.rs",
     [(".chain_update(have.many.to_le_bytes())", "")],
     "mission", "hq_looks_at_all_that_a_hub_has_more"),
    ("a device is revoked whatever the clock says", "cli/src/store/hq/opening.rs",
     [("WHERE author = ?1 AND revoked IS NOT NULL))", "WHERE author = ?1 AND revoked <= ?6))")],
     "mission", "what_comes_after_a_revocation_is_not_printed_whatever_the_clock_says"),
    ("no device seals for a key that is none", "cli/src/store/device/hubs.rs",
     [("for hub in hubs.iter().filter(|hub| is_hub_key(hub)) {", "for hub in hubs {"),
      (".chain(learned).filter(is_hub_key).take", ".chain(learned).take")],
     "mission", "what_a_lying_hub_names_does_no_harm"),
    ("what hubs named ends with a hub that was revoked", "cli/src/store/device/hubs.rs",
     [("            known.learned.clear();\n", "")],
     "mission", "what_a_lying_hub_names_does_no_harm"),
    ("nothing is longer than somebody writes it", STICK + "content.rs",
     [("if length <= most { Ok(length) }", "if length <= most.saturating_add(1000) { Ok(length) }")],
     "stick", "what_is_too_long_is_refused"),
    ("a hub takes nothing off a stick that another one left", STICK + "hub.rs",
     [("Entry::Message(number, message) => drop(hub.keep_messages(author, &[(*number, message.clone())])?),", "Entry::Message(..) => {}")],
     "mission", "a_second_hub_takes_nothing_off_a_stick"),
    ("link: any number of keys leaves a trial for the right one", LINK + "hub/mod.rs",
     [("first & frame::LONG == 0) && Some(known.author) != from {", "first & frame::LONG == 0 && first > &u8::MAX) {")],
     "link", "a_device_is_heard_among_six_hundred_that_are_in_session"),
    ("link: hubs answer no frame of their own", LINK + "vector.rs",
     [("siv::open(&self.other, ASSOCIATED", "siv::open(&self.own, ASSOCIATED")],
     "link", "a_hub_is_not_answered_with_its_own_frames"),
    ("a message that was heard is erased", SEAL + "down.rs",
     [("        next.down.advance();\n", "        next.down.next += 1;\n")],
     "down", "what_was_heard_cannot_be_read_from_a_device_that_was_taken"),
]


def copy():
    """What git knows of the tree, as it is on the disk; files that are the same keep their time, so that little is built again."""
    known = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    files = [name for name in known if (ROOT / name).is_file()]
    for old in COPY.rglob("*") if COPY.exists() else []:
        if old.is_file() and str(old.relative_to(COPY)) not in set(files):
            old.unlink()
    for name in files:
        to = COPY / name
        if not to.exists() or to.read_bytes() != (ROOT / name).read_bytes():
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, to)


def run_test(target, test):
    # The tool is built again for each change of core, and none of its tests takes long: so it is built in a hurry.
    hurry = ["--config", "profile.dev.package.increp-cli.opt-level=0"]
    command = ["cargo", "test", "--locked", *hurry, "-p", "increp-tests", "--test", target, "--target-dir", str(BUILD), "--", test]
    done = subprocess.run(command, cwd=COPY, capture_output=True, text=True, env=os.environ | {"PROPTEST_DISABLE_FAILURE_PERSISTENCE": "1"})
    text = done.stdout + done.stderr
    if re.search(rf"^test (\w+::)*{test} \.\.\. FAILED", text, re.M):
        return "red"
    if re.search(rf"^test (\w+::)*{test} \.\.\. ok", text, re.M):
        return "GREEN"
    return "NOT RUN: " + "\n".join([line for line in text.splitlines() if line.startswith(("error", "  -->", " --> "))][:6])


def main(arguments):
    chosen = [row for row in DEFENCES if not arguments or any(word in row[0] for word in arguments)]
    if arguments == ["--list"]:
        print("\n".join(row[0] for row in DEFENCES))
        return 0
    copy()
    wrong = 0
    for name, file, patches, target, test in chosen:
        path = COPY / file
        whole = patched = path.read_text()
        for old, new in patches:
            if patched.count(old) != 1:
                found = f"DOES NOT FIT: {patched.count(old)} times in {file}: {old.strip()}"
                break
            patched = patched.replace(old, new)
        else:
            path.write_text(patched)
            try:
                found = run_test(target, test)
            finally:
                path.write_text(whole)
        wrong += found != "red"
        print(f"{name:58} {target}: {test}: {found}", flush=True)
    print(f"{len(chosen)} defences were taken out, {wrong} of which no test noticed")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
