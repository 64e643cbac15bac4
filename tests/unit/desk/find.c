#include "desk_fixture.h"

#include <string.h>

/* Two agencies with one id: which record a person means. */

enum { ID_TEXT = 2 * sizeof(record_id) };

static struct counter c;
static char id[ID_TEXT + 1];

static void put(const char *agency, sequence index)
{
    const struct stream_id stream = fixture_stream(agency, LANE_ROUTINE, 1);
    const struct store s = c.desk.exchange->store;
    struct entry_row e = fixture_entry(&stream, index);

    e.id = fixture_record(7);
    CHECK_OK(s.ops->entry_put(s.self, &e));
}

static void open_desk(void)
{
    const record_id record = fixture_record(7);

    counter_open(&c);
    CHECK_OK(agency_id_read(bytes_of_text("F55"), &c.desk.exchange->self));
    record_id_write(&record, id);
    put("F50", 1);
    put("F54", 2);
}

static status find(const char *text, struct place *ret, struct call *ret_call)
{
    const struct control_field asked = {.name = bytes_of_text("id"),
                                        .value = bytes_of_text(text)};
    record_id found;

    *ret_call = (struct call){.parsed = {.arguments = &asked, .argument_count = 1}};
    return desk_find_record(&c.desk, ret_call, ret, &found);
}

static void of_two_others_it_has_to_be_said(void)
{
    char named[8 + ID_TEXT];
    struct place place = {0};
    struct call call;

    open_desk();
    CHECK_STATUS(find(id, &place, &call), E_VALUE);
    CHECK(strstr(call.sentence, "say whose it is, as in F55/") != NULL);
    (void)snprintf(named, sizeof named, "F54/%s", id);
    CHECK_OK(find(named, &place, &call));
    CHECK_INT(place.index, 2);
    counter_done(&c);
}

/* Else whoever copies an id keeps its owner from recalling the record. */
static void our_own_is_meant_whoever_copies_its_id(void)
{
    struct place place = {0};
    struct call call;

    open_desk();
    put("F55", 9);
    CHECK_OK(find(id, &place, &call));
    CHECK_INT(place.index, 9);
    counter_done(&c);
}

CASES(CASE(of_two_others_it_has_to_be_said), CASE(our_own_is_meant_whoever_copies_its_id))
