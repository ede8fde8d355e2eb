// Copies a report through the functions of increp.h, every field of every record. Written by capi/src/header/copy.rs.

static void copy_id(increp_report *to, const increp_report *from, increp_id way);
static void copy_link(increp_report *to, const increp_report *from, increp_link way);
static void copy_hop(increp_report *to, const increp_report *from, increp_hop way);
static void copy_event(increp_report *to, const increp_report *from, increp_event way);
static void copy_time(increp_report *to, const increp_report *from, increp_time way);
static void copy_place(increp_report *to, const increp_report *from, increp_place way);
static void copy_point(increp_report *to, const increp_report *from, increp_point way);
static void copy_party(increp_report *to, const increp_report *from, increp_party way);
static void copy_count(increp_report *to, const increp_report *from, increp_count way);
static void copy_period(increp_report *to, const increp_report *from, increp_period way);
static void copy_date(increp_report *to, const increp_report *from, increp_date way);
static void copy_who(increp_report *to, const increp_report *from, increp_who way);
static void copy_object(increp_report *to, const increp_report *from, increp_object way);
static void copy_truce(increp_report *to, const increp_report *from, increp_truce way);
static void copy_control(increp_report *to, const increp_report *from, increp_control way);
static void copy_notice(increp_report *to, const increp_report *from, increp_notice way);
static void copy_access(increp_report *to, const increp_report *from, increp_access way);
static void copy_observer(increp_report *to, const increp_report *from, increp_observer way);
static void copy_distance(increp_report *to, const increp_report *from, increp_distance way);
static void copy_claim(increp_report *to, const increp_report *from, increp_claim way);
static void copy_about(increp_report *to, const increp_report *from, increp_about way);
static void copy_evidence(increp_report *to, const increp_report *from, increp_evidence way);
static void copy_entry(increp_report *to, const increp_report *from, increp_entry way);

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

static void copy_id(increp_report *to, const increp_report *from, increp_id way)
{
    uint32_t author = 0; increp_id_get_author(from, way, &author);
    uint32_t epoch = 0; increp_id_get_epoch(from, way, &epoch);
    uint32_t seq = 0; increp_id_get_seq(from, way, &seq);
    increp_id_set(to, way, author, epoch, seq);
}

static void copy_link(increp_report *to, const increp_report *from, increp_link way)
{
    increp_link_set_rel(to, way, increp_link_get_rel(from, way));
    copy_id(to, from, increp_link_id(way));
}

static void copy_hop(increp_report *to, const increp_report *from, increp_hop way)
{
    {
        increp_text value;
        increp_reported reported = increp_hop_get_name(from, way, &value);
        if (reported == INCREP_KNOWN) increp_hop_set_name(to, way, value);
        if (reported == INCREP_UNKNOWN) increp_hop_set_name_unknown(to, way);
    }
    {
        increp_text value;
        increp_reported reported = increp_hop_get_person(from, way, &value);
        if (reported == INCREP_KNOWN) increp_hop_set_person(to, way, value);
    }
    increp_hop_set_kind(to, way, increp_hop_get_kind(from, way));
    increp_hop_set_channel(to, way, increp_hop_get_channel(from, way));
    increp_hop_set_reliability(to, way, increp_hop_get_reliability(from, way));
}

