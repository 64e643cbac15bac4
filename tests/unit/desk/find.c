#include "desk_fixture.h"
#include "draft.h"
#include "urn.h"

#include <string.h>

/* Which record a person means: two agencies with one id, URNs, and drafts. */

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

/* --- by URN --- */

enum { READER = 40001, CLERK, ACKNOWLEDGER };
static const char URN[] = "55-IR-2026-00000101";

static void put_record(const char *agency, sequence index, uint64_t number)
{
    const struct stream_id stream = fixture_stream(agency, LANE_ROUTINE, 1);
    const struct store s = c.desk.exchange->store;
    struct entry_row e = fixture_entry(&stream, index);

    e.id = fixture_record(number);
    CHECK_OK(s.ops->entry_put(s.self, &e));
}

static void publish(uint64_t number, sequence index, const char *urn)
{
    struct record *const record = calloc(1, sizeof *record);
    struct publish_work work = {.record = record, .id = fixture_record(number)};

    CHECK(record != NULL);
    record->facts.urn = bytes_of_text(urn);
    put_record("F55", index, number);
    CHECK_OK(urn_note(&c.desk, &work));
    free(record);
}

static struct parent show(const char *agency, uint64_t number, const char *urn)
{
    const struct parent record = {.agency = fixture_agency(agency),
                                  .id = fixture_record(number)};

    urn_shown(&c.desk, &record, bytes_of_text(urn));
    return record;
}

static status find_by(uint32_t uid, const char *text, record_id *ret, struct call *ret_call)
{
    const struct control_field asked = {.name = bytes_of_text("id"),
                                        .value = bytes_of_text(text)};
    struct place place = {0};

    *ret_call = (struct call){.person = {.uid = uid},
                              .parsed = {.arguments = &asked, .argument_count = 1}};
    return desk_find_record(&c.desk, ret_call, &place, ret);
}

static void check_found(const char *text, uint64_t number)
{
    const record_id wanted = fixture_record(number);
    record_id found = {0};
    struct call call;

    CHECK_OK(find_by(READER, text, &found, &call));
    CHECK(record_id_equal(&found, &wanted));
}

static void check_none(uint32_t uid, const char *text)
{
    record_id found = {0};
    struct call call;

    CHECK_STATUS(find_by(uid, text, &found, &call), E_UNKNOWN);
    CHECK(strstr(call.sentence, "no record here") != NULL);
}

static void our_own_is_found_by_its_urn(void)
{
    open_desk();
    publish(21, 3, URN);
    publish(22, 4, "2026001122334455"); /* digits alone, as many systems have it */
    check_found("55-ir-2026-00000101 ", 21);
    check_found("F55/55-IR-2026-00000101", 21);
    check_found("2026001122334455", 22);
    check_none(READER, "55-IR-2026-00000102");
    check_none(READER, "F50/55-IR-2026-00000101");
    counter_done(&c);
}

static void of_several_each_is_named(void)
{
    record_id found = {0};
    struct call call;
    char text[RECORD_ID_TEXT_ROOM];

    open_desk();
    publish(21, 3, URN);
    publish(22, 4, URN);
    CHECK_STATUS(find_by(READER, URN, &found, &call), E_VALUE);
    for (uint64_t number = 21; number <= 22; number++) {
        const record_id one = fixture_record(number);
        record_id_write(&one, text);
        CHECK(strstr(call.sentence, text) != NULL);
    }
    CHECK(strstr(call.sentence, "of F55, published 2026-") != NULL);
    counter_done(&c);
}

static void anothers_is_found_once_it_was_shown_until_it_is_erased(void)
{
    open_desk();
    put_record("F50", 3, 31);
    put_record("F54", 3, 32);
    const struct parent one = show("F50", 31, URN);
    (void)show("F54", 32, URN);
    check_none(READER, URN); /* not in the turn's middle */
    CHECK_OK(urn_turn(&c.desk));
    check_found("F50/55-IR-2026-00000101", 31);
    check_found("F54/55-ir-2026-00000101", 32);
    publish(21, 4, URN);
    check_found(URN, 21); /* our own before others' */
    CHECK_OK(urn_forget(&c.desk, &one));
    check_none(READER, "F50/55-IR-2026-00000101");
    check_found("F54/55-IR-2026-00000101", 32);
    check_found(URN, 21);
    counter_done(&c);
}

