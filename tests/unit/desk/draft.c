#include "draft.h"
#include "desk_fixture.h"
#include "lowered.h"
#include "source.h"

/* Drafts as they are kept, and what a source leaves in a record. */

static struct draft sample(void)
{
    struct draft draft = {.id = fixture_record(1),
                          .stage = STAGE_SANITISED,
                          .begun = 5000,
                          .record = fixture_record(2),
                          .has_previous = true,
                          .previous = fixture_record(3),
                          .has_key = true,
                          .key = {{1, 2}},
                          .origin = {{3, 4}},
                          .hand_count = 3,
                          .packed = bytes_of_text("a packed record")};

    draft.hands[0] = (struct draft_hand){
        .step = STEP_DRAFT, .at = 10, .actor = bytes_of_text("uid:1000 one")};
    draft.hands[1] = (struct draft_hand){.step = STEP_ASSESS,
                                         .wrote = true,
                                         .at = 20,
                                         .actor = bytes_of_text("uid:1001 two"),
                                         .remark = bytes_of_text("names a method")};
    draft.hands[2] = (struct draft_hand){
        .step = STEP_SANITISE, .at = 30, .actor = bytes_of_text("uid:1002 three")};
    return draft;
}

static struct call asking(struct counter *c, const char *id)
{
    struct call call = {0};
    struct control_field *const f = arena_take(&c->arena, sizeof *f);

    CHECK(f != NULL);
    *f = (struct control_field){.name = bytes_of_text("id"), .value = bytes_of_text(id)};
    call.parsed.arguments = f;
    call.parsed.argument_count = 1;
    return call;
}

static void check_same(const struct draft *got, const struct draft *wanted)
{
    CHECK(record_id_equal(&got->id, &wanted->id));
    CHECK(record_id_equal(&got->record, &wanted->record));
    CHECK(record_id_equal(&got->previous, &wanted->previous));
    CHECK_INT(got->stage, wanted->stage);
    CHECK_INT(got->begun, wanted->begun);
    CHECK_INT(got->has_previous, wanted->has_previous);
    CHECK_INT(got->has_key, wanted->has_key);
    CHECK(hash_equal(&got->key, &wanted->key) && hash_equal(&got->origin, &wanted->origin));
    CHECK_INT(got->hand_count, wanted->hand_count);
    for (size_t i = 0; i < wanted->hand_count; i++) {
        CHECK_INT(got->hands[i].step, wanted->hands[i].step);
        CHECK_INT(got->hands[i].wrote, wanted->hands[i].wrote);
        CHECK_INT(got->hands[i].at, wanted->hands[i].at);
        CHECK_BYTES(got->hands[i].actor, wanted->hands[i].actor);
        CHECK_BYTES(got->hands[i].remark, wanted->hands[i].remark);
    }
    CHECK_BYTES(got->packed, wanted->packed);
}

static void is_found_by_its_id_and_by_its_records(void)
{
    struct counter c;
    const struct draft draft = sample();
    struct draft other = sample();
    struct draft got;

    counter_open(&c);
    other.id = fixture_record(0x1000000000000000);
    other.record = (record_id){{0}};
    CHECK_OK(draft_put(&c.desk, &draft));
    CHECK_OK(draft_put(&c.desk, &other));
    struct call call = asking(&c, "0000000000000001");
    CHECK_OK(draft_find(&c.desk, &call, &got));
    check_same(&got, &draft);
    call = asking(&c, "1000");
    CHECK_OK(draft_find(&c.desk, &call, &got));
    check_same(&got, &other);
    call = asking(&c, "2000");
    CHECK_STATUS(draft_find(&c.desk, &call, &got), E_UNKNOWN);
    CHECK(call.sentence != NULL);
    call = asking(&c, "zzzz");
    CHECK_STATUS(draft_find(&c.desk, &call, &got), E_UNKNOWN);
    call = asking(&c, "10");
    CHECK_STATUS(draft_find(&c.desk, &call, &got), E_USAGE);
    other.id = fixture_record(0x1000000000000001);
    CHECK_OK(draft_put(&c.desk, &other));
    call = asking(&c, "1000");
    CHECK_STATUS(draft_find(&c.desk, &call, &got), E_VALUE);
    counter_done(&c);
}