static void copy_event(increp_report *to, const increp_report *from, increp_event way)
{
    increp_event_set_type(to, way, increp_event_get_type(from, way));
    increp_event_set_planned(to, way, increp_event_get_planned(from, way));
    if (increp_event_has_time(from, way) == INCREP_KNOWN) { increp_event_make_time(to, way); copy_time(to, from, increp_event_time(way)); }
    if (increp_event_has_time(from, way) == INCREP_UNKNOWN) increp_event_set_time_unknown(to, way);
    if (increp_event_has_place(from, way) == INCREP_KNOWN) { increp_event_make_place(to, way); copy_place(to, from, increp_event_place(way)); }
    if (increp_event_has_place(from, way) == INCREP_UNKNOWN) increp_event_set_place_unknown(to, way);
    for (uint8_t index = 0; index < increp_event_parties_length(from, way); index++) {
        increp_make(to, increp_event_parties(way, index).path);
        copy_party(to, from, increp_event_parties(way, index));
    }
    for (uint8_t index = 0; index < increp_event_counts_length(from, way); index++) {
        increp_make(to, increp_event_counts(way, index).path);
        copy_count(to, from, increp_event_counts(way, index));
    }
    for (uint8_t index = 0; index < increp_event_objects_length(from, way); index++) {
        increp_make(to, increp_event_objects(way, index).path);
        copy_object(to, from, increp_event_objects(way, index));
    }
    increp_event_set_intent(to, way, increp_event_get_intent(from, way));
    increp_event_set_weapon(to, way, increp_event_get_weapon(from, way));
    increp_event_set_direction(to, way, increp_event_get_direction(from, way));
    if (increp_event_has_truce(from, way) == INCREP_KNOWN) { increp_event_make_truce(to, way); copy_truce(to, from, increp_event_truce(way)); }
    if (increp_event_has_control(from, way) == INCREP_KNOWN) { increp_event_make_control(to, way); copy_control(to, from, increp_event_control(way)); }
    if (increp_event_has_notice(from, way) == INCREP_KNOWN) { increp_event_make_notice(to, way); copy_notice(to, from, increp_event_notice(way)); }
    if (increp_event_has_access(from, way) == INCREP_KNOWN) { increp_event_make_access(to, way); copy_access(to, from, increp_event_access(way)); }
    if (increp_event_has_observer(from, way) == INCREP_KNOWN) { increp_event_make_observer(to, way); copy_observer(to, from, increp_event_observer(way)); }
    {
        increp_text value;
        increp_reported reported = increp_event_get_note(from, way, &value);
        if (reported == INCREP_KNOWN) increp_event_set_note(to, way, value);
    }
}

static void copy_time(increp_report *to, const increp_report *from, increp_time way)
{
    {
        int64_t value;
        increp_reported reported = increp_time_get_start(from, way, &value);
        if (reported == INCREP_KNOWN) increp_time_set_start(to, way, value);
        if (reported == INCREP_UNKNOWN) increp_time_set_start_unknown(to, way);
    }
    {
        int64_t value;
        increp_reported reported = increp_time_get_end(from, way, &value);
        if (reported == INCREP_KNOWN) increp_time_set_end(to, way, value);
    }
    increp_time_set_precision(to, way, increp_time_get_precision(from, way));
    {
        int8_t value;
        increp_reported reported = increp_time_get_utc_offset(from, way, &value);
        if (reported == INCREP_KNOWN) increp_time_set_utc_offset(to, way, value);
    }
    {
        increp_text value;
        increp_reported reported = increp_time_get_stated(from, way, &value);
        if (reported == INCREP_KNOWN) increp_time_set_stated(to, way, value);
    }
}

static void copy_place(increp_report *to, const increp_report *from, increp_place way)
{
    if (increp_place_has_point(from, way) == INCREP_KNOWN) { increp_place_make_point(to, way); copy_point(to, from, increp_place_point(way)); }
    increp_place_set_precision(to, way, increp_place_get_precision(from, way));
    {
        uint32_t value;
        increp_reported reported = increp_place_get_radius_m(from, way, &value);
        if (reported == INCREP_KNOWN) increp_place_set_radius_m(to, way, value);
    }
    increp_place_set_relation(to, way, increp_place_get_relation(from, way));
    {
        increp_text value;
        increp_reported reported = increp_place_get_name(from, way, &value);
        if (reported == INCREP_KNOWN) increp_place_set_name(to, way, value);
        if (reported == INCREP_UNKNOWN) increp_place_set_name_unknown(to, way);
    }
    {
        increp_text value;
        increp_reported reported = increp_place_get_code(from, way, &value);
        if (reported == INCREP_KNOWN) increp_place_set_code(to, way, value);
    }
}

