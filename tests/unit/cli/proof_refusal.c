#include "judge.h"

/* Whatever is changed in a proof, it is refused, and by the line that was changed. */

static uint32_t line_of(struct bytes text, size_t at)
{
    uint32_t line = 1;

    for (size_t i = 0; i < at; i++)
        line += text.at[i] == '\n';
    return line;
}

static bool line_starts(struct bytes text, size_t at, const char *word)
{
    while (at > 0 && text.at[at - 1] != '\n')
        at--;
    const size_t size = strlen(word);
    return text.size - at >= size && memcmp(text.at + at, word, size) == 0;
}

static void check_flip(struct trio *t, uint8_t *bytes, struct bytes good, size_t at,
                       uint8_t mask)
{
    const struct bytes text = bytes_of(bytes, good.size);
    const uint32_t line = line_of(good, at);

    bytes[at] ^= mask;
    const struct judged j = judge(work(t), text, t->root_note);
    bytes[at] ^= mask;
    /* The header and its hash stand side by side, and either may be the one changed. */
    const bool near = line_starts(good, at, "header ") && j.fault.line == line + 1;
    if (j.result == OK || (j.fault.line != line && !near)) {
        (void)fprintf(stderr, "byte %zu (line %u) ^ %02x: %s at line %u (%s): %s\n", at,
                      line, mask, status_word(j.result), j.fault.line,
                      j.fault.field == NULL ? "" : j.fault.field, j.fault.sentence);
        exit(1);
    }
}

static void refuses_any_changed_byte_and_names_its_line(void)
{
    /* Each gives another letter of base64 for some letters, and none for others. */
    static const uint8_t masks[] = {0x01, 0x20, 0x02};
    struct trio *const t = make_world();
    const struct place place = place_of(t, ALFA, ALFA, LANE_ROUTINE, 4);
    const struct bytes good = make(t, ALFA, &place, true);
    uint8_t *const bytes = malloc(good.size);

    CHECK(bytes != NULL);
    memcpy(bytes, good.at, good.size);
    for (size_t i = 0; i < good.size; i++)
        check_flip(t, bytes, good, i, masks[i % COUNT_OF(masks)]);
    CHECK_OK(judge(work(t), bytes_of(bytes, good.size), t->root_note).result);
    free(bytes);
    trio_free(t);
}

static void refuses_a_part_of_a_proof(void)
{
    struct trio *const t = make_world();
    const struct place place = place_of(t, ALFA, ALFA, LANE_ROUTINE, 4);
    const struct bytes good = make(t, ALFA, &place, false);
    char *const longer = malloc(good.size + 8);

    CHECK(longer != NULL);
    for (size_t i = 0; i < good.size; i += good.at[i] == '\n' ? 1 : 37)
        CHECK(judge(work(t), bytes_of(good.at, i), t->root_note).result != OK);
    memcpy(longer, good.at, good.size);
    longer[good.size] = '\n';
    CHECK(judge(work(t), bytes_of(longer, good.size + 1), t->root_note).result != OK);
    free(longer);
    trio_free(t);
}

/* The proof with one of its lines twice, or without it. */
static void refuses_lines_that_are_missing_or_twice(void)
{
    struct trio *const t = make_world();
    const struct place place = place_of(t, ALFA, ALFA, LANE_ROUTINE, 4);
    const struct bytes good = make(t, ALFA, &place, true);
    char *const other = malloc(2 * good.size);
    struct bytes rest = good;
    struct bytes line = {0};

    CHECK(other != NULL);
    while (text_cut(&rest, '\n', &line)) {
        const size_t from = (size_t)(line.at - good.at);
        const size_t size = line.size + 1;
        memcpy(other, good.at, from + size);
        memcpy(other + from + size, line.at, good.size - from);
        CHECK(judge(work(t), bytes_of(other, good.size + size), t->root_note).result != OK);
        const bool optional =
            line_starts(good, from, "receipt ") || line_starts(good, from, "ciphertext ");
        memcpy(other + from, line.at + size, good.size - from - size);
        CHECK_INT(judge(work(t), bytes_of(other, good.size - size), t->root_note).result ==
                      OK,
                  optional);
    }
    free(other);
    trio_free(t);
}