static void refuses_a_row_that_no_version_wrote(void)
{
    struct counter c;
    const struct draft draft = sample();
    struct shelf_row row;
    struct draft got;

    counter_open(&c);
    CHECK_OK(draft_put(&c.desk, &draft));
    CHECK_OK(journal_shelf_find(c.home.j, SHELF_DRAFT, &draft.id, &c.arena, &row));
    const size_t fixed = row.body.size - draft.packed.size;
    for (size_t size = 0; size < fixed; size++) {
        struct shelf_row cut = row;
        cut.body.size = size;
        CHECK_STATUS(draft_of_row(&cut, &got), E_DAMAGED);
    }
    static const size_t places[] = {1, 76, 77}; /* stage, count of hands, first step */
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        uint8_t *const body = arena_take(&c.arena, row.body.size);
        CHECK(body != NULL);
        memcpy(body, row.body.at, row.body.size);
        body[places[i]] = 0xff;
        struct shelf_row bad = row;
        bad.body.at = body;
        CHECK_STATUS(draft_of_row(&bad, &got), E_DAMAGED);
        body[0] = 3;
        CHECK_STATUS(draft_of_row(&bad, &got), E_VERSION);
    }
    counter_done(&c);
}

/* R12: what the draft was marked is not known, so nothing counts as no lower. */
static void is_not_marked_anew_where_it_was_cannot_be_read(void)
{
    struct counter c;
    struct record *const record = calloc(1, sizeof *record);
    struct findings *const findings = calloc(1, sizeof *findings);
    struct draft_work *const work = calloc(1, sizeof *work);
    struct call call = {0};
    struct bytes packed = {0};
    bool is_lower = false;

    counter_open(&c);
    CHECK(record != NULL && findings != NULL && work != NULL);
    work->publication.record = record;
    work->publication.findings = findings;
    record->label.marking = MARKING_OFFICIAL_SENSITIVE;
    CHECK_OK(record_pack(record, &c.arena, &packed));
    record->label.marking = MARKING_OFFICIAL;
    work->was = packed;
    CHECK_OK(lowered_draft(&c.desk, &call, work, &is_lower));
    CHECK(is_lower && findings->refused);
    work->was.size--;
    CHECK_STATUS(lowered_draft(&c.desk, &call, work, &is_lower), E_FORM);
    CHECK(strstr(call.sentence, "R12") != NULL);
    free(work);
    free(findings);
    free(record);
    counter_done(&c);
}

/* The remark of a step is the proof of who decided it. */
static void its_remark_has_the_name_or_there_is_none(void)
{
    struct counter c;
    const struct control_field f[] = {
        {.name = bytes_of_text("person"), .value = bytes_of_text("DS at the unit")},
        {.name = bytes_of_text("reason"),
         .value = bytes_of_text("the original was wrong")}};
    const struct call call = {.parsed = {.arguments = f, .argument_count = COUNT_OF(f)}};
    struct bytes remark = {0};

    counter_open(&c);
    CHECK_OK(draft_remark(&c.arena, &call, &remark));
    CHECK_BYTES(remark, bytes_of_text("DS at the unit: the original was wrong"));
    struct arena full = {.at = c.arena.at, .room = 8};
    CHECK_STATUS(draft_remark(&full, &call, &remark), E_MEMORY);
    counter_done(&c);
}

/* As it was kept before drafts had keys. */
static void reads_a_row_of_the_first_version(void)
{
    enum { KEY_AT = 43, KEY_SIZE = 33 };
    struct counter c;
    struct draft draft = sample();
    struct shelf_row row;
    struct draft got;

    counter_open(&c);
    draft.has_key = false;
    draft.key = draft.origin = (struct hash){{0}};
    CHECK_OK(draft_put(&c.desk, &draft));
    CHECK_OK(journal_shelf_find(c.home.j, SHELF_DRAFT, &draft.id, &c.arena, &row));
    uint8_t *const body = arena_take(&c.arena, row.body.size);
    CHECK(body != NULL);
    memcpy(body, row.body.at, KEY_AT);
    memcpy(body + KEY_AT, row.body.at + KEY_AT + KEY_SIZE,
           row.body.size - KEY_AT - KEY_SIZE);
    body[0] = 1;
    row.body = bytes_of(body, row.body.size - KEY_SIZE);
    CHECK_OK(draft_of_row(&row, &got));
    check_same(&got, &draft);
    counter_done(&c);
}

