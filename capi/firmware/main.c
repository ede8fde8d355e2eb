/* A device without an operating system: makes a report, encodes it both ways, reads it back, refuses what is damaged, and says
   how much stack each call took. Prints the bytes, which .ci/run holds against the vectors. Ends with 0 if all was well. */
#include "../example/report.h"
#include "board.h"

typedef char a_report_fills_its_memory[sizeof(increp_report) == 8 * INCREP_REPORT_WORDS ? 1 : -1];

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
    return 0;
}
