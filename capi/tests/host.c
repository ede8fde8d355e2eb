/* Holds the library against the vectors, which vectors.py prints to its standard input, and against misuse.
   Ends with 1 at the first thing that is wrong. */
#include <string.h>

#include "../example/report.h"
#include "check.h"
#include "copy.h"

typedef char a_report_fills_its_memory[sizeof(increp_report) == 8 * INCREP_REPORT_WORDS ? 1 : -1];

int checks, lines;
static increp_report report, again;
static increp_profile general_16;
/* Vectors follow one another profile by profile: the last one stays open. */
static increp_profile opened;
static uint8_t blob[1 << 17];
static char blob_path[512];

static size_t from_hex(const char *hex, uint8_t *bytes)
{
    size_t length = 0;
    unsigned byte;
    for (; hex[0] != '-' && hex[0] != 0 && sscanf(hex, "%2x", &byte) == 1; hex += 2) bytes[length++] = (uint8_t)byte;
    return length;
}

uint8_t *exact(const uint8_t *bytes, size_t length)
{
    uint8_t *block = malloc(length ? length : 1);
    if (length) memcpy(block, bytes, length);
    return block;
}

/* Copies the report field by field, and says whether that is encoded as the same bytes. */
static void copied_is_the_same(const uint8_t *bytes, size_t length)
{
    uint8_t buffer[INCREP_MAX_LEN];
    increp_error error;
    increp_init(&again);
    copy_report(&again, &report);
    size_t written = increp_encode_postcard(&again, buffer, sizeof buffer, &error);
    CHECK(written == length && memcmp(buffer, bytes, length) == 0 && error.code == INCREP_OK);
}

static void postcard_vector(const uint8_t *bytes, size_t length)
{
    uint8_t buffer[INCREP_MAX_LEN];
    increp_error error;
    CHECK(increp_decode_postcard(&report, bytes, length, &error) == INCREP_OK);
    CHECK(increp_check(&report, &error) == INCREP_OK);
    CHECK(increp_encode_postcard(&report, buffer, sizeof buffer, NULL) == length && memcmp(buffer, bytes, length) == 0);
    copied_is_the_same(bytes, length);
    /* Every buffer that is too small, and every beginning of the bytes. */
    for (size_t size = 0; size < length; size++) {
        uint8_t *small = exact(bytes, size);
        CHECK(increp_encode_postcard(&again, small, size, &error) == 0 && error.code == INCREP_ERROR_BUFFER_FULL);
        free(small);
        small = exact(bytes, size);
        CHECK(increp_decode_postcard(&report, small, size, &error) != INCREP_OK && error.code != INCREP_OK);
        free(small);
    }
}

static const increp_profile *profile_at(const char *path)
{
    if (strcmp(path, "-") == 0) return NULL;
    if (strcmp(path, blob_path) != 0) {
        increp_error error;
        FILE *file = fopen(path, "rb");
        CHECK(file != NULL);
        size_t length = fread(blob, 1, sizeof blob, file);
        fclose(file);
        CHECK(increp_profile_open(&opened, blob, length - 1, &error) == INCREP_ERROR_PROFILE_DAMAGED);
        CHECK(increp_profile_open(&opened, blob, 3, &error) == INCREP_ERROR_NOT_A_PROFILE);
        CHECK(increp_profile_open(&opened, blob, length, &error) == INCREP_OK && error.code == INCREP_OK);
        strcpy(blob_path, path);
    }
    return &opened;
}

static void packed_vector(const increp_profile *profile, const increp_known *known, const uint8_t *bytes, size_t length)
{
    uint8_t buffer[INCREP_MAX_LEN], flat[INCREP_MAX_LEN], room[INCREP_MAX_TEXT];
    increp_error error;
    CHECK(increp_decode_packed(&report, profile, known, bytes, length, room, sizeof room, &error) == INCREP_OK);
    CHECK(increp_encode_packed(&report, profile, known, buffer, sizeof buffer, NULL) == length);
    CHECK(memcmp(buffer, bytes, length) == 0);
    increp_known other = *known;
    other.knows |= INCREP_KNOWS_ID;
    other.seq ^= 1;
    CHECK(increp_encode_packed(&report, profile, &other, buffer, sizeof buffer, &error) == 0 && error.code == INCREP_ERROR_OTHER_ID);
    other.knows |= 1u << 31;
    CHECK(increp_encode_packed(&report, profile, &other, buffer, sizeof buffer, &error) == 0 && error.code == INCREP_ERROR_MISUSE);
    size_t flat_length = increp_encode_postcard(&report, flat, sizeof flat, NULL);
    CHECK(flat_length > 0);
    copied_is_the_same(flat, flat_length);
    for (size_t size = 0; size < length; size++) {
        uint8_t *small = exact(bytes, size);
        CHECK(increp_encode_packed(&again, profile, known, small, size, &error) == 0 && error.code == INCREP_ERROR_BUFFER_FULL);
        free(small);
    }
    /* Cut off, it is refused or is another report; nothing else happens. From here on the texts of `again` are gone. */
    for (size_t size = 0; size < length; size++) {
        uint8_t *small = exact(bytes, size);
        increp_decode_packed(&report, profile, known, small, size, room, sizeof room, &error);
        free(small);
    }
    /* No room for its texts: refused, or it has none that are new. */
    increp_code code = increp_decode_packed(&report, profile, known, bytes, length, NULL, 0, &error);
    CHECK(code == INCREP_OK || code == INCREP_ERROR_BUFFER_FULL);
}

