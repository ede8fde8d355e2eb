// Copies a report through the functions of increp.h, every field of every record. Written by capi/src/header/copy.rs.

static void copy_id(increp_report *to, const increp_report *from, increp_id at);
static void copy_link(increp_report *to, const increp_report *from, increp_link at);
static void copy_hop(increp_report *to, const increp_report *from, increp_hop at);
static void copy_event(increp_report *to, const increp_report *from, increp_event at);
static void copy_time(increp_report *to, const increp_report *from, increp_time at);
static void copy_place(increp_report *to, const increp_report *from, increp_place at);
static void copy_point(increp_report *to, const increp_report *from, increp_point at);
static void copy_party(increp_report *to, const increp_report *from, increp_party at);
static void copy_count(increp_report *to, const increp_report *from, increp_count at);
static void copy_period(increp_report *to, const increp_report *from, increp_period at);
static void copy_date(increp_report *to, const increp_report *from, increp_date at);
static void copy_who(increp_report *to, const increp_report *from, increp_who at);
static void copy_object(increp_report *to, const increp_report *from, increp_object at);
static void copy_truce(increp_report *to, const increp_report *from, increp_truce at);
static void copy_control(increp_report *to, const increp_report *from, increp_control at);
static void copy_notice(increp_report *to, const increp_report *from, increp_notice at);
static void copy_access(increp_report *to, const increp_report *from, increp_access at);
static void copy_observer(increp_report *to, const increp_report *from, increp_observer at);
static void copy_distance(increp_report *to, const increp_report *from, increp_distance at);
static void copy_claim(increp_report *to, const increp_report *from, increp_claim at);
static void copy_about(increp_report *to, const increp_report *from, increp_about at);
static void copy_evidence(increp_report *to, const increp_report *from, increp_evidence at);
static void copy_entry(increp_report *to, const increp_report *from, increp_entry at);

static void copy_report(increp_report *to, const increp_report *from)
{
    copy_id(to, from, increp_report_id());
    increp_report_set_kind(to, increp_report_get_kind(from));
    increp_report_set_status(to, increp_report_get_status(from));
    {
        int64_t value;
        increp_reported reported = increp_report_get_sent(from, &value);
        if (reported == INCREP_KNOWN) increp_report_set_sent(to, value);
    }
    increp_report_set_clock(to, increp_report_get_clock(from));
    increp_report_set_precedence(to, increp_report_get_precedence(from));
    increp_report_set_handling(to, increp_report_get_handling(from));
    {
        increp_text value;
        increp_reported reported = increp_report_get_mission(from, &value);
        if (reported == INCREP_KNOWN) increp_report_set_mission(to, value);
    }
    for (uint8_t index = 0; index < increp_report_links_length(from); index++) {
        increp_make(to, increp_report_links(index).path);
        copy_link(to, from, increp_report_links(index));
    }
    for (uint8_t index = 0; index < increp_report_from_length(from); index++) {
        increp_make(to, increp_report_from(index).path);
        copy_hop(to, from, increp_report_from(index));
    }
    if (increp_report_has_event(from) == INCREP_KNOWN) { increp_report_make_event(to); copy_event(to, from, increp_report_event()); }
    for (uint8_t index = 0; index < increp_report_claims_length(from); index++) {
        increp_make(to, increp_report_claims(index).path);
        copy_claim(to, from, increp_report_claims(index));
    }
    for (uint8_t index = 0; index < increp_report_evidence_length(from); index++) {
        increp_make(to, increp_report_evidence(index).path);
        copy_evidence(to, from, increp_report_evidence(index));
    }
    for (uint8_t index = 0; index < increp_report_extra_length(from); index++) {
        increp_make(to, increp_report_extra(index).path);
        copy_entry(to, from, increp_report_extra(index));
    }
}

static void copy_id(increp_report *to, const increp_report *from, increp_id at)
{
    uint32_t author = 0; increp_id_get_author(from, at, &author);
    uint32_t epoch = 0; increp_id_get_epoch(from, at, &epoch);
    uint32_t seq = 0; increp_id_get_seq(from, at, &seq);
    increp_id_set(to, at, author, epoch, seq);
}

static void copy_link(increp_report *to, const increp_report *from, increp_link at)
{
    increp_link_set_rel(to, at, increp_link_get_rel(from, at));
    copy_id(to, from, increp_link_id(at));
}

