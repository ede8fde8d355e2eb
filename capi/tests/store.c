/* The journal on flash that loses its power at every word of every write and in the middle of erases, and the ring. */
#include <string.h>

#include "check.h"

enum { SIZE = 4096, WORDS = SIZE, ERASE_STEPS = 4, RECORDS = 64, LONGEST = 1200 };

/* ---- The flash: no word may be written twice. */

typedef struct cut_flash {
    uint8_t bytes[SIZE];
    uint8_t written[WORDS];
    increp_flash driver; /* its geometry; the functions and the context are those below */
    long steps;          /* until power fails; -1: never */
    int off;             /* did it? */
    int refuses;         /* this flash works, but not today: every function fails */
    uint32_t erases[16];
    uint32_t random;
} cut_flash;

static uint8_t random_byte(cut_flash *flash)
{
    flash->random = flash->random * 1664525u + 1013904223u;
    return (uint8_t)(flash->random >> 24);
}

static int step(cut_flash *flash)
{
    if (flash->steps == 0) flash->off = 1;
    if (flash->steps > 0) flash->steps--;
    return !flash->off;
}

static int flash_read(void *context, uint32_t address, uint8_t *bytes, size_t length)
{
    cut_flash *flash = context;
    size_t at = address - flash->driver.start;
    if (flash->off || flash->refuses) return -5;
    CHECK(at <= SIZE && length <= SIZE - at && at % 4 == 0 && length % 4 == 0 && (uintptr_t)bytes % 4 == 0);
    memcpy(bytes, flash->bytes + at, length);
    return 0;
}

static int flash_write(void *context, uint32_t address, const uint8_t *bytes, size_t length)
{
    cut_flash *flash = context;
    size_t at = address - flash->driver.start, word = flash->driver.word_size;
    if (flash->off || flash->refuses) return -5;
    CHECK(at <= SIZE && length <= SIZE - at && at % word == 0 && length % word == 0 && (uintptr_t)bytes % 4 == 0);
    for (size_t end = at + length; at < end; at += word, bytes += word) {
        CHECK(!flash->written[at / word]);
        int whole = step(flash);
        flash->written[at / word] = 1;
        /* Cut short, a word has some of its bits, or none. */
        uint8_t torn = random_byte(flash) & 1 ? 0xff : 0;
        for (size_t byte = 0; byte < word; byte++) {
            flash->bytes[at + byte] &= (uint8_t)(bytes[byte] | (whole ? 0 : torn | random_byte(flash)));
        }
        if (whole) continue;
        int blank = 1;
        for (size_t byte = 0; byte < word; byte++) blank &= flash->bytes[at + byte] == 0xff;
        flash->written[at / word] = !blank;
        return -5;
    }
    return 0;
}

static int flash_erase(void *context, uint32_t address)
{
    cut_flash *flash = context;
    size_t at = address - flash->driver.start, page = flash->driver.page_size, word = flash->driver.word_size;
    if (flash->off || flash->refuses) return -5;
    CHECK(at % page == 0 && at < SIZE);
    for (int part = 0; part < ERASE_STEPS; part++) {
        if (step(flash)) continue;
        /* Some bits are erased, or all seem to be; nothing may be written before it is erased again. */
        for (size_t byte = 0; byte < page; byte++) flash->bytes[at + byte] |= part == 0 ? 0 : part == 3 ? 0xff : random_byte(flash);
        memset(flash->written + at / word, 1, page / word);
        return -5;
    }
    memset(flash->bytes + at, 0xff, page);
    memset(flash->written + at / word, 0, page / word);
    flash->erases[at / page]++;
    return 0;
}

static void new_flash(cut_flash *flash, uint32_t pages, uint32_t page_size, uint32_t word_size)
{
    memset(flash, 0, sizeof *flash);
    memset(flash->bytes, 0xff, sizeof flash->bytes);
    flash->driver.read = flash_read;
    flash->driver.write = flash_write;
    flash->driver.erase = flash_erase;
    flash->driver.start = 16 * page_size;
    flash->driver.pages = pages;
    flash->driver.page_size = page_size;
    flash->driver.word_size = word_size;
    flash->steps = -1;
    flash->random = 7;
}

static increp_code open_it(increp_store *store, cut_flash *flash, increp_when_full when_full, increp_store_status *status, increp_error *error)
{
    /* The driver is copied: it may go. */
    increp_flash driver = flash->driver;
    driver.context = flash;
    memset(store, 0xa5, sizeof *store);
    increp_code code = increp_journal_open(store, &driver, when_full, status, error);
    memset(&driver, 0, sizeof driver);
    return code;
}

