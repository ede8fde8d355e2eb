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

#ifndef INCREP_H
#define INCREP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// An encoded report never has more bytes.
#define INCREP_MAX_LEN 5789
// All texts of a report together never have more bytes.
#define INCREP_MAX_TEXT 4096

// Sizes in words of 8 bytes. A report takes 2624 bytes where pointers have 32 bits, 4608 where they have 64;
// what reads or writes a batch takes 6400 and 7488.
#if UINTPTR_MAX > 0xffffffffu
#define INCREP_REPORT_WORDS 576
#define INCREP_BATCH_WORDS 936
#else
#define INCREP_REPORT_WORDS 328
#define INCREP_BATCH_WORDS 800
#endif
// A profile takes 512 bytes, a store 128.
#define INCREP_PROFILE_WORDS 64
#define INCREP_STORE_WORDS 16

// increp_known.knows, added up.
#define INCREP_KNOWS_ID 1u
#define INCREP_KNOWS_SENT 2u
#define INCREP_KNOWS_POINT 4u
#define INCREP_KNOWS_PROFILE 8u

// What went wrong. A number is never given a second meaning.
typedef enum increp_code {
    INCREP_OK = 0, // all is well
    INCREP_ERROR_MISUSE = 1, // an argument that the function cannot take: NULL, not initialised, not aligned, or out of its range
    INCREP_ERROR_NO_SUCH_FIELD = 2, // the path leads to no value of a report
    INCREP_ERROR_NO_SUCH_ITEM = 3, // the items of a list are set from the first on, without a gap
    INCREP_ERROR_OTHER_TYPE = 4, // the field holds values of another type
    INCREP_ERROR_SAYS_OTHER = 5, // a claim says one thing, and this one says something else already: clear it first
    INCREP_END = 6, // there are no more
    INCREP_ERROR_EMPTY = 16, // there are no bytes at all
    INCREP_ERROR_UNKNOWN_VERSION = 17, // packed bytes (found 8 and more), a newer format version, or no report
    INCREP_ERROR_UNKNOWN_ENCODING = 18, // a batch (found 2), a newer encoding, or no report
    INCREP_ERROR_ENDS_EARLY = 19, // the bytes end inside a value
    INCREP_ERROR_LEFT_OVER = 20, // bytes follow the end of the report
    INCREP_ERROR_NOT_MINIMAL = 21, // a value is written in more bytes than it needs
    INCREP_ERROR_TOO_WIDE = 22, // a number has more bits than its field
    INCREP_ERROR_UNKNOWN_TAG = 23, // a presence, variant or yes-no byte has a value that means nothing
    INCREP_ERROR_NOT_UTF8 = 24, // a text is not UTF-8
    INCREP_ERROR_MUST_UNDERSTAND = 25, // a code that every receiver must understand, and this build does not
    INCREP_ERROR_LIMIT = 26, // a number, or the length of a text in bytes, is outside its limit
    INCREP_ERROR_TOO_MANY = 27, // a list has more items than its limit
    INCREP_ERROR_BUFFER_FULL = 28, // the buffer is too small
    INCREP_ERROR_OTHER_PROFILE = 29, // the bytes need another profile, or are damaged
    INCREP_ERROR_OTHER_ID = 30, // the id of the report is not the one that is known
    INCREP_ERROR_CANCEL_SAYS_NOTHING = 32, // a cancel has no event and no claims
    INCREP_ERROR_REPLACES_MISSING = 33, // an update or a cancel needs a link that says which report it replaces
    INCREP_ERROR_SOURCE_MISSING = 34, // a claim needs at least one source
    INCREP_ERROR_INTENT_UNSPECIFIED = 35, // a claim says an intent that is unspecified
    INCREP_ERROR_PARTY_MISSING = 36, // who.party is no index of one of the report's parties
    INCREP_ERROR_TERM_STANDS_ALONE = 37, // a vague word stands beside a number
    INCREP_ERROR_DATE_NOT_AT_START = 38, // a date that names a day, month or year starts with it, in UTC
    INCREP_ERROR_OFFSET_ALONE = 39, // an offset from UTC stands beside no time
    INCREP_ERROR_LOCAL_YEAR = 40, // the local date lies outside the years 0001 to 9999
    INCREP_ERROR_DUPLICATE_KEY = 41, // a key stands in extra twice
    INCREP_ERROR_NOT_A_PROFILE = 48, // the bytes are no profile
    INCREP_ERROR_PROFILE_VERSION = 49, // a newer profile version
    INCREP_ERROR_PROFILE_DAMAGED = 50, // the profile does not have the hash that it carries
    INCREP_ERROR_PROFILE_MALFORMED = 51, // a section of the profile does not hold what it should
    INCREP_ERROR_FLASH = 64, // the flash could not be read, written or erased
    INCREP_ERROR_NO_JOURNAL_FITS = 65, // a journal needs two whole pages at least, all of them in the flash, each with room for a record, and words of at most 32 bytes; the lengths of both are powers of two
    INCREP_ERROR_JOURNAL_VERSION = 66, // a journal of a newer layout is there; nothing was changed
    INCREP_ERROR_OTHER_GEOMETRY = 67, // a journal with other pages, other words or another beginning is there; nothing was changed
    INCREP_ERROR_TOO_LONG = 68, // the record would never fit
    INCREP_ERROR_FULL = 69, // there is no room, and nothing may be dropped
    INCREP_ERROR_NOT_KEPT = 70, // what was written reads back as something else, three times in different places
    INCREP_ERROR_GONE = 71, // the record is no longer there
    INCREP_ERROR_MARK_WORN = 72, // power failed so often while the record was marked that there is no more place for marks
    INCREP_ERROR_UNKNOWN = 255, // an error that this interface has no code for
    INCREP_CODE_LARGEST = 0x7fffffff
} increp_code;
typedef char increp_assert_code[sizeof(increp_code) == 4 ? 1 : -1];

// Whether something was said of a value: four different things, with a known zero.
typedef enum increp_reported {
    INCREP_UNREPORTED = 0, // nothing was said of it
    INCREP_UNKNOWN = 1, // it was asked, and is not known
    INCREP_KNOWN = 2, // it is known, and was given
    INCREP_REPORTED_LARGEST = 0x7fffffff
} increp_reported;
typedef char increp_assert_reported[sizeof(increp_reported) == 4 ? 1 : -1];

// How far a record of a store came.
typedef enum increp_mark {
    INCREP_MARK_SAVED = 0, // kept here
    INCREP_MARK_SENT = 1, // sent, and no more is known
    INCREP_MARK_AT_HUB = 2, // a hub has it
    INCREP_MARK_AT_HQ = 3, // headquarters have it
    INCREP_MARK_LARGEST = 0x7fffffff
} increp_mark;
typedef char increp_assert_mark[sizeof(increp_mark) == 4 ? 1 : -1];

// What makes room for a new record in a store where there is none.
typedef enum increp_when_full {
    INCREP_REFUSE = 0, // nothing: INCREP_ERROR_FULL
    INCREP_DROP_AT_HQ = 1, // the oldest records, if all that would go are at headquarters; else INCREP_ERROR_FULL
    INCREP_DROP_OLDEST = 2, // the oldest records
    INCREP_WHEN_FULL_LARGEST = 0x7fffffff
} increp_when_full;
typedef char increp_assert_when_full[sizeof(increp_when_full) == 4 ? 1 : -1];

// A report in memory of the caller. Its content is the library's alone.
typedef struct {
    // Not to be touched.
    uint64_t reserved[INCREP_REPORT_WORDS];
} increp_report;

// The way to a value of a report: up to eight steps, a byte each, the last one lowest. A field is its number + 1, an item
// of a list is 0x80 + its index; 0 is the report itself.
typedef uint64_t increp_path;

// A text: UTF-8 that somebody else owns, without a NUL at its end.
typedef struct {
    // The first byte; NULL only where there is none.
    const uint8_t *bytes;
    // How many bytes.
    size_t length;
} increp_text;

// What went wrong, where in the report, and at which byte. All zero where nothing did.
typedef struct {
    // One of enum increp_code.
    uint32_t code;
    // The byte at which the offending value starts; 0 for an error of a setter. For INCREP_ERROR_FLASH, _NOT_KEPT and _MARK_WORN, the address in flash.
    uint32_t offset;
    // The way to the field, to be compared or shown by increp_path_text; 0 is the report as a whole.
    increp_path path;
    // The number, length, code or tag that was found, where the code is about one.
    int64_t found;
    // The least that is allowed; 0, as `most`, where a setter refused: increp_error_text knows the range.
    int64_t least;
    // The most that is allowed.
    int64_t most;
} increp_error;

// A profile in memory of the caller, checked and ready for use.
typedef struct {
    // Not to be touched.
    uint64_t reserved[INCREP_PROFILE_WORDS];
} increp_profile;

// What the reader of a packed report knows from elsewhere, and its bytes therefore leave out.
typedef struct {
    // INCREP_KNOWS_ID, _SENT, _POINT, _PROFILE, added up.
    uint32_t knows;
    // The author in the id of the report.
    uint32_t author;
    // The epoch in it.
    uint32_t epoch;
    // The number in it.
    uint32_t seq;
    // When the last report was sent, in seconds since 1970 UTC.
    int64_t sent;
    // Latitude of the last report's point, in 1e-7 degree.
    int32_t lat;
    // Longitude of it.
    int32_t lon;
} increp_known;

// What writes a batch, in memory of the caller.
typedef struct {
    // Not to be touched.
    uint64_t reserved[INCREP_BATCH_WORDS];
} increp_batch_writer;

// What reads a batch, in memory of the caller.
typedef struct {
    // Not to be touched.
    uint64_t reserved[INCREP_BATCH_WORDS];
} increp_batch_reader;

// A store in memory of the caller: a journal on flash, or a ring in RAM.
typedef struct {
    // Not to be touched.
    uint64_t reserved[INCREP_STORE_WORDS];
} increp_store;

// NOR flash: the functions that reach it, and the part of it that a journal may use. The functions give 0 when all is done,
// anything else when not. Addresses and lengths that they are given are whole words; the bytes are aligned as a uint32_t.
typedef struct {
    // What the functions are given first, for their own use; NULL will do.
    void *context;
    // Reads. A word in which power failed may read as anything, but must read.
    int (*read)(void *context, uint32_t address, uint8_t *bytes, size_t length);
    // Writes words that are erased, in the order in which they come; all bits of what is erased are 1. Done means kept: nothing
    // is left in a cache.
    int (*write)(void *context, uint32_t address, const uint8_t *bytes, size_t length);
    // Erases the page at this address.
    int (*erase)(void *context, uint32_t address);
    // The address of the first page: a multiple of `page_size`.
    uint32_t start;
    // How many pages, 2 to 65535.
    uint32_t pages;
    // Bytes that are erased at once.
    uint32_t page_size;
    // Bytes that are written at once, and only once between two erases: 1, 2, 4, 8, 16 or 32. With error correction, those
    // that have a check in common.
    uint32_t word_size;
} increp_flash;

// What is in a store.
typedef struct {
    // Records that can be read.
    uint32_t records;
    // Bytes that fit until a record is dropped or refused. On flash, each record takes 16 bytes and four words for itself beside
    // its bytes, in each page that it is in, and all three begin at a word; in RAM three bytes.
    uint32_t free;
    // The number of the oldest record that should be here.
    uint32_t oldest;
    // The number that the next record will have.
    uint32_t next;
    // Records that were kept and cannot be read any more, as far as later ones show it: those whose number, from `oldest` up to
    // `next`, increp_store_next never gives.
    uint32_t lost;
    // Pages that cannot be read, or whose head cannot.
    uint32_t damaged_pages;
    // 1 if the last append was cut short, or the newest record or page was damaged, which looks the same; else 0.
    uint32_t unfinished;
    // Erases of all pages together. An erase that power cut short may be missing.
    uint32_t erases;
    // Erases of the page that has the most: what wears out first.
    uint32_t most_erases;
} increp_store_status;

// A record of a store. Its number, and the next two, say which record is meant until it is dropped; they may be kept and moved.
typedef struct {
    // Its number: one more with each record that is kept. Numbers that are left out are records that were lost.
    uint32_t sequence;
    // Where it is. For the store alone.
    uint32_t page;
    // Where it is. For the store alone.
    uint32_t slot;
    // How far it came, when it was read.
    increp_mark mark;
    // Its bytes.
    size_t length;
} increp_record;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// Makes an empty report: a new draft without id. First of all, and again for each further report in the same memory.
increp_code increp_init(increp_report *report);

// Sets a number, a code, a flag (0 or 1), an instant (seconds since 1970 UTC) or an angle (1e-7 degree). What lies on the
// path is made if it is not there. Limits are checked by increp_check and on encoding.
increp_code increp_set_number(increp_report *report,
                              increp_path path,
                              int64_t number);

// Sets a text. Its bytes are not copied: they must stay as they are until the report is initialised again.
increp_code increp_set_text(increp_report *report, increp_path path, increp_text text);

// Sets a hash of 32 bytes, which are copied.
increp_code increp_set_digest(increp_report *report, increp_path path, const uint8_t *digest);

// Says that a value was asked for and is not known.
increp_code increp_set_unknown(increp_report *report, increp_path path);

// Makes a record or an item of a list, empty if it is not there. Setting a field in it does the same.
increp_code increp_make(increp_report *report, increp_path path);

// Takes a value back: nothing was said of it. A list loses all its items; one item alone, and the id, cannot be taken back.
increp_code increp_clear(increp_report *report,
                         increp_path path);

// Whether a value was said, and whether it is known.
increp_reported increp_get(const increp_report *report, increp_path path);

// Gives what increp_set_number sets. `number` is written to where it is known only.
increp_reported increp_get_number(const increp_report *report, increp_path path, int64_t *number);

// Gives a text, which lies where it came from: in the bytes that were decoded, in their room, in a profile, or where it was
// set from. `text` is written to where it is known only.
increp_reported increp_get_text(const increp_report *report,
                                increp_path path,
                                increp_text *text);

// Copies a hash to `digest`, 32 bytes.
increp_reported increp_get_digest(const increp_report *report, increp_path path, uint8_t *digest);

// How many items a list has.
size_t increp_length(const increp_report *report, increp_path path);

// Checks every limit and rule, as encoding does. Gives the first error of a setter too, if there was one.
increp_code increp_check(const increp_report *report, increp_error *error);

// Who may see it, one of enum increp_handling: what the report says, or red for sexual violence, detention and children, or
// else amber. Red too where there is no report.
uint8_t increp_effective_handling(const increp_report *report);

// Hides where exactly: makes every place of the report, of the event and of the claims, one cell of a grid with a mesh of
// about so many metres. Drops the names and codes of the places, which may say more than the cell does. 0 changes nothing.
// The observer's post, bearing and distance, and words in notes, stay: clear them where they tell too much.
increp_code increp_coarsen(increp_report *report,
                           uint32_t metres);

// Writes an error in words for people, with its field and byte: as much as fits in `size` bytes, the NUL at the end
// included. Gives the length of all of it, without the NUL. No text of the report is in it.
size_t increp_error_text(const increp_error *error, uint8_t *buffer, size_t size);

// Writes the name of a field, such as "event.counts[0].value", as increp_error_text does.
size_t increp_path_text(increp_path path, uint8_t *buffer, size_t size);

// Encodes with postcard: readable without any profile, in more bytes than packed. Gives how many bytes were written, 0 for
// an error. INCREP_MAX_LEN bytes are always enough.
size_t increp_encode_postcard(const increp_report *report,
                              uint8_t *buffer,
                              size_t size,
                              increp_error *error);

// Encodes with a profile, in the fewest bytes. Gives how many bytes were written, 0 for an error. INCREP_MAX_LEN bytes are
// always enough. `profile` may be NULL, for the profile that knows nothing; `known` may be NULL, for nothing known.
size_t increp_encode_packed(const increp_report *report,
                            const increp_profile *profile,
                            const increp_known *known,
                            uint8_t *buffer,
                            size_t size,
                            increp_error *error);