static void copy_hop(increp_report *to, const increp_report *from, increp_hop at)
{
    {
        increp_text value;
        increp_reported reported = increp_hop_get_name(from, at, &value);
        if (reported == INCREP_KNOWN) increp_hop_set_name(to, at, value);
        if (reported == INCREP_UNKNOWN) increp_hop_set_name_unknown(to, at);
    }
    {
        increp_text value;
        increp_reported reported = increp_hop_get_person(from, at, &value);
        if (reported == INCREP_KNOWN) increp_hop_set_person(to, at, value);
    }
    increp_hop_set_kind(to, at, increp_hop_get_kind(from, at));
    increp_hop_set_channel(to, at, increp_hop_get_channel(from, at));
    increp_hop_set_reliability(to, at, increp_hop_get_reliability(from, at));
}

static void copy_event(increp_report *to, const increp_report *from, increp_event at)
{
    increp_event_set_type(to, at, increp_event_get_type(from, at));
    increp_event_set_planned(to, at, increp_event_get_planned(from, at));
    if (increp_event_has_time(from, at) == INCREP_KNOWN) { increp_event_make_time(to, at); copy_time(to, from, increp_event_time(at)); }
    if (increp_event_has_time(from, at) == INCREP_UNKNOWN) increp_event_set_time_unknown(to, at);
    if (increp_event_has_place(from, at) == INCREP_KNOWN) { increp_event_make_place(to, at); copy_place(to, from, increp_event_place(at)); }
    if (increp_event_has_place(from, at) == INCREP_UNKNOWN) increp_event_set_place_unknown(to, at);
    for (uint8_t index = 0; index < increp_event_parties_length(from, at); index++) {
        increp_make(to, increp_event_parties(at, index).path);
        copy_party(to, from, increp_event_parties(at, index));
    }
    for (uint8_t index = 0; index < increp_event_counts_length(from, at); index++) {
        increp_make(to, increp_event_counts(at, index).path);
        copy_count(to, from, increp_event_counts(at, index));
    }
    for (uint8_t index = 0; index < increp_event_objects_length(from, at); index++) {
        increp_make(to, increp_event_objects(at, index).path);
        copy_object(to, from, increp_event_objects(at, index));
    }
    increp_event_set_intent(to, at, increp_event_get_intent(from, at));
    increp_event_set_weapon(to, at, increp_event_get_weapon(from, at));
    increp_event_set_direction(to, at, increp_event_get_direction(from, at));
    if (increp_event_has_truce(from, at) == INCREP_KNOWN) { increp_event_make_truce(to, at); copy_truce(to, from, increp_event_truce(at)); }
    if (increp_event_has_control(from, at) == INCREP_KNOWN) { increp_event_make_control(to, at); copy_control(to, from, increp_event_control(at)); }
    if (increp_event_has_notice(from, at) == INCREP_KNOWN) { increp_event_make_notice(to, at); copy_notice(to, from, increp_event_notice(at)); }
    if (increp_event_has_access(from, at) == INCREP_KNOWN) { increp_event_make_access(to, at); copy_access(to, from, increp_event_access(at)); }
    if (increp_event_has_observer(from, at) == INCREP_KNOWN) { increp_event_make_observer(to, at); copy_observer(to, from, increp_event_observer(at)); }
    {
        increp_text value;
        increp_reported reported = increp_event_get_note(from, at, &value);
        if (reported == INCREP_KNOWN) increp_event_set_note(to, at, value);
    }
}

static void copy_time(increp_report *to, const increp_report *from, increp_time at)
{
    {
        int64_t value;
        increp_reported reported = increp_time_get_start(from, at, &value);
        if (reported == INCREP_KNOWN) increp_time_set_start(to, at, value);
        if (reported == INCREP_UNKNOWN) increp_time_set_start_unknown(to, at);
    }
    {
        int64_t value;
        increp_reported reported = increp_time_get_end(from, at, &value);
        if (reported == INCREP_KNOWN) increp_time_set_end(to, at, value);
    }
    increp_time_set_precision(to, at, increp_time_get_precision(from, at));
    {
        int8_t value;
        increp_reported reported = increp_time_get_utc_offset(from, at, &value);
        if (reported == INCREP_KNOWN) increp_time_set_utc_offset(to, at, value);
    }
    {
        increp_text value;
        increp_reported reported = increp_time_get_stated(from, at, &value);
        if (reported == INCREP_KNOWN) increp_time_set_stated(to, at, value);
    }
}

