/* A device without an operating system: makes a report, encodes it both ways, reads it back, refuses what is damaged, keeps it in
   flash through a restart, puts two into one message, and says how much stack each call took. Prints the bytes, which .ci/run holds
   against the vectors. Ends with 0 if all was well. */
#include "../example/report.h"
#include "board.h"
#include "flash.h"

typedef char a_report_fills_its_memory[sizeof(increp_report) == 8 * INCREP_REPORT_WORDS ? 1 : -1];
typedef char a_batch_fills_its_memory[sizeof(increp_batch_writer) == 8 * INCREP_BATCH_WORDS ? 1 : -1];
typedef char a_store_fills_its_memory[sizeof(increp_store) == 8 * INCREP_STORE_WORDS ? 1 : -1];

/* What the report says; .ci/run builds this once with another number, to see it fail. */
#ifndef EXPLOSIONS
#define EXPLOSIONS 14
#endif

static increp_report report, received;
static increp_profile profile;
static uint8_t frame[256], room[64];

/* Says what the call before took. */
static void stack(const char *call)
{
    uint32_t used = stack_used();
    print("stack ");
    print(call);
    print(" ");
    print_number(used);
    print("\n");
    stack_paint();
}

static int failed(const char *what, const increp_error *error)
{
    uint8_t text[160];
    print("FAILED: ");
    print(what);
    print(": ");
    increp_error_text(error, text, sizeof text);
    print((const char *)text);
    print("\n");
    return 1;
}

static int sent_again(const char *encoding, size_t length, increp_error *error)
{
    print(encoding);
    print(" ");
    print_hex(frame, length);
    print("\n");
    stack_paint();
    if (increp_decode_packed(&received, &profile, NULL, frame, length, room, sizeof room, error)) return failed("decode", error);
    stack(encoding[1] == 'o' ? "decode_postcard" : "decode_packed");

    increp_event event = increp_report_event();
    uint32_t explosions;
    increp_text name;
    if (increp_count_get_value(&received, increp_event_counts(event, 0), &explosions) != INCREP_KNOWN || explosions != EXPLOSIONS)
        return failed("count", error);
    if (increp_party_get_name(&received, increp_event_parties(event, 0), &name) != INCREP_UNKNOWN) return failed("party", error);
    if (increp_observer_get_post(&received, increp_event_observer(event), &name) != INCREP_KNOWN || name.length != 4)
        return failed("post", error);
    stack("get");

    /* A flipped bit is refused, or gives another report; the device goes on. */
    for (size_t bit = 0; bit < 8 * length; bit++) {
        frame[bit / 8] ^= (uint8_t)(1 << bit % 8);
        increp_decode_packed(&received, &profile, NULL, frame, length, room, sizeof room, error);
        frame[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    stack("decode_damaged");
    return 0;
}

/* Keeps the frame, marks it as sent, and finds it again after a restart: with memory that knows nothing of it. */
static int keeps(size_t length, increp_error *error)
{
    static increp_store store;
    static uint8_t buffer[200];
    increp_store_status status;
    increp_record record;
    stack_paint();
    if (increp_journal_open(&store, &flash, INCREP_DROP_AT_HQ, &status, error)) return failed("journal", error);
    stack("journal_open");
    if (increp_store_append(&store, frame, length, &record, error)) return failed("append", error);
    stack("store_append");
    if (increp_store_mark(&store, &record, INCREP_MARK_SENT, error)) return failed("mark", error);
    stack("store_mark");

    for (size_t byte = 0; byte < sizeof store; byte++) ((uint8_t *)&store)[byte] = 0xa5;
    if (increp_journal_open(&store, &flash, INCREP_DROP_AT_HQ, &status, error)) return failed("journal after a restart", error);
    if (status.records != 1 || status.lost != 0 || status.unfinished || status.erases != 1) return failed("status", error);
    stack_paint();
    if (increp_store_next(&store, NULL, buffer, sizeof buffer, &record, error)) return failed("next", error);
    stack("store_next");
    if (record.mark != INCREP_MARK_SENT || record.length != length) return failed("record", error);
    for (size_t byte = 0; byte < length; byte++)
        if (buffer[byte] != frame[byte]) return failed("other bytes in the journal", error);
    if (increp_store_next(&store, &record, buffer, sizeof buffer, &record, error) != INCREP_END) return failed("the end", error);
    print("journal ");
    print_hex(buffer, length);
    print("\n");

    /* Until it is full; then it says so, and what is there stays. */
    uint32_t records = 1;
    while (increp_store_append(&store, frame, length, NULL, error) == INCREP_OK) records++;
    if (error->code != INCREP_ERROR_FULL) return failed("full", error);
    if (increp_store_read_status(&store, &status, error) || status.records != records || records < 10) return failed("all", error);
    return 0;
}

/* The report twice in a message, which takes less than twice the bytes; and both out of it. */
static int batch(size_t length, increp_error *error)
{
    static increp_batch_writer writer;
    static increp_batch_reader reader;
    static uint8_t message[100], texts[64];
    stack_paint();
    if (increp_batch_writer_open(&writer, &profile, message, sizeof message, error)) return failed("batch", error);
    stack("batch_writer_open");
    for (uint32_t seq = 31; seq < 33; seq++) {
        increp_id_set(&report, increp_report_id(), 44, 0, seq);
        stack_paint();
        if (increp_batch_writer_push(&writer, &report, error)) return failed("push", error);
    }
    stack("batch_writer_push");
    size_t both = increp_batch_writer_finish(&writer, error);
    stack("batch_writer_finish");
    if (both == 0 || both >= 2 * length) return failed("finish", error);
    if (increp_batch_reader_open(&reader, &profile, message, both, texts, sizeof texts, error)) return failed("batch reader", error);
    stack("batch_reader_open");
    for (uint32_t seq = 31; seq < 33; seq++) {
        uint32_t found;
        stack_paint();
        if (increp_batch_reader_next(&reader, &received, error)) return failed("batch next", error);
        stack("batch_reader_next");
        if (increp_id_get_seq(&received, increp_report_id(), &found) != INCREP_KNOWN || found != seq) return failed("seq", error);
    }
    if (increp_batch_reader_next(&reader, &received, error) != INCREP_END) return failed("end of the batch", error);
    print("batch ");
    print_hex(message, both);
    print("\n");
    return 0;
}

int main(void)
{
    increp_error error = { 0, 0, 0, 0, 0, 0 };
    stack_from(__builtin_frame_address(0));
    stack_paint();
    if (increp_profile_general_16(&profile)) return failed("profile", &error);
    stack("profile_general_16");
    increp_init(&report);
    stack("init");
    heard_explosions(&report);
    stack("init_and_set");

    size_t length = increp_encode_postcard(&report, frame, sizeof frame, &error);
    stack("encode_postcard");
    if (length == 0 || sent_again("postcard", length, &error)) return failed("postcard", &error);
    if (increp_encode_postcard(&report, frame, length - 1, &error) || error.code != INCREP_ERROR_BUFFER_FULL)
        return failed("small buffer", &error);
    stack_paint();
    length = increp_encode_packed(&report, &profile, NULL, frame, sizeof frame, &error);
    stack("encode_packed");
    if (length == 0 || sent_again("packed", length, &error)) return failed("packed", &error);
    return keeps(length, &error) || batch(length, &error);
}