// Decodes exactly one report of postcard's. Its texts stay in `bytes`. After an error the report is empty or holds a part,
// and cannot be encoded; what it held before is gone in any case.
increp_code increp_decode_postcard(increp_report *report,
                                   const uint8_t *bytes,
                                   size_t length,
                                   increp_error *error);

// Decodes exactly one report of either encoding. Its texts stay in `bytes`, in the profile and in `room`, to which texts
// that were packed are written: INCREP_MAX_TEXT bytes are always enough; less may be, and INCREP_ERROR_BUFFER_FULL says where it is
// not. Otherwise as increp_decode_postcard.
increp_code increp_decode_packed(increp_report *report,
                                 const increp_profile *profile,
                                 const increp_known *known,
                                 const uint8_t *bytes,
                                 size_t length,
                                 uint8_t *room,
                                 size_t room_size,
                                 increp_error *error);

// Checks a profile whole, once. It stays where it is, on a device in flash, for as long as the profile is used and any report
// that was decoded with it.
increp_code increp_profile_open(increp_profile *profile,
                                const uint8_t *bytes,
                                size_t length,
                                increp_error *error);

// Opens the profile general-16 of this library: 16 KiB of flash, only where this is called.
increp_code increp_profile_general_16(increp_profile *profile);

// Opens the profile general-64 of this library: 64 KiB of flash, only where this is called.
increp_code increp_profile_general_64(increp_profile *profile);

// Begins a batch in `buffer`. `profile` may be NULL, for the profile that knows nothing. Profile and buffer stay where they are
// until the batch is finished.
increp_code increp_batch_writer_open(increp_batch_writer *writer,
                                     const increp_profile *profile,
                                     uint8_t *buffer,
                                     size_t size,
                                     increp_error *error);

// One more report. The report itself may change from then on; its texts stay where and as they are until the batch is finished, or
// the reader reads others. After an error it is not in the batch, which can go on.
increp_code increp_batch_writer_push(increp_batch_writer *writer,
                                     const increp_report *report,
                                     increp_error *error);

// How many bytes the batch has so far, to within a few; more than the buffer has, if it is too small by now. No report can be taken
// out again: write the batch anew with fewer. 0 if there is no batch.
size_t increp_batch_writer_length(const increp_batch_writer *writer);

// Finishes the batch. Gives how many bytes the buffer has of it, 0 for an error: INCREP_ERROR_BUFFER_FULL if they do not fit,
// and then the batch is lost; its reports are not. The memory is free for another batch.
size_t increp_batch_writer_finish(increp_batch_writer *writer,
                                  increp_error *error);

// Begins to read a batch. Texts that were packed, of all its reports, are written to `room`, one behind the other; profile, bytes
// and room stay where they are until the last report is read, and the room as long as any of the reports.
increp_code increp_batch_reader_open(increp_batch_reader *reader,
                                     const increp_profile *profile,
                                     const uint8_t *bytes,
                                     size_t length,
                                     uint8_t *room,
                                     size_t room_size,
                                     increp_error *error);

// The next report of a batch: INCREP_OK and a report, or INCREP_END, or an error; then the report is empty or holds a part, and
// cannot be encoded. Reports are certain only once INCREP_END was given: bytes that were damaged, or written with another profile of
// the same tag, may read as a few reports that nobody made before an error shows. There are none behind an error.
increp_code increp_batch_reader_next(increp_batch_reader *reader,
                                     increp_report *report,
                                     increp_error *error);

// Opens the journal in some flash, or begins one: reads everything, writes nothing. Whatever power did, all that was kept is
// there. `flash` is copied. `status` may be NULL.
increp_code increp_journal_open(increp_store *store,
                                const increp_flash *flash,
                                increp_when_full when_full,
                                increp_store_status *status,
                                increp_error *error);

// Begins a ring in `room`, for devices without flash: what it holds is gone with the power. The room stays where it is, and is
// the ring's alone, as long as the ring is used.
increp_code increp_ring_open(increp_store *store,
                             uint8_t *room,
                             size_t size,
                             increp_when_full when_full);

// Keeps a record: an encoded report, or any other bytes, 1 to 32767 of them; INCREP_ERROR_EMPTY says that there are none, as where
// an encoding failed. INCREP_OK: it is there from now on, whatever happens to the
// power. After an error it is not there; where power failed, it is there whole or not at all. `record` may be NULL; if not,
// it says afterwards which record this is.
increp_code increp_store_append(increp_store *store,
                                const uint8_t *bytes,
                                size_t length,
                                increp_record *record,
                                increp_error *error);

// Reads the record after `after`, or the oldest if that is NULL, into `buffer`: INCREP_OK and what it is in `record`, or INCREP_END
// if there is none. INCREP_ERROR_BUFFER_FULL says in `record` how many bytes it needs: ask again with more, or go on after it.
// `after` and `record` may be the same.
increp_code increp_store_next(increp_store *store,
                              const increp_record *after,
                              uint8_t *buffer,
                              size_t size,
                              increp_record *record,
                              increp_error *error);

// Raises the mark of a record. A mark that is there, or a higher one, stays.
increp_code increp_store_mark(increp_store *store, const increp_record *record, increp_mark mark, increp_error *error);

// Reads everything there is and says what was found.
increp_code increp_store_read_status(increp_store *store, increp_store_status *status, increp_error *error);