static void grant(uint32_t uid, const char *roles)
{
    char user[16];
    struct call call = {.person = {.text = "uid:1"}, .channel = "control"};

    (void)snprintf(user, sizeof user, "uid:%u", uid);
    const struct control_field f[] = {
        {.name = bytes_of_text("user"), .value = bytes_of_text(user)},
        {.name = bytes_of_text("roles"), .value = bytes_of_text(roles)}};
    call.parsed.arguments = f;
    call.parsed.argument_count = COUNT_OF(f);
    CHECK_OK(operator_set_prepare(&c.desk, &call));
}

/* Else a person who may not read learns by trying which reports there are. */
static void who_may_not_read_learns_nothing_by_a_urn(void)
{
    record_id found = {0};
    struct call call;

    open_desk();
    put_record("F50", 3, 31);
    publish(21, 4, URN);
    (void)show("F50", 31, "50-IR-2026-00000009");
    CHECK_OK(urn_turn(&c.desk));
    grant(READER, "read");
    grant(CLERK, "submit");
    grant(ACKNOWLEDGER, "acknowledge");
    check_found(URN, 21);
    check_found("50-IR-2026-00000009", 31);
    check_none(ACKNOWLEDGER, URN);
    check_none(ACKNOWLEDGER, "F50/50-IR-2026-00000009");
    /* Publishing tells him of our own. */
    CHECK_OK(find_by(CLERK, URN, &found, &call));
    check_none(CLERK, "50-IR-2026-00000009");
    check_none(CLERK, "F50/50-IR-2026-00000009");
    call = (struct call){.is_account = true};
    struct urn_list *const list = calloc(1, sizeof *list);
    CHECK(list != NULL);
    CHECK_OK(desk_find_urn(&c.desk, &call, bytes_of_text(URN), list));
    CHECK_INT(list->count, 0);
    free(list);
    counter_done(&c);
}

/* --- drafts --- */

static void a_draft_is_told_with_what_to_do(void)
{
    struct draft draft = {.id = fixture_record(41),
                          .stage = STAGE_ASSESSED,
                          .hand_count = 1,
                          .hands = {{.step = STEP_ASSESS, .at = 1}}};
    char text[RECORD_ID_TEXT_ROOM];
    char record[RECORD_ID_TEXT_ROOM];
    record_id found = {0};
    struct call call;

    open_desk();
    CHECK_OK(draft_put(&c.desk, &draft));
    record_id_write(&draft.id, text);
    CHECK_STATUS(find_by(READER, text, &found, &call), E_UNKNOWN);
    CHECK(strstr(call.sentence, " is a draft (assessed)") != NULL);
    CHECK(strstr(call.sentence, "flagpost sanitise ") != NULL);
    /* Nobody else learns which drafts there are. */
    grant(READER, "read");
    grant(ACKNOWLEDGER, "acknowledge");
    CHECK_STATUS(find_by(ACKNOWLEDGER, text, &found, &call), E_UNKNOWN);
    CHECK(strstr(call.sentence, "draft") == NULL);
    draft.stage = STAGE_RELEASED;
    draft.record = fixture_record(42);
    CHECK_OK(draft_put(&c.desk, &draft));
    record_id_write(&draft.record, record);
    CHECK_STATUS(find_by(READER, text, &found, &call), E_UNKNOWN);
    CHECK(strstr(call.sentence, record) != NULL);
    counter_done(&c);
}

CASES(CASE(of_two_others_it_has_to_be_said), CASE(our_own_is_meant_whoever_copies_its_id),
      CASE(our_own_is_found_by_its_urn), CASE(of_several_each_is_named),
      CASE(anothers_is_found_once_it_was_shown_until_it_is_erased),
      CASE(who_may_not_read_learns_nothing_by_a_urn), CASE(a_draft_is_told_with_what_to_do))