static void flipped(const uint8_t *bytes, size_t length)
{
    uint8_t room[INCREP_MAX_TEXT];
    increp_error error;
    char text[8];
    for (size_t bit = 0; bit < 8 * length; bit += 3) {
        uint8_t *bad = exact(bytes, length);
        bad[bit / 8] ^= (uint8_t)(1u << bit % 8);
        increp_code code = increp_decode_packed(&report, &general_16, NULL, bad, length, room, sizeof room, &error);
        CHECK((code == INCREP_OK) == (error.code == INCREP_OK) && (unsigned)code == error.code);
        CHECK(increp_error_text(&error, (uint8_t *)text, sizeof text) > 0 && strlen(text) < sizeof text);
        if (code == INCREP_OK) {
            increp_init(&again);
            copy_report(&again, &report);
            CHECK(increp_check(&again, &error) == INCREP_OK);
        }
        free(bad);
    }
}

static void vectors(void)
{
    static char line[20000], path[512], hex[20000];
    static uint8_t bytes[INCREP_MAX_LEN + 64];
    increp_error error;
    unsigned code, offset;
    while (fgets(line, sizeof line, stdin) != NULL) {
        increp_known known = { 0, 0, 0, 0, 0, 0, 0 };
        long long sent;
        lines++;
        if (sscanf(line, "postcard %19999s", hex) == 1) {
            size_t length = from_hex(hex, bytes);
            postcard_vector(bytes, length);
            flipped(bytes, length);
        } else if (sscanf(line, "refused %u %u %511s %19999s", &code, &offset, path, hex) == 4) {
            size_t length = from_hex(hex, bytes);
            uint8_t *block = exact(bytes, length);
            char found[128];
            CHECK((unsigned)increp_decode_postcard(&report, block, length, &error) == code);
            CHECK(error.code == code && error.offset == offset);
            increp_path_text(error.path, (uint8_t *)found, sizeof found);
            CHECK(strcmp(found, strcmp(path, "-") == 0 ? "" : path) == 0);
            free(block);
        } else if (sscanf(line, "packed %511s %u %u %u %u %lld %d %d %19999s", path, &known.knows, &known.author, &known.epoch,
                       &known.seq, &sent, &known.lat, &known.lon, hex) == 9) {
            known.sent = sent;
            size_t length = from_hex(hex, bytes);
            packed_vector(profile_at(path), &known, bytes, length);
        } else if (sscanf(line, "packed-refused %511s %u %u %u %u %lld %d %d %u %19999s", path, &known.knows, &known.author,
                       &known.epoch, &known.seq, &sent, &known.lat, &known.lon, &code, hex) == 10) {
            uint8_t room[INCREP_MAX_TEXT];
            known.sent = sent;
            size_t length = from_hex(hex, bytes);
            const increp_profile *profile = profile_at(path);
            CHECK((unsigned)increp_decode_packed(&report, profile, &known, bytes, length, room, sizeof room, &error) == code);
        } else if (sscanf(line, "batch %511s %19999s", path, hex) == 2) {
            size_t length = from_hex(hex, bytes);
            batch_begins(profile_at(path), bytes, length);
        } else if (sscanf(line, "in-batch %19999s", hex) == 1) {
            size_t length = from_hex(hex, bytes);
            batch_has(bytes, length);
        } else if (strcmp(line, "ends-batch\n") == 0) {
            batch_ends();
        } else if (sscanf(line, "refused-batch %511s %u %19999s", path, &code, hex) == 3) {
            increp_batch_reader reader;
            size_t length = from_hex(hex, bytes);
            CHECK((unsigned)increp_batch_reader_open(&reader, profile_at(path), bytes, length, NULL, 0, &error) == code);
        } else {
            CHECK(!"a line of vectors.py");
        }
    }
}