// How often a page of a journal was erased, counted on the page itself; where that cannot be read, how often at least.
increp_code increp_journal_erases(increp_store *store, uint32_t page, uint32_t *erases, increp_error *error);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#ifdef __cplusplus
extern "C" {
#endif

// ---- The code lists.

// The kinds of report; must be understood.
typedef enum increp_kind {
    INCREP_KIND_NEW = 1,
    INCREP_KIND_UPDATE = 2,
    INCREP_KIND_CANCEL = 3,
    INCREP_KIND_LARGEST = 255
} increp_kind;

// The statuses; must be understood.
typedef enum increp_status {
    INCREP_STATUS_ACTUAL = 1,
    INCREP_STATUS_EXERCISE = 2,
    INCREP_STATUS_TEST = 3,
    INCREP_STATUS_DRAFT = 4,
    INCREP_STATUS_LARGEST = 255
} increp_status;

// The clock sources; others are kept.
typedef enum increp_clock {
    INCREP_CLOCK_UNSPECIFIED = 0,
    INCREP_CLOCK_GNSS = 1,
    INCREP_CLOCK_NETWORK = 2,
    INCREP_CLOCK_SET_BY_HAND = 3,
    INCREP_CLOCK_UNSURE = 4,
    INCREP_CLOCK_LARGEST = 255
} increp_clock;

// The precedences; others are kept.
typedef enum increp_precedence {
    INCREP_PRECEDENCE_UNSPECIFIED = 0,
    INCREP_PRECEDENCE_ROUTINE = 1,
    INCREP_PRECEDENCE_PRIORITY = 2,
    INCREP_PRECEDENCE_IMMEDIATE = 3,
    INCREP_PRECEDENCE_FLASH = 4,
    INCREP_PRECEDENCE_LARGEST = 255
} increp_precedence;

// The handling marks; must be understood.
typedef enum increp_handling {
    INCREP_HANDLING_UNSET = 0,
    INCREP_HANDLING_CLEAR = 1,
    INCREP_HANDLING_GREEN = 2,
    INCREP_HANDLING_AMBER = 3,
    INCREP_HANDLING_AMBER_STRICT = 4,
    INCREP_HANDLING_RED = 5,
    INCREP_HANDLING_LARGEST = 255
} increp_handling;

// The link relations; others are kept.
typedef enum increp_link_rel {
    INCREP_LINK_REL_UNSPECIFIED = 0,
    INCREP_LINK_REL_REPLACES = 1,
    INCREP_LINK_REL_DUPLICATE_OF = 2,
    INCREP_LINK_REL_SAME_INCIDENT = 3,
    INCREP_LINK_REL_PART_OF = 4,
    INCREP_LINK_REL_FOLLOWS = 5,
    INCREP_LINK_REL_RESPONDS_TO = 6,
    INCREP_LINK_REL_CONTRADICTS = 7,
    INCREP_LINK_REL_WAITS_FOR = 8,
    INCREP_LINK_REL_LARGEST = 255
} increp_link_rel;

// The event types; others are kept.
typedef enum increp_event_type {
    INCREP_EVENT_TYPE_UNSPECIFIED = 0,
    INCREP_EVENT_TYPE_GOVERNMENT_REGAINS_TERRITORY = 1,
    INCREP_EVENT_TYPE_NON_STATE_ACTOR_OVERTAKES_TERRITORY = 2,
    INCREP_EVENT_TYPE_ARMED_CLASH = 3,
    INCREP_EVENT_TYPE_EXCESSIVE_FORCE_AGAINST_PROTESTERS = 4,
    INCREP_EVENT_TYPE_PROTEST_WITH_INTERVENTION = 5,
    INCREP_EVENT_TYPE_PEACEFUL_PROTEST = 6,
    INCREP_EVENT_TYPE_VIOLENT_DEMONSTRATION = 7,
    INCREP_EVENT_TYPE_MOB_VIOLENCE = 8,
    INCREP_EVENT_TYPE_CHEMICAL_WEAPON = 9,
    INCREP_EVENT_TYPE_AIR_DRONE_STRIKE = 10,
    INCREP_EVENT_TYPE_SUICIDE_BOMB = 11,
    INCREP_EVENT_TYPE_SHELLING_ARTILLERY_MISSILE = 12,
    INCREP_EVENT_TYPE_REMOTE_EXPLOSIVE_LANDMINE_IED = 13,
    INCREP_EVENT_TYPE_GRENADE = 14,
    INCREP_EVENT_TYPE_SEXUAL_VIOLENCE = 15,
    INCREP_EVENT_TYPE_ATTACK = 16,
    INCREP_EVENT_TYPE_ABDUCTION_FORCED_DISAPPEARANCE = 17,
    INCREP_EVENT_TYPE_AGREEMENT = 18,
    INCREP_EVENT_TYPE_ARRESTS = 19,
    INCREP_EVENT_TYPE_CHANGE_TO_GROUP_ACTIVITY = 20,
    INCREP_EVENT_TYPE_DISRUPTED_WEAPONS_USE = 21,
    INCREP_EVENT_TYPE_HEADQUARTERS_OR_BASE_ESTABLISHED = 22,
    INCREP_EVENT_TYPE_LOOTING_PROPERTY_DESTRUCTION = 23,
    INCREP_EVENT_TYPE_NON_VIOLENT_TRANSFER_OF_TERRITORY = 24,
    INCREP_EVENT_TYPE_OTHER = 25,
    INCREP_EVENT_TYPE_AIRCRAFT_LOST = 26,
    INCREP_EVENT_TYPE_CEASEFIRE_VIOLATION = 27,
    INCREP_EVENT_TYPE_EXPLOSION = 28,
    INCREP_EVENT_TYPE_SMALL_ARMS_FIRE = 29,
    INCREP_EVENT_TYPE_OVERFLIGHT = 30,
    INCREP_EVENT_TYPE_WEAPONS_IN_RESTRICTED_AREA = 31,
    INCREP_EVENT_TYPE_ACCESS_CONSTRAINT = 32,
    INCREP_EVENT_TYPE_MEETING = 33,
    INCREP_EVENT_TYPE_STATEMENT = 34,
    INCREP_EVENT_TYPE_SITUATION = 35,
    INCREP_EVENT_TYPE_ATTACK_ON_HEALTH = 36,
    INCREP_EVENT_TYPE_ATTACK_ON_AID_WORKER = 37,
    INCREP_EVENT_TYPE_DISPLACEMENT = 38,
    INCREP_EVENT_TYPE_DETENTION_OF_MONITOR = 39,
    INCREP_EVENT_TYPE_ATTACK_ON_EDUCATION = 40,
    INCREP_EVENT_TYPE_ATTACK_ON_SHIPPING = 41,
    INCREP_EVENT_TYPE_CHECKPOINT = 42,
    INCREP_EVENT_TYPE_UNEXPLODED_ORDNANCE = 43,
    INCREP_EVENT_TYPE_POACHING_SIGN = 64,
    INCREP_EVENT_TYPE_SNARE = 65,
    INCREP_EVENT_TYPE_CARCASS = 66,
    INCREP_EVENT_TYPE_FIRE = 67,
    INCREP_EVENT_TYPE_CAMP = 68,
    INCREP_EVENT_TYPE_HUMAN_WILDLIFE_CONFLICT = 69,
    INCREP_EVENT_TYPE_POACHERS_SEEN = 70,
    INCREP_EVENT_TYPE_ILLEGAL_LOGGING = 71,
    INCREP_EVENT_TYPE_ILLEGAL_GRAZING = 72,
    INCREP_EVENT_TYPE_ILLEGAL_FISHING = 73,
    INCREP_EVENT_TYPE_ILLEGAL_MINING = 74,
    INCREP_EVENT_TYPE_ARREST_OF_POACHER = 75,
    INCREP_EVENT_TYPE_LARGEST = 255
} increp_event_type;

// The time precisions; others are kept.
typedef enum increp_time_precision {
    INCREP_TIME_PRECISION_UNSPECIFIED = 0,
    INCREP_TIME_PRECISION_SECOND = 1,
    INCREP_TIME_PRECISION_MINUTE = 2,
    INCREP_TIME_PRECISION_HOUR = 3,
    INCREP_TIME_PRECISION_PART_OF_DAY = 4,
    INCREP_TIME_PRECISION_DAY = 5,
    INCREP_TIME_PRECISION_DAYS = 6,
    INCREP_TIME_PRECISION_WEEK = 7,
    INCREP_TIME_PRECISION_MONTH = 8,
    INCREP_TIME_PRECISION_YEAR = 9,
    INCREP_TIME_PRECISION_LARGEST = 255
} increp_time_precision;

// The date forms; must be understood.
typedef enum increp_date_form {
    INCREP_DATE_FORM_YEAR = 1,
    INCREP_DATE_FORM_MONTH = 2,
    INCREP_DATE_FORM_DAY = 3,
    INCREP_DATE_FORM_SECOND = 4,
    INCREP_DATE_FORM_LARGEST = 255
} increp_date_form;

// The place precisions; others are kept.
typedef enum increp_place_precision {
    INCREP_PLACE_PRECISION_UNSPECIFIED = 0,
    INCREP_PLACE_PRECISION_EXACT = 1,
    INCREP_PLACE_PRECISION_NEAR = 2,
    INCREP_PLACE_PRECISION_ADM2 = 3,
    INCREP_PLACE_PRECISION_ADM1 = 4,
    INCREP_PLACE_PRECISION_LINE_OR_AREA = 5,
    INCREP_PLACE_PRECISION_COUNTRY = 6,
    INCREP_PLACE_PRECISION_INTERNATIONAL = 7,
    INCREP_PLACE_PRECISION_LARGEST = 255
} increp_place_precision;

// The place relations; others are kept.
typedef enum increp_relation {
    INCREP_RELATION_UNSPECIFIED = 0,
    INCREP_RELATION_AT = 1,
    INCREP_RELATION_NEAR = 2,
    INCREP_RELATION_BETWEEN = 3,
    INCREP_RELATION_ALONG_BORDER = 4,
    INCREP_RELATION_PART_NORTH = 5,
    INCREP_RELATION_PART_EAST = 6,
    INCREP_RELATION_PART_SOUTH = 7,
    INCREP_RELATION_PART_WEST = 8,
    INCREP_RELATION_PART_NORTH_EAST = 9,
    INCREP_RELATION_PART_SOUTH_EAST = 10,
    INCREP_RELATION_PART_SOUTH_WEST = 11,
    INCREP_RELATION_PART_NORTH_WEST = 12,
    INCREP_RELATION_CENTRE = 13,
    INCREP_RELATION_OUTSKIRTS = 14,
    INCREP_RELATION_INSIDE = 15,
    INCREP_RELATION_ALONG_ROAD = 16,
    INCREP_RELATION_LARGEST = 255
} increp_relation;

// The party roles; others are kept.
typedef enum increp_role {
    INCREP_ROLE_UNSPECIFIED = 0,
    INCREP_ROLE_PERPETRATOR = 1,
    INCREP_ROLE_PARTICIPANT = 2,
    INCREP_ROLE_TARGET_INTENDED = 3,
    INCREP_ROLE_TARGET_ACTUAL = 4,
    INCREP_ROLE_VICTIM = 5,
    INCREP_ROLE_CONVENER = 6,
    INCREP_ROLE_GUARANTOR = 7,
    INCREP_ROLE_OWNER = 8,
    INCREP_ROLE_LARGEST = 255
} increp_role;

// The party kinds; others are kept.
typedef enum increp_party_kind {
    INCREP_PARTY_KIND_UNSPECIFIED = 0,
    INCREP_PARTY_KIND_STATE = 1,
    INCREP_PARTY_KIND_REBEL = 2,
    INCREP_PARTY_KIND_POLITICAL_MILITIA = 3,
    INCREP_PARTY_KIND_IDENTITY_MILITIA = 4,
    INCREP_PARTY_KIND_RIOTERS = 5,
    INCREP_PARTY_KIND_PROTESTERS = 6,
    INCREP_PARTY_KIND_CIVILIANS = 7,
    INCREP_PARTY_KIND_EXTERNAL = 8,
    INCREP_PARTY_KIND_LARGEST = 255
} increp_party_kind;

// The attributions; others are kept.
typedef enum increp_attribution {
    INCREP_ATTRIBUTION_UNSPECIFIED = 0,
    INCREP_ATTRIBUTION_ALLEGED = 1,
    INCREP_ATTRIBUTION_SUSPECTED = 2,
    INCREP_ATTRIBUTION_LIKELY = 3,
    INCREP_ATTRIBUTION_CONFIRMED = 4,
    INCREP_ATTRIBUTION_SELF_CLAIMED = 5,
    INCREP_ATTRIBUTION_ADMITTED = 6,
    INCREP_ATTRIBUTION_DENIED = 7,
    INCREP_ATTRIBUTION_LARGEST = 255
} increp_attribution;

// The counted things; others are kept.
typedef enum increp_count_of {
    INCREP_COUNT_OF_UNSPECIFIED = 0,
    INCREP_COUNT_OF_KILLED = 1,
    INCREP_COUNT_OF_INJURED = 2,
    INCREP_COUNT_OF_MISSING = 3,
    INCREP_COUNT_OF_DETAINED = 4,
    INCREP_COUNT_OF_ABDUCTED = 5,
    INCREP_COUNT_OF_DISPLACED = 6,
    INCREP_COUNT_OF_PEOPLE = 7,
    INCREP_COUNT_OF_AIRCRAFT = 8,
    INCREP_COUNT_OF_VEHICLES = 9,
    INCREP_COUNT_OF_TRUCKS = 10,
    INCREP_COUNT_OF_ATTACKS = 11,
    INCREP_COUNT_OF_EXPLOSIONS = 12,
    INCREP_COUNT_OF_SHOTS = 13,
    INCREP_COUNT_OF_VIOLATIONS = 14,
    INCREP_COUNT_OF_DELIVERIES = 15,
    INCREP_COUNT_OF_ANIMALS = 16,
    INCREP_COUNT_OF_ITEMS = 17,
    INCREP_COUNT_OF_LARGEST = 255
} increp_count_of;

// The vague words; others are kept.
typedef enum increp_term {
    INCREP_TERM_UNSPECIFIED = 0,
    INCREP_TERM_SOME = 1,
    INCREP_TERM_SEVERAL = 2,
    INCREP_TERM_DOZENS = 3,
    INCREP_TERM_SCORES = 4,
    INCREP_TERM_HUNDREDS = 5,
    INCREP_TERM_MANY = 6,
    INCREP_TERM_MULTIPLE = 7,
    INCREP_TERM_FEW = 8,
    INCREP_TERM_THOUSANDS = 9,
    INCREP_TERM_LARGEST = 255
} increp_term;

// The count scopes; others are kept.
typedef enum increp_scope {
    INCREP_SCOPE_INCIDENT = 0,
    INCREP_SCOPE_PERIOD = 1,
    INCREP_SCOPE_CUMULATIVE = 2,
    INCREP_SCOPE_LARGEST = 255
} increp_scope;

// The victim statuses; others are kept.
typedef enum increp_victim_status {
    INCREP_VICTIM_STATUS_UNSPECIFIED = 0,
    INCREP_VICTIM_STATUS_CIVILIAN = 1,
    INCREP_VICTIM_STATUS_COMBATANT = 2,
    INCREP_VICTIM_STATUS_HORS_DE_COMBAT = 3,
    INCREP_VICTIM_STATUS_LARGEST = 255
} increp_victim_status;

// The sexes; others are kept.
typedef enum increp_sex {
    INCREP_SEX_UNSPECIFIED = 0,
    INCREP_SEX_FEMALE = 1,
    INCREP_SEX_MALE = 2,
    INCREP_SEX_MIXED = 3,
    INCREP_SEX_LARGEST = 255
} increp_sex;

// The age groups; others are kept.
typedef enum increp_age {
    INCREP_AGE_UNSPECIFIED = 0,
    INCREP_AGE_CHILD = 1,
    INCREP_AGE_ADULT = 2,
    INCREP_AGE_ELDER = 3,
    INCREP_AGE_MIXED = 4,
    INCREP_AGE_LARGEST = 255
} increp_age;

// The roles of people; others are kept.
typedef enum increp_person_role {
    INCREP_PERSON_ROLE_UNSPECIFIED = 0,
    INCREP_PERSON_ROLE_PILOT = 1,
    INCREP_PERSON_ROLE_HEALTH = 2,
    INCREP_PERSON_ROLE_AID = 3,
    INCREP_PERSON_ROLE_JOURNALIST = 4,
    INCREP_PERSON_ROLE_RANGER = 5,
    INCREP_PERSON_ROLE_AIRCREW = 6,
    INCREP_PERSON_ROLE_TEACHER = 7,
    INCREP_PERSON_ROLE_PEACEKEEPER = 8,
    INCREP_PERSON_ROLE_OFFICIAL = 9,
    INCREP_PERSON_ROLE_RELIGIOUS = 10,
    INCREP_PERSON_ROLE_PROTESTER = 11,
    INCREP_PERSON_ROLE_DRIVER = 12,
    INCREP_PERSON_ROLE_PATIENT = 13,
    INCREP_PERSON_ROLE_MONITOR = 14,
    INCREP_PERSON_ROLE_SEAFARER = 15,
    INCREP_PERSON_ROLE_LARGEST = 255
} increp_person_role;

// The severities; others are kept.
typedef enum increp_severity {
    INCREP_SEVERITY_UNSPECIFIED = 0,
    INCREP_SEVERITY_CRITICAL = 1,
    INCREP_SEVERITY_SERIOUS = 2,
    INCREP_SEVERITY_SLIGHT = 3,
    INCREP_SEVERITY_LARGEST = 255
} increp_severity;

// The object roles; others are kept.
typedef enum increp_object_role {
    INCREP_OBJECT_ROLE_UNSPECIFIED = 0,
    INCREP_OBJECT_ROLE_TARGET_INTENDED = 1,
    INCREP_OBJECT_ROLE_TARGET_ACTUAL = 2,
    INCREP_OBJECT_ROLE_LARGEST = 255
} increp_object_role;

// The object kinds; others are kept.
typedef enum increp_object_kind {
    INCREP_OBJECT_KIND_UNSPECIFIED = 0,
    INCREP_OBJECT_KIND_CLINIC = 1,
    INCREP_OBJECT_KIND_SCHOOL = 2,
    INCREP_OBJECT_KIND_VEHICLE = 3,
    INCREP_OBJECT_KIND_AIRCRAFT = 4,
    INCREP_OBJECT_KIND_POSITION = 5,
    INCREP_OBJECT_KIND_BRIDGE = 6,
    INCREP_OBJECT_KIND_INSTITUTION = 7,
    INCREP_OBJECT_KIND_HOSPITAL = 8,
    INCREP_OBJECT_KIND_AMBULANCE = 9,
    INCREP_OBJECT_KIND_MARKET = 10,
    INCREP_OBJECT_KIND_DWELLING = 11,
    INCREP_OBJECT_KIND_PLACE_OF_WORSHIP = 12,
    INCREP_OBJECT_KIND_CAMP = 13,
    INCREP_OBJECT_KIND_WATER = 14,
    INCREP_OBJECT_KIND_POWER = 15,
    INCREP_OBJECT_KIND_AIRPORT = 16,
    INCREP_OBJECT_KIND_PORT = 17,
    INCREP_OBJECT_KIND_SHIP = 18,
    INCREP_OBJECT_KIND_ROAD = 19,
    INCREP_OBJECT_KIND_CHECKPOINT = 20,
    INCREP_OBJECT_KIND_TANK = 21,
    INCREP_OBJECT_KIND_CONVOY = 22,
    INCREP_OBJECT_KIND_WAREHOUSE = 23,
    INCREP_OBJECT_KIND_BASE = 24,
    INCREP_OBJECT_KIND_WEAPON = 25,
    INCREP_OBJECT_KIND_FARMLAND = 26,
    INCREP_OBJECT_KIND_LIVESTOCK = 27,
    INCREP_OBJECT_KIND_SNARE = 28,
    INCREP_OBJECT_KIND_TRUCK = 29,
    INCREP_OBJECT_KIND_COMMUNICATIONS = 30,
    INCREP_OBJECT_KIND_LARGEST = 255
} increp_object_kind;

// The effects; others are kept.
typedef enum increp_effect {
    INCREP_EFFECT_UNSPECIFIED = 0,
    INCREP_EFFECT_DAMAGED = 1,
    INCREP_EFFECT_DESTROYED = 2,
    INCREP_EFFECT_SHOT_DOWN = 3,
    INCREP_EFFECT_LOOTED = 4,
    INCREP_EFFECT_OCCUPIED = 5,
    INCREP_EFFECT_REMOVED = 6,
    INCREP_EFFECT_BURNED = 7,
    INCREP_EFFECT_SEIZED = 8,
    INCREP_EFFECT_LARGEST = 255
} increp_effect;

// The degrees of function; others are kept.
typedef enum increp_functioning {
    INCREP_FUNCTIONING_UNSPECIFIED = 0,
    INCREP_FUNCTIONING_FULLY = 1,
    INCREP_FUNCTIONING_PARTLY = 2,
    INCREP_FUNCTIONING_NOT = 3,
    INCREP_FUNCTIONING_LARGEST = 255
} increp_functioning;

// The intents; others are kept.
typedef enum increp_intent {
    INCREP_INTENT_UNSPECIFIED = 0,
    INCREP_INTENT_DELIBERATE = 1,
    INCREP_INTENT_MISTAKEN = 2,
    INCREP_INTENT_INDISCRIMINATE = 3,
    INCREP_INTENT_LARGEST = 255
} increp_intent;

// The weapon classes; others are kept.
typedef enum increp_weapon {
    INCREP_WEAPON_UNSPECIFIED = 0,
    INCREP_WEAPON_SMALL_ARMS = 1,
    INCREP_WEAPON_HEAVY_MACHINE_GUN = 2,
    INCREP_WEAPON_MORTAR = 3,
    INCREP_WEAPON_ARTILLERY = 4,
    INCREP_WEAPON_ROCKET = 5,
    INCREP_WEAPON_MISSILE = 6,
    INCREP_WEAPON_AIR_DELIVERED = 7,
    INCREP_WEAPON_DRONE = 8,
    INCREP_WEAPON_IED = 9,
    INCREP_WEAPON_LANDMINE = 10,
    INCREP_WEAPON_GRENADE = 11,
    INCREP_WEAPON_CHEMICAL = 12,
    INCREP_WEAPON_CLUSTER = 13,
    INCREP_WEAPON_INCENDIARY = 14,
    INCREP_WEAPON_BARREL_BOMB = 15,
    INCREP_WEAPON_TANK_GUN = 16,
    INCREP_WEAPON_ANTI_AIRCRAFT = 17,
    INCREP_WEAPON_BLADED = 18,
    INCREP_WEAPON_VEHICLE = 19,
    INCREP_WEAPON_SUICIDE_VEST = 20,
    INCREP_WEAPON_TRAP = 21,
    INCREP_WEAPON_NAVAL_MINE = 22,
    INCREP_WEAPON_LARGEST = 255
} increp_weapon;

// The directions of fire; others are kept.
typedef enum increp_direction {
    INCREP_DIRECTION_UNSPECIFIED = 0,
    INCREP_DIRECTION_INCOMING = 1,
    INCREP_DIRECTION_OUTGOING = 2,
    INCREP_DIRECTION_LARGEST = 255
} increp_direction;

// The truce coverages; others are kept.
typedef enum increp_coverage {
    INCREP_COVERAGE_UNSPECIFIED = 0,
    INCREP_COVERAGE_COVERED = 1,
    INCREP_COVERAGE_EXCLUDED_AREA = 2,
    INCREP_COVERAGE_EXCLUDED_GROUP = 3,
    INCREP_COVERAGE_DISPUTED = 4,
    INCREP_COVERAGE_LARGEST = 255
} increp_coverage;

// The truce conducts; others are kept.
typedef enum increp_conduct {
    INCREP_CONDUCT_UNSPECIFIED = 0,
    INCREP_CONDUCT_KEPT = 1,
    INCREP_CONDUCT_BROKEN = 2,
    INCREP_CONDUCT_LARGEST = 255
} increp_conduct;

// The extents of control; others are kept.
typedef enum increp_extent {
    INCREP_EXTENT_UNSPECIFIED = 0,
    INCREP_EXTENT_ALL = 1,
    INCREP_EXTENT_MOST = 2,
    INCREP_EXTENT_PART = 3,
    INCREP_EXTENT_POSITION = 4,
    INCREP_EXTENT_LARGEST = 255
} increp_extent;

// The durations of control; others are kept.
typedef enum increp_held {
    INCREP_HELD_UNSPECIFIED = 0,
    INCREP_HELD_BRIEF = 1,
    INCREP_HELD_ONGOING = 2,
    INCREP_HELD_LARGEST = 255
} increp_held;

// The notice timings; others are kept.
typedef enum increp_timing {
    INCREP_TIMING_UNSPECIFIED = 0,
    INCREP_TIMING_BEFORE = 1,
    INCREP_TIMING_DURING = 2,
    INCREP_TIMING_AFTER = 3,
    INCREP_TIMING_LARGEST = 255
} increp_timing;

// The notice specificities; others are kept.
typedef enum increp_specificity {
    INCREP_SPECIFICITY_UNSPECIFIED = 0,
    INCREP_SPECIFICITY_NONE = 1,
    INCREP_SPECIFICITY_BROAD_AREA = 2,
    INCREP_SPECIFICITY_PRECISE = 3,
    INCREP_SPECIFICITY_LARGEST = 255
} increp_specificity;

// The channels; others are kept.
typedef enum increp_channel {
    INCREP_CHANNEL_UNSPECIFIED = 0,
    INCREP_CHANNEL_STATEMENT = 1,
    INCREP_CHANNEL_PRESS_CONFERENCE = 2,
    INCREP_CHANNEL_INTERVIEW = 3,
    INCREP_CHANNEL_ONLINE = 4,
    INCREP_CHANNEL_SOCIAL = 5,
    INCREP_CHANNEL_BROADCAST = 6,
    INCREP_CHANNEL_PRINT = 7,
    INCREP_CHANNEL_MEETING = 8,
    INCREP_CHANNEL_HOTLINE = 9,
    INCREP_CHANNEL_PHONE = 10,
    INCREP_CHANNEL_RADIO = 11,
    INCREP_CHANNEL_LETTER = 12,
    INCREP_CHANNEL_IN_PERSON = 13,
    INCREP_CHANNEL_MESSAGE = 14,
    INCREP_CHANNEL_COORDINATION_CELL = 15,
    INCREP_CHANNEL_LARGEST = 255
} increp_channel;

// The notice responses; others are kept.
typedef enum increp_response {
    INCREP_RESPONSE_UNSPECIFIED = 0,
    INCREP_RESPONSE_ACKNOWLEDGED = 1,
    INCREP_RESPONSE_HALTED_AT_ONCE = 2,
    INCREP_RESPONSE_HALTED = 3,
    INCREP_RESPONSE_CONTINUED = 4,
    INCREP_RESPONSE_REFUSED = 5,
    INCREP_RESPONSE_LARGEST = 255
} increp_response;

// The certainties; others are kept.
typedef enum increp_certainty {
    INCREP_CERTAINTY_UNSPECIFIED = 0,
    INCREP_CERTAINTY_CERTAIN = 1,
    INCREP_CERTAINTY_LIKELY = 2,
    INCREP_CERTAINTY_POSSIBLE = 3,
    INCREP_CERTAINTY_CONDITIONAL = 4,
    INCREP_CERTAINTY_LARGEST = 255
} increp_certainty;

// The access states; others are kept.
typedef enum increp_access_state {
    INCREP_ACCESS_STATE_UNSPECIFIED = 0,
    INCREP_ACCESS_STATE_DELAYED = 1,
    INCREP_ACCESS_STATE_DENIED = 2,
    INCREP_ACCESS_STATE_TURNED_BACK = 3,
    INCREP_ACCESS_STATE_SUSPENDED = 4,
    INCREP_ACCESS_STATE_PASSED = 5,
    INCREP_ACCESS_STATE_LOOTED = 6,
    INCREP_ACCESS_STATE_LARGEST = 255
} increp_access_state;

// The access constraints; others are kept.
typedef enum increp_constraint {
    INCREP_CONSTRAINT_UNSPECIFIED = 0,
    INCREP_CONSTRAINT_DENIAL_OF_NEEDS = 1,
    INCREP_CONSTRAINT_OBSTRUCTION_OF_SERVICES = 2,
    INCREP_CONSTRAINT_ENTRY_INTO_COUNTRY = 3,
    INCREP_CONSTRAINT_RESTRICTION_OF_MOVEMENT = 4,
    INCREP_CONSTRAINT_INTERFERENCE_IN_IMPLEMENTATION = 5,
    INCREP_CONSTRAINT_VIOLENCE_AGAINST_AID = 6,
    INCREP_CONSTRAINT_HOSTILITIES = 7,
    INCREP_CONSTRAINT_EXPLOSIVE_REMNANTS = 8,
    INCREP_CONSTRAINT_PHYSICAL_ENVIRONMENT = 9,
    INCREP_CONSTRAINT_LARGEST = 255
} increp_constraint;

// The access reasons; others are kept.
typedef enum increp_access_reason {
    INCREP_ACCESS_REASON_UNSPECIFIED = 0,
    INCREP_ACCESS_REASON_AWAITING_GUARANTEE = 1,
    INCREP_ACCESS_REASON_PERMIT = 2,
    INCREP_ACCESS_REASON_INSECURITY = 3,
    INCREP_ACCESS_REASON_INSPECTION = 4,
    INCREP_ACCESS_REASON_FEE = 5,
    INCREP_ACCESS_REASON_CARGO_REFUSED = 6,
    INCREP_ACCESS_REASON_STAFF_REFUSED = 7,
    INCREP_ACCESS_REASON_ROAD_CLOSED = 8,
    INCREP_ACCESS_REASON_NO_REASON_GIVEN = 9,
    INCREP_ACCESS_REASON_CURFEW = 10,
    INCREP_ACCESS_REASON_FUEL = 11,
    INCREP_ACCESS_REASON_LARGEST = 255
} increp_access_reason;

// The means of observation; others are kept.
typedef enum increp_means {
    INCREP_MEANS_UNSPECIFIED = 0,
    INCREP_MEANS_SEEN = 1,
    INCREP_MEANS_HEARD = 2,
    INCREP_MEANS_CAMERA = 3,
    INCREP_MEANS_INSTRUMENT = 4,
    INCREP_MEANS_TOLD = 5,
    INCREP_MEANS_LARGEST = 255
} increp_means;

// The kinds of source; others are kept.
typedef enum increp_source_kind {
    INCREP_SOURCE_KIND_UNSPECIFIED = 0,
    INCREP_SOURCE_KIND_WITNESS = 1,
    INCREP_SOURCE_KIND_MEDIC = 2,
    INCREP_SOURCE_KIND_OFFICIAL_CIVIL = 3,
    INCREP_SOURCE_KIND_OFFICIAL_MILITARY = 4,
    INCREP_SOURCE_KIND_ARMED_GROUP = 5,
    INCREP_SOURCE_KIND_MONITOR_NGO = 6,
    INCREP_SOURCE_KIND_UN = 7,
    INCREP_SOURCE_KIND_MEDIA_STATE = 8,
    INCREP_SOURCE_KIND_MEDIA_INDEPENDENT = 9,
    INCREP_SOURCE_KIND_MEDIA_AFFILIATED = 10,
    INCREP_SOURCE_KIND_SOCIAL = 11,
    INCREP_SOURCE_KIND_ANALYST = 12,
    INCREP_SOURCE_KIND_DEVICE = 13,
    INCREP_SOURCE_KIND_LARGEST = 255
} increp_source_kind;

// The reliabilities; others are kept.
typedef enum increp_reliability {
    INCREP_RELIABILITY_UNSPECIFIED = 0,
    INCREP_RELIABILITY_A = 1,
    INCREP_RELIABILITY_B = 2,
    INCREP_RELIABILITY_C = 3,
    INCREP_RELIABILITY_D = 4,
    INCREP_RELIABILITY_E = 5,
    INCREP_RELIABILITY_F = 6,
    INCREP_RELIABILITY_LARGEST = 255
} increp_reliability;

// The acts; others are kept.
typedef enum increp_act {
    INCREP_ACT_UNSPECIFIED = 0,
    INCREP_ACT_ASSERT = 1,
    INCREP_ACT_ESTIMATE = 2,
    INCREP_ACT_DENY = 3,
    INCREP_ACT_ADMIT = 4,
    INCREP_ACT_CLAIM_RESPONSIBILITY = 5,
    INCREP_ACT_ACCUSE = 6,
    INCREP_ACT_CONDEMN = 7,
    INCREP_ACT_REGRET = 8,
    INCREP_ACT_CONDOLE = 9,
    INCREP_ACT_DEMAND = 10,
    INCREP_ACT_OFFER = 11,
    INCREP_ACT_REFUSE = 12,
    INCREP_ACT_ASSESS = 13,
    INCREP_ACT_COMMIT = 14,
    INCREP_ACT_QUESTION = 15,
    INCREP_ACT_RETRACT = 16,
    INCREP_ACT_WALK_OUT = 17,
    INCREP_ACT_LARGEST = 255
} increp_act;

// The parts of a report; others are kept.
typedef enum increp_part {
    INCREP_PART_UNSPECIFIED = 0,
    INCREP_PART_EVENT = 1,
    INCREP_PART_TIME = 2,
    INCREP_PART_PLACE = 3,
    INCREP_PART_PARTIES = 4,
    INCREP_PART_COUNTS = 5,
    INCREP_PART_CONTROL = 6,
    INCREP_PART_ACCESS = 7,
    INCREP_PART_TRUCE = 8,
    INCREP_PART_NOTICE = 9,
    INCREP_PART_OBJECTS = 10,
    INCREP_PART_INTENT = 11,
    INCREP_PART_LARGEST = 255
} increp_part;

// The kinds of evidence; others are kept.
typedef enum increp_evidence_kind {
    INCREP_EVIDENCE_KIND_UNSPECIFIED = 0,
    INCREP_EVIDENCE_KIND_PHOTO = 1,
    INCREP_EVIDENCE_KIND_VIDEO = 2,
    INCREP_EVIDENCE_KIND_AUDIO = 3,
    INCREP_EVIDENCE_KIND_DOCUMENT = 4,
    INCREP_EVIDENCE_KIND_SENSOR_LOG = 5,
    INCREP_EVIDENCE_KIND_SAMPLE = 6,
    INCREP_EVIDENCE_KIND_LARGEST = 255
} increp_evidence_kind;

// ---- The records: each the way to one of its kind, wherever in a report that stands.

typedef struct increp_id { increp_path path; } increp_id;
typedef struct increp_link { increp_path path; } increp_link;
typedef struct increp_hop { increp_path path; } increp_hop;
typedef struct increp_event { increp_path path; } increp_event;
typedef struct increp_time { increp_path path; } increp_time;
typedef struct increp_place { increp_path path; } increp_place;
typedef struct increp_point { increp_path path; } increp_point;
typedef struct increp_party { increp_path path; } increp_party;
typedef struct increp_count { increp_path path; } increp_count;
typedef struct increp_period { increp_path path; } increp_period;
typedef struct increp_date { increp_path path; } increp_date;
typedef struct increp_who { increp_path path; } increp_who;
typedef struct increp_object { increp_path path; } increp_object;
typedef struct increp_truce { increp_path path; } increp_truce;
typedef struct increp_control { increp_path path; } increp_control;
typedef struct increp_notice { increp_path path; } increp_notice;
typedef struct increp_access { increp_path path; } increp_access;
typedef struct increp_observer { increp_path path; } increp_observer;
typedef struct increp_distance { increp_path path; } increp_distance;
typedef struct increp_claim { increp_path path; } increp_claim;
typedef struct increp_about { increp_path path; } increp_about;
typedef struct increp_evidence { increp_path path; } increp_evidence;
typedef struct increp_entry { increp_path path; } increp_entry;

// The way to an item of a list. An index beyond every list is refused when it is used.
static inline increp_path increp_item(increp_path list, uint8_t index)
{ return list << 8 | 0x80 | (increp_path)(index < 0x7f ? index : 0x7f); }

// A text that ends with a NUL.
static inline increp_text increp_string(const char *string)
{
    increp_text text = { (const uint8_t *)string, 0 };
    while (string && string[text.length] != 0) text.length++;
    return text;
}

// ---- Report: An incident report. Without from and claims its event is the author's own word.

// Who wrote it, and its number.
static inline increp_id increp_report_id(void)
{ increp_id field = { 1 }; return field; }

// What it does to earlier reports. An update carries the whole new report, a cancel no event; both name by a link what
// they replace.
static inline increp_code increp_report_set_kind(increp_report *report, increp_kind value)
{ return increp_set_number(report, 2, (int64_t)value); }
static inline increp_kind increp_report_get_kind(const increp_report *report)
{ int64_t value = 0; increp_get_number(report, 2, &value); return (increp_kind)value; }

// Whether it happened.
static inline increp_code increp_report_set_status(increp_report *report, increp_status value)
{ return increp_set_number(report, 3, (int64_t)value); }
static inline increp_status increp_report_get_status(const increp_report *report)
{ int64_t value = 0; increp_get_number(report, 3, &value); return (increp_status)value; }

// When it was written; left out by a device without a clock. -62135596800 to 253402300799 seconds since 1970-01-01 UTC.
static inline increp_code increp_report_set_sent(increp_report *report, int64_t value)
{ return increp_set_number(report, 4, (int64_t)value); }
static inline increp_reported increp_report_get_sent(const increp_report *report, int64_t *value)
{ return increp_get_number(report, 4, value); }
static inline increp_code increp_report_clear_sent(increp_report *report)
{ return increp_clear(report, 4); }

// Where sent comes from.
static inline increp_code increp_report_set_clock(increp_report *report, increp_clock value)
{ return increp_set_number(report, 5, (int64_t)value); }
static inline increp_clock increp_report_get_clock(const increp_report *report)
{ int64_t value = 0; increp_get_number(report, 5, &value); return (increp_clock)value; }

// What a link sends first.
static inline increp_code increp_report_set_precedence(increp_report *report, increp_precedence value)
{ return increp_set_number(report, 6, (int64_t)value); }
static inline increp_precedence increp_report_get_precedence(const increp_report *report)
{ int64_t value = 0; increp_get_number(report, 6, &value); return (increp_precedence)value; }

// Who may see it: TLP 2.0.
static inline increp_code increp_report_set_handling(increp_report *report, increp_handling value)
{ return increp_set_number(report, 7, (int64_t)value); }
static inline increp_handling increp_report_get_handling(const increp_report *report)
{ int64_t value = 0; increp_get_number(report, 7, &value); return (increp_handling)value; }

// The mission that gives codes of 128 and up, and keys of extra, their meaning. 1 to 160 bytes of UTF-8.
static inline increp_code increp_report_set_mission(increp_report *report, increp_text value)
{ return increp_set_text(report, 8, value); }
static inline increp_reported increp_report_get_mission(const increp_report *report, increp_text *value)
{ return increp_get_text(report, 8, value); }
static inline increp_code increp_report_clear_mission(increp_report *report)
{ return increp_clear(report, 8); }

// How it stands to other reports. At most 4.
static inline increp_link increp_report_links(uint8_t index)
{ increp_link item = { increp_item(9, index) }; return item; }
static inline size_t increp_report_links_length(const increp_report *report)
{ return increp_length(report, 9); }
static inline increp_code increp_report_clear_links(increp_report *report)
{ return increp_clear(report, 9); }

// The outlet in which all of it was read; it ends every claim's chain. At most 2.
static inline increp_hop increp_report_from(uint8_t index)
{ increp_hop item = { increp_item(10, index) }; return item; }
static inline size_t increp_report_from_length(const increp_report *report)
{ return increp_length(report, 10); }
static inline increp_code increp_report_clear_from(increp_report *report)
{ return increp_clear(report, 10); }

// What happened.
static inline increp_event increp_report_event(void)
{ increp_event field = { 11 }; return field; }
static inline increp_reported increp_report_has_event(const increp_report *report)
{ return increp_get(report, 11); }
static inline increp_code increp_report_make_event(increp_report *report)
{ return increp_make(report, 11); }
static inline increp_code increp_report_clear_event(increp_report *report)
{ return increp_clear(report, 11); }

// Who says what of it. At most 6.
static inline increp_claim increp_report_claims(uint8_t index)
{ increp_claim item = { increp_item(12, index) }; return item; }
static inline size_t increp_report_claims_length(const increp_report *report)
{ return increp_length(report, 12); }
static inline increp_code increp_report_clear_claims(increp_report *report)
{ return increp_clear(report, 12); }

// Files that prove it. At most 2.
static inline increp_evidence increp_report_evidence(uint8_t index)
{ increp_evidence item = { increp_item(13, index) }; return item; }
static inline size_t increp_report_evidence_length(const increp_report *report)
{ return increp_length(report, 13); }
static inline increp_code increp_report_clear_evidence(increp_report *report)
{ return increp_clear(report, 13); }

// A mission's own fields. At most 8.
static inline increp_entry increp_report_extra(uint8_t index)
{ increp_entry item = { increp_item(14, index) }; return item; }
static inline size_t increp_report_extra_length(const increp_report *report)
{ return increp_length(report, 14); }
static inline increp_code increp_report_clear_extra(increp_report *report)
{ return increp_clear(report, 14); }

// ---- Id: Who wrote a report, in which run of numbers, and its number. (author, epoch) is one unbroken run; a device
// starts a new epoch after any doubt about its state. In JSON "17-42" where epoch is 0, else "17-5e6f70-42" with the
// epoch in hex.

static inline increp_code increp_id_set(increp_report *report, increp_id way, uint32_t author, uint32_t epoch, uint32_t seq)
{
    increp_code code = INCREP_OK;
    if (code == INCREP_OK) code = increp_set_number(report, way.path << 8 | 1, (int64_t)author);
    if (code == INCREP_OK) code = increp_set_number(report, way.path << 8 | 2, (int64_t)epoch);
    if (code == INCREP_OK) code = increp_set_number(report, way.path << 8 | 3, (int64_t)seq);
    return code;
}

// The author, as HQ numbered it. 0 to 4294967295 as part of an id.
static inline increp_reported increp_id_get_author(const increp_report *report, increp_id way, uint32_t *value)
{
    int64_t number;
    increp_reported reported = increp_get_number(report, way.path << 8 | 1, &number);
    if (reported == INCREP_KNOWN) *value = (uint32_t)number;
    return reported;
}

// The run of numbers; 0 where nobody seals. 0 to 4294967295 as part of an id.
static inline increp_reported increp_id_get_epoch(const increp_report *report, increp_id way, uint32_t *value)
{
    int64_t number;
    increp_reported reported = increp_get_number(report, way.path << 8 | 2, &number);
    if (reported == INCREP_KNOWN) *value = (uint32_t)number;
    return reported;
}

// The number in the run. 0 to 4294967295 as part of an id.
static inline increp_reported increp_id_get_seq(const increp_report *report, increp_id way, uint32_t *value)
{
    int64_t number;
    increp_reported reported = increp_get_number(report, way.path << 8 | 3, &number);
    if (reported == INCREP_KNOWN) *value = (uint32_t)number;
    return reported;
}

// ---- Link: How this report stands to another.

// The relation.
static inline increp_code increp_link_set_rel(increp_report *report, increp_link way, increp_link_rel value)
{ return increp_set_number(report, way.path << 8 | 1, (int64_t)value); }
static inline increp_link_rel increp_link_get_rel(const increp_report *report, increp_link way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 1, &value); return (increp_link_rel)value; }

