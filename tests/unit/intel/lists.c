#include "fixture.h"
#include "note.h"

static const char head[] =
    "flagpost/lists/v1\n"
    "realm 0000000000000000000000000000000000000000000000000000000000000000\n"
    "version 1\n"
    "previous 0000000000000000000000000000000000000000000000000000000000000000\n"
    "issued 2026-11-01T00:00:00Z\n";

static struct lists lists, other;
static struct arena arena;

static const struct hash no_realm;

/* The head and these lines. */
static struct bytes with(const char *body)
{
    const size_t size = sizeof head - 1 + strlen(body);
    uint8_t *const at = arena_take(&arena, size);

    CHECK(at != NULL);
    struct writer w = writer_over(at, size);
    write_text(&w, head);
    write_text(&w, body);
    return writer_bytes(&w);
}

static void the_shipped_list_reads(void)
{
    fixture_arena(&arena);
    fixture_lists(&arena, &lists);
    CHECK_INT(lists.flag_count, 1);
    CHECK(lists_has_flag(&lists, b("OIMCR")));
    CHECK(!lists_has_flag(&lists, b("oimcr")));
    CHECK_INT(lists.offence_count, 32);
    CHECK(lists_has_offence(&lists, b("BS25006")) &&
          !lists_has_offence(&lists, b("BS2500")));
    CHECK(lists_code(&lists, b("FICT-OIM-01")) != NULL);
    CHECK(lists_code(&lists, b("FICT-OIM-99")) == NULL);
}

static void every_shipped_crime_code_says_that_it_is_fictitious(void)
{
    fixture_arena(&arena);
    fixture_lists(&arena, &lists);
    CHECK(lists.code_count > 0);
    for (size_t i = 0; i < lists.code_count; i++) {
        CHECK(lists.codes[i].code.size > 5 &&
              memcmp(lists.codes[i].code.at, "FICT-", 5) == 0);
        CHECK(memcmp(lists.codes[i].title.at, "FICTITIOUS ", 11) == 0);
    }
}

static void each_kind_of_line_reads(void)
{
    fixture_arena(&arena);
    CHECK_OK(
        lists_read(with("flag OIMCR\n"
                        "code C-1 OIMCR 2026-01-01T00:00:00Z - One\n"
                        "code C-2 OIMCR 2026-01-01T00:00:00Z 2027-01-01T00:00:00Z Two b\n"
                        "offence IM71142 facilitation A title\n"
                        "route unit send to JFC\n"),
                   &no_realm, &lists));
    CHECK_INT(lists.version, 1);
    CHECK_BYTES(lists.codes[1].title, b("Two b"));
    CHECK(lists.codes[0].until == 0 && lists.codes[1].until > lists.codes[1].from);
    CHECK_INT(lists.routes.count, 1);
}

static void refuses_what_the_grammar_does_not_know(void)
{
    static const struct {
        const char *body;
        status wanted;
    } wrong[] = {
        {"", E_VALUE},
        {"route a send to JFC\n", E_VALUE},
        {"flag OIMCR", E_FORM},
        {"flag OIMCR\n\n", E_FORM},
        {"flag  OIMCR\n", E_FORM},
        {"flag OIMCR \n", E_FORM},
        {"flag OIMCR extra\n", E_FORM},
        {"flag OIMCR\r\n", E_VALUE},
        {"# a comment\nflag OIMCR\n", E_FORM},
        {"flag oimcr\n", E_VALUE},
        {"flag #OIMCR\n", E_VALUE},
        {"flag OIMCR\nflag OIMCR\n", E_VALUE},
        {"flag ABCDEFGHIJKLMNOPQ\n", E_VALUE},
        {"flag OIMCR\nthing A\n", E_FORM},
        {"code C OIMCR 2026-01-01T00:00:00Z - T\nflag OIMCR\n", E_VALUE},
        {"flag OIMCR\ncode C OTHER 2026-01-01T00:00:00Z - T\n", E_VALUE},
        {"flag OIMCR\ncode C OIMCR 2026-01-01 - T\n", E_FORM},
        {"flag OIMCR\ncode C OIMCR 2026-01-01T00:00:00Z -\n", E_FORM},
        {"flag OIMCR\ncode C OIMCR 2026-01-01T00:00:00Z 2026-01-01T00:00:00Z T\n", E_VALUE},
        {"flag OIMCR\ncode C OIMCR 2026-01-01T00:00:00Z - T\n"
         "code C OIMCR 2026-01-01T00:00:00Z - T\n",
         E_VALUE},
        {"flag OIMCR\noffence A g T\noffence A g T\n", E_VALUE},
        {"flag OIMCR\nroute a send to JFC\noffence A g T\n", E_FORM},
    };

    fixture_arena(&arena);
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        const status got = lists_read(with(wrong[i].body), &no_realm, &lists);
        if (got != wrong[i].wanted)
            (void)fprintf(stderr, "%s", wrong[i].body);
        CHECK_STATUS(got, wrong[i].wanted);
    }
}

