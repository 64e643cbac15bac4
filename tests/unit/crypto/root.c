#include "notes_fixture.h"

static struct bytes root_text(const struct root *r, struct arena *a)
{
    struct bytes text = {0};

    CHECK_OK(root_write(r, a, &text));
    return text;
}

static struct bytes signed_root(const struct root *r, const char *by, struct arena *a)
{
    return fixture_root_signed(root_text(r, a), by, a);
}

/* Number 2: root-a leaves, root-d comes. */
static struct root next_root(void)
{
    struct root r = {.number = 2, .threshold = 2};

    for (size_t i = 1; i < 4; i++)
        fixture_root_key(&r, i);
    return r;
}

static status verify(struct bytes note, struct arena *a)
{
    struct root r;

    return root_verify(note, a, &r);
}

/* Root 1 and what follows it, as a home's file has them. */
static struct bytes file_of(const struct bytes *notes, size_t count, struct arena *a)
{
    uint8_t *const at = arena_take(a, 16384);

    CHECK(at != NULL);
    struct writer w = writer_over(at, 16384);
    for (size_t i = 0; i < count; i++)
        write_bytes(&w, notes[i]);
    CHECK(!w.bad);
    return writer_bytes(&w);
}

static status verify_file(struct bytes file, struct arena *a, struct root *ret)
{
    struct hash realm;

    return root_chain_verify(file, a, ret, &realm);
}

static status verify_next(struct bytes note, struct arena *a)
{
    const struct root old = fixture_root();
    struct root r;

    return root_verify_next(note, &old, a, &r);
}

static void a_root_reads_back_and_names_the_realm(void)
{
    struct arena *const a = fixture_arena();
    const struct root r = fixture_root();
    const struct bytes text = root_text(&r, a);
    const struct hash realm = realm_of(text);
    const struct hash wanted = sha256(text);
    struct root back = {0};

    CHECK_OK(root_verify(signed_root(&r, "ab", a), a, &back));
    CHECK_BYTES(root_text(&back, a), text);
    CHECK_TEXT(back.keys[2].name, "root-c");
    CHECK(hash_equal(&realm, &wanted));
}

static void a_threshold_of_different_keys_must_have_signed(void)
{
    struct arena *const a = fixture_arena();
    const struct root r = fixture_root();
    const struct bytes text = root_text(&r, a);

    CHECK_OK(verify(signed_root(&r, "ab", a), a));
    CHECK_OK(verify(signed_root(&r, "ca", a), a));
    CHECK_OK(verify(signed_root(&r, "abc", a), a));
    CHECK_OK(verify(signed_root(&r, "eba", a), a)); /* a stranger's line is ignored */
    CHECK_STATUS(verify(signed_root(&r, "b", a), a), E_THRESHOLD);
    CHECK_STATUS(verify(signed_root(&r, "bde", a), a), E_THRESHOLD);

    /* The same line twice. */
    struct bytes note = fixture_root_signed(text, "a", a);
    const struct bytes line = bytes_from(note, text.size + 1);
    note = fixture_join(a, note, line);
    CHECK_STATUS(verify(note, a), E_THRESHOLD);
}

static void a_key_that_signs_under_another_name_does_not_count(void)
{
    struct arena *const a = fixture_arena();
    const struct root r = fixture_root();
    const struct bytes text = root_text(&r, a);
    struct bytes note = fixture_root_signed(text, "a", a);
    uint8_t seed[SIGN_SEED_SIZE];
    struct bytes line = {0};

    fixture_root_seed(0, seed);
    CHECK_OK(note_sign_seed(text, bytes_of_text("root-b"), seed, a, &line));
    CHECK_OK(note_append(note, line, a, &note));
    CHECK_STATUS(verify(note, a), E_THRESHOLD);
}

static void a_bad_line_of_a_root_key_spoils_the_note(void)
{
    struct arena *const a = fixture_arena();
    const struct root r = fixture_root();
    struct bytes note = signed_root(&r, "ab", a);
    uint8_t seed[SIGN_SEED_SIZE];
    struct bytes line = {0};

    fixture_root_seed(2, seed);
    CHECK_OK(
        note_sign_seed(bytes_of_text("other\n"), bytes_of_text("root-c"), seed, a, &line));
    CHECK_OK(note_append(note, line, a, &note));
    CHECK_STATUS(verify(note, a), E_SIGNATURE);
}

static void refuses_roots_that_break_a_rule(void)
{
    struct arena *const a = fixture_arena();
    struct root wrong[9];
    struct bytes text = {0};
    /* The y coordinate 1: the neutral point. */
    static const uint8_t neutral[SIGN_PUBLIC_SIZE] = {1};

    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        wrong[i] = fixture_root();
    wrong[0].number = 0;
    wrong[1].threshold = 0;
    wrong[2].threshold = 4;
    memcpy(wrong[3].keys[1].name, "root-a", 7);
    memcpy(wrong[4].keys[1].key, wrong[4].keys[0].key, SIGN_PUBLIC_SIZE);
    memcpy(wrong[5].keys[1].key, neutral, sizeof neutral);
    memcpy(wrong[6].keys[1].name, "root b", 7);
    memset(wrong[7].keys[1].name, 'x', sizeof wrong[7].keys[1].name);
    wrong[8].keys[1].name[0] = '\0';
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        CHECK_STATUS(root_write(&wrong[i], a, &text), E_VALUE);
    wrong[0] = fixture_root();
    wrong[0].key_count = ROOT_KEYS_MAX + 1;
    CHECK_STATUS(root_write(&wrong[0], a, &text), E_LIMIT);
    CHECK(text.at == NULL);
}