static void refuses_more_on_a_line(void)
{
    struct trio *const t = make_world();
    const struct place place = place_of(t, ALFA, ALFA, LANE_ROUTINE, 4);
    const struct bytes good = make(t, ALFA, &place, true);
    char *const other = malloc(good.size + 2);

    CHECK(other != NULL);
    for (size_t i = 0; i < good.size; i++) {
        if (good.at[i] != '\n')
            continue;
        memcpy(other, good.at, i);
        other[i] = ' ';
        other[i + 1] = 'A';
        memcpy(other + i + 2, good.at + i, good.size - i);
        const struct judged j =
            judge(work(t), bytes_of(other, good.size + 2), t->root_note);
        CHECK_INT(j.result, E_FORM);
        CHECK_INT(j.fault.line, line_of(good, i));
    }
    free(other);
    trio_free(t);
}

static void refuses_checkpoints_out_of_order(void)
{
    struct trio *const t = make_world();
    const struct place place = place_of(t, ALFA, ALFA, LANE_ROUTINE, 4);
    const struct bytes good = make(t, ALFA, &place, false);
    struct proof p;
    struct proof_fault fault = {0};
    struct bytes text = {0};

    CHECK_OK(proof_read(good, work(t), &p, &fault));
    CHECK(p.view_count >= 2);
    const struct proof_view first = p.views[0];
    p.views[0] = p.views[1];
    p.views[1] = first;
    CHECK_OK(proof_write(&p, &t->arena, &text));
    const struct judged j = judge(&t->arena, text, t->root_note);
    CHECK_INT(j.result, E_ORDER);
    CHECK_TEXT(j.fault.field, "checkpoint");
    trio_free(t);
}

static void trusts_only_the_root_document_given(void)
{
    struct trio *const t = make_world();
    const struct place place = place_of(t, ALFA, ALFA, LANE_ROUTINE, 4);
    const struct bytes text = make(t, ALFA, &place, false);
    struct cast *const other = calloc(1, sizeof *other);

    CHECK(other != NULL);
    *other = t->cast;
    other->root.threshold = 3;
    const struct bytes root = trio_sign_root(other, &t->paper);
    const struct judged j = judge(work(t), text, root);
    CHECK_INT(j.result, E_REALM);
    CHECK_TEXT(j.fault.field, "root");
    const struct judged none = judge(work(t), text, bytes_of_text("root\n"));
    CHECK(none.result != OK);
    CHECK_INT(none.fault.line, 0);
    free(other);
    trio_free(t);
}

static void refuses_a_signature_of_nobody_known(void)
{
    struct trio *const t = make_world();
    const struct place place = place_of(t, ALFA, ALFA, LANE_ROUTINE, 4);
    struct arena *const a = &t->paper;
    struct proof p;
    struct proof_fault fault = {0};
    struct bytes line = {0};
    struct bytes text = {0};
    const uint8_t seed[SIGN_SEED_SIZE] = {9};
    const struct bytes made = make(t, ALFA, &place, false);

    CHECK_OK(proof_read(made, work(t), &p, &fault));
    struct note *const n = arena_take(a, sizeof *n);
    CHECK(n != NULL);
    CHECK_OK(note_parse(p.views[0].checkpoint.bytes, a, n));
    CHECK_OK(note_sign_seed(n->text, bytes_of_text("nobody"), seed, a, &line));
    CHECK_OK(
        note_append(p.views[0].checkpoint.bytes, line, a, &p.views[0].checkpoint.bytes));
    CHECK_OK(proof_write(&p, &t->arena, &text));
    const struct judged j = judge(&t->arena, text, t->root_note);
    CHECK_INT(j.result, E_SIGNATURE);
    CHECK_TEXT(j.fault.field, "checkpoint");
    trio_free(t);
}

CASES(CASE(refuses_any_changed_byte_and_names_its_line), CASE(refuses_a_part_of_a_proof),
      CASE(refuses_lines_that_are_missing_or_twice), CASE(refuses_more_on_a_line),
      CASE(refuses_checkpoints_out_of_order), CASE(trusts_only_the_root_document_given),
      CASE(refuses_a_signature_of_nobody_known))