/* ---- What must be there. */

typedef struct kept {
    uint32_t tag;
    size_t length;
    increp_mark mark;
} kept;

typedef struct content {
    kept records[RECORDS];
    int count;
} content;

static void fill(uint8_t *bytes, kept record)
{
    for (size_t at = 0; at < record.length; at++) bytes[at] = (uint8_t)(record.tag + at * (record.tag % 5 == 0 ? 0 : 7));
}

/* Everything in the store, told apart by its first byte. */
static void read_all(increp_store *store, content *found)
{
    static uint8_t buffer[LONGEST], expected[LONGEST];
    increp_record record = { 0, 0, 0, INCREP_MARK_SAVED, 0 };
    const increp_record *after = NULL;
    increp_error error;
    increp_code code;
    uint32_t last = 0;
    found->count = 0;
    while ((code = increp_store_next(store, after, buffer, sizeof buffer, &record, &error)) == INCREP_OK) {
        CHECK(error.code == INCREP_OK && found->count < RECORDS && record.length > 0 && (after == NULL || record.sequence > last));
        kept *here = &found->records[found->count++];
        here->tag = buffer[0];
        here->length = record.length;
        here->mark = record.mark;
        fill(expected, *here);
        CHECK(memcmp(expected, buffer, record.length) == 0);
        last = record.sequence;
        after = &record;
    }
    CHECK(code == INCREP_END && error.code == INCREP_END);
}

/* Is what was found what was kept, but for so many of the oldest? */
static int is_without(const content *found, const content *whole, int dropped)
{
    if (found->count != whole->count - dropped) return 0;
    for (int at = 0; at < found->count; at++) {
        const kept *one = &found->records[at], *other = &whole->records[at + dropped];
        if (one->tag != other->tag || one->length != other->length || one->mark != other->mark) return 0;
    }
    return 1;
}

/* A call that power may cut short. */
typedef struct call {
    size_t append;    /* bytes of a record, or 0 to mark one */
    int back;         /* which, from the newest */
    increp_mark mark;
} call;

static increp_code do_it(increp_store *store, const call *it, uint32_t tag, increp_error *error)
{
    static uint8_t bytes[LONGEST];
    if (it->append > 0) {
        kept record = { tag, it->append, INCREP_MARK_SAVED };
        fill(bytes, record);
        return increp_store_append(store, bytes, it->append, NULL, error);
    }
    increp_record record = { 0, 0, 0, INCREP_MARK_SAVED, 0 }, all[RECORDS];
    int count = 0;
    /* A buffer that is too small says all there is to know but the bytes. */
    for (const increp_record *after = NULL;; after = &record) {
        increp_code code = increp_store_next(store, after, NULL, 0, &record, error);
        if (code == INCREP_END) break;
        if (code != INCREP_ERROR_BUFFER_FULL) return code;
        CHECK(error->found == 0 && error->least == (int64_t)record.length && record.length > 0);
        all[count++] = record;
    }
    if (count <= it->back) return INCREP_OK;
    return increp_store_mark(store, &all[count - 1 - it->back], it->mark, error);
}

/* Opens it and reads it: what was found is what was there before the call, or after it, or has lost some of what the call dropped. */
static void holds(cut_flash *flash, const content *before, const content *after, const call *it, increp_when_full when_full)
{
    increp_store store;
    increp_store_status status;
    increp_error error;
    content found;
    CHECK(open_it(&store, flash, when_full, &status, &error) == INCREP_OK);
    read_all(&store, &found);
    int dropped = before->count - after->count + (it->append > 0), good = is_without(&found, after, 0);
    for (int some = 0; some <= dropped; some++) good |= is_without(&found, before, some);
    CHECK(good);
    CHECK(status.records == (uint32_t)found.count && status.lost == 0 && status.next - status.oldest == status.records);

    /* And it goes on. */
    kept more = { 255, 9, INCREP_MARK_SAVED };
    const call one = { 9, 0, INCREP_MARK_SAVED }, mark = { 0, 0, INCREP_MARK_AT_HUB };
    increp_code code = do_it(&store, &one, more.tag, &error);
    CHECK(code == INCREP_OK || (code == INCREP_ERROR_FULL && when_full != INCREP_DROP_OLDEST));
    if (code != INCREP_OK) return;
    CHECK(do_it(&store, &mark, 0, &error) == INCREP_OK);
    CHECK(open_it(&store, flash, when_full, NULL, NULL) == INCREP_OK);
    read_all(&store, &found);
    CHECK(found.count > 0 && found.records[found.count - 1].tag == 255 && found.records[found.count - 1].mark == INCREP_MARK_AT_HUB);
}