static void copy_place(increp_report *to, const increp_report *from, increp_place at)
{
    if (increp_place_has_point(from, at) == INCREP_KNOWN) { increp_place_make_point(to, at); copy_point(to, from, increp_place_point(at)); }
    increp_place_set_precision(to, at, increp_place_get_precision(from, at));
    {
        uint32_t value;
        increp_reported reported = increp_place_get_radius_m(from, at, &value);
        if (reported == INCREP_KNOWN) increp_place_set_radius_m(to, at, value);
    }
    increp_place_set_relation(to, at, increp_place_get_relation(from, at));
    {
        increp_text value;
        increp_reported reported = increp_place_get_name(from, at, &value);
        if (reported == INCREP_KNOWN) increp_place_set_name(to, at, value);
        if (reported == INCREP_UNKNOWN) increp_place_set_name_unknown(to, at);
    }
    {
        increp_text value;
        increp_reported reported = increp_place_get_code(from, at, &value);
        if (reported == INCREP_KNOWN) increp_place_set_code(to, at, value);
    }
}

static void copy_point(increp_report *to, const increp_report *from, increp_point at)
{
    int32_t lat = 0; increp_point_get_lat(from, at, &lat);
    int32_t lon = 0; increp_point_get_lon(from, at, &lon);
    increp_point_set(to, at, lat, lon);
}

static void copy_party(increp_report *to, const increp_report *from, increp_party at)
{
    increp_party_set_role(to, at, increp_party_get_role(from, at));
    {
        increp_text value;
        increp_reported reported = increp_party_get_name(from, at, &value);
        if (reported == INCREP_KNOWN) increp_party_set_name(to, at, value);
        if (reported == INCREP_UNKNOWN) increp_party_set_name_unknown(to, at);
    }
    {
        increp_text value;
        increp_reported reported = increp_party_get_aka(from, at, &value);
        if (reported == INCREP_KNOWN) increp_party_set_aka(to, at, value);
    }
    increp_party_set_kind(to, at, increp_party_get_kind(from, at));
    increp_party_set_attribution(to, at, increp_party_get_attribution(from, at));
    increp_party_set_open(to, at, increp_party_get_open(from, at));
}

static void copy_count(increp_report *to, const increp_report *from, increp_count at)
{
    increp_count_set_of(to, at, increp_count_get_of(from, at));
    {
        uint32_t value;
        increp_reported reported = increp_count_get_value(from, at, &value);
        if (reported == INCREP_KNOWN) increp_count_set_value(to, at, value);
        if (reported == INCREP_UNKNOWN) increp_count_set_value_unknown(to, at);
    }
    {
        uint32_t value;
        increp_reported reported = increp_count_get_min(from, at, &value);
        if (reported == INCREP_KNOWN) increp_count_set_min(to, at, value);
    }
    {
        uint32_t value;
        increp_reported reported = increp_count_get_max(from, at, &value);
        if (reported == INCREP_KNOWN) increp_count_set_max(to, at, value);
    }
    increp_count_set_term(to, at, increp_count_get_term(from, at));
    increp_count_set_approx(to, at, increp_count_get_approx(from, at));
    {
        increp_text value;
        increp_reported reported = increp_count_get_item(from, at, &value);
        if (reported == INCREP_KNOWN) increp_count_set_item(to, at, value);
    }
    increp_count_set_scope(to, at, increp_count_get_scope(from, at));
    if (increp_count_has_period(from, at) == INCREP_KNOWN) { increp_count_make_period(to, at); copy_period(to, from, increp_count_period(at)); }
    if (increp_count_has_who(from, at) == INCREP_KNOWN) { increp_count_make_who(to, at); copy_who(to, from, increp_count_who(at)); }
}

static void copy_period(increp_report *to, const increp_report *from, increp_period at)
{
    if (increp_period_has_start(from, at) == INCREP_KNOWN) { increp_period_make_start(to, at); copy_date(to, from, increp_period_start(at)); }
    if (increp_period_has_end(from, at) == INCREP_KNOWN) { increp_period_make_end(to, at); copy_date(to, from, increp_period_end(at)); }
}