// The other report.
static inline increp_id increp_link_id(increp_link way)
{ increp_id field = { way.path << 8 | 2 }; return field; }

// ---- Hop: A hop in a chain of sources.

// The body that speaks; null where it is withheld. 1 to 160 bytes of UTF-8.
static inline increp_code increp_hop_set_name(increp_report *report, increp_hop way, increp_text value)
{ return increp_set_text(report, way.path << 8 | 1, value); }
static inline increp_reported increp_hop_get_name(const increp_report *report, increp_hop way, increp_text *value)
{ return increp_get_text(report, way.path << 8 | 1, value); }
static inline increp_code increp_hop_set_name_unknown(increp_report *report, increp_hop way)
{ return increp_set_unknown(report, way.path << 8 | 1); }
static inline increp_code increp_hop_clear_name(increp_report *report, increp_hop way)
{ return increp_clear(report, way.path << 8 | 1); }

// The person's name and office. Redacted in every log. 1 to 160 bytes of UTF-8.
static inline increp_code increp_hop_set_person(increp_report *report, increp_hop way, increp_text value)
{ return increp_set_text(report, way.path << 8 | 2, value); }
static inline increp_reported increp_hop_get_person(const increp_report *report, increp_hop way, increp_text *value)
{ return increp_get_text(report, way.path << 8 | 2, value); }
static inline increp_code increp_hop_clear_person(increp_report *report, increp_hop way)
{ return increp_clear(report, way.path << 8 | 2); }