/* Each call, cut short at each of its steps; then whole. */
static void every_cut(uint32_t pages, uint32_t page_size, uint32_t word_size, increp_when_full when_full)
{
    static const size_t lengths[] = { 20, 5, 130, 1, 64, 300, 33, 8, 77, 500, 12, 48, 90, 7, 210, 4 };
    static cut_flash flash, cut;
    increp_store store;
    increp_error error;
    content before = { .count = 0 }, after;
    uint32_t tag = 0;
    int cuts = 0, full = 0;
    new_flash(&flash, pages, page_size, word_size);
    for (size_t round = 0; round < 3 * sizeof lengths / sizeof *lengths; round++) {
        call calls[3] = { { lengths[round / 3], 0, INCREP_MARK_SAVED }, { 0, (int)(round % 2), INCREP_MARK_SENT }, { 0, 3, INCREP_MARK_AT_HQ } };
        const call *it = &calls[round % 3];
        if (it->append > 0) tag++;
        CHECK(open_it(&store, &flash, when_full, NULL, &error) == INCREP_OK);
        read_all(&store, &before);
        cut = flash;
        CHECK(open_it(&store, &cut, when_full, NULL, &error) == INCREP_OK);
        increp_code code = do_it(&store, it, tag, &error);
        read_all(&store, &after);
        if (code == INCREP_ERROR_FULL) {
            CHECK(when_full != INCREP_DROP_OLDEST && is_without(&after, &before, 0) && memcmp(cut.bytes, flash.bytes, SIZE) == 0);
            full++;
            continue;
        }
        CHECK(code == INCREP_OK);
        for (long steps = 0;; steps++) {
            cut = flash;
            cut.random += (uint32_t)steps;
            CHECK(open_it(&store, &cut, when_full, NULL, &error) == INCREP_OK);
            cut.steps = steps;
            code = do_it(&store, it, tag, &error);
            if (!cut.off) break;
            CHECK(code == INCREP_ERROR_FLASH && error.code == INCREP_ERROR_FLASH);
            CHECK(error.offset >= cut.driver.start && error.offset < cut.driver.start + SIZE);
            cut.off = 0;
            cut.steps = -1;
            holds(&cut, &before, &after, it, when_full);
            cuts++;
        }
        CHECK(code == INCREP_OK);
        flash = cut;
        flash.steps = -1;
    }
    CHECK(cuts > 40 && (full > 0 || when_full != INCREP_REFUSE));
}