static void copy_date(increp_report *to, const increp_report *from, increp_date at)
{
    int64_t at = 0; increp_date_get_at(from, at, &at);
    increp_date_set(to, at, at, increp_date_get_form(from, at));
    {
        int8_t value;
        increp_reported reported = increp_date_get_utc_offset(from, at, &value);
        if (reported == INCREP_KNOWN) increp_date_set_utc_offset(to, at, value);
    }
}

static void copy_who(increp_report *to, const increp_report *from, increp_who at)
{
    {
        uint8_t value;
        increp_reported reported = increp_who_get_party(from, at, &value);
        if (reported == INCREP_KNOWN) increp_who_set_party(to, at, value);
        if (reported == INCREP_UNKNOWN) increp_who_set_party_unknown(to, at);
    }
    increp_who_set_status(to, at, increp_who_get_status(from, at));
    increp_who_set_sex(to, at, increp_who_get_sex(from, at));
    increp_who_set_age(to, at, increp_who_get_age(from, at));
    increp_who_set_role(to, at, increp_who_get_role(from, at));
    increp_who_set_severity(to, at, increp_who_get_severity(from, at));
}

static void copy_object(increp_report *to, const increp_report *from, increp_object at)
{
    increp_object_set_role(to, at, increp_object_get_role(from, at));
    increp_object_set_kind(to, at, increp_object_get_kind(from, at));
    {
        increp_text value;
        increp_reported reported = increp_object_get_name(from, at, &value);
        if (reported == INCREP_KNOWN) increp_object_set_name(to, at, value);
        if (reported == INCREP_UNKNOWN) increp_object_set_name_unknown(to, at);
    }
    increp_object_set_effect(to, at, increp_object_get_effect(from, at));
    increp_object_set_functioning(to, at, increp_object_get_functioning(from, at));
}

static void copy_truce(increp_report *to, const increp_report *from, increp_truce at)
{
    {
        increp_text value;
        increp_reported reported = increp_truce_get_name(from, at, &value);
        if (reported == INCREP_KNOWN) increp_truce_set_name(to, at, value);
        if (reported == INCREP_UNKNOWN) increp_truce_set_name_unknown(to, at);
    }
    {
        uint16_t value;
        increp_reported reported = increp_truce_get_day(from, at, &value);
        if (reported == INCREP_KNOWN) increp_truce_set_day(to, at, value);
    }
    if (increp_truce_has_start(from, at) == INCREP_KNOWN) { increp_truce_make_start(to, at); copy_date(to, from, increp_truce_start(at)); }
    increp_truce_set_coverage(to, at, increp_truce_get_coverage(from, at));
    {
        increp_text value;
        increp_reported reported = increp_truce_get_party(from, at, &value);
        if (reported == INCREP_KNOWN) increp_truce_set_party(to, at, value);
    }
    increp_truce_set_conduct(to, at, increp_truce_get_conduct(from, at));
}

static void copy_control(increp_report *to, const increp_report *from, increp_control at)
{
    {
        increp_text value;
        increp_reported reported = increp_control_get_from(from, at, &value);
        if (reported == INCREP_KNOWN) increp_control_set_from(to, at, value);
    }
    {
        increp_text value;
        increp_reported reported = increp_control_get_to(from, at, &value);
        if (reported == INCREP_KNOWN) increp_control_set_to(to, at, value);
    }
    increp_control_set_extent(to, at, increp_control_get_extent(from, at));
    increp_control_set_held(to, at, increp_control_get_held(from, at));
}

static void copy_notice(increp_report *to, const increp_report *from, increp_notice at)
{
    {
        increp_text value;
        increp_reported reported = increp_notice_get_from(from, at, &value);
        if (reported == INCREP_KNOWN) increp_notice_set_from(to, at, value);
    }
    {
        increp_text value;
        increp_reported reported = increp_notice_get_to(from, at, &value);
        if (reported == INCREP_KNOWN) increp_notice_set_to(to, at, value);
    }
    increp_notice_set_timing(to, at, increp_notice_get_timing(from, at));
    increp_notice_set_specificity(to, at, increp_notice_get_specificity(from, at));
    {
        uint32_t value;
        increp_reported reported = increp_notice_get_lead_s(from, at, &value);
        if (reported == INCREP_KNOWN) increp_notice_set_lead_s(to, at, value);
    }
    increp_notice_set_channel(to, at, increp_notice_get_channel(from, at));
    increp_notice_set_response(to, at, increp_notice_get_response(from, at));
    {
        uint32_t value;
        increp_reported reported = increp_notice_get_latency_s(from, at, &value);
        if (reported == INCREP_KNOWN) increp_notice_set_latency_s(to, at, value);
    }
    increp_notice_set_certainty(to, at, increp_notice_get_certainty(from, at));
}