static void copy_point(increp_report *to, const increp_report *from, increp_point way)
{
    int32_t lat = 0; increp_point_get_lat(from, way, &lat);
    int32_t lon = 0; increp_point_get_lon(from, way, &lon);
    increp_point_set(to, way, lat, lon);
}

static void copy_party(increp_report *to, const increp_report *from, increp_party way)
{
    increp_party_set_role(to, way, increp_party_get_role(from, way));
    {
        increp_text value;
        increp_reported reported = increp_party_get_name(from, way, &value);
        if (reported == INCREP_KNOWN) increp_party_set_name(to, way, value);
        if (reported == INCREP_UNKNOWN) increp_party_set_name_unknown(to, way);
    }
    {
        increp_text value;
        increp_reported reported = increp_party_get_aka(from, way, &value);
        if (reported == INCREP_KNOWN) increp_party_set_aka(to, way, value);
    }
    increp_party_set_kind(to, way, increp_party_get_kind(from, way));
    increp_party_set_attribution(to, way, increp_party_get_attribution(from, way));
    increp_party_set_open(to, way, increp_party_get_open(from, way));
}

static void copy_count(increp_report *to, const increp_report *from, increp_count way)
{
    increp_count_set_of(to, way, increp_count_get_of(from, way));
    {
        uint32_t value;
        increp_reported reported = increp_count_get_value(from, way, &value);
        if (reported == INCREP_KNOWN) increp_count_set_value(to, way, value);
        if (reported == INCREP_UNKNOWN) increp_count_set_value_unknown(to, way);
    }
    {
        uint32_t value;
        increp_reported reported = increp_count_get_min(from, way, &value);
        if (reported == INCREP_KNOWN) increp_count_set_min(to, way, value);
    }
    {
        uint32_t value;
        increp_reported reported = increp_count_get_max(from, way, &value);
        if (reported == INCREP_KNOWN) increp_count_set_max(to, way, value);
    }
    increp_count_set_term(to, way, increp_count_get_term(from, way));
    increp_count_set_approx(to, way, increp_count_get_approx(from, way));
    {
        increp_text value;
        increp_reported reported = increp_count_get_item(from, way, &value);
        if (reported == INCREP_KNOWN) increp_count_set_item(to, way, value);
    }
    increp_count_set_scope(to, way, increp_count_get_scope(from, way));
    if (increp_count_has_period(from, way) == INCREP_KNOWN) { increp_count_make_period(to, way); copy_period(to, from, increp_count_period(way)); }
    if (increp_count_has_who(from, way) == INCREP_KNOWN) { increp_count_make_who(to, way); copy_who(to, from, increp_count_who(way)); }
}

static void copy_period(increp_report *to, const increp_report *from, increp_period way)
{
    if (increp_period_has_start(from, way) == INCREP_KNOWN) { increp_period_make_start(to, way); copy_date(to, from, increp_period_start(way)); }
    if (increp_period_has_end(from, way) == INCREP_KNOWN) { increp_period_make_end(to, way); copy_date(to, from, increp_period_end(way)); }
}

static void copy_date(increp_report *to, const increp_report *from, increp_date way)
{
    int64_t at = 0; increp_date_get_at(from, way, &at);
    increp_date_set(to, way, at, increp_date_get_form(from, way));
    {
        int8_t value;
        increp_reported reported = increp_date_get_utc_offset(from, way, &value);
        if (reported == INCREP_KNOWN) increp_date_set_utc_offset(to, way, value);
    }
}

static void copy_who(increp_report *to, const increp_report *from, increp_who way)
{
    {
        uint8_t value;
        increp_reported reported = increp_who_get_party(from, way, &value);
        if (reported == INCREP_KNOWN) increp_who_set_party(to, way, value);
        if (reported == INCREP_UNKNOWN) increp_who_set_party_unknown(to, way);
    }
    increp_who_set_status(to, way, increp_who_get_status(from, way));
    increp_who_set_sex(to, way, increp_who_get_sex(from, way));
    increp_who_set_age(to, way, increp_who_get_age(from, way));
    increp_who_set_role(to, way, increp_who_get_role(from, way));
    increp_who_set_severity(to, way, increp_who_get_severity(from, way));
}

