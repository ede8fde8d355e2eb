/* Batches, both ways. */
#include <string.h>

#include "check.h"

enum { MOST = 1 << 14, ROOM = 8 * INCREP_MAX_TEXT };

typedef char a_reader_fills_its_memory[sizeof(increp_batch_reader) == 8 * INCREP_BATCH_WORDS ? 1 : -1];
typedef char a_writer_fills_its_memory[sizeof(increp_batch_writer) == 8 * INCREP_BATCH_WORDS ? 1 : -1];

static increp_report report;
static increp_batch_reader reader;
static increp_batch_writer writer;
static const increp_profile *profile;
static uint8_t *whole, *room, written[MOST];
static size_t whole_length;
static int reports;

void batch_begins(const increp_profile *with, const uint8_t *bytes, size_t length)
{
    increp_error error;
    profile = with;
    whole = exact(bytes, length);
    whole_length = length;
    room = malloc(ROOM);
    reports = 0;
    CHECK(increp_batch_reader_open(&reader, profile, whole, length, room, ROOM, &error) == INCREP_OK && error.code == INCREP_OK);
    CHECK(increp_batch_writer_open(&writer, profile, written, sizeof written, &error) == INCREP_OK);
}

void batch_has(const uint8_t *alone, size_t length)
{
    uint8_t buffer[INCREP_MAX_LEN];
    increp_error error;
    CHECK(increp_batch_reader_next(&reader, &report, &error) == INCREP_OK && error.code == INCREP_OK);
    CHECK(increp_encode_packed(&report, profile, NULL, buffer, sizeof buffer, &error) == length && memcmp(buffer, alone, length) == 0);
    size_t before = increp_batch_writer_length(&writer);
    CHECK(increp_batch_writer_push(&writer, &report, &error) == INCREP_OK && increp_batch_writer_length(&writer) >= before);
    /* What breaks a rule, or was never made, is not in it. */
    CHECK(increp_report_set_kind(&report, INCREP_KIND_UPDATE) == INCREP_OK && increp_report_clear_links(&report) == INCREP_OK);
    CHECK(increp_batch_writer_push(&writer, &report, &error) == INCREP_ERROR_REPLACES_MISSING);
    CHECK(increp_batch_writer_push(&writer, NULL, &error) == INCREP_ERROR_MISUSE);
    reports++;
}

/* Reads all of some bytes and writes it again, in the same blocks of exactly their size. Gives how it ended. */
static increp_code again(const uint8_t *bytes, size_t length, size_t size, size_t room_size, int *count)
{
    increp_error error;
    uint8_t *in = exact(bytes, length), *out = malloc(size ? size : 1), *texts = malloc(room_size ? room_size : 1);
    increp_code code = increp_batch_reader_open(&reader, profile, in, length, texts, room_size, &error);
    CHECK(increp_batch_writer_open(&writer, profile, out, size, NULL) == INCREP_OK);
    for (*count = 0; code == INCREP_OK && (code = increp_batch_reader_next(&reader, &report, &error)) == INCREP_OK; ++*count) {
        CHECK(error.code == INCREP_OK && increp_batch_writer_push(&writer, &report, &error) == INCREP_OK);
    }
    CHECK((unsigned)code == error.code && code != INCREP_OK);
    /* Whoever does not look sends nothing. */
    CHECK(increp_encode_postcard(&report, written, sizeof written, NULL) == 0 || *count == 0);
    size_t finished = increp_batch_writer_finish(&writer, &error);
    if (code == INCREP_END) CHECK(size < length ? finished == 0 && error.code == INCREP_ERROR_BUFFER_FULL : finished <= size);
    free(in);
    free(out);
    free(texts);
    return code;
}