static void copy_access(increp_report *to, const increp_report *from, increp_access at)
{
    increp_access_set_state(to, at, increp_access_get_state(from, at));
    increp_access_set_constraint(to, at, increp_access_get_constraint(from, at));
    increp_access_set_reason(to, at, increp_access_get_reason(from, at));
    {
        increp_text value;
        increp_reported reported = increp_access_get_awaiting(from, at, &value);
        if (reported == INCREP_KNOWN) increp_access_set_awaiting(to, at, value);
    }
    {
        increp_text value;
        increp_reported reported = increp_access_get_cargo(from, at, &value);
        if (reported == INCREP_KNOWN) increp_access_set_cargo(to, at, value);
    }
    {
        increp_text value;
        increp_reported reported = increp_access_get_origin(from, at, &value);
        if (reported == INCREP_KNOWN) increp_access_set_origin(to, at, value);
    }
    {
        increp_text value;
        increp_reported reported = increp_access_get_destination(from, at, &value);
        if (reported == INCREP_KNOWN) increp_access_set_destination(to, at, value);
    }
}

static void copy_observer(increp_report *to, const increp_report *from, increp_observer at)
{
    {
        increp_text value;
        increp_reported reported = increp_observer_get_post(from, at, &value);
        if (reported == INCREP_KNOWN) increp_observer_set_post(to, at, value);
    }
    {
        uint16_t value;
        increp_reported reported = increp_observer_get_bearing_deg(from, at, &value);
        if (reported == INCREP_KNOWN) increp_observer_set_bearing_deg(to, at, value);
    }
    {
        uint16_t value;
        increp_reported reported = increp_observer_get_bearing_width_deg(from, at, &value);
        if (reported == INCREP_KNOWN) increp_observer_set_bearing_width_deg(to, at, value);
    }
    if (increp_observer_has_distance_m(from, at) == INCREP_KNOWN) { increp_observer_make_distance_m(to, at); copy_distance(to, from, increp_observer_distance_m(at)); }
    increp_observer_set_means(to, at, increp_observer_get_means(from, at));
}

static void copy_distance(increp_report *to, const increp_report *from, increp_distance at)
{
    {
        uint32_t value;
        increp_reported reported = increp_distance_get_min(from, at, &value);
        if (reported == INCREP_KNOWN) increp_distance_set_min(to, at, value);
    }
    {
        uint32_t value;
        increp_reported reported = increp_distance_get_max(from, at, &value);
        if (reported == INCREP_KNOWN) increp_distance_set_max(to, at, value);
    }
}

