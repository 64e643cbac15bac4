/* Requests and answers of the control socket. */

#include "control.h"

#include "bounds.h"
#include "check.h"

enum { MEMORY = 24 * 1024 * 1024 };

static struct arena fresh_arena(void)
{
    static uint8_t memory[MEMORY] __attribute__((aligned(16)));
    struct arena a;

    arena_init(&a, memory, sizeof memory);
    return a;
}

static struct bytes text(const char *t)
{
    return bytes_of_text(t);
}

static void arguments_are_found_by_name(void)
{
    struct arena a = fresh_arena();
    const struct control_field arguments[] = {
        {text("file"), text("a.note")}, {text("dry_run"), {0}}, {text("File"), text("B")}};
    const struct control_request r = {text("roster add"), COUNT_OF(arguments), arguments};
    struct control_request back;
    struct bytes b = {0};

    CHECK_OK(control_request_encode(&r, &a, &b));
    CHECK_OK(control_request_decode(b, &a, &back));
    CHECK_BYTES(back.verb, r.verb);
    CHECK_INT(back.argument_count, 3);
    CHECK_BYTES(control_argument(&back, "file"), text("a.note"));
    CHECK_BYTES(control_argument(&back, "File"), text("B"));
    CHECK_INT(control_argument(&back, "dry_run").size, 0);
    CHECK_INT(control_argument(&back, "fil").size, 0);
}

static void an_answer_comes_back_row_by_row(void)
{
    struct arena a = fresh_arena();
    const struct control_field first[] = {{text("agency"), text("F55")}};
    const struct control_field second[] = {{text("agency"), text("SWROCU")},
                                           {text("size"), text("12")}};
    const struct control_row rows[] = {{1, first}, {2, second}};
    const struct control_answer c = {E_NEWER, text("Wait."), COUNT_OF(rows), rows};
    struct control_answer back;
    struct bytes b = {0};

    CHECK_OK(control_answer_encode(&c, &a, &b));
    CHECK_OK(control_answer_decode(b, &a, &back));
    CHECK_STATUS(back.status, E_NEWER);
    CHECK_BYTES(back.sentence, text("Wait."));
    CHECK_INT(back.row_count, 2);
    CHECK_INT(back.rows[0].field_count, 1);
    CHECK_BYTES(control_value(&back.rows[1], "agency"), text("SWROCU"));
    CHECK_BYTES(control_value(&back.rows[1], "size"), text("12"));
    CHECK_INT(control_value(&back.rows[0], "size").size, 0);
}

static void every_status_can_be_told(void)
{
    for (unsigned s = OK; s < STATUS_COUNT; s++) {
        struct arena a = fresh_arena();
        const struct control_answer c = {.status = (status)s};
        struct control_answer back;
        struct bytes b = {0};
        CHECK_OK(control_answer_encode(&c, &a, &b));
        CHECK_OK(control_answer_decode(b, &a, &back));
        CHECK_STATUS(back.status, (status)s);
    }
    struct arena a = fresh_arena();
    const struct control_answer beyond = {.status = STATUS_COUNT};
    struct bytes b = {0};
    CHECK_STATUS(control_answer_encode(&beyond, &a, &b), E_VALUE);
}

static void names_and_counts_keep_their_rules(void)
{
    struct arena a = fresh_arena();
    struct control_field fields[CONTROL_FIELDS_MAX + 1];
    struct control_request r = {text("show"), 1, fields};
    struct bytes b = {0};

    for (size_t i = 0; i < COUNT_OF(fields); i++)
        fields[i] = (struct control_field){text("name"), text("value")};
    CHECK_OK(control_request_encode(&r, &a, &b));
    r.argument_count = CONTROL_FIELDS_MAX;
    CHECK_OK(control_request_encode(&r, &a, &b));
    r.argument_count++;
    CHECK_STATUS(control_request_encode(&r, &a, &b), E_LIMIT);
    r.argument_count = 1;
    fields[0].name = text("a b");
    CHECK_STATUS(control_request_encode(&r, &a, &b), E_VALUE);
    fields[0].name = (struct bytes){0};
    CHECK_STATUS(control_request_encode(&r, &a, &b), E_VALUE);
    fields[0].name = text("a");
    r.verb = (struct bytes){0};
    CHECK_STATUS(control_request_encode(&r, &a, &b), E_VALUE);

    const struct control_row row = {0, fields};
    const struct control_answer c = {.row_count = 1, .rows = &row};
    CHECK_STATUS(control_answer_encode(&c, &a, &b), E_VALUE);
    const struct control_answer many = {.row_count = CONTROL_ROWS_MAX + 1, .rows = &row};
    CHECK_STATUS(control_answer_encode(&many, &a, &b), E_LIMIT);
}

static void a_long_sentence_is_refused(void)
{
    static char letters[TEXT_BYTES_MAX + 1];
    struct arena a = fresh_arena();
    struct control_answer c = {.sentence = bytes_of(letters, TEXT_BYTES_MAX)};
    struct bytes b = {0};

    memset(letters, 'x', sizeof letters);
    CHECK_OK(control_answer_encode(&c, &a, &b));
    c.sentence.size++;
    CHECK_STATUS(control_answer_encode(&c, &a, &b), E_LIMIT);
}

static void the_most_rows_pass(void)
{
    static struct control_row rows[CONTROL_ROWS_MAX];
    struct arena a = fresh_arena();
    const struct control_field fields[] = {{text("agency"), text("F55")},
                                           {text("size"), text("12")},
                                           {text("state"), text("stored")}};
    const struct control_answer c = {.row_count = CONTROL_ROWS_MAX, .rows = rows};
    struct control_answer back;
    struct bytes b = {0};

    for (size_t i = 0; i < CONTROL_ROWS_MAX; i++)
        rows[i] = (struct control_row){COUNT_OF(fields), fields};
    CHECK_OK(control_answer_encode(&c, &a, &b));
    uint8_t *const copy = malloc(b.size);
    CHECK(copy != NULL);
    memcpy(copy, b.at, b.size);
    arena_reset(&a);
    CHECK_OK(control_answer_decode(bytes_of(copy, b.size), &a, &back));
    CHECK_INT(back.row_count, CONTROL_ROWS_MAX);
    CHECK_BYTES(control_value(&back.rows[CONTROL_ROWS_MAX - 1], "state"), text("stored"));
    free(copy);
}

static void one_byte_over_8_mib_is_refused(void)
{
    const size_t size = CONTROL_BYTES_MAX + 1;
    uint8_t *const raw = calloc(1, size);
    struct arena a = fresh_arena();
    struct control_answer back;
    struct control_request request;

    CHECK(raw != NULL);
    CHECK_STATUS(control_answer_decode(bytes_of(raw, size), &a, &back), E_LIMIT);
    CHECK_STATUS(control_request_decode(bytes_of(raw, size), &a, &request), E_LIMIT);
    CHECK_INT(a.used, 0);
    free(raw);
}

CASES(CASE(arguments_are_found_by_name), CASE(an_answer_comes_back_row_by_row),
      CASE(every_status_can_be_told), CASE(names_and_counts_keep_their_rules),
      CASE(a_long_sentence_is_refused), CASE(the_most_rows_pass),
      CASE(one_byte_over_8_mib_is_refused))