static void one_key_under_two_names_cannot_reach_the_threshold(void)
{
    struct arena *const a = fixture_arena();
    const struct root r = fixture_root();
    char key_a[64] = {0};
    char key_b[64] = {0};
    struct writer w = writer_over(key_a, sizeof key_a - 1);
    uint8_t seed[SIGN_SEED_SIZE];
    struct bytes line = {0};

    base64_write(&w, bytes_of(r.keys[0].key, SIGN_PUBLIC_SIZE));
    w = writer_over(key_b, sizeof key_b - 1);
    base64_write(&w, bytes_of(r.keys[1].key, SIGN_PUBLIC_SIZE));
    const struct bytes text = fixture_replace(a, root_text(&r, a), key_b, key_a);
    struct bytes note = fixture_root_signed(text, "a", a);
    fixture_root_seed(0, seed);
    CHECK_OK(note_sign_seed(text, bytes_of_text("root-b"), seed, a, &line));
    CHECK_OK(note_append(note, line, a, &note));
    CHECK_STATUS(verify(note, a), E_VALUE);
}

static void refuses_every_other_text(void)
{
    static const struct {
        const char *from, *to;
        status wanted;
    } wrong[] = {
        {"root/v1", "roster/v1", E_FORM},
        {"number 1", "number 01", E_FORM},
        {"number 1", "number 0", E_FORM},
        {"number 1", "number", E_FORM},
        {"threshold 2", "threshold 9", E_FORM},
        {"threshold 2", "threshold 4", E_VALUE},
        {"threshold 2\n", "", E_FORM},
        {"key root-b ", "key root-b", E_FORM},
        {"key root-b ", "key root-b  ", E_FORM},
        {"key root-b ", "key root+b ", E_VALUE},
        {"key root-b ", "key root-c ", E_VALUE},
        {"key root-b ", "key root-bbbbbbbbbbbbbbbbbbbbbbbbbbb ", E_FORM},
        {"\nkey root-b ", "\n\nkey root-b ", E_FORM},
        {"\nkey root-b ", "\nKEY root-b ", E_FORM},
        {"\nkey root-b ", "\nnote of mine\nkey root-b ", E_FORM},
    };
    struct arena *const a = fixture_arena();
    const struct root r = fixture_root();

    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        const struct bytes text =
            fixture_replace(a, root_text(&r, a), wrong[i].from, wrong[i].to);
        CHECK_STATUS(verify(fixture_root_signed(text, "abc", a), a), wrong[i].wanted);
    }
}

static void the_next_root_needs_a_threshold_of_old_and_of_new(void)
{
    struct arena *const a = fixture_arena();
    const struct root r = next_root();

    CHECK_OK(verify_next(signed_root(&r, "bc", a), a)); /* both are in both */
    CHECK_OK(verify_next(signed_root(&r, "abd", a), a));
    CHECK_STATUS(verify_next(signed_root(&r, "bd", a), a), E_THRESHOLD); /* one old */
    CHECK_STATUS(verify_next(signed_root(&r, "ab", a), a), E_THRESHOLD); /* one new */
    CHECK_STATUS(verify_next(signed_root(&r, "de", a), a), E_THRESHOLD);
}

/* No key in common: signed by the new keys alone, or by the old ones alone. */
static void a_wholly_new_set_of_keys_needs_both_sets(void)
{
    struct arena *const a = fixture_arena();
    struct root r = {.number = 2, .threshold = 2};

    fixture_root_key(&r, 3);
    fixture_root_key(&r, 4);
    CHECK_STATUS(verify_next(signed_root(&r, "de", a), a), E_THRESHOLD);
    CHECK_STATUS(verify_next(signed_root(&r, "abc", a), a), E_THRESHOLD);
    CHECK_OK(verify_next(signed_root(&r, "deab", a), a));
}

static void roots_follow_one_another_without_a_gap(void)
{
    struct arena *const a = fixture_arena();
    struct root r = next_root();
    struct root ret = {.number = 77};
    const struct root old = fixture_root();

    r.number = 3; /* root 2 skipped */
    CHECK_STATUS(verify_next(signed_root(&r, "bc", a), a), E_ORDER);
    r.number = 4294967295; /* fast-forward */
    CHECK_STATUS(verify_next(signed_root(&r, "bc", a), a), E_ORDER);
    r.number = 1;
    CHECK_STATUS(root_verify_next(signed_root(&r, "bc", a), &old, a, &ret), E_ROLLBACK);
    CHECK_INT(ret.number, 77); /* untouched */
    CHECK_STATUS(verify_next(signed_root(&old, "ab", a), a), E_ROLLBACK);
}