/* What a getter reads after decoding, and that setters say what is wrong. */
static void fields(void)
{
    uint8_t buffer[INCREP_MAX_LEN], room[INCREP_MAX_TEXT];
    char text[128];
    increp_error error;
    uint32_t number = 7;
    increp_text name = { NULL, 9 };
    increp_event event = increp_report_event();
    increp_count count = increp_event_counts(event, 0);

    heard_explosions(&report);
    CHECK(increp_effective_handling(&report) == INCREP_HANDLING_AMBER);
    size_t length = increp_encode_packed(&report, &general_16, NULL, buffer, sizeof buffer, &error);
    CHECK(length > 0 && increp_decode_packed(&again, &general_16, NULL, buffer, length, room, sizeof room, &error) == INCREP_OK);
    CHECK(increp_event_get_type(&again, event) == INCREP_EVENT_TYPE_EXPLOSION);
    CHECK(increp_count_get_value(&again, count, &number) == INCREP_KNOWN && number == 14);
    CHECK(increp_count_get_min(&again, count, &number) == INCREP_UNREPORTED && number == 14);
    CHECK(increp_party_get_name(&again, increp_event_parties(event, 0), &name) == INCREP_UNKNOWN && name.length == 9);
    CHECK(increp_observer_get_post(&again, increp_event_observer(event), &name) == INCREP_KNOWN);
    CHECK(name.length == 4 && memcmp(name.bytes, "OP-3", 4) == 0);
    CHECK(increp_event_counts_length(&again, event) == 1 && increp_report_claims_length(&again) == 0);
    CHECK(increp_event_has_place(&again, event) == INCREP_UNREPORTED);

    /* The first error of a setter stays, and encoding gives it. */
    CHECK(increp_count_set_value(&report, increp_event_counts(event, 3), 1) == INCREP_ERROR_NO_SUCH_ITEM);
    CHECK(increp_count_set_value(&report, increp_event_counts(event, 255), 1) == INCREP_ERROR_TOO_MANY);
    CHECK(increp_encode_postcard(&report, buffer, sizeof buffer, &error) == 0 && error.code == INCREP_ERROR_NO_SUCH_ITEM);
    increp_error_text(&error, (uint8_t *)text, sizeof text);
    CHECK(strcmp(text, "event.counts[3].value: the items of a list are set from the first on, without a gap") == 0);
    heard_explosions(&report);
    CHECK(increp_encode_postcard(&report, buffer, sizeof buffer, &error) == 89);

    /* Limits are seen on encoding; what fits no number at all, at once. */
    CHECK(increp_observer_set_bearing_deg(&report, increp_event_observer(event), 360) == INCREP_OK);
    CHECK(increp_check(&report, &error) == INCREP_ERROR_LIMIT && error.found == 360 && error.least == 0 && error.most == 359);
    increp_error_text(&error, (uint8_t *)text, sizeof text);
    CHECK(strcmp(text, "event.observer.bearing_deg at byte 72: expected 0 to 359 degrees from true north, found 360") == 0);
    heard_explosions(&report);
    CHECK(increp_set_number(&report, count.path << 8 | 2, -1) == INCREP_ERROR_LIMIT);
    CHECK(increp_check(&report, &error) == INCREP_ERROR_LIMIT && error.found == -1);
    increp_error_text(&error, (uint8_t *)text, sizeof text);
    CHECK(strcmp(text, "event.counts[0].value: expected 0 to 4294967295 of them, found -1") == 0);
    CHECK(increp_set_number(&report, count.path << 8 | 7, 1) == INCREP_ERROR_OTHER_TYPE);
    CHECK(increp_set_number(&report, count.path << 8 | 99, 1) == INCREP_ERROR_NO_SUCH_FIELD);
    CHECK(increp_set_number(&report, ~(increp_path)0, 1) == INCREP_ERROR_NO_SUCH_FIELD);
    CHECK(increp_report_set_status(&report, (increp_status)9) == INCREP_ERROR_MUST_UNDERSTAND);
    CHECK(increp_event_set_weapon(&report, event, (increp_weapon)137) == INCREP_OK);
    CHECK(increp_event_get_weapon(&report, event) == 137);
    CHECK(increp_report_set_sent(&report, INT64_MAX) == INCREP_ERROR_LIMIT);
    CHECK(increp_event_set_note(&report, event, increp_string("\xc3")) == INCREP_ERROR_NOT_UTF8);
    CHECK(increp_party_set_name(&report, increp_event_parties(event, 0), increp_string("")) == INCREP_ERROR_LIMIT);

    /* A claim says one thing. */
    increp_claim claim = increp_report_claims(0);
    CHECK(increp_count_set_value(&report, increp_claim_count(claim), 3) == INCREP_OK);
    CHECK(increp_claim_set_text(&report, claim, increp_string("no")) == INCREP_ERROR_SAYS_OTHER);
    CHECK(increp_claim_clear_said(&report, claim) == INCREP_OK && increp_claim_get_said(&report, claim) == INCREP_STATEMENT_NOTHING);
    CHECK(increp_claim_set_text(&report, claim, increp_string("no")) == INCREP_OK);
    CHECK(increp_check(&report, &error) == INCREP_ERROR_LIMIT && increp_init(&report) == INCREP_OK);

    /* A coarse place says less. */
    increp_place place = increp_event_place(event);
    int32_t lat = 0, lon = 0;
    increp_point_set(&report, increp_place_point(place), 353500123, 401400456);
    increp_place_set_name(&report, place, increp_string("Al-Noor clinic"));
    CHECK(increp_coarsen(&report, 5000) == INCREP_OK && increp_place_get_name(&report, place, &name) == INCREP_UNREPORTED);
    CHECK(increp_point_get_lat(&report, increp_place_point(place), &lat) == INCREP_KNOWN && lat == 353367027);
    CHECK(increp_point_get_lon(&report, increp_place_point(place), &lon) == INCREP_KNOWN && lon == 401604237);
}