// What it is.
static inline increp_code increp_hop_set_kind(increp_report *report, increp_hop way, increp_source_kind value)
{ return increp_set_number(report, way.path << 8 | 3, (int64_t)value); }
static inline increp_source_kind increp_hop_get_kind(const increp_report *report, increp_hop way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 3, &value); return (increp_source_kind)value; }

// How the words reached the next hop.
static inline increp_code increp_hop_set_channel(increp_report *report, increp_hop way, increp_channel value)
{ return increp_set_number(report, way.path << 8 | 4, (int64_t)value); }
static inline increp_channel increp_hop_get_channel(const increp_report *report, increp_hop way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 4, &value); return (increp_channel)value; }

// How reliable the source is.
static inline increp_code increp_hop_set_reliability(increp_report *report, increp_hop way, increp_reliability value)
{ return increp_set_number(report, way.path << 8 | 5, (int64_t)value); }
static inline increp_reliability increp_hop_get_reliability(const increp_report *report, increp_hop way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 5, &value); return (increp_reliability)value; }

// ---- Event: What happened, in the author's own words where the report has no from.

// What kind of event.
static inline increp_code increp_event_set_type(increp_report *report, increp_event way, increp_event_type value)
{ return increp_set_number(report, way.path << 8 | 1, (int64_t)value); }
static inline increp_event_type increp_event_get_type(const increp_report *report, increp_event way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 1, &value); return (increp_event_type)value; }

// It is expected, not past.
static inline increp_code increp_event_set_planned(increp_report *report, increp_event way, bool value)
{ return increp_set_number(report, way.path << 8 | 2, (int64_t)value); }
static inline bool increp_event_get_planned(const increp_report *report, increp_event way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 2, &value); return value != 0; }

// When; null where it was asked and nobody knows.
static inline increp_time increp_event_time(increp_event way)
{ increp_time field = { way.path << 8 | 3 }; return field; }
static inline increp_reported increp_event_has_time(const increp_report *report, increp_event way)
{ return increp_get(report, way.path << 8 | 3); }
static inline increp_code increp_event_make_time(increp_report *report, increp_event way)
{ return increp_make(report, way.path << 8 | 3); }
static inline increp_code increp_event_set_time_unknown(increp_report *report, increp_event way)
{ return increp_set_unknown(report, way.path << 8 | 3); }
static inline increp_code increp_event_clear_time(increp_report *report, increp_event way)
{ return increp_clear(report, way.path << 8 | 3); }

// Where; null where it was asked and nobody knows.
static inline increp_place increp_event_place(increp_event way)
{ increp_place field = { way.path << 8 | 4 }; return field; }
static inline increp_reported increp_event_has_place(const increp_report *report, increp_event way)
{ return increp_get(report, way.path << 8 | 4); }
static inline increp_code increp_event_make_place(increp_report *report, increp_event way)
{ return increp_make(report, way.path << 8 | 4); }
static inline increp_code increp_event_set_place_unknown(increp_report *report, increp_event way)
{ return increp_set_unknown(report, way.path << 8 | 4); }
static inline increp_code increp_event_clear_place(increp_report *report, increp_event way)
{ return increp_clear(report, way.path << 8 | 4); }

// Who. At most 8.
static inline increp_party increp_event_parties(increp_event way, uint8_t index)
{ increp_party item = { increp_item(way.path << 8 | 5, index) }; return item; }
static inline size_t increp_event_parties_length(const increp_report *report, increp_event way)
{ return increp_length(report, way.path << 8 | 5); }
static inline increp_code increp_event_clear_parties(increp_report *report, increp_event way)
{ return increp_clear(report, way.path << 8 | 5); }

// How many. At most 8.
static inline increp_count increp_event_counts(increp_event way, uint8_t index)
{ increp_count item = { increp_item(way.path << 8 | 6, index) }; return item; }
static inline size_t increp_event_counts_length(const increp_report *report, increp_event way)
{ return increp_length(report, way.path << 8 | 6); }
static inline increp_code increp_event_clear_counts(increp_report *report, increp_event way)
{ return increp_clear(report, way.path << 8 | 6); }

// Which things. At most 4.
static inline increp_object increp_event_objects(increp_event way, uint8_t index)
{ increp_object item = { increp_item(way.path << 8 | 7, index) }; return item; }
static inline size_t increp_event_objects_length(const increp_report *report, increp_event way)
{ return increp_length(report, way.path << 8 | 7); }
static inline increp_code increp_event_clear_objects(increp_report *report, increp_event way)
{ return increp_clear(report, way.path << 8 | 7); }

// Whether it was meant.
static inline increp_code increp_event_set_intent(increp_report *report, increp_event way, increp_intent value)
{ return increp_set_number(report, way.path << 8 | 8, (int64_t)value); }
static inline increp_intent increp_event_get_intent(const increp_report *report, increp_event way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 8, &value); return (increp_intent)value; }

// With what.
static inline increp_code increp_event_set_weapon(increp_report *report, increp_event way, increp_weapon value)
{ return increp_set_number(report, way.path << 8 | 9, (int64_t)value); }
static inline increp_weapon increp_event_get_weapon(const increp_report *report, increp_event way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 9, &value); return (increp_weapon)value; }

// Which way the fire went.
static inline increp_code increp_event_set_direction(increp_report *report, increp_event way, increp_direction value)
{ return increp_set_number(report, way.path << 8 | 10, (int64_t)value); }
static inline increp_direction increp_event_get_direction(const increp_report *report, increp_event way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 10, &value); return (increp_direction)value; }

// How it stands to a truce.
static inline increp_truce increp_event_truce(increp_event way)
{ increp_truce field = { way.path << 8 | 11 }; return field; }
static inline increp_reported increp_event_has_truce(const increp_report *report, increp_event way)
{ return increp_get(report, way.path << 8 | 11); }
static inline increp_code increp_event_make_truce(increp_report *report, increp_event way)
{ return increp_make(report, way.path << 8 | 11); }
static inline increp_code increp_event_clear_truce(increp_report *report, increp_event way)
{ return increp_clear(report, way.path << 8 | 11); }

// Who took or holds the place.
static inline increp_control increp_event_control(increp_event way)
{ increp_control field = { way.path << 8 | 12 }; return field; }
static inline increp_reported increp_event_has_control(const increp_report *report, increp_event way)
{ return increp_get(report, way.path << 8 | 12); }
static inline increp_code increp_event_make_control(increp_report *report, increp_event way)
{ return increp_make(report, way.path << 8 | 12); }
static inline increp_code increp_event_clear_control(increp_report *report, increp_event way)
{ return increp_clear(report, way.path << 8 | 12); }

// Who was told of it.
static inline increp_notice increp_event_notice(increp_event way)
{ increp_notice field = { way.path << 8 | 13 }; return field; }
static inline increp_reported increp_event_has_notice(const increp_report *report, increp_event way)
{ return increp_get(report, way.path << 8 | 13); }
static inline increp_code increp_event_make_notice(increp_report *report, increp_event way)
{ return increp_make(report, way.path << 8 | 13); }
static inline increp_code increp_event_clear_notice(increp_report *report, increp_event way)
{ return increp_clear(report, way.path << 8 | 13); }

// Whether aid passed.
static inline increp_access increp_event_access(increp_event way)
{ increp_access field = { way.path << 8 | 14 }; return field; }
static inline increp_reported increp_event_has_access(const increp_report *report, increp_event way)
{ return increp_get(report, way.path << 8 | 14); }
static inline increp_code increp_event_make_access(increp_report *report, increp_event way)
{ return increp_make(report, way.path << 8 | 14); }
static inline increp_code increp_event_clear_access(increp_report *report, increp_event way)
{ return increp_clear(report, way.path << 8 | 14); }

// From where and how it was observed.
static inline increp_observer increp_event_observer(increp_event way)
{ increp_observer field = { way.path << 8 | 15 }; return field; }
static inline increp_reported increp_event_has_observer(const increp_report *report, increp_event way)
{ return increp_get(report, way.path << 8 | 15); }
static inline increp_code increp_event_make_observer(increp_report *report, increp_event way)
{ return increp_make(report, way.path << 8 | 15); }
static inline increp_code increp_event_clear_observer(increp_report *report, increp_event way)
{ return increp_clear(report, way.path << 8 | 15); }

// What has no field of its own, in words. 1 to 2048 bytes of UTF-8.
static inline increp_code increp_event_set_note(increp_report *report, increp_event way, increp_text value)
{ return increp_set_text(report, way.path << 8 | 16, value); }
static inline increp_reported increp_event_get_note(const increp_report *report, increp_event way, increp_text *value)
{ return increp_get_text(report, way.path << 8 | 16, value); }
static inline increp_code increp_event_clear_note(increp_report *report, increp_event way)
{ return increp_clear(report, way.path << 8 | 16); }

// ---- Time: When an event was.

// When it started; null where it was asked and nobody knows. -62135596800 to 253402300799 seconds since 1970-01-01 UTC.
static inline increp_code increp_time_set_start(increp_report *report, increp_time way, int64_t value)
{ return increp_set_number(report, way.path << 8 | 1, (int64_t)value); }
static inline increp_reported increp_time_get_start(const increp_report *report, increp_time way, int64_t *value)
{ return increp_get_number(report, way.path << 8 | 1, value); }
static inline increp_code increp_time_set_start_unknown(increp_report *report, increp_time way)
{ return increp_set_unknown(report, way.path << 8 | 1); }
static inline increp_code increp_time_clear_start(increp_report *report, increp_time way)
{ return increp_clear(report, way.path << 8 | 1); }

// When it ended: the last second, day or month in it. -62135596800 to 253402300799 seconds since 1970-01-01 UTC.
static inline increp_code increp_time_set_end(increp_report *report, increp_time way, int64_t value)
{ return increp_set_number(report, way.path << 8 | 2, (int64_t)value); }
static inline increp_reported increp_time_get_end(const increp_report *report, increp_time way, int64_t *value)
{ return increp_get_number(report, way.path << 8 | 2, value); }
static inline increp_code increp_time_clear_end(increp_report *report, increp_time way)
{ return increp_clear(report, way.path << 8 | 2); }

// How exactly start and end are known.
static inline increp_code increp_time_set_precision(increp_report *report, increp_time way, increp_time_precision value)
{ return increp_set_number(report, way.path << 8 | 3, (int64_t)value); }
static inline increp_time_precision increp_time_get_precision(const increp_report *report, increp_time way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 3, &value); return (increp_time_precision)value; }

// The local time in which it was stated; left out where only UTC is known. -48 to 56 quarter hours east of UTC.
static inline increp_code increp_time_set_utc_offset(increp_report *report, increp_time way, int8_t value)
{ return increp_set_number(report, way.path << 8 | 4, (int64_t)value); }
static inline increp_reported increp_time_get_utc_offset(const increp_report *report, increp_time way, int8_t *value)
{
    int64_t number;
    increp_reported reported = increp_get_number(report, way.path << 8 | 4, &number);
    if (reported == INCREP_KNOWN) *value = (int8_t)number;
    return reported;
}
static inline increp_code increp_time_clear_utc_offset(increp_report *report, increp_time way)
{ return increp_clear(report, way.path << 8 | 4); }

// The words in which the time was given, such as "saturday". 1 to 160 bytes of UTF-8.
static inline increp_code increp_time_set_stated(increp_report *report, increp_time way, increp_text value)
{ return increp_set_text(report, way.path << 8 | 5, value); }
static inline increp_reported increp_time_get_stated(const increp_report *report, increp_time way, increp_text *value)
{ return increp_get_text(report, way.path << 8 | 5, value); }
static inline increp_code increp_time_clear_stated(increp_report *report, increp_time way)
{ return increp_clear(report, way.path << 8 | 5); }

// ---- Place: A place. Nothing in it is required: neither a point nor a name.

// The point, if one is known; never made up from a name.
static inline increp_point increp_place_point(increp_place way)
{ increp_point field = { way.path << 8 | 1 }; return field; }
static inline increp_reported increp_place_has_point(const increp_report *report, increp_place way)
{ return increp_get(report, way.path << 8 | 1); }
static inline increp_code increp_place_make_point(increp_report *report, increp_place way)
{ return increp_make(report, way.path << 8 | 1); }
static inline increp_code increp_place_clear_point(increp_report *report, increp_place way)
{ return increp_clear(report, way.path << 8 | 1); }

// How exactly the place is known.
static inline increp_code increp_place_set_precision(increp_report *report, increp_place way, increp_place_precision value)
{ return increp_set_number(report, way.path << 8 | 2, (int64_t)value); }
static inline increp_place_precision increp_place_get_precision(const increp_report *report, increp_place way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 2, &value); return (increp_place_precision)value; }

