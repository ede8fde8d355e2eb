// Incident reports that fit in a radio frame: the C interface of increp.
//
// Written by the library's own tests from its code; do not change it by hand (capi/README.md). C99 and C++.
//
// A report takes three steps:
//
//     static increp_report report;              // or on the stack; the library allocates nothing
//     increp_init(&report);
//     increp_event event = increp_report_event();
//     increp_report_set_status(&report, INCREP_STATUS_ACTUAL);
//     increp_event_set_type(&report, event, INCREP_EVENT_TYPE_SNARE);
//     increp_count_set_value(&report, increp_event_counts(event, 0), 4);
//     size_t length = increp_encode_packed(&report, &profile, NULL, buffer, sizeof buffer, &error);
//
// A setter makes whatever it needs: the event, and the item of a list if all items before it are there. The first error of a
// setter, or of decoding, stays with the report, and encoding gives it back: check that one result, or each, as you like.
//
// MEMORY. The library has no memory of its own, static or allocated, and is used from any number of threads and interrupts at
// once. One report may be read by many at the same time, or changed by one; a store or a batch is used by one at a time. Each may be
// moved by memcpy, and is given up by forgetting it. Nothing has to be freed.
//
// TEXTS are never copied. Until a report is initialised or decoded into again, these must stay where and as they are:
//   - every text that was set (a string literal is good; a line buffer of a keypad is not, until the report is encoded);
//   - after decoding: the bytes, the room, and the profile's bytes.
// Texts of reports that were pushed into a batch stay until it is finished.
// Texts are UTF-8 and have no NUL at their end. What increp_get_text gives lies in one of these.
//
// WHAT WAS SAID. Not reported, asked but unknown, zero and "at least n" are four different things. Getters of numbers and texts
// say which of the first three; those of codes and flags give 0 for what was not said.
//
// CODES of 128 and up are a mission's own; cast them: (increp_weapon)137. A code that this header does not name is kept and sent on,
// but for the lists that every receiver must understand.
//
// STORES keep encoded reports: a journal on flash, or a ring in RAM. A device that starts opens its journal and finds what was kept
// before the power went, whatever it was doing then:
//
//     static increp_store store;                // 128 bytes; with the flash it is all that a journal needs
//     static const increp_flash flash = { NULL, my_read, my_write, my_erase, .start = 0x60000, .pages = 16, .page_size = 2048, .word_size = 8 };
//     increp_journal_open(&store, &flash, INCREP_REFUSE, &status, &error);
//     increp_store_append(&store, buffer, length, &record, &error);    // INCREP_OK: kept
//     increp_store_mark(&store, &record, INCREP_MARK_SENT, &error);
//
//     const increp_record *after = NULL;
//     while (increp_store_next(&store, after, buffer, sizeof buffer, &record, &error) == INCREP_OK) {
//         after = &record;                      // a gap in record.sequence is records that were lost
//     }                                         // INCREP_END: that was all
//
// The functions of the flash are called by those of the store, on its thread and stack, with the context that was given; they may not
// use the store. They keep what they are told, and the journal reads it back: where flash keeps something else, or refuses, the record
// goes to another place. Records that are damaged later cost nobody else; the status counts them, and the pages' wear.
//
// POINTERS. NULL gives INCREP_ERROR_MISUSE (or what a function says it stands for), as do a report, a profile, a store and a batch that were
// never initialised or are not aligned. All else is the caller's word: pointers lead to as much memory as is said, aligned for its type, and nothing
// that is written overlaps anything else that is passed. Any bytes may be decoded, whoever made them.
//
// STACK. See capi/README.md for each function's. No floating point is used.
//
// ERRORS are codes, with field and byte in an increp_error where the caller gives one. Every `error` may be NULL.