static void refuses_another_realm_and_leaves_its_result_alone(void)
{
    const struct hash realm = {{1}};

    fixture_arena(&arena);
    lists.version = 77;
    CHECK_STATUS(lists_read(with("flag OIMCR\n"), &realm, &lists), E_REALM);
    CHECK_STATUS(lists_read(with("flag\n"), &no_realm, &lists), E_FORM);
    CHECK_INT(lists.version, 77);
}

/* Three root keys from fixed seeds, two of which must sign. */
static void make_root(struct root *root, uint8_t seeds[3][SIGN_SEED_SIZE])
{
    *root = (struct root){.number = 1, .threshold = 2, .key_count = 3};
    for (uint8_t i = 0; i < 3; i++) {
        struct keyring_secrets s = {0};
        struct keyring *k = NULL;

        memset(seeds[i], i + 1, SIGN_SEED_SIZE);
        memcpy(s.sign_seed, seeds[i], SIGN_SEED_SIZE);
        s.curve_secret[0] = 1;
        CHECK_OK(keyring_open(&s, &k));
        memcpy(root->keys[i].key, keyring_sign_public(k), SIGN_PUBLIC_SIZE);
        (void)snprintf(root->keys[i].name, sizeof root->keys[i].name, "root-%u", i + 1U);
        (void)keyring_free(k);
    }
}

static uint8_t seeds[3][SIGN_SEED_SIZE];
static struct root root;

/* The text signed by the root keys whose bits are set. */
static struct bytes signed_by(struct bytes text, unsigned keys)
{
    uint8_t *const start = arena_take(&arena, text.size + 1);
    struct bytes note = bytes_of(start, text.size + 1);

    memcpy(start, text.at, text.size);
    start[text.size] = '\n';
    for (unsigned i = 0; i < 3; i++) {
        struct bytes line = {0};

        if ((keys >> i & 1) == 0)
            continue;
        CHECK_OK(note_sign_seed(text, b(root.keys[i].name), seeds[i], &arena, &line));
        uint8_t *const longer = arena_take(&arena, note.size + line.size);
        memcpy(longer, note.at, note.size);
        memcpy(longer + note.size, line.at, line.size);
        note = bytes_of(longer, note.size + line.size);
    }
    return note;
}

static struct bytes version(uint32_t number, const struct lists *before, const char *body)
{
    struct lists_head made = {.version = number, .issued = 1790000000000};
    struct bytes text = {0};

    if (before != NULL)
        made.previous = before->text_hash;
    CHECK_OK(lists_compose(b(body), &made, &arena, &text));
    return text;
}

static status verify(struct bytes note, const struct lists *installed)
{
    return lists_verify(note, &root, &no_realm, installed, &arena, &other);
}

static void wants_two_different_root_keys(void)
{
    fixture_arena(&arena);
    make_root(&root, seeds);
    const struct bytes text = version(1, NULL, "# by hand\n\nflag OIMCR");

    CHECK_OK(verify(signed_by(text, 3), NULL));
    CHECK_OK(verify(signed_by(text, 5), NULL));
    CHECK_OK(verify(signed_by(text, 7), NULL));
    CHECK_INT(other.flag_count, 1);
    CHECK_STATUS(verify(signed_by(text, 1), NULL), E_THRESHOLD);
    CHECK_STATUS(verify(signed_by(text, 4), NULL), E_THRESHOLD);
}

static void a_signature_is_for_the_very_text(void)
{
    fixture_arena(&arena);
    make_root(&root, seeds);
    const struct bytes note = signed_by(version(1, NULL, "flag OIMCR\nflag OTHER\n"), 3);
    uint8_t *const copy = arena_take(&arena, note.size);

    memcpy(copy, note.at, note.size);
    uint8_t *const flag = memmem(copy, note.size, "OTHER", 5);
    CHECK(flag != NULL);
    flag[0] = 'A';
    CHECK_STATUS(verify(bytes_of(copy, note.size), NULL), E_SIGNATURE);
}

static void versions_follow_one_another(void)
{
    fixture_arena(&arena);
    make_root(&root, seeds);
    const struct bytes first = signed_by(version(1, NULL, "flag OIMCR\n"), 3);
    CHECK_OK(lists_verify(first, &root, &no_realm, NULL, &arena, &lists));

    CHECK_STATUS(verify(first, &lists), E_DUPLICATE);
    CHECK_STATUS(verify(signed_by(version(1, NULL, "flag OTHER\n"), 3), &lists), E_HASH);
    CHECK_STATUS(verify(signed_by(version(3, &lists, "flag OIMCR\n"), 3), &lists), E_ORDER);
    CHECK_STATUS(verify(signed_by(version(2, NULL, "flag OIMCR\n"), 3), &lists), E_HASH);
    CHECK_OK(verify(signed_by(version(2, &lists, "flag OIMCR\n"), 3), &lists));
    lists = other;
    CHECK_STATUS(verify(first, &lists), E_ROLLBACK);
}

CASES(CASE(the_shipped_list_reads),
      CASE(every_shipped_crime_code_says_that_it_is_fictitious),
      CASE(each_kind_of_line_reads), CASE(refuses_what_the_grammar_does_not_know),
      CASE(refuses_another_realm_and_leaves_its_result_alone),
      CASE(wants_two_different_root_keys), CASE(a_signature_is_for_the_very_text),
      CASE(versions_follow_one_another))