static void knows_whose_work_it_is(void)
{
    static const struct {
        const char *person;
        bool own;
    } rows[] = {{"uid:1000 one", true},   /* drafted it */
                {"uid:1001 two", true},   /* wrote it anew when assessing */
                {"uid:1002 three", true}, /* sanitised it */
                {"uid:1003 four", false}, /* assessed it as it stood */
                {"uid:1002", true},       /* while the directory does not answer */
                {"uid:1002 new", true},   /* and after a change of name */
                {"uid:100", false},       /* a number that begins alike */
                {"uid:10021 x", false}};
    struct draft draft = sample();

    draft.hands[draft.hand_count++] =
        (struct draft_hand){.step = STEP_ASSESS, .actor = bytes_of_text("uid:1003 four")};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct call call = {0};
        (void)snprintf(call.person.text, sizeof call.person.text, "%s", rows[i].person);
        CHECK_INT(draft_is_own_work(&draft, &call), rows[i].own);
    }
}

static void gives_back_a_source(void)
{
    struct counter c;
    const record_id draft = fixture_record(1);
    const record_id record = fixture_record(2);
    const struct source source = {.reference = bytes_of_text("ISR-1"),
                                  .officer = bytes_of_text("PC One"),
                                  .raw = bytes_of_text("as told"),
                                  .known_count = 2,
                                  .known_to = {bytes_of_text("a"), bytes_of_text("b")}};
    struct source got;

    counter_open(&c);
    CHECK_STATUS(source_find(&c.desk, &draft, &c.arena, &got), E_UNKNOWN);
    CHECK_OK(source_put(&c.desk, &draft, &source));
    CHECK_OK(source_bind(&c.desk, &draft, &record));
    CHECK_OK(source_find(&c.desk, &draft, &c.arena, &got));
    CHECK_BYTES(got.reference, source.reference);
    CHECK_INT(got.type.size, 0);
    CHECK_BYTES(got.officer, source.officer);
    CHECK_BYTES(got.raw, source.raw);
    CHECK_INT(got.known_count, 2);
    CHECK_BYTES(got.known_to[1], source.known_to[1]);
    counter_done(&c);
}

static void finds_a_source_in_a_record(void)
{
    static const struct {
        const char *text;
        const char *field; /* NULL: nothing is found */
        enum severity severity;
    } rows[] = {
        {"nothing of it", NULL, 0},
        {"see isr-00417 for more", "texts[0].text", SEVERITY_REFUSE},
        {"told by Pc OnE two", "texts[0].text", SEVERITY_REFUSE},
        {"DS Third knows", "texts[0].text", SEVERITY_REFUSE},
        {"ISR-0041 7", NULL, 0},
        {"abc", NULL, 0}, /* too short a word tells nothing */
        {"He said: \"a boat\".", "texts", SEVERITY_ADVISE},
    };
    const struct source source = {
        .reference = bytes_of_text("ISR-00417"),
        .type = bytes_of_text("abc"),
        .officer = bytes_of_text("PC One"),
        .raw = bytes_of_text("he said: \"a boat\""),
        .known_count = 2,
        .known_to = {bytes_of_text("abc"), bytes_of_text("DS Third")}};
    struct counter c;
    static struct record record;

    counter_open(&c);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct findings f = {0};
        record = (struct record){.text_count = 1};
        record.texts[0].text = bytes_of_text(rows[i].text);
        CHECK_OK(source_check(&source, &record, &c.arena, &f));
        CHECK_INT(f.count, rows[i].field != NULL);
        if (rows[i].field == NULL)
            continue;
        CHECK_TEXT(f.at[0].field, rows[i].field);
        CHECK_TEXT(f.at[0].rule, "R6");
        CHECK_INT(f.at[0].severity, rows[i].severity);
        CHECK_INT(f.refused, rows[i].severity == SEVERITY_REFUSE);
        CHECK(strstr(f.at[0].sentence, "ISR") == NULL);
    }
    /* Wherever it stands, and also where no room is left for one more finding. */
    struct findings full = {.count = FINDINGS_MAX};
    record = (struct record){.report.contact = bytes_of_text("ask PC One")};
    CHECK_OK(source_check(&source, &record, &c.arena, &full));
    CHECK(full.refused);
    CHECK_TEXT(full.at[FINDINGS_MAX - 1].field, "contact");
    counter_done(&c);
}

CASES(CASE(is_found_by_its_id_and_by_its_records),
      CASE(refuses_a_row_that_no_version_wrote), CASE(reads_a_row_of_the_first_version),
      CASE(knows_whose_work_it_is), CASE(gives_back_a_source),
      CASE(finds_a_source_in_a_record),
      CASE(is_not_marked_anew_where_it_was_cannot_be_read),
      CASE(its_remark_has_the_name_or_there_is_none))
