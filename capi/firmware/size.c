/* What each part of the library takes of the flash: the same firmware, with more and more of it (-DPART=0 and up). */
#include "../example/report.h"
#include "board.h"
#include "flash.h"

#if PART > 0
static increp_report report;
static uint8_t frame[256];
#endif
#if PART > 1
static increp_profile profile;
#endif
#if PART > 2
static uint8_t room[64];
#endif
#if PART > 4
static increp_store store;
#endif
#if PART > 6
static increp_batch_writer writer;
static increp_batch_reader reader;
#endif

int main(void)
{
    size_t length = 1;
#if PART > 0
    increp_error error;
    heard_explosions(&report);
    length = increp_encode_postcard(&report, frame, sizeof frame, &error);
#endif
#if PART > 1
    increp_profile_general_16(&profile);
    length = increp_encode_packed(&report, &profile, NULL, frame, sizeof frame, &error);
#endif
#if PART > 2
    if (increp_decode_packed(&report, &profile, NULL, frame, length, room, sizeof room, &error)) return 1;
#endif
#if PART > 3
    uint32_t number;
    if (increp_count_get_value(&report, increp_event_counts(increp_report_event(), 0), &number) != INCREP_KNOWN) return 1;
    increp_error_text(&error, frame, sizeof frame);
#endif
#if PART > 4
    increp_record record;
    if (increp_ring_open(&store, room, sizeof room, INCREP_REFUSE) || increp_store_append(&store, frame, 9, &record, &error)
        || increp_store_next(&store, NULL, frame, sizeof frame, &record, &error) || increp_store_mark(&store, &record, INCREP_MARK_SENT, &error)) return 1;
#endif
#if PART > 5
    if (increp_journal_open(&store, &flash, INCREP_REFUSE, NULL, &error)) return 1;
#endif
#if PART > 6
    if (increp_batch_writer_open(&writer, &profile, frame, sizeof frame, &error) || increp_batch_writer_push(&writer, &report, &error)
        || increp_batch_writer_finish(&writer, &error) == 0 || increp_batch_reader_open(&reader, &profile, frame, length, room, sizeof room, &error)
        || increp_batch_reader_next(&reader, &report, &error)) return 1;
#endif
    print_hex((const uint8_t *)&length, 1);
    return length == 0;
}
