#ifndef FLAGPOST_TEST_CASE_MEMBERS_H
#define FLAGPOST_TEST_CASE_MEMBERS_H

/* Part of content_members.c: the items in which a person decided something. */

#include "check.h"
#include "content.h"

#define CHECK_IS(got, wanted) CHECK_BYTES(got, bytes_of_text(wanted))

static inline void check_ranges(const struct item_ranges *r)
{
    static const unsigned numbers[COVERS] = {
        [COVER_RECORDS_IMMEDIATE] = 4,
        [COVER_RECORDS_ROUTINE] = 6,
        [COVER_OUTCOMES_IMMEDIATE] = 8,
        [COVER_OUTCOMES_ROUTINE] = 10,
    };

    CHECK_INT(r->step, 7);
    CHECK_INT(r->what, RANGES_ANSWERS);
    for (size_t i = 0; i < COVERS; i++) {
        CHECK_INT(r->covers[i].epoch.counter, numbers[i]);
        CHECK_INT(r->covers[i].size, 1000 + numbers[i]);
    }
    CHECK_INT(r->count, 100000);
    CHECK_IS(r->ranges, "ranges");
    CHECK_INT(r->other_count, 99999);
    CHECK(!hash_equal(&r->root, &r->other_root));
    CHECK_INT(r->differences, 8);
    CHECK(r->more);
}

static inline void check_cases(const struct item *i)
{
    if (i->kind == ITEM_CASE_EVENT) {
        CHECK_IS(i->case_event.reference, "reference");
        CHECK_INT(i->case_event.what, CASE_OVERDUE);
        CHECK_INT(i->case_event.at, 1795471200000);
        CHECK_IS(i->case_event.station, "55AA");
        CHECK_IS(i->case_event.role, "role");
        CHECK(i->case_event.has_document);
    } else if (i->kind == ITEM_CASE_DECISION) {
        CHECK_IS(i->case_decision.person, "person");
        CHECK_IS(i->case_decision.reason, "reason");
    } else if (i->kind == ITEM_CASE_CALL) {
        CHECK_IS(i->case_call.reference, "reference");
        CHECK_INT(i->case_call.at, 1795471200000);
        CHECK_IS(i->case_call.station, "55AA");
    } else if (i->kind == ITEM_DECISION) {
        CHECK_TEXT(i->decision.to.text, "IE");
        CHECK_IS(i->decision.person, "person");
        CHECK_IS(i->decision.reason, "reason");
        CHECK_IS(i->decision.override_person, "override_person");
        CHECK_IS(i->decision.override_reason, "override_reason");
    } else if (i->kind == ITEM_RETENTION) {
        CHECK_INT(i->retention.what, RETENTION_ERASED);
        CHECK_INT(i->retention.at, 1795471200000);
        CHECK_IS(i->retention.person, "person");
        CHECK_IS(i->retention.reason, "reason");
        CHECK(i->retention.has_record);
        CHECK_INT(i->retention.notice, 1795384800000);
        CHECK_INT(i->retention.group, 4);
        CHECK_IS(i->retention.reference, "reference");
        CHECK_IS(i->retention.answers, "ynuynu");
    } else if (i->kind == ITEM_RANGES) {
        check_ranges(&i->ranges);
    } else if (i->kind == ITEM_DIFFERENCE) {
        CHECK_TEXT(i->difference.agency.text, "F055");
        CHECK_INT(i->difference.says, DIFFERENCE_REFUSED);
        CHECK_IS(i->difference.reference, "reference");
    } else if (i->kind == ITEM_REQUEST) {
        CHECK_INT(i->request.what, REQUEST_GRANTED);
        CHECK_INT(i->request.wants, REQUEST_SANITISE);
        CHECK_INT(i->request.at, 1795471200000);
        CHECK(i->request.has_question);
        CHECK_IS(i->request.person, "person");
        CHECK_IS(i->request.text, "text");
    } else {
        CHECK_INT(i->kind, ITEM_CASE_PERIOD);
        CHECK_INT(i->case_period.from, 1795384800000);
        CHECK_INT(i->case_period.until, 1795471200000);
    }
}

#endif