void batch_ends(void)
{
    increp_error error;
    int count;
    CHECK(increp_batch_reader_next(&reader, &report, &error) == INCREP_END && error.code == INCREP_END);
    CHECK(increp_batch_reader_next(&reader, &report, &error) == INCREP_END);
    CHECK(increp_encode_postcard(&report, written + MOST / 2, MOST / 2, &error) == 0 && error.code == INCREP_END);
    CHECK(increp_batch_writer_finish(&writer, &error) == whole_length && error.code == INCREP_OK);
    CHECK(memcmp(written, whole, whole_length) == 0);
    CHECK(increp_batch_writer_finish(&writer, &error) == 0 && error.code == INCREP_ERROR_MISUSE);
    CHECK(again(whole, whole_length, whole_length, ROOM, &count) == INCREP_END && count == reports);
    for (size_t size = 0; size < whole_length; size += 23) CHECK(again(whole, whole_length, size, ROOM, &count) == INCREP_END);
    /* Cut off, it ends with an error, or once in a while with another report; what is missing makes up no more than the last ones. */
    for (size_t length = 0; length < whole_length; length += 17) {
        again(whole, length, MOST, ROOM, &count);
        CHECK(count <= reports + 1);
    }
    /* Too little room for the texts: what fits is read. */
    increp_code code = again(whole, whole_length, MOST, 1, &count);
    CHECK((code == INCREP_ERROR_BUFFER_FULL && count < reports) || (code == INCREP_END && count == reports));
    for (size_t bit = 16; bit < 8 * whole_length; bit += 41) {
        whole[bit / 8] ^= (uint8_t)(1u << bit % 8);
        again(whole, whole_length, MOST, ROOM, &count);
        whole[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    free(whole);
    free(room);
}

void batch_misuse(void)
{
    static increp_batch_reader no_reader;
    static increp_batch_writer no_writer;
    static increp_profile unopened;
    increp_error error;
    uint8_t byte = 0x12;
    increp_init(&report);
    CHECK(increp_batch_writer_open(NULL, NULL, &byte, 1, &error) == INCREP_ERROR_MISUSE);
    CHECK(increp_batch_writer_open(&writer, &unopened, &byte, 1, &error) == INCREP_ERROR_MISUSE);
    CHECK(increp_batch_writer_open(&writer, NULL, NULL, 1, &error) == INCREP_ERROR_MISUSE);
    CHECK(increp_batch_writer_push(&no_writer, &report, &error) == INCREP_ERROR_MISUSE && increp_batch_writer_push(NULL, &report, NULL) == INCREP_ERROR_MISUSE);
    CHECK(increp_batch_writer_length(&no_writer) == 0 && increp_batch_writer_length(NULL) == 0);
    CHECK(increp_batch_writer_finish(&no_writer, &error) == 0 && error.code == INCREP_ERROR_MISUSE && increp_batch_writer_finish(NULL, NULL) == 0);
    CHECK(increp_batch_reader_open(&reader, &unopened, &byte, 1, NULL, 0, &error) == INCREP_ERROR_MISUSE);
    CHECK(increp_batch_reader_open(&reader, NULL, NULL, 1, NULL, 0, &error) == INCREP_ERROR_MISUSE);
    CHECK(increp_batch_reader_open(&reader, NULL, &byte, 1, NULL, 1, &error) == INCREP_ERROR_MISUSE);
    CHECK(increp_batch_reader_open(&reader, NULL, NULL, 0, NULL, 0, &error) == INCREP_ERROR_EMPTY);
    CHECK(increp_batch_reader_open(&reader, NULL, &byte, 1, NULL, 0, &error) == INCREP_ERROR_ENDS_EARLY && error.offset == 1);
    CHECK(increp_batch_reader_next(&no_reader, &report, &error) == INCREP_ERROR_MISUSE && increp_batch_reader_next(NULL, &report, NULL) == INCREP_ERROR_MISUSE);

    /* An empty batch has 3 bytes. */
    uint8_t three[3];
    CHECK(increp_batch_writer_open(&writer, NULL, three, 3, &error) == INCREP_OK && increp_batch_writer_finish(&writer, &error) == 3);
    CHECK(increp_batch_reader_open(NULL, NULL, three, 3, NULL, 0, &error) == INCREP_ERROR_MISUSE);
    CHECK(increp_batch_reader_open(&reader, NULL, three, 3, NULL, 0, &error) == INCREP_OK);
    CHECK(increp_batch_reader_next(&reader, NULL, &error) == INCREP_ERROR_MISUSE);
    CHECK(increp_batch_reader_next(&reader, &report, &error) == INCREP_END);
}