// The event lies within so many metres of the point. 0 to 20037508 metres.
static inline increp_code increp_place_set_radius_m(increp_report *report, increp_place way, uint32_t value)
{ return increp_set_number(report, way.path << 8 | 3, (int64_t)value); }
static inline increp_reported increp_place_get_radius_m(const increp_report *report, increp_place way, uint32_t *value)
{
    int64_t number;
    increp_reported reported = increp_get_number(report, way.path << 8 | 3, &number);
    if (reported == INCREP_KNOWN) *value = (uint32_t)number;
    return reported;
}
static inline increp_code increp_place_clear_radius_m(increp_report *report, increp_place way)
{ return increp_clear(report, way.path << 8 | 3); }

// How the event lies to the named place.
static inline increp_code increp_place_set_relation(increp_report *report, increp_place way, increp_relation value)
{ return increp_set_number(report, way.path << 8 | 4, (int64_t)value); }
static inline increp_relation increp_place_get_relation(const increp_report *report, increp_place way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 4, &value); return (increp_relation)value; }

// The name, verbatim. 1 to 160 bytes of UTF-8.
static inline increp_code increp_place_set_name(increp_report *report, increp_place way, increp_text value)
{ return increp_set_text(report, way.path << 8 | 5, value); }
static inline increp_reported increp_place_get_name(const increp_report *report, increp_place way, increp_text *value)
{ return increp_get_text(report, way.path << 8 | 5, value); }
static inline increp_code increp_place_set_name_unknown(increp_report *report, increp_place way)
{ return increp_set_unknown(report, way.path << 8 | 5); }
static inline increp_code increp_place_clear_name(increp_report *report, increp_place way)
{ return increp_clear(report, way.path << 8 | 5); }

// A P-code or ISO 3166 code. 1 to 160 bytes of UTF-8.
static inline increp_code increp_place_set_code(increp_report *report, increp_place way, increp_text value)
{ return increp_set_text(report, way.path << 8 | 6, value); }
static inline increp_reported increp_place_get_code(const increp_report *report, increp_place way, increp_text *value)
{ return increp_get_text(report, way.path << 8 | 6, value); }
static inline increp_code increp_place_clear_code(increp_report *report, increp_place way)
{ return increp_clear(report, way.path << 8 | 6); }

// ---- Point: A point on the WGS 84 ellipsoid. In JSON lat and lon stand in the place itself, both or neither.

static inline increp_code increp_point_set(increp_report *report, increp_point way, int32_t lat, int32_t lon)
{
    increp_code code = INCREP_OK;
    if (code == INCREP_OK) code = increp_set_number(report, way.path << 8 | 1, (int64_t)lat);
    if (code == INCREP_OK) code = increp_set_number(report, way.path << 8 | 2, (int64_t)lon);
    return code;
}

// Latitude. -900000000 to 900000000 x 1e-7 degree north.
static inline increp_reported increp_point_get_lat(const increp_report *report, increp_point way, int32_t *value)
{
    int64_t number;
    increp_reported reported = increp_get_number(report, way.path << 8 | 1, &number);
    if (reported == INCREP_KNOWN) *value = (int32_t)number;
    return reported;
}

// Longitude. -1800000000 to 1800000000 x 1e-7 degree east.
static inline increp_reported increp_point_get_lon(const increp_report *report, increp_point way, int32_t *value)
{
    int64_t number;
    increp_reported reported = increp_get_number(report, way.path << 8 | 2, &number);
    if (reported == INCREP_KNOWN) *value = (int32_t)number;
    return reported;
}

// ---- Party: A side, a victim, a convener. An unknown perpetrator is a party with name null, which is more than no
// perpetrator.

// What it has to do with the event.
static inline increp_code increp_party_set_role(increp_report *report, increp_party way, increp_role value)
{ return increp_set_number(report, way.path << 8 | 1, (int64_t)value); }
static inline increp_role increp_party_get_role(const increp_report *report, increp_party way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 1, &value); return (increp_role)value; }

// Its name, verbatim; null where it was asked and nobody knows. 1 to 160 bytes of UTF-8.
static inline increp_code increp_party_set_name(increp_report *report, increp_party way, increp_text value)
{ return increp_set_text(report, way.path << 8 | 2, value); }
static inline increp_reported increp_party_get_name(const increp_report *report, increp_party way, increp_text *value)
{ return increp_get_text(report, way.path << 8 | 2, value); }
static inline increp_code increp_party_set_name_unknown(increp_report *report, increp_party way)
{ return increp_set_unknown(report, way.path << 8 | 2); }
static inline increp_code increp_party_clear_name(increp_report *report, increp_party way)
{ return increp_clear(report, way.path << 8 | 2); }

// Another name under which it is known. 1 to 160 bytes of UTF-8.
static inline increp_code increp_party_set_aka(increp_report *report, increp_party way, increp_text value)
{ return increp_set_text(report, way.path << 8 | 3, value); }
static inline increp_reported increp_party_get_aka(const increp_report *report, increp_party way, increp_text *value)
{ return increp_get_text(report, way.path << 8 | 3, value); }
static inline increp_code increp_party_clear_aka(increp_report *report, increp_party way)
{ return increp_clear(report, way.path << 8 | 3); }

// What it is.
static inline increp_code increp_party_set_kind(increp_report *report, increp_party way, increp_party_kind value)
{ return increp_set_number(report, way.path << 8 | 4, (int64_t)value); }
static inline increp_party_kind increp_party_get_kind(const increp_report *report, increp_party way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 4, &value); return (increp_party_kind)value; }

// How sure the role is, and who says so; left out where a claim's act says it.
static inline increp_code increp_party_set_attribution(increp_report *report, increp_party way, increp_attribution value)
{ return increp_set_number(report, way.path << 8 | 5, (int64_t)value); }
static inline increp_attribution increp_party_get_attribution(const increp_report *report, increp_party way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 5, &value); return (increp_attribution)value; }

// There are more parties in this role than are named.
static inline increp_code increp_party_set_open(increp_report *report, increp_party way, bool value)
{ return increp_set_number(report, way.path << 8 | 6, (int64_t)value); }
static inline bool increp_party_get_open(const increp_report *report, increp_party way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 6, &value); return value != 0; }

// ---- Count: How many. Exact: value alone. At least: min alone. Low, best, high: min, value, max. Asked and unknown:
// value null. A vague word: term alone. Zero is a value.

// What is counted.
static inline increp_code increp_count_set_of(increp_report *report, increp_count way, increp_count_of value)
{ return increp_set_number(report, way.path << 8 | 1, (int64_t)value); }
static inline increp_count_of increp_count_get_of(const increp_report *report, increp_count way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 1, &value); return (increp_count_of)value; }

// The figure, or the best one; null where it was asked and nobody knows. 0 to 4294967295 of them.
static inline increp_code increp_count_set_value(increp_report *report, increp_count way, uint32_t value)
{ return increp_set_number(report, way.path << 8 | 2, (int64_t)value); }
static inline increp_reported increp_count_get_value(const increp_report *report, increp_count way, uint32_t *value)
{
    int64_t number;
    increp_reported reported = increp_get_number(report, way.path << 8 | 2, &number);
    if (reported == INCREP_KNOWN) *value = (uint32_t)number;
    return reported;
}
static inline increp_code increp_count_set_value_unknown(increp_report *report, increp_count way)
{ return increp_set_unknown(report, way.path << 8 | 2); }
static inline increp_code increp_count_clear_value(increp_report *report, increp_count way)
{ return increp_clear(report, way.path << 8 | 2); }

// At least so many. 0 to 4294967295 of them.
static inline increp_code increp_count_set_min(increp_report *report, increp_count way, uint32_t value)
{ return increp_set_number(report, way.path << 8 | 3, (int64_t)value); }
static inline increp_reported increp_count_get_min(const increp_report *report, increp_count way, uint32_t *value)
{
    int64_t number;
    increp_reported reported = increp_get_number(report, way.path << 8 | 3, &number);
    if (reported == INCREP_KNOWN) *value = (uint32_t)number;
    return reported;
}
static inline increp_code increp_count_clear_min(increp_report *report, increp_count way)
{ return increp_clear(report, way.path << 8 | 3); }

// At most so many. 0 to 4294967295 of them.
static inline increp_code increp_count_set_max(increp_report *report, increp_count way, uint32_t value)
{ return increp_set_number(report, way.path << 8 | 4, (int64_t)value); }
static inline increp_reported increp_count_get_max(const increp_report *report, increp_count way, uint32_t *value)
{
    int64_t number;
    increp_reported reported = increp_get_number(report, way.path << 8 | 4, &number);
    if (reported == INCREP_KNOWN) *value = (uint32_t)number;
    return reported;
}
static inline increp_code increp_count_clear_max(increp_report *report, increp_count way)
{ return increp_clear(report, way.path << 8 | 4); }

// The vague word, kept as a word.
static inline increp_code increp_count_set_term(increp_report *report, increp_count way, increp_term value)
{ return increp_set_number(report, way.path << 8 | 5, (int64_t)value); }
static inline increp_term increp_count_get_term(const increp_report *report, increp_count way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 5, &value); return (increp_term)value; }

// The source says "about".
static inline increp_code increp_count_set_approx(increp_report *report, increp_count way, bool value)
{ return increp_set_number(report, way.path << 8 | 6, (int64_t)value); }
static inline bool increp_count_get_approx(const increp_report *report, increp_count way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 6, &value); return value != 0; }

// What the items are, where of is items or needs it said. 1 to 160 bytes of UTF-8.
static inline increp_code increp_count_set_item(increp_report *report, increp_count way, increp_text value)
{ return increp_set_text(report, way.path << 8 | 7, value); }
static inline increp_reported increp_count_get_item(const increp_report *report, increp_count way, increp_text *value)
{ return increp_get_text(report, way.path << 8 | 7, value); }
static inline increp_code increp_count_clear_item(increp_report *report, increp_count way)
{ return increp_clear(report, way.path << 8 | 7); }

// What the count covers; the incident if left out.
static inline increp_code increp_count_set_scope(increp_report *report, increp_count way, increp_scope value)
{ return increp_set_number(report, way.path << 8 | 8, (int64_t)value); }
static inline increp_scope increp_count_get_scope(const increp_report *report, increp_count way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 8, &value); return (increp_scope)value; }

// The period that it covers, where that is not the event's time.
static inline increp_period increp_count_period(increp_count way)
{ increp_period field = { way.path << 8 | 9 }; return field; }
static inline increp_reported increp_count_has_period(const increp_report *report, increp_count way)
{ return increp_get(report, way.path << 8 | 9); }
static inline increp_code increp_count_make_period(increp_report *report, increp_count way)
{ return increp_make(report, way.path << 8 | 9); }
static inline increp_code increp_count_clear_period(increp_report *report, increp_count way)
{ return increp_clear(report, way.path << 8 | 9); }

// Whom it counts.
static inline increp_who increp_count_who(increp_count way)
{ increp_who field = { way.path << 8 | 10 }; return field; }
static inline increp_reported increp_count_has_who(const increp_report *report, increp_count way)
{ return increp_get(report, way.path << 8 | 10); }
static inline increp_code increp_count_make_who(increp_report *report, increp_count way)
{ return increp_make(report, way.path << 8 | 10); }
static inline increp_code increp_count_clear_who(increp_report *report, increp_count way)
{ return increp_clear(report, way.path << 8 | 10); }

// ---- Period: From when to when, where it is not the time of the event. Without an end it runs to sent.

// The first year, month, day or second in it.
static inline increp_date increp_period_start(increp_period way)
{ increp_date field = { way.path << 8 | 1 }; return field; }
static inline increp_reported increp_period_has_start(const increp_report *report, increp_period way)
{ return increp_get(report, way.path << 8 | 1); }
static inline increp_code increp_period_make_start(increp_report *report, increp_period way)
{ return increp_make(report, way.path << 8 | 1); }
static inline increp_code increp_period_clear_start(increp_report *report, increp_period way)
{ return increp_clear(report, way.path << 8 | 1); }

// The last year, month, day or second in it.
static inline increp_date increp_period_end(increp_period way)
{ increp_date field = { way.path << 8 | 2 }; return field; }
static inline increp_reported increp_period_has_end(const increp_report *report, increp_period way)
{ return increp_get(report, way.path << 8 | 2); }
static inline increp_code increp_period_make_end(increp_report *report, increp_period way)
{ return increp_make(report, way.path << 8 | 2); }
static inline increp_code increp_period_clear_end(increp_report *report, increp_period way)
{ return increp_clear(report, way.path << 8 | 2); }

// ---- Date: A date of which only the year, month or day may be known, in one string: "2011", "2016-09", "2016-09-12"
// or RFC 3339.

static inline increp_code increp_date_set(increp_report *report, increp_date way, int64_t at, increp_date_form form)
{
    increp_code code = INCREP_OK;
    if (code == INCREP_OK) code = increp_set_number(report, way.path << 8 | 1, (int64_t)at);
    if (code == INCREP_OK) code = increp_set_number(report, way.path << 8 | 2, (int64_t)form);
    return code;
}

// The instant at which the year, month, day or second starts. -62135596800 to 253402300799 seconds since 1970-01-01
// UTC.
static inline increp_reported increp_date_get_at(const increp_report *report, increp_date way, int64_t *value)
{ return increp_get_number(report, way.path << 8 | 1, value); }

// How much of it is known.
static inline increp_date_form increp_date_get_form(const increp_report *report, increp_date way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 2, &value); return (increp_date_form)value; }

// The local time that was stated, in quarter hours east of UTC; left out ("Z") where only UTC is known. -48 to 56
// quarter hours east of UTC.
static inline increp_code increp_date_set_utc_offset(increp_report *report, increp_date way, int8_t value)
{ return increp_set_number(report, way.path << 8 | 3, (int64_t)value); }
static inline increp_reported increp_date_get_utc_offset(const increp_report *report, increp_date way, int8_t *value)
{
    int64_t number;
    increp_reported reported = increp_get_number(report, way.path << 8 | 3, &number);
    if (reported == INCREP_KNOWN) *value = (int8_t)number;
    return reported;
}
static inline increp_code increp_date_clear_utc_offset(increp_report *report, increp_date way)
{ return increp_clear(report, way.path << 8 | 3); }

// ---- Who: Whom a count counts. A sub-count says strictly more here than its parent and is never added to it.

// Their side: an index into this report's parties; null where it was asked and nobody knows. 0 to 7 as index of a
// party.
static inline increp_code increp_who_set_party(increp_report *report, increp_who way, uint8_t value)
{ return increp_set_number(report, way.path << 8 | 1, (int64_t)value); }
static inline increp_reported increp_who_get_party(const increp_report *report, increp_who way, uint8_t *value)
{
    int64_t number;
    increp_reported reported = increp_get_number(report, way.path << 8 | 1, &number);
    if (reported == INCREP_KNOWN) *value = (uint8_t)number;
    return reported;
}
static inline increp_code increp_who_set_party_unknown(increp_report *report, increp_who way)
{ return increp_set_unknown(report, way.path << 8 | 1); }
static inline increp_code increp_who_clear_party(increp_report *report, increp_who way)
{ return increp_clear(report, way.path << 8 | 1); }

// Their status under the law of armed conflict.
static inline increp_code increp_who_set_status(increp_report *report, increp_who way, increp_victim_status value)
{ return increp_set_number(report, way.path << 8 | 2, (int64_t)value); }
static inline increp_victim_status increp_who_get_status(const increp_report *report, increp_who way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 2, &value); return (increp_victim_status)value; }

// Their sex.
static inline increp_code increp_who_set_sex(increp_report *report, increp_who way, increp_sex value)
{ return increp_set_number(report, way.path << 8 | 3, (int64_t)value); }
static inline increp_sex increp_who_get_sex(const increp_report *report, increp_who way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 3, &value); return (increp_sex)value; }

// Their age group.
static inline increp_code increp_who_set_age(increp_report *report, increp_who way, increp_age value)
{ return increp_set_number(report, way.path << 8 | 4, (int64_t)value); }
static inline increp_age increp_who_get_age(const increp_report *report, increp_who way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 4, &value); return (increp_age)value; }