/* Wear, a damaged page, and what is refused. */
static void damage(void)
{
    static cut_flash flash, damaged;
    increp_store store;
    increp_store_status status;
    increp_error error;
    increp_record record = { 0, 0, 0, INCREP_MARK_SAVED, 0 };
    uint8_t bytes[100];
    char text[128];
    uint32_t erases, sum = 0;
    new_flash(&flash, 4, 1024, 8);
    CHECK(open_it(&store, &flash, INCREP_DROP_OLDEST, &status, &error) == INCREP_OK && status.records == 0 && status.next == 0);
    for (uint32_t tag = 0; tag < 100; tag++) {
        kept it = { tag, 80, INCREP_MARK_SAVED };
        fill(bytes, it);
        CHECK(increp_store_append(&store, bytes, it.length, &record, &error) == INCREP_OK && record.sequence == tag && record.length == 80);
    }
    CHECK(increp_store_read_status(&store, &status, &error) == INCREP_OK && status.next == 100 && status.lost == 0);
    for (uint32_t page = 0; page < 4; page++) {
        CHECK(increp_journal_erases(&store, page, &erases, &error) == INCREP_OK && erases == flash.erases[page]);
        CHECK(status.most_erases >= erases);
        sum += erases;
    }
    CHECK(status.erases == sum && sum > 8);

    /* A page is gone: its records, by their numbers, and no others. */
    damaged = flash;
    content found;
    uint32_t oldest = status.oldest, missing = 0;
    memset(damaged.bytes + 1024, 0x24, 1024);
    CHECK(open_it(&store, &damaged, INCREP_DROP_OLDEST, &status, &error) == INCREP_OK);
    CHECK(status.damaged_pages == 1 && status.lost > 0 && status.oldest == oldest && status.next == 100);
    read_all(&store, &found);
    for (uint32_t number = oldest; number < 100; number++) {
        int is_there = 0;
        for (int at = 0; at < found.count; at++) is_there |= found.records[at].tag == number;
        missing += !is_there;
    }
    CHECK(missing == status.lost && (uint32_t)found.count == status.records && missing + status.records == 100 - oldest);

    /* Errors say where, and by how much. */
    CHECK(open_it(&store, &flash, INCREP_REFUSE, &status, &error) == INCREP_OK);
    // What failed to encode has no bytes.
    CHECK(increp_store_append(&store, bytes, 0, NULL, &error) == INCREP_ERROR_EMPTY);
    CHECK(increp_store_append(&store, flash.bytes, 4000, NULL, &error) == INCREP_ERROR_TOO_LONG && error.found == 4000 && error.most < 4000);
    increp_error_text(&error, (uint8_t *)text, sizeof text);
    CHECK(strcmp(text, "the record would never fit: expected at most 2832, found 4000") == 0);
    while (increp_store_append(&store, bytes, 80, NULL, &error) == INCREP_OK) {}
    increp_error_text(&error, (uint8_t *)text, sizeof text);
    CHECK(strcmp(text, "there is no room, and nothing may be dropped") == 0);
    CHECK(error.code == INCREP_ERROR_FULL);
    CHECK(increp_store_next(&store, NULL, bytes, 79, &record, &error) == INCREP_ERROR_BUFFER_FULL && record.length == 80);
    increp_error_text(&error, (uint8_t *)text, sizeof text);
    CHECK(strcmp(text, "the buffer is too small: expected at least 80, found 79") == 0);
    CHECK(increp_store_next(&store, NULL, bytes, 80, &record, &error) == INCREP_OK);
    record.sequence++;
    CHECK(increp_store_mark(&store, &record, INCREP_MARK_SENT, &error) == INCREP_ERROR_GONE);
    flash.refuses = 1;
    CHECK(increp_store_next(&store, NULL, bytes, 80, &record, &error) == INCREP_ERROR_FLASH && error.offset >= flash.driver.start);
    CHECK(open_it(&store, &flash, INCREP_REFUSE, &status, &error) == INCREP_ERROR_FLASH && error.offset == flash.driver.start);
    increp_error_text(&error, (uint8_t *)text, sizeof text);
    CHECK(strcmp(text, "at address 0x4000: the flash could not be read, written or erased") == 0);
    flash.refuses = 0;

    static const uint32_t bad[][4] = { { 0, 1, 1024, 8 }, { 4, 4, 1024, 8 }, { 0, 4, 1024, 64 }, { 0, 4, 1024, 3 }, { 0, 4, 1000, 16 }, { 0, 64, 64, 8 } };
    for (size_t at = 0; at < sizeof bad / sizeof *bad; at++) {
        damaged = flash;
        damaged.driver.start = bad[at][0];
        damaged.driver.pages = bad[at][1];
        damaged.driver.page_size = bad[at][2];
        damaged.driver.word_size = bad[at][3];
        CHECK(open_it(&store, &damaged, INCREP_REFUSE, &status, &error) == INCREP_ERROR_NO_JOURNAL_FITS);
    }
    damaged = flash;
    damaged.driver.pages = 3;
    CHECK(open_it(&store, &damaged, INCREP_REFUSE, &status, &error) == INCREP_ERROR_OTHER_GEOMETRY);
    damaged.driver.pages = UINT32_MAX;
    CHECK(open_it(&store, &damaged, INCREP_REFUSE, &status, &error) == INCREP_ERROR_MISUSE);
}

static void ring(void)
{
    increp_store store;
    increp_store_status status;
    increp_error error;
    increp_record record = { 0, 0, 0, INCREP_MARK_SAVED, 0 };
    uint8_t *room = malloc(50), bytes[40];
    content found;
    CHECK(increp_ring_open(&store, room, 50, INCREP_DROP_AT_HQ) == INCREP_OK);
    for (uint32_t tag = 0; tag < 3; tag++) {
        kept it = { tag, 12, INCREP_MARK_SAVED };
        fill(bytes, it);
        CHECK(increp_store_append(&store, bytes, 12, &record, &error) == INCREP_OK && record.sequence == tag);
    }
    CHECK(increp_store_append(&store, bytes, 12, NULL, &error) == INCREP_ERROR_FULL);
    CHECK(increp_store_next(&store, NULL, bytes, sizeof bytes, &record, &error) == INCREP_OK && bytes[0] == 0);
    CHECK(increp_store_mark(&store, &record, INCREP_MARK_AT_HQ, &error) == INCREP_OK);
    kept it = { 3, 12, INCREP_MARK_SAVED };
    fill(bytes, it);
    CHECK(increp_store_append(&store, bytes, 12, NULL, &error) == INCREP_OK);
    read_all(&store, &found);
    CHECK(found.count == 3 && found.records[0].tag == 1 && found.records[2].tag == 3);
    CHECK(increp_store_read_status(&store, &status, NULL) == INCREP_OK && status.records == 3 && status.oldest == 1 && status.free == 5);
    CHECK(increp_store_append(&store, bytes, 48, NULL, &error) == INCREP_ERROR_TOO_LONG && error.most == 47);
    CHECK(increp_journal_erases(&store, 0, &status.erases, &error) == INCREP_ERROR_MISUSE);
    free(room);
}

