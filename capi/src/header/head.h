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
// once. One report may be read by many at the same time, or changed by one. A report may be moved by memcpy, and is given up by
// forgetting it. Nothing has to be freed.
//
// TEXTS are never copied. Until a report is initialised or decoded into again, these must stay where and as they are:
//   - every text that was set (a string literal is good; a line buffer of a keypad is not, until the report is encoded);
//   - after decoding: the bytes, the room, and the profile's bytes.
// Texts are UTF-8 and have no NUL at their end. What increp_get_text gives lies in one of these.
//
// WHAT WAS SAID. Not reported, asked but unknown, zero and "at least n" are four different things. Getters of numbers and texts
// say which of the first three; those of codes and flags give 0 for what was not said.
//
// CODES of 128 and up are a mission's own; cast them: (increp_weapon)137. A code that this header does not name is kept and sent on,
// but for the lists that every receiver must understand.
//
// POINTERS. NULL gives INCREP_ERROR_MISUSE (or what a function says it stands for), as do a report and a profile that were never
// initialised or are not aligned. All else is the caller's word: pointers lead to as much memory as is said, aligned for its type, and nothing
// that is written overlaps anything else that is passed. Any bytes may be decoded, whoever made them.
//
// STACK. See capi/README.md for each function's. No floating point is used.
//
// ERRORS are codes, with field and byte in an increp_error where the caller gives one. Every `error` may be NULL.