static void misuse(void)
{
    static increp_report never;
    static increp_profile unopened;
    uint8_t byte = 0;
    increp_error error;
    CHECK(increp_init(NULL) == INCREP_ERROR_MISUSE);
    CHECK(increp_set_number(&never, 1, 1) == INCREP_ERROR_MISUSE && increp_set_number(NULL, 1, 1) == INCREP_ERROR_MISUSE);
    CHECK(increp_check(&never, &error) == INCREP_ERROR_MISUSE && error.code == INCREP_ERROR_MISUSE && increp_check(NULL, NULL) == INCREP_ERROR_MISUSE);
    CHECK(increp_encode_postcard(&never, &byte, 1, &error) == 0 && error.code == INCREP_ERROR_MISUSE);
    CHECK(increp_decode_postcard(NULL, &byte, 1, NULL) == INCREP_ERROR_MISUSE);
    CHECK(increp_decode_postcard(&report, NULL, 1, NULL) == INCREP_ERROR_MISUSE);
    CHECK(increp_decode_postcard(&report, NULL, 0, NULL) == INCREP_ERROR_EMPTY);
    CHECK(increp_decode_postcard(&report, &byte, SIZE_MAX, NULL) == INCREP_ERROR_MISUSE);
    CHECK(increp_decode_packed(&report, &unopened, NULL, &byte, 1, NULL, 0, NULL) == INCREP_ERROR_MISUSE);
    CHECK(increp_init(&report) == INCREP_OK && increp_encode_packed(&report, &unopened, NULL, &byte, 1, NULL) == 0);
    CHECK(increp_encode_postcard(&report, NULL, 5, &error) == 0 && error.code == INCREP_ERROR_MISUSE);
    CHECK(increp_set_digest(&report, 13, NULL) == INCREP_ERROR_MISUSE);
    CHECK(increp_error_text(NULL, NULL, 0) > 0 && increp_length(NULL, 0) == 0 && increp_get(NULL, 0) == INCREP_UNREPORTED);
    CHECK(increp_error_text(NULL, &byte, 1) > 0 && byte == 0);
    CHECK(increp_init((increp_report *)(void *)((char *)&never + 4)) == INCREP_ERROR_MISUSE);

    /* What was refused is not passed on, even by who does not look. */
    uint8_t buffer[32];
    CHECK(increp_init(&report) == INCREP_OK && increp_encode_postcard(&report, buffer, sizeof buffer, NULL) == 17);
    CHECK(increp_decode_postcard(&report, buffer, 16, NULL) == INCREP_ERROR_ENDS_EARLY);
    CHECK(increp_encode_postcard(&report, buffer, sizeof buffer, &error) == 0 && error.code == INCREP_ERROR_ENDS_EARLY);
    CHECK(increp_decode_packed(&report, NULL, NULL, buffer, 16, NULL, 0, NULL) == INCREP_ERROR_ENDS_EARLY);
    CHECK(increp_encode_postcard(&report, buffer, sizeof buffer, &error) == 0 && error.code == INCREP_ERROR_ENDS_EARLY);
}

int main(void)
{
    CHECK(increp_profile_general_16(&general_16) == INCREP_OK);
    misuse();
    fields();
    stores();
    batch_misuse();
    vectors();
    printf("C, %u-bit: %d vectors, %d checks\n", (unsigned)(8 * sizeof(void *)), lines, checks);
    return lines > 0 ? 0 : 1;
}
