#include "report.h"

/* From post OP-3, between 21:00 and 23:00 in the evening: 14 explosions in the north-east, 3 to 5 km away; nobody knows whose.
   The same report is tests/vectors/v1/story-explosions-heard.json. */
void heard_explosions(increp_report *report)
{
    increp_event event = increp_report_event();
    increp_time time = increp_event_time(event);
    increp_party perpetrator = increp_event_parties(event, 0);
    increp_count count = increp_event_counts(event, 0);
    increp_observer observer = increp_event_observer(event);

    increp_init(report);
    increp_id_set(report, increp_report_id(), 44, 0, 31);
    increp_report_set_status(report, INCREP_STATUS_ACTUAL);
    increp_report_set_sent(report, 1737580800);
    increp_report_set_clock(report, INCREP_CLOCK_GNSS);
    increp_report_set_precedence(report, INCREP_PRECEDENCE_PRIORITY);
    increp_report_set_handling(report, INCREP_HANDLING_AMBER);

    increp_event_set_type(report, event, INCREP_EVENT_TYPE_EXPLOSION);
    increp_time_set_start(report, time, 1737572400);
    increp_time_set_end(report, time, 1737579600);
    increp_time_set_precision(report, time, INCREP_TIME_PRECISION_MINUTE);
    increp_time_set_utc_offset(report, time, 8); /* quarter hours */

    increp_party_set_role(report, perpetrator, INCREP_ROLE_PERPETRATOR);
    increp_party_set_name_unknown(report, perpetrator);
    increp_count_set_of(report, count, INCREP_COUNT_OF_EXPLOSIONS);
    increp_count_set_value(report, count, 14);

    increp_observer_set_post(report, observer, increp_string("OP-3"));
    increp_observer_set_bearing_deg(report, observer, 45);
    increp_observer_set_bearing_width_deg(report, observer, 90);
    increp_distance_set_min(report, increp_observer_distance_m(observer), 3000);
    increp_distance_set_max(report, increp_observer_distance_m(observer), 5000);
    increp_observer_set_means(report, observer, INCREP_MEANS_HEARD);
}