static void copy_object(increp_report *to, const increp_report *from, increp_object way)
{
    increp_object_set_role(to, way, increp_object_get_role(from, way));
    increp_object_set_kind(to, way, increp_object_get_kind(from, way));
    {
        increp_text value;
        increp_reported reported = increp_object_get_name(from, way, &value);
        if (reported == INCREP_KNOWN) increp_object_set_name(to, way, value);
        if (reported == INCREP_UNKNOWN) increp_object_set_name_unknown(to, way);
    }
    increp_object_set_effect(to, way, increp_object_get_effect(from, way));
    increp_object_set_functioning(to, way, increp_object_get_functioning(from, way));
}

static void copy_truce(increp_report *to, const increp_report *from, increp_truce way)
{
    {
        increp_text value;
        increp_reported reported = increp_truce_get_name(from, way, &value);
        if (reported == INCREP_KNOWN) increp_truce_set_name(to, way, value);
        if (reported == INCREP_UNKNOWN) increp_truce_set_name_unknown(to, way);
    }
    {
        uint16_t value;
        increp_reported reported = increp_truce_get_day(from, way, &value);
        if (reported == INCREP_KNOWN) increp_truce_set_day(to, way, value);
    }
    if (increp_truce_has_start(from, way) == INCREP_KNOWN) { increp_truce_make_start(to, way); copy_date(to, from, increp_truce_start(way)); }
    increp_truce_set_coverage(to, way, increp_truce_get_coverage(from, way));
    {
        increp_text value;
        increp_reported reported = increp_truce_get_party(from, way, &value);
        if (reported == INCREP_KNOWN) increp_truce_set_party(to, way, value);
    }
    increp_truce_set_conduct(to, way, increp_truce_get_conduct(from, way));
}

static void copy_control(increp_report *to, const increp_report *from, increp_control way)
{
    {
        increp_text value;
        increp_reported reported = increp_control_get_from(from, way, &value);
        if (reported == INCREP_KNOWN) increp_control_set_from(to, way, value);
    }
    {
        increp_text value;
        increp_reported reported = increp_control_get_to(from, way, &value);
        if (reported == INCREP_KNOWN) increp_control_set_to(to, way, value);
    }
    increp_control_set_extent(to, way, increp_control_get_extent(from, way));
    increp_control_set_held(to, way, increp_control_get_held(from, way));
}

static void copy_notice(increp_report *to, const increp_report *from, increp_notice way)
{
    {
        increp_text value;
        increp_reported reported = increp_notice_get_from(from, way, &value);
        if (reported == INCREP_KNOWN) increp_notice_set_from(to, way, value);
    }
    {
        increp_text value;
        increp_reported reported = increp_notice_get_to(from, way, &value);
        if (reported == INCREP_KNOWN) increp_notice_set_to(to, way, value);
    }
    increp_notice_set_timing(to, way, increp_notice_get_timing(from, way));
    increp_notice_set_specificity(to, way, increp_notice_get_specificity(from, way));
    {
        uint32_t value;
        increp_reported reported = increp_notice_get_lead_s(from, way, &value);
        if (reported == INCREP_KNOWN) increp_notice_set_lead_s(to, way, value);
    }
    increp_notice_set_channel(to, way, increp_notice_get_channel(from, way));
    increp_notice_set_response(to, way, increp_notice_get_response(from, way));
    {
        uint32_t value;
        increp_reported reported = increp_notice_get_latency_s(from, way, &value);
        if (reported == INCREP_KNOWN) increp_notice_set_latency_s(to, way, value);
    }
    increp_notice_set_certainty(to, way, increp_notice_get_certainty(from, way));
}

