#include "requirement.h"

#include "check.h"
#include "ingested.h"
#include "record.h"

/*
 * A requirement file of national ingestion.
 *
 * Oracle: what is refused has a line of the file and a sentence; what is taken is within
 * its limits, and whatever it refuses of an empty record can be said in an answer.
 */

enum { ARENA_BYTES = 4 * 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static _Alignas(16) uint8_t room[ARENA_BYTES];
static struct requirements q;
static struct record record;
static struct lists lists;

static void check_answer(struct arena *a)
{
    struct requirement_refusal r = {0};

    record = (struct record){.text_count = 0};
    CHECK_OK(requirements_check(&q, &record, &lists, 1790000000000, a, &r));
    if (r.rule == NULL)
        return;
    const struct item_outcome o = {.what = OUTCOME_REFUSED,
                                   .reference = bytes_of_text(r.rule),
                                   .reason = bytes_of_text(r.mend)};
    CHECK(ingested_fault(&o) == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct requirements_fault fault = {0};
    struct arena a;
    size_t lines = 1;

    for (size_t i = 0; i < size; i++)
        lines += data[i] == '\n';
    arena_init(&a, room, sizeof room);
    const status s = requirements_read(bytes_of(data, size), &q, &fault);
    CHECK(s == OK || s == E_FORM);
    if (s != OK) {
        CHECK(fault.sentence != NULL && fault.line >= 1 && fault.line <= lines);
        return 0;
    }
    CHECK(q.version > 0 && q.title.size > 0 && q.rule_count + q.field_count > 0);
    (void)requirements_gate(&q, bytes_of("55", 2));
    check_answer(&a);
    return 0;
}