static void copy_claim(increp_report *to, const increp_report *from, increp_claim at)
{
    for (uint8_t index = 0; index < increp_claim_sources_length(from, at); index++) {
        increp_make(to, increp_claim_sources(at, index).path);
        copy_hop(to, from, increp_claim_sources(at, index));
    }
    increp_claim_set_act(to, at, increp_claim_get_act(from, at));
    switch (increp_claim_get_said(from, at)) {
    case INCREP_STATEMENT_COUNT:
        increp_claim_make_said(to, at, INCREP_STATEMENT_COUNT);
        copy_count(to, from, increp_claim_count(at));
        break;
    case INCREP_STATEMENT_PARTY:
        increp_claim_make_said(to, at, INCREP_STATEMENT_PARTY);
        copy_party(to, from, increp_claim_party(at));
        break;
    case INCREP_STATEMENT_OBJECT:
        increp_claim_make_said(to, at, INCREP_STATEMENT_OBJECT);
        copy_object(to, from, increp_claim_object(at));
        break;
    case INCREP_STATEMENT_INTENT:
        increp_claim_make_said(to, at, INCREP_STATEMENT_INTENT);
        increp_claim_set_intent(to, at, increp_claim_get_intent(from, at));
        break;
    case INCREP_STATEMENT_CONTROL:
        increp_claim_make_said(to, at, INCREP_STATEMENT_CONTROL);
        copy_control(to, from, increp_claim_control(at));
        break;
    case INCREP_STATEMENT_NOTICE:
        increp_claim_make_said(to, at, INCREP_STATEMENT_NOTICE);
        copy_notice(to, from, increp_claim_notice(at));
        break;
    case INCREP_STATEMENT_ACCESS:
        increp_claim_make_said(to, at, INCREP_STATEMENT_ACCESS);
        copy_access(to, from, increp_claim_access(at));
        break;
    case INCREP_STATEMENT_TRUCE:
        increp_claim_make_said(to, at, INCREP_STATEMENT_TRUCE);
        copy_truce(to, from, increp_claim_truce(at));
        break;
    case INCREP_STATEMENT_PLACE:
        increp_claim_make_said(to, at, INCREP_STATEMENT_PLACE);
        copy_place(to, from, increp_claim_place(at));
        break;
    case INCREP_STATEMENT_TIME:
        increp_claim_make_said(to, at, INCREP_STATEMENT_TIME);
        copy_time(to, from, increp_claim_time(at));
        break;
    case INCREP_STATEMENT_TEXT:
        increp_claim_make_said(to, at, INCREP_STATEMENT_TEXT);
        {
                increp_text value;
                increp_reported reported = increp_claim_get_text(from, at, &value);
                if (reported == INCREP_KNOWN) increp_claim_set_text(to, at, value);
        }
        break;
    default: break;
    }
    if (increp_claim_has_about(from, at) == INCREP_KNOWN) { increp_claim_make_about(to, at); copy_about(to, from, increp_claim_about(at)); }
    {
        increp_text value;
        increp_reported reported = increp_claim_get_to(from, at, &value);
        if (reported == INCREP_KNOWN) increp_claim_set_to(to, at, value);
    }
    {
        increp_text value;
        increp_reported reported = increp_claim_get_against(from, at, &value);
        if (reported == INCREP_KNOWN) increp_claim_set_against(to, at, value);
    }
    {
        increp_text value;
        increp_reported reported = increp_claim_get_via(from, at, &value);
        if (reported == INCREP_KNOWN) increp_claim_set_via(to, at, value);
    }
    increp_claim_set_certainty(to, at, increp_claim_get_certainty(from, at));
    {
        uint8_t value;
        increp_reported reported = increp_claim_get_credibility(from, at, &value);
        if (reported == INCREP_KNOWN) increp_claim_set_credibility(to, at, value);
    }
    if (increp_claim_has_first_since(from, at) == INCREP_KNOWN) { increp_claim_make_first_since(to, at); copy_date(to, from, increp_claim_first_since(at)); }
    increp_claim_set_handling(to, at, increp_claim_get_handling(from, at));
}

static void copy_about(increp_report *to, const increp_report *from, increp_about at)
{
    copy_id(to, from, increp_about_id(at));
    increp_about_set_part(to, at, increp_about_get_part(from, at));
}

static void copy_evidence(increp_report *to, const increp_report *from, increp_evidence at)
{
    increp_evidence_set_kind(to, at, increp_evidence_get_kind(from, at));
    {
        uint8_t value[32];
        increp_reported reported = increp_evidence_get_sha256(from, at, value);
        if (reported == INCREP_KNOWN) increp_evidence_set_sha256(to, at, value);
    }
}

static void copy_entry(increp_report *to, const increp_report *from, increp_entry at)
{
    {
        increp_text value;
        increp_reported reported = increp_entry_get_key(from, at, &value);
        if (reported == INCREP_KNOWN) increp_entry_set_key(to, at, value);
    }
    switch (increp_entry_get_value(from, at)) {
    case INCREP_SCALAR_FLAG:
        increp_entry_make_value(to, at, INCREP_SCALAR_FLAG);
        increp_entry_set_flag(to, at, increp_entry_get_flag(from, at));
        break;
    case INCREP_SCALAR_INTEGER:
        increp_entry_make_value(to, at, INCREP_SCALAR_INTEGER);
        {
                int64_t value;
                increp_reported reported = increp_entry_get_integer(from, at, &value);
                if (reported == INCREP_KNOWN) increp_entry_set_integer(to, at, value);
        }
        break;
    case INCREP_SCALAR_TEXT:
        increp_entry_make_value(to, at, INCREP_SCALAR_TEXT);
        {
                increp_text value;
                increp_reported reported = increp_entry_get_text(from, at, &value);
                if (reported == INCREP_KNOWN) increp_entry_set_text(to, at, value);
        }
        break;
    default: break;
    }
}