// What they do.
static inline increp_code increp_who_set_role(increp_report *report, increp_who way, increp_person_role value)
{ return increp_set_number(report, way.path << 8 | 5, (int64_t)value); }
static inline increp_person_role increp_who_get_role(const increp_report *report, increp_who way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 5, &value); return (increp_person_role)value; }

// How badly they are hurt.
static inline increp_code increp_who_set_severity(increp_report *report, increp_who way, increp_severity value)
{ return increp_set_number(report, way.path << 8 | 6, (int64_t)value); }
static inline increp_severity increp_who_get_severity(const increp_report *report, increp_who way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 6, &value); return (increp_severity)value; }

// ---- Object: A thing that was meant, hit, taken or lost.

// Whether it was meant or hit.
static inline increp_code increp_object_set_role(increp_report *report, increp_object way, increp_object_role value)
{ return increp_set_number(report, way.path << 8 | 1, (int64_t)value); }
static inline increp_object_role increp_object_get_role(const increp_report *report, increp_object way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 1, &value); return (increp_object_role)value; }

// What it is.
static inline increp_code increp_object_set_kind(increp_report *report, increp_object way, increp_object_kind value)
{ return increp_set_number(report, way.path << 8 | 2, (int64_t)value); }
static inline increp_object_kind increp_object_get_kind(const increp_report *report, increp_object way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 2, &value); return (increp_object_kind)value; }

// Its name, verbatim. 1 to 160 bytes of UTF-8.
static inline increp_code increp_object_set_name(increp_report *report, increp_object way, increp_text value)
{ return increp_set_text(report, way.path << 8 | 3, value); }
static inline increp_reported increp_object_get_name(const increp_report *report, increp_object way, increp_text *value)
{ return increp_get_text(report, way.path << 8 | 3, value); }
static inline increp_code increp_object_set_name_unknown(increp_report *report, increp_object way)
{ return increp_set_unknown(report, way.path << 8 | 3); }
static inline increp_code increp_object_clear_name(increp_report *report, increp_object way)
{ return increp_clear(report, way.path << 8 | 3); }

// What became of it.
static inline increp_code increp_object_set_effect(increp_report *report, increp_object way, increp_effect value)
{ return increp_set_number(report, way.path << 8 | 4, (int64_t)value); }
static inline increp_effect increp_object_get_effect(const increp_report *report, increp_object way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 4, &value); return (increp_effect)value; }

// How far it still works.
static inline increp_code increp_object_set_functioning(increp_report *report, increp_object way, increp_functioning value)
{ return increp_set_number(report, way.path << 8 | 5, (int64_t)value); }
static inline increp_functioning increp_object_get_functioning(const increp_report *report, increp_object way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 5, &value); return (increp_functioning)value; }

// ---- Truce: How an event or a statement stands to a truce.

// Its name. 1 to 160 bytes of UTF-8.
static inline increp_code increp_truce_set_name(increp_report *report, increp_truce way, increp_text value)
{ return increp_set_text(report, way.path << 8 | 1, value); }
static inline increp_reported increp_truce_get_name(const increp_report *report, increp_truce way, increp_text *value)
{ return increp_get_text(report, way.path << 8 | 1, value); }
static inline increp_code increp_truce_set_name_unknown(increp_report *report, increp_truce way)
{ return increp_set_unknown(report, way.path << 8 | 1); }
static inline increp_code increp_truce_clear_name(increp_report *report, increp_truce way)
{ return increp_clear(report, way.path << 8 | 1); }

// The day of the truce as its source counts it: never derived from dates. 0 to 65535 days, as stated.
static inline increp_code increp_truce_set_day(increp_report *report, increp_truce way, uint16_t value)
{ return increp_set_number(report, way.path << 8 | 2, (int64_t)value); }
static inline increp_reported increp_truce_get_day(const increp_report *report, increp_truce way, uint16_t *value)
{
    int64_t number;
    increp_reported reported = increp_get_number(report, way.path << 8 | 2, &number);
    if (reported == INCREP_KNOWN) *value = (uint16_t)number;
    return reported;
}
static inline increp_code increp_truce_clear_day(increp_report *report, increp_truce way)
{ return increp_clear(report, way.path << 8 | 2); }

// When it took effect.
static inline increp_date increp_truce_start(increp_truce way)
{ increp_date field = { way.path << 8 | 3 }; return field; }
static inline increp_reported increp_truce_has_start(const increp_report *report, increp_truce way)
{ return increp_get(report, way.path << 8 | 3); }
static inline increp_code increp_truce_make_start(increp_report *report, increp_truce way)
{ return increp_make(report, way.path << 8 | 3); }
static inline increp_code increp_truce_clear_start(increp_report *report, increp_truce way)
{ return increp_clear(report, way.path << 8 | 3); }

// Whether it covers the place and the groups.
static inline increp_code increp_truce_set_coverage(increp_report *report, increp_truce way, increp_coverage value)
{ return increp_set_number(report, way.path << 8 | 4, (int64_t)value); }
static inline increp_coverage increp_truce_get_coverage(const increp_report *report, increp_truce way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 4, &value); return (increp_coverage)value; }

// The group that is left out, or whose conduct it is. 1 to 160 bytes of UTF-8.
static inline increp_code increp_truce_set_party(increp_report *report, increp_truce way, increp_text value)
{ return increp_set_text(report, way.path << 8 | 5, value); }
static inline increp_reported increp_truce_get_party(const increp_report *report, increp_truce way, increp_text *value)
{ return increp_get_text(report, way.path << 8 | 5, value); }
static inline increp_code increp_truce_clear_party(increp_report *report, increp_truce way)
{ return increp_clear(report, way.path << 8 | 5); }

// Whether it was kept.
static inline increp_code increp_truce_set_conduct(increp_report *report, increp_truce way, increp_conduct value)
{ return increp_set_number(report, way.path << 8 | 6, (int64_t)value); }
static inline increp_conduct increp_truce_get_conduct(const increp_report *report, increp_truce way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 6, &value); return (increp_conduct)value; }

// ---- Control: Who took a place from whom, or who holds it.

// Who held it before. 1 to 160 bytes of UTF-8.
static inline increp_code increp_control_set_from(increp_report *report, increp_control way, increp_text value)
{ return increp_set_text(report, way.path << 8 | 1, value); }
static inline increp_reported increp_control_get_from(const increp_report *report, increp_control way, increp_text *value)
{ return increp_get_text(report, way.path << 8 | 1, value); }
static inline increp_code increp_control_clear_from(increp_report *report, increp_control way)
{ return increp_clear(report, way.path << 8 | 1); }

// Who holds it after. 1 to 160 bytes of UTF-8.
static inline increp_code increp_control_set_to(increp_report *report, increp_control way, increp_text value)
{ return increp_set_text(report, way.path << 8 | 2, value); }
static inline increp_reported increp_control_get_to(const increp_report *report, increp_control way, increp_text *value)
{ return increp_get_text(report, way.path << 8 | 2, value); }
static inline increp_code increp_control_clear_to(increp_report *report, increp_control way)
{ return increp_clear(report, way.path << 8 | 2); }

// How much of the place.
static inline increp_code increp_control_set_extent(increp_report *report, increp_control way, increp_extent value)
{ return increp_set_number(report, way.path << 8 | 3, (int64_t)value); }
static inline increp_extent increp_control_get_extent(const increp_report *report, increp_control way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 3, &value); return (increp_extent)value; }

// For how long.
static inline increp_code increp_control_set_held(increp_report *report, increp_control way, increp_held value)
{ return increp_set_number(report, way.path << 8 | 4, (int64_t)value); }
static inline increp_held increp_control_get_held(const increp_report *report, increp_control way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 4, &value); return (increp_held)value; }

// ---- Notice: Who told whom of a strike or a movement, and what came of it.

// Who told. 1 to 160 bytes of UTF-8.
static inline increp_code increp_notice_set_from(increp_report *report, increp_notice way, increp_text value)
{ return increp_set_text(report, way.path << 8 | 1, value); }
static inline increp_reported increp_notice_get_from(const increp_report *report, increp_notice way, increp_text *value)
{ return increp_get_text(report, way.path << 8 | 1, value); }
static inline increp_code increp_notice_clear_from(increp_report *report, increp_notice way)
{ return increp_clear(report, way.path << 8 | 1); }

// Who was told. 1 to 160 bytes of UTF-8.
static inline increp_code increp_notice_set_to(increp_report *report, increp_notice way, increp_text value)
{ return increp_set_text(report, way.path << 8 | 2, value); }
static inline increp_reported increp_notice_get_to(const increp_report *report, increp_notice way, increp_text *value)
{ return increp_get_text(report, way.path << 8 | 2, value); }
static inline increp_code increp_notice_clear_to(increp_report *report, increp_notice way)
{ return increp_clear(report, way.path << 8 | 2); }

// Before, during or after.
static inline increp_code increp_notice_set_timing(increp_report *report, increp_notice way, increp_timing value)
{ return increp_set_number(report, way.path << 8 | 3, (int64_t)value); }
static inline increp_timing increp_notice_get_timing(const increp_report *report, increp_notice way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 3, &value); return (increp_timing)value; }

// How exact the place in it was.
static inline increp_code increp_notice_set_specificity(increp_report *report, increp_notice way, increp_specificity value)
{ return increp_set_number(report, way.path << 8 | 4, (int64_t)value); }
static inline increp_specificity increp_notice_get_specificity(const increp_report *report, increp_notice way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 4, &value); return (increp_specificity)value; }

// How long before the event. 0 to 4294967295 seconds.
static inline increp_code increp_notice_set_lead_s(increp_report *report, increp_notice way, uint32_t value)
{ return increp_set_number(report, way.path << 8 | 5, (int64_t)value); }
static inline increp_reported increp_notice_get_lead_s(const increp_report *report, increp_notice way, uint32_t *value)
{
    int64_t number;
    increp_reported reported = increp_get_number(report, way.path << 8 | 5, &number);
    if (reported == INCREP_KNOWN) *value = (uint32_t)number;
    return reported;
}
static inline increp_code increp_notice_clear_lead_s(increp_report *report, increp_notice way)
{ return increp_clear(report, way.path << 8 | 5); }

// By what channel.
static inline increp_code increp_notice_set_channel(increp_report *report, increp_notice way, increp_channel value)
{ return increp_set_number(report, way.path << 8 | 6, (int64_t)value); }
static inline increp_channel increp_notice_get_channel(const increp_report *report, increp_notice way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 6, &value); return (increp_channel)value; }

// What the one who was told did.
static inline increp_code increp_notice_set_response(increp_report *report, increp_notice way, increp_response value)
{ return increp_set_number(report, way.path << 8 | 7, (int64_t)value); }
static inline increp_response increp_notice_get_response(const increp_report *report, increp_notice way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 7, &value); return (increp_response)value; }

// How long after the notice. 0 to 4294967295 seconds.
static inline increp_code increp_notice_set_latency_s(increp_report *report, increp_notice way, uint32_t value)
{ return increp_set_number(report, way.path << 8 | 8, (int64_t)value); }
static inline increp_reported increp_notice_get_latency_s(const increp_report *report, increp_notice way, uint32_t *value)
{
    int64_t number;
    increp_reported reported = increp_get_number(report, way.path << 8 | 8, &number);
    if (reported == INCREP_KNOWN) *value = (uint32_t)number;
    return reported;
}
static inline increp_code increp_notice_clear_latency_s(increp_report *report, increp_notice way)
{ return increp_clear(report, way.path << 8 | 8); }

// How sure the one who told was.
static inline increp_code increp_notice_set_certainty(increp_report *report, increp_notice way, increp_certainty value)
{ return increp_set_number(report, way.path << 8 | 9, (int64_t)value); }
static inline increp_certainty increp_notice_get_certainty(const increp_report *report, increp_notice way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 9, &value); return (increp_certainty)value; }

// ---- Access: Aid, people or goods that passed or did not. How many trucks, people and deliveries are counts; none
// delivered is a count of 0.

// What became of it.
static inline increp_code increp_access_set_state(increp_report *report, increp_access way, increp_access_state value)
{ return increp_set_number(report, way.path << 8 | 1, (int64_t)value); }
static inline increp_access_state increp_access_get_state(const increp_report *report, increp_access way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 1, &value); return (increp_access_state)value; }

// The kind of constraint.
static inline increp_code increp_access_set_constraint(increp_report *report, increp_access way, increp_constraint value)
{ return increp_set_number(report, way.path << 8 | 2, (int64_t)value); }
static inline increp_constraint increp_access_get_constraint(const increp_report *report, increp_access way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 2, &value); return (increp_constraint)value; }

// The reason that was given.
static inline increp_code increp_access_set_reason(increp_report *report, increp_access way, increp_access_reason value)
{ return increp_set_number(report, way.path << 8 | 3, (int64_t)value); }
static inline increp_access_reason increp_access_get_reason(const increp_report *report, increp_access way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 3, &value); return (increp_access_reason)value; }

// From whom a guarantee or permit is awaited. 1 to 160 bytes of UTF-8.
static inline increp_code increp_access_set_awaiting(increp_report *report, increp_access way, increp_text value)
{ return increp_set_text(report, way.path << 8 | 4, value); }
static inline increp_reported increp_access_get_awaiting(const increp_report *report, increp_access way, increp_text *value)
{ return increp_get_text(report, way.path << 8 | 4, value); }
static inline increp_code increp_access_clear_awaiting(increp_report *report, increp_access way)
{ return increp_clear(report, way.path << 8 | 4); }

// What was to pass. 1 to 160 bytes of UTF-8.
static inline increp_code increp_access_set_cargo(increp_report *report, increp_access way, increp_text value)
{ return increp_set_text(report, way.path << 8 | 5, value); }
static inline increp_reported increp_access_get_cargo(const increp_report *report, increp_access way, increp_text *value)
{ return increp_get_text(report, way.path << 8 | 5, value); }
static inline increp_code increp_access_clear_cargo(increp_report *report, increp_access way)
{ return increp_clear(report, way.path << 8 | 5); }

// From where. 1 to 160 bytes of UTF-8.
static inline increp_code increp_access_set_origin(increp_report *report, increp_access way, increp_text value)
{ return increp_set_text(report, way.path << 8 | 6, value); }
static inline increp_reported increp_access_get_origin(const increp_report *report, increp_access way, increp_text *value)
{ return increp_get_text(report, way.path << 8 | 6, value); }
static inline increp_code increp_access_clear_origin(increp_report *report, increp_access way)
{ return increp_clear(report, way.path << 8 | 6); }

// To where. 1 to 160 bytes of UTF-8.
static inline increp_code increp_access_set_destination(increp_report *report, increp_access way, increp_text value)
{ return increp_set_text(report, way.path << 8 | 7, value); }
static inline increp_reported increp_access_get_destination(const increp_report *report, increp_access way, increp_text *value)
{ return increp_get_text(report, way.path << 8 | 7, value); }
static inline increp_code increp_access_clear_destination(increp_report *report, increp_access way)
{ return increp_clear(report, way.path << 8 | 7); }

// ---- Observer: From where and how it was observed. Together with the event's point, bearing and distance give the
// observer away: a link refuses to send them unsealed.

// The code that HQ gave to the post. 1 to 160 bytes of UTF-8.
static inline increp_code increp_observer_set_post(increp_report *report, increp_observer way, increp_text value)
{ return increp_set_text(report, way.path << 8 | 1, value); }
static inline increp_reported increp_observer_get_post(const increp_report *report, increp_observer way, increp_text *value)
{ return increp_get_text(report, way.path << 8 | 1, value); }
static inline increp_code increp_observer_clear_post(increp_report *report, increp_observer way)
{ return increp_clear(report, way.path << 8 | 1); }

// Where the event was, from the post. 0 to 359 degrees from true north.
static inline increp_code increp_observer_set_bearing_deg(increp_report *report, increp_observer way, uint16_t value)
{ return increp_set_number(report, way.path << 8 | 2, (int64_t)value); }
static inline increp_reported increp_observer_get_bearing_deg(const increp_report *report, increp_observer way, uint16_t *value)
{
    int64_t number;
    increp_reported reported = increp_get_number(report, way.path << 8 | 2, &number);
    if (reported == INCREP_KNOWN) *value = (uint16_t)number;
    return reported;
}
static inline increp_code increp_observer_clear_bearing_deg(increp_report *report, increp_observer way)
{ return increp_clear(report, way.path << 8 | 2); }