static void copy_access(increp_report *to, const increp_report *from, increp_access way)
{
    increp_access_set_state(to, way, increp_access_get_state(from, way));
    increp_access_set_constraint(to, way, increp_access_get_constraint(from, way));
    increp_access_set_reason(to, way, increp_access_get_reason(from, way));
    {
        increp_text value;
        increp_reported reported = increp_access_get_awaiting(from, way, &value);
        if (reported == INCREP_KNOWN) increp_access_set_awaiting(to, way, value);
    }
    {
        increp_text value;
        increp_reported reported = increp_access_get_cargo(from, way, &value);
        if (reported == INCREP_KNOWN) increp_access_set_cargo(to, way, value);
    }
    {
        increp_text value;
        increp_reported reported = increp_access_get_origin(from, way, &value);
        if (reported == INCREP_KNOWN) increp_access_set_origin(to, way, value);
    }
    {
        increp_text value;
        increp_reported reported = increp_access_get_destination(from, way, &value);
        if (reported == INCREP_KNOWN) increp_access_set_destination(to, way, value);
    }
}

static void copy_observer(increp_report *to, const increp_report *from, increp_observer way)
{
    {
        increp_text value;
        increp_reported reported = increp_observer_get_post(from, way, &value);
        if (reported == INCREP_KNOWN) increp_observer_set_post(to, way, value);
    }
    {
        uint16_t value;
        increp_reported reported = increp_observer_get_bearing_deg(from, way, &value);
        if (reported == INCREP_KNOWN) increp_observer_set_bearing_deg(to, way, value);
    }
    {
        uint16_t value;
        increp_reported reported = increp_observer_get_bearing_width_deg(from, way, &value);
        if (reported == INCREP_KNOWN) increp_observer_set_bearing_width_deg(to, way, value);
    }
    if (increp_observer_has_distance_m(from, way) == INCREP_KNOWN) { increp_observer_make_distance_m(to, way); copy_distance(to, from, increp_observer_distance_m(way)); }
    increp_observer_set_means(to, way, increp_observer_get_means(from, way));
}

static void copy_distance(increp_report *to, const increp_report *from, increp_distance way)
{
    {
        uint32_t value;
        increp_reported reported = increp_distance_get_min(from, way, &value);
        if (reported == INCREP_KNOWN) increp_distance_set_min(to, way, value);
    }
    {
        uint32_t value;
        increp_reported reported = increp_distance_get_max(from, way, &value);
        if (reported == INCREP_KNOWN) increp_distance_set_max(to, way, value);
    }
}