static void no_change_to_a_signed_root_passes(void)
{
    struct arena *const a = fixture_arena();
    const struct root r = fixture_root();

    fixture_no_change_passes(signed_root(&r, "ab", a), a, verify);
}

static void a_file_gives_the_newest_and_keeps_those_before(void)
{
    struct arena *const a = fixture_arena();
    const struct root old = fixture_root();
    struct root next = next_root();
    struct root last = {.number = 3, .threshold = 1};
    struct root got;
    struct hash realm;
    fixture_root_key(&last, 4);
    const struct bytes notes[] = {signed_root(&old, "ab", a), signed_root(&next, "abd", a),
                                  signed_root(&last, "cde", a)};

    for (size_t i = 1; i <= COUNT_OF(notes); i++) {
        CHECK_OK(root_chain_verify(file_of(notes, i, a), a, &got, &realm));
        CHECK_INT(got.number, i);
        CHECK_INT(got.former_count, i - 1);
        const struct hash first = fixture_realm();
        CHECK(hash_equal(&realm, &first));
    }
    /* What each set of keys signs: the newest for ever new, those before for what was. */
    static const struct {
        const char *by;
        status newest, ever;
    } signed_by[] = {
        {"e", OK, OK},
        {"ab", E_THRESHOLD, OK},
        {"bd", E_THRESHOLD, OK},
        {"ad", E_THRESHOLD, E_THRESHOLD}, /* one of each of two roots */
        {"a", E_THRESHOLD, E_THRESHOLD},
    };
    struct note *const n = arena_take(a, sizeof *n);
    CHECK(n != NULL);
    for (size_t i = 0; i < COUNT_OF(signed_by); i++) {
        const struct bytes note =
            fixture_root_signed(bytes_of_text("flagpost\n"), signed_by[i].by, a);
        CHECK_OK(note_parse(note, a, n));
        CHECK_STATUS(root_has_signed(&got, n), signed_by[i].newest);
        CHECK_STATUS(root_has_ever_signed(&got, n), signed_by[i].ever);
    }
}

static void a_file_that_is_no_succession_is_refused(void)
{
    struct arena *const a = fixture_arena();
    const struct root old = fixture_root();
    const struct root next = next_root();
    const struct bytes first = signed_root(&old, "ab", a);
    const struct bytes second = signed_root(&next, "abd", a);
    const struct {
        struct bytes notes[3];
        size_t count;
        status wanted;
    } wrong[] = {
        {{first}, 0, E_FORM},
        {{second}, 1, E_ORDER},
        {{second, first}, 2, E_ORDER},
        {{first, first}, 2, E_ROLLBACK},
        {{first, second, first}, 3, E_THRESHOLD},
        {{first, second, second}, 3, E_ROLLBACK},
        {{first, signed_root(&next, "bd", a)}, 2, E_THRESHOLD}, /* one old key */
        {{first, signed_root(&next, "cd", a)}, 2, E_THRESHOLD},
        {{first, signed_root(&next, "ab", a)}, 2, E_THRESHOLD}, /* one new key */
    };
    struct root got;

    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        CHECK_STATUS(verify_file(file_of(wrong[i].notes, wrong[i].count, a), a, &got),
                     wrong[i].wanted);
    CHECK_STATUS(verify_file(bytes_of(first.at, first.size - 1), a, &got), E_FORM);
}

static void a_file_has_at_most_so_many(void)
{
    struct arena *const a = fixture_arena();
    struct bytes notes[ROOTS_MAX + 1];
    struct root got;

    for (uint32_t i = 0; i < COUNT_OF(notes); i++) {
        struct root r = fixture_root();
        r.number = i + 1;
        notes[i] = signed_root(&r, "ab", a);
    }
    CHECK_OK(verify_file(file_of(notes, ROOTS_MAX, a), a, &got));
    CHECK_INT(got.former_count, ROOTS_MAX - 1);
    CHECK_STATUS(verify_file(file_of(notes, ROOTS_MAX + 1, a), a, &got), E_LIMIT);
}

CASES(CASE(a_root_reads_back_and_names_the_realm),
      CASE(a_threshold_of_different_keys_must_have_signed),
      CASE(a_key_that_signs_under_another_name_does_not_count),
      CASE(a_bad_line_of_a_root_key_spoils_the_note), CASE(refuses_roots_that_break_a_rule),
      CASE(one_key_under_two_names_cannot_reach_the_threshold),
      CASE(refuses_every_other_text),
      CASE(the_next_root_needs_a_threshold_of_old_and_of_new),
      CASE(a_wholly_new_set_of_keys_needs_both_sets),
      CASE(roots_follow_one_another_without_a_gap), CASE(no_change_to_a_signed_root_passes),
      CASE(a_file_gives_the_newest_and_keeps_those_before),
      CASE(a_file_that_is_no_succession_is_refused), CASE(a_file_has_at_most_so_many))