// The whole sector in which it may have been, the bearing in its middle. 1 to 360 degrees.
static inline increp_code increp_observer_set_bearing_width_deg(increp_report *report, increp_observer way, uint16_t value)
{ return increp_set_number(report, way.path << 8 | 3, (int64_t)value); }
static inline increp_reported increp_observer_get_bearing_width_deg(const increp_report *report, increp_observer way, uint16_t *value)
{
    int64_t number;
    increp_reported reported = increp_get_number(report, way.path << 8 | 3, &number);
    if (reported == INCREP_KNOWN) *value = (uint16_t)number;
    return reported;
}
static inline increp_code increp_observer_clear_bearing_width_deg(increp_report *report, increp_observer way)
{ return increp_clear(report, way.path << 8 | 3); }

// How far away it was.
static inline increp_distance increp_observer_distance_m(increp_observer way)
{ increp_distance field = { way.path << 8 | 4 }; return field; }
static inline increp_reported increp_observer_has_distance_m(const increp_report *report, increp_observer way)
{ return increp_get(report, way.path << 8 | 4); }
static inline increp_code increp_observer_make_distance_m(increp_report *report, increp_observer way)
{ return increp_make(report, way.path << 8 | 4); }
static inline increp_code increp_observer_clear_distance_m(increp_report *report, increp_observer way)
{ return increp_clear(report, way.path << 8 | 4); }

// How it was observed.
static inline increp_code increp_observer_set_means(increp_report *report, increp_observer way, increp_means value)
{ return increp_set_number(report, way.path << 8 | 5, (int64_t)value); }
static inline increp_means increp_observer_get_means(const increp_report *report, increp_observer way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 5, &value); return (increp_means)value; }

// ---- Distance: The least and the greatest distance.

// At least so many metres. 0 to 20037508 metres.
static inline increp_code increp_distance_set_min(increp_report *report, increp_distance way, uint32_t value)
{ return increp_set_number(report, way.path << 8 | 1, (int64_t)value); }
static inline increp_reported increp_distance_get_min(const increp_report *report, increp_distance way, uint32_t *value)
{
    int64_t number;
    increp_reported reported = increp_get_number(report, way.path << 8 | 1, &number);
    if (reported == INCREP_KNOWN) *value = (uint32_t)number;
    return reported;
}
static inline increp_code increp_distance_clear_min(increp_report *report, increp_distance way)
{ return increp_clear(report, way.path << 8 | 1); }

// At most so many metres. 0 to 20037508 metres.
static inline increp_code increp_distance_set_max(increp_report *report, increp_distance way, uint32_t value)
{ return increp_set_number(report, way.path << 8 | 2, (int64_t)value); }
static inline increp_reported increp_distance_get_max(const increp_report *report, increp_distance way, uint32_t *value)
{
    int64_t number;
    increp_reported reported = increp_get_number(report, way.path << 8 | 2, &number);
    if (reported == INCREP_KNOWN) *value = (uint32_t)number;
    return reported;
}
static inline increp_code increp_distance_clear_max(increp_report *report, increp_distance way)
{ return increp_clear(report, way.path << 8 | 2); }

// ---- Claim: One source saying one thing.

// Who says it: the origin first, then whoever passed it on. At most 4.
static inline increp_hop increp_claim_sources(increp_claim way, uint8_t index)
{ increp_hop item = { increp_item(way.path << 8 | 1, index) }; return item; }
static inline size_t increp_claim_sources_length(const increp_report *report, increp_claim way)
{ return increp_length(report, way.path << 8 | 1); }
static inline increp_code increp_claim_clear_sources(increp_report *report, increp_claim way)
{ return increp_clear(report, way.path << 8 | 1); }

// What the source does by saying it.
static inline increp_code increp_claim_set_act(increp_report *report, increp_claim way, increp_act value)
{ return increp_set_number(report, way.path << 8 | 2, (int64_t)value); }
static inline increp_act increp_claim_get_act(const increp_report *report, increp_claim way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 2, &value); return (increp_act)value; }

// The thing said.
typedef enum increp_statement {
    INCREP_STATEMENT_NOTHING = 0,
    INCREP_STATEMENT_COUNT = 1,
    INCREP_STATEMENT_PARTY = 2,
    INCREP_STATEMENT_OBJECT = 3,
    INCREP_STATEMENT_INTENT = 4,
    INCREP_STATEMENT_CONTROL = 5,
    INCREP_STATEMENT_NOTICE = 6,
    INCREP_STATEMENT_ACCESS = 7,
    INCREP_STATEMENT_TRUCE = 8,
    INCREP_STATEMENT_PLACE = 9,
    INCREP_STATEMENT_TIME = 10,
    INCREP_STATEMENT_TEXT = 11,
    INCREP_STATEMENT_LARGEST = 255
} increp_statement;
static inline increp_statement increp_claim_get_said(const increp_report *report, increp_claim way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 3, &value); return (increp_statement)value; }
static inline increp_code increp_claim_make_said(increp_report *report, increp_claim way, increp_statement value)
{ return increp_set_number(report, way.path << 8 | 3, (int64_t)value); }
static inline increp_code increp_claim_clear_said(increp_report *report, increp_claim way)
{ return increp_clear(report, way.path << 8 | 3); }
// A count.
static inline increp_count increp_claim_count(increp_claim way)
{ increp_count field = { way.path << 16 | 3 << 8 | 1 }; return field; }
// A party, and with it its attribution.
static inline increp_party increp_claim_party(increp_claim way)
{ increp_party field = { way.path << 16 | 3 << 8 | 2 }; return field; }
// An object.
static inline increp_object increp_claim_object(increp_claim way)
{ increp_object field = { way.path << 16 | 3 << 8 | 3 }; return field; }
// Whether it was meant.
static inline increp_code increp_claim_set_intent(increp_report *report, increp_claim way, increp_intent value)
{ return increp_set_number(report, way.path << 16 | 3 << 8 | 4, (int64_t)value); }
static inline increp_intent increp_claim_get_intent(const increp_report *report, increp_claim way)
{ int64_t value = 0; increp_get_number(report, way.path << 16 | 3 << 8 | 4, &value); return (increp_intent)value; }
// Who took or holds the place.
static inline increp_control increp_claim_control(increp_claim way)
{ increp_control field = { way.path << 16 | 3 << 8 | 5 }; return field; }
// Who was told.
static inline increp_notice increp_claim_notice(increp_claim way)
{ increp_notice field = { way.path << 16 | 3 << 8 | 6 }; return field; }
// Whether aid passed.
static inline increp_access increp_claim_access(increp_claim way)
{ increp_access field = { way.path << 16 | 3 << 8 | 7 }; return field; }
// How it stands to a truce.
static inline increp_truce increp_claim_truce(increp_claim way)
{ increp_truce field = { way.path << 16 | 3 << 8 | 8 }; return field; }
// Where.
static inline increp_place increp_claim_place(increp_claim way)
{ increp_place field = { way.path << 16 | 3 << 8 | 9 }; return field; }
// When.
static inline increp_time increp_claim_time(increp_claim way)
{ increp_time field = { way.path << 16 | 3 << 8 | 10 }; return field; }
// What has no field of its own, in words. 1 to 512 bytes of UTF-8.
static inline increp_code increp_claim_set_text(increp_report *report, increp_claim way, increp_text value)
{ return increp_set_text(report, way.path << 16 | 3 << 8 | 11, value); }
static inline increp_reported increp_claim_get_text(const increp_report *report, increp_claim way, increp_text *value)
{ return increp_get_text(report, way.path << 16 | 3 << 8 | 11, value); }

// What it is about; this report's event if left out.
static inline increp_about increp_claim_about(increp_claim way)
{ increp_about field = { way.path << 8 | 4 }; return field; }
static inline increp_reported increp_claim_has_about(const increp_report *report, increp_claim way)
{ return increp_get(report, way.path << 8 | 4); }
static inline increp_code increp_claim_make_about(increp_report *report, increp_claim way)
{ return increp_make(report, way.path << 8 | 4); }
static inline increp_code increp_claim_clear_about(increp_report *report, increp_claim way)
{ return increp_clear(report, way.path << 8 | 4); }

// To whom it is said. 1 to 160 bytes of UTF-8.
static inline increp_code increp_claim_set_to(increp_report *report, increp_claim way, increp_text value)
{ return increp_set_text(report, way.path << 8 | 5, value); }
static inline increp_reported increp_claim_get_to(const increp_report *report, increp_claim way, increp_text *value)
{ return increp_get_text(report, way.path << 8 | 5, value); }
static inline increp_code increp_claim_clear_to(increp_report *report, increp_claim way)
{ return increp_clear(report, way.path << 8 | 5); }

// Against whom. 1 to 160 bytes of UTF-8.
static inline increp_code increp_claim_set_against(increp_report *report, increp_claim way, increp_text value)
{ return increp_set_text(report, way.path << 8 | 6, value); }
static inline increp_reported increp_claim_get_against(const increp_report *report, increp_claim way, increp_text *value)
{ return increp_get_text(report, way.path << 8 | 6, value); }
static inline increp_code increp_claim_clear_against(increp_report *report, increp_claim way)
{ return increp_clear(report, way.path << 8 | 6); }

// Who passes the act on to its addressee. 1 to 160 bytes of UTF-8.
static inline increp_code increp_claim_set_via(increp_report *report, increp_claim way, increp_text value)
{ return increp_set_text(report, way.path << 8 | 7, value); }
static inline increp_reported increp_claim_get_via(const increp_report *report, increp_claim way, increp_text *value)
{ return increp_get_text(report, way.path << 8 | 7, value); }
static inline increp_code increp_claim_clear_via(increp_report *report, increp_claim way)
{ return increp_clear(report, way.path << 8 | 7); }

// How sure the source is by its own words.
static inline increp_code increp_claim_set_certainty(increp_report *report, increp_claim way, increp_certainty value)
{ return increp_set_number(report, way.path << 8 | 8, (int64_t)value); }
static inline increp_certainty increp_claim_get_certainty(const increp_report *report, increp_claim way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 8, &value); return (increp_certainty)value; }

// How credible it is on the admiralty scale. 1 to 6 on the admiralty scale, 1 best.
static inline increp_code increp_claim_set_credibility(increp_report *report, increp_claim way, uint8_t value)
{ return increp_set_number(report, way.path << 8 | 9, (int64_t)value); }
static inline increp_reported increp_claim_get_credibility(const increp_report *report, increp_claim way, uint8_t *value)
{
    int64_t number;
    increp_reported reported = increp_get_number(report, way.path << 8 | 9, &number);
    if (reported == INCREP_KNOWN) *value = (uint8_t)number;
    return reported;
}
static inline increp_code increp_claim_clear_credibility(increp_report *report, increp_claim way)
{ return increp_clear(report, way.path << 8 | 9); }

// The source says that it is the first since then.
static inline increp_date increp_claim_first_since(increp_claim way)
{ increp_date field = { way.path << 8 | 10 }; return field; }
static inline increp_reported increp_claim_has_first_since(const increp_report *report, increp_claim way)
{ return increp_get(report, way.path << 8 | 10); }
static inline increp_code increp_claim_make_first_since(increp_report *report, increp_claim way)
{ return increp_make(report, way.path << 8 | 10); }
static inline increp_code increp_claim_clear_first_since(increp_report *report, increp_claim way)
{ return increp_clear(report, way.path << 8 | 10); }

// Who may see it, where that is stricter than for the report.
static inline increp_code increp_claim_set_handling(increp_report *report, increp_claim way, increp_handling value)
{ return increp_set_number(report, way.path << 8 | 11, (int64_t)value); }
static inline increp_handling increp_claim_get_handling(const increp_report *report, increp_claim way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 11, &value); return (increp_handling)value; }

// ---- About: Another report, or a part of it, that a claim is about.

// The report.
static inline increp_id increp_about_id(increp_about way)
{ increp_id field = { way.path << 8 | 1 }; return field; }

// The part; the whole if left out.
static inline increp_code increp_about_set_part(increp_report *report, increp_about way, increp_part value)
{ return increp_set_number(report, way.path << 8 | 2, (int64_t)value); }
static inline increp_part increp_about_get_part(const increp_report *report, increp_about way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 2, &value); return (increp_part)value; }

// ---- Evidence: A file that stays where it is; its hash travels.

// What the file is.
static inline increp_code increp_evidence_set_kind(increp_report *report, increp_evidence way, increp_evidence_kind value)
{ return increp_set_number(report, way.path << 8 | 1, (int64_t)value); }
static inline increp_evidence_kind increp_evidence_get_kind(const increp_report *report, increp_evidence way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 1, &value); return (increp_evidence_kind)value; }

// Its SHA-256.
static inline increp_code increp_evidence_set_sha256(increp_report *report, increp_evidence way, const uint8_t *value)
{ return increp_set_digest(report, way.path << 8 | 2, value); }
static inline increp_reported increp_evidence_get_sha256(const increp_report *report, increp_evidence way, uint8_t *value)
{ return increp_get_digest(report, way.path << 8 | 2, value); }

// ---- Entry: A key with its value.

// The key, with the mission in front: "smm:patrol". 1 to 32 bytes of UTF-8.
static inline increp_code increp_entry_set_key(increp_report *report, increp_entry way, increp_text value)
{ return increp_set_text(report, way.path << 8 | 1, value); }
static inline increp_reported increp_entry_get_key(const increp_report *report, increp_entry way, increp_text *value)
{ return increp_get_text(report, way.path << 8 | 1, value); }

// The value.
typedef enum increp_scalar {
    INCREP_SCALAR_NOTHING = 0,
    INCREP_SCALAR_FLAG = 1,
    INCREP_SCALAR_INTEGER = 2,
    INCREP_SCALAR_TEXT = 3,
    INCREP_SCALAR_LARGEST = 255
} increp_scalar;
static inline increp_scalar increp_entry_get_value(const increp_report *report, increp_entry way)
{ int64_t value = 0; increp_get_number(report, way.path << 8 | 2, &value); return (increp_scalar)value; }
static inline increp_code increp_entry_make_value(increp_report *report, increp_entry way, increp_scalar value)
{ return increp_set_number(report, way.path << 8 | 2, (int64_t)value); }
static inline increp_code increp_entry_clear_value(increp_report *report, increp_entry way)
{ return increp_clear(report, way.path << 8 | 2); }
// Yes or no.
static inline increp_code increp_entry_set_flag(increp_report *report, increp_entry way, bool value)
{ return increp_set_number(report, way.path << 16 | 2 << 8 | 1, (int64_t)value); }
static inline bool increp_entry_get_flag(const increp_report *report, increp_entry way)
{ int64_t value = 0; increp_get_number(report, way.path << 16 | 2 << 8 | 1, &value); return value != 0; }
// An integer.
static inline increp_code increp_entry_set_integer(increp_report *report, increp_entry way, int64_t value)
{ return increp_set_number(report, way.path << 16 | 2 << 8 | 2, (int64_t)value); }
static inline increp_reported increp_entry_get_integer(const increp_report *report, increp_entry way, int64_t *value)
{ return increp_get_number(report, way.path << 16 | 2 << 8 | 2, value); }
// A text. 1 to 160 bytes of UTF-8.
static inline increp_code increp_entry_set_text(increp_report *report, increp_entry way, increp_text value)
{ return increp_set_text(report, way.path << 16 | 2 << 8 | 3, value); }
static inline increp_reported increp_entry_get_text(const increp_report *report, increp_entry way, increp_text *value)
{ return increp_get_text(report, way.path << 16 | 2 << 8 | 3, value); }


#ifdef __cplusplus
}
#endif

#endif // INCREP_H