static void copy_claim(increp_report *to, const increp_report *from, increp_claim way)
{
    for (uint8_t index = 0; index < increp_claim_sources_length(from, way); index++) {
        increp_make(to, increp_claim_sources(way, index).path);
        copy_hop(to, from, increp_claim_sources(way, index));
    }
    increp_claim_set_act(to, way, increp_claim_get_act(from, way));
    switch (increp_claim_get_said(from, way)) {
    case INCREP_STATEMENT_COUNT:
        increp_claim_make_said(to, way, INCREP_STATEMENT_COUNT);
        copy_count(to, from, increp_claim_count(way));
        break;
    case INCREP_STATEMENT_PARTY:
        increp_claim_make_said(to, way, INCREP_STATEMENT_PARTY);
        copy_party(to, from, increp_claim_party(way));
        break;
    case INCREP_STATEMENT_OBJECT:
        increp_claim_make_said(to, way, INCREP_STATEMENT_OBJECT);
        copy_object(to, from, increp_claim_object(way));
        break;
    case INCREP_STATEMENT_INTENT:
        increp_claim_make_said(to, way, INCREP_STATEMENT_INTENT);
        increp_claim_set_intent(to, way, increp_claim_get_intent(from, way));
        break;
    case INCREP_STATEMENT_CONTROL:
        increp_claim_make_said(to, way, INCREP_STATEMENT_CONTROL);
        copy_control(to, from, increp_claim_control(way));
        break;
    case INCREP_STATEMENT_NOTICE:
        increp_claim_make_said(to, way, INCREP_STATEMENT_NOTICE);
        copy_notice(to, from, increp_claim_notice(way));
        break;
    case INCREP_STATEMENT_ACCESS:
        increp_claim_make_said(to, way, INCREP_STATEMENT_ACCESS);
        copy_access(to, from, increp_claim_access(way));
        break;
    case INCREP_STATEMENT_TRUCE:
        increp_claim_make_said(to, way, INCREP_STATEMENT_TRUCE);
        copy_truce(to, from, increp_claim_truce(way));
        break;
    case INCREP_STATEMENT_PLACE:
        increp_claim_make_said(to, way, INCREP_STATEMENT_PLACE);
        copy_place(to, from, increp_claim_place(way));
        break;
    case INCREP_STATEMENT_TIME:
        increp_claim_make_said(to, way, INCREP_STATEMENT_TIME);
        copy_time(to, from, increp_claim_time(way));
        break;
    case INCREP_STATEMENT_TEXT:
        increp_claim_make_said(to, way, INCREP_STATEMENT_TEXT);
        {
                increp_text value;
                increp_reported reported = increp_claim_get_text(from, way, &value);
                if (reported == INCREP_KNOWN) increp_claim_set_text(to, way, value);
        }
        break;
    default: break;
    }
    if (increp_claim_has_about(from, way) == INCREP_KNOWN) { increp_claim_make_about(to, way); copy_about(to, from, increp_claim_about(way)); }
    {
        increp_text value;
        increp_reported reported = increp_claim_get_to(from, way, &value);
        if (reported == INCREP_KNOWN) increp_claim_set_to(to, way, value);
    }
    {
        increp_text value;
        increp_reported reported = increp_claim_get_against(from, way, &value);
        if (reported == INCREP_KNOWN) increp_claim_set_against(to, way, value);
    }
    {
        increp_text value;
        increp_reported reported = increp_claim_get_via(from, way, &value);
        if (reported == INCREP_KNOWN) increp_claim_set_via(to, way, value);
    }
    increp_claim_set_certainty(to, way, increp_claim_get_certainty(from, way));
    {
        uint8_t value;
        increp_reported reported = increp_claim_get_credibility(from, way, &value);
        if (reported == INCREP_KNOWN) increp_claim_set_credibility(to, way, value);
    }
    if (increp_claim_has_first_since(from, way) == INCREP_KNOWN) { increp_claim_make_first_since(to, way); copy_date(to, from, increp_claim_first_since(way)); }
    increp_claim_set_handling(to, way, increp_claim_get_handling(from, way));
}

static void copy_about(increp_report *to, const increp_report *from, increp_about way)
{
    copy_id(to, from, increp_about_id(way));
    increp_about_set_part(to, way, increp_about_get_part(from, way));
}

static void copy_evidence(increp_report *to, const increp_report *from, increp_evidence way)
{
    increp_evidence_set_kind(to, way, increp_evidence_get_kind(from, way));
    {
        uint8_t value[32];
        increp_reported reported = increp_evidence_get_sha256(from, way, value);
        if (reported == INCREP_KNOWN) increp_evidence_set_sha256(to, way, value);
    }
}

static void copy_entry(increp_report *to, const increp_report *from, increp_entry way)
{
    {
        increp_text value;
        increp_reported reported = increp_entry_get_key(from, way, &value);
        if (reported == INCREP_KNOWN) increp_entry_set_key(to, way, value);
    }
    switch (increp_entry_get_value(from, way)) {
    case INCREP_SCALAR_FLAG:
        increp_entry_make_value(to, way, INCREP_SCALAR_FLAG);
        increp_entry_set_flag(to, way, increp_entry_get_flag(from, way));
        break;
    case INCREP_SCALAR_INTEGER:
        increp_entry_make_value(to, way, INCREP_SCALAR_INTEGER);
        {
                int64_t value;
                increp_reported reported = increp_entry_get_integer(from, way, &value);
                if (reported == INCREP_KNOWN) increp_entry_set_integer(to, way, value);
        }
        break;
    case INCREP_SCALAR_TEXT:
        increp_entry_make_value(to, way, INCREP_SCALAR_TEXT);
        {
                increp_text value;
                increp_reported reported = increp_entry_get_text(from, way, &value);
                if (reported == INCREP_KNOWN) increp_entry_set_text(to, way, value);
        }
        break;
    default: break;
    }
}