static void misuse(void)
{
    static increp_store never;
    static cut_flash flash;
    increp_store store;
    increp_store_status status;
    increp_error error;
    increp_record record = { 0, 0, 0, INCREP_MARK_SAVED, 0 };
    uint8_t byte = 0;
    uint32_t erases;
    new_flash(&flash, 4, 1024, 4);
    CHECK(increp_journal_open(&store, NULL, INCREP_REFUSE, &status, &error) == INCREP_ERROR_MISUSE);
    CHECK(open_it(&store, &flash, (increp_when_full)3, &status, &error) == INCREP_ERROR_MISUSE);
    flash.driver.erase = NULL;
    CHECK(open_it(&store, &flash, INCREP_REFUSE, &status, &error) == INCREP_ERROR_MISUSE);
    flash.driver.erase = flash_erase;
    increp_flash driver = flash.driver;
    driver.context = &flash;
    CHECK(increp_journal_open(NULL, &driver, INCREP_REFUSE, &status, &error) == INCREP_ERROR_MISUSE);
    CHECK(increp_ring_open(&store, NULL, 9, INCREP_REFUSE) == INCREP_ERROR_MISUSE && increp_ring_open(NULL, &byte, 1, INCREP_REFUSE) == INCREP_ERROR_MISUSE);
    CHECK(increp_store_append(&never, &byte, 1, NULL, NULL) == INCREP_ERROR_MISUSE && increp_store_append(NULL, &byte, 1, NULL, NULL) == INCREP_ERROR_MISUSE);
    CHECK(increp_store_next(&never, NULL, &byte, 1, &record, &error) == INCREP_ERROR_MISUSE);
    CHECK(increp_store_mark(&never, &record, INCREP_MARK_SENT, &error) == INCREP_ERROR_MISUSE);
    CHECK(increp_store_read_status(NULL, &status, &error) == INCREP_ERROR_MISUSE);
    CHECK(increp_journal_erases(&never, 0, &erases, &error) == INCREP_ERROR_MISUSE);
    CHECK(open_it(&store, &flash, INCREP_REFUSE, NULL, NULL) == INCREP_OK);
    CHECK(increp_store_append(&store, NULL, 1, NULL, NULL) == INCREP_ERROR_MISUSE && increp_store_append(&store, NULL, 0, &record, NULL) == INCREP_ERROR_EMPTY);
    CHECK(increp_store_append(&store, &byte, 1, &record, NULL) == INCREP_OK);
    CHECK(increp_store_mark(&store, NULL, INCREP_MARK_SENT, &error) == INCREP_ERROR_MISUSE);
    CHECK(increp_store_mark(&store, &record, (increp_mark)4, &error) == INCREP_ERROR_MISUSE);
    CHECK(increp_store_next(&store, NULL, NULL, 0, NULL, NULL) == INCREP_ERROR_BUFFER_FULL && increp_store_read_status(&store, NULL, NULL) == INCREP_OK);
    CHECK(increp_journal_erases(&store, 4, &erases, &error) == INCREP_ERROR_MISUSE);
    /* What says which record is meant may be anything. */
    for (uint32_t bit = 0; bit < 96; bit++) {
        uint32_t parts[3] = { record.sequence, record.page, record.slot };
        parts[bit / 32] ^= 1u << bit % 32;
        increp_record other = { parts[0], parts[1], parts[2], INCREP_MARK_SAVED, 0 };
        CHECK(increp_store_mark(&store, &other, INCREP_MARK_SENT, &error) == INCREP_ERROR_GONE);
        increp_store_next(&store, &other, NULL, 0, &other, &error);
    }
}

void stores(void)
{
    static const uint32_t words[] = { 1, 2, 4, 8, 16, 32 };
    misuse();
    damage();
    ring();
    for (size_t at = 0; at < sizeof words / sizeof *words; at++)
        for (int when_full = INCREP_REFUSE; when_full <= INCREP_DROP_OLDEST; when_full++)
            every_cut(words[at] < 32 ? 2 : 3, 1024, words[at], (increp_when_full)when_full);
}
