#include "checkpoint.h"
#include "notes_fixture.h"

static struct note parsed;

static status verify(struct bytes note, struct arena *a)
{
    uint8_t key[SIGN_PUBLIC_SIZE];
    struct checkpoint c;

    memset(key, 0, sizeof key);
    fixture_agency_key(1, key);
    return checkpoint_verify(note, key, a, &c);
}

static bool checkpoints_equal(const struct checkpoint *x, const struct checkpoint *y)
{
    return hash_equal(&x->realm, &y->realm) && stream_id_equal(&x->stream, &y->stream) &&
           x->size == y->size && hash_equal(&x->root, &y->root) &&
           x->roster_version == y->roster_version && x->agency_count == y->agency_count &&
           hash_equal(&x->counts_root, &y->counts_root);
}

static void what_is_signed_reads_back(void)
{
    struct arena *const a = fixture_arena();
    const struct checkpoint c = fixture_checkpoint();
    const struct bytes note = fixture_checkpoint_signed(a);
    struct checkpoint back = {0};
    uint8_t key[SIGN_PUBLIC_SIZE];

    fixture_agency_key(1, key);
    const size_t mark = arena_mark(a);
    CHECK_OK(checkpoint_verify(note, key, a, &back));
    CHECK(checkpoints_equal(&c, &back));
    CHECK_INT(arena_mark(a), mark);
}

static void the_text_is_a_tlog_checkpoint_with_one_extension_line(void)
{
    struct arena *const a = fixture_arena();
    const struct checkpoint c = fixture_checkpoint();
    char realm[2 * HASH_SIZE + 1];
    static char wanted[512];

    hex_encode(bytes_of(c.realm.bytes, HASH_SIZE), realm);
    (void)snprintf(wanted, sizeof wanted,
                   "flagpost/%s/F55/immediate/2-0123456789abcdef\n"
                   "1234\n"
                   "SBNJTRN+FjG7owHVrKtue7eqdM4RhdRWVl71HXN2d7I=\n"
                   "counts 1 4 zdk2lrcrPeMt0S44vcri6vWpUICvOMvjR/MZXvnVa/c=\n",
                   realm);
    CHECK_OK(note_parse(fixture_checkpoint_signed(a), a, &parsed));
    CHECK_BYTES(parsed.text, bytes_of_text(wanted));
    CHECK_INT(parsed.signature_count, 1);
    (void)snprintf(wanted, sizeof wanted, "flagpost/%s/F55", realm);
    CHECK_BYTES(parsed.signatures[0].name, bytes_of_text(wanted));
}

static void only_the_key_of_the_named_agency_passes(void)
{
    struct arena *const a = fixture_arena();
    const struct bytes note = fixture_checkpoint_signed(a);
    struct checkpoint c = {.size = 7};
    struct checkpoint of_f54 = fixture_checkpoint();
    struct keyring *k = fixture_keyring(1);
    uint8_t key[SIGN_PUBLIC_SIZE];
    struct bytes text = {0};
    struct bytes moved = {0};

    fixture_agency_key(0, key);
    CHECK_STATUS(checkpoint_verify(note, key, a, &c), E_SIGNATURE);
    CHECK_INT(c.size, 7); /* untouched */

    /* F55 signs, under its own name, a text that speaks for F54. */
    of_f54.stream.agency = fixture_id("F54");
    CHECK_OK(checkpoint_sign(&of_f54, k, a, &moved));
    CHECK_OK(note_parse(moved, a, &parsed));
    text = parsed.text;
    char name[AGENCY_NOTE_NAME_ROOM];
    const struct agency_id f55 = fixture_id("F55");
    agency_note_name(&of_f54.realm, &f55, name);
    CHECK_OK(note_sign(text, bytes_of_text(name), k, a, &moved));
    CHECK_STATUS(checkpoint_verify(moved, keyring_sign_public(k), a, &c), E_SIGNATURE);
    (void)keyring_free(k);
}

/* The good text with one part replaced, signed by the same key under the same name. */
static status read_changed(const char *from, const char *to)
{
    struct arena *const a = fixture_arena();
    struct checkpoint c;

    CHECK_OK(note_parse(fixture_checkpoint_signed(a), a, &parsed));
    parsed.text = fixture_replace(a, parsed.text, from, to);
    return checkpoint_read(&parsed, &c);
}

static void refuses_every_other_text(void)
{
    static const char *const wrong[][2] = {
        {"flagpost/", "flagpole/"},
        {"flagpost/", "/flagpost/"},
        {"/F55/", "/f55/"},
        {"/F55/", "//"},
        {"/F55/", "/F55678901234567890/"},
        {"/F55/", "/F 5/"},
        {"/immediate/", "/fast/"},
        {"/immediate/", "/immediate//"},
        {"/2-", "/0-"},
        {"/2-", "/02-"},
        {"/2-", "/4294967296-"},
        {"cdef\n", "cdeF\n"},
        {"cdef\n", "cde\n"},
        {"cdef\n", "cdef/\n"},
        {"cdef\n", "cdef \n"},
        {"cdef\n", "cdef more\n"},
        {"\n1234\n", "\n01234\n"},
        {"\n1234\n", "\n+1234\n"},
        {"\n1234\n", "\n1234 \n"},
        {"\n1234\n", "\n\n"},
        {"\n1234\n", "\n"},
        {"\n1234\n", "\n9223372036854775808\n"},
        {"\n1234\n", "\n18446744073709551616\n"},
        {"\n1234\n", "\n-1\n"},
        {"\n1234\n", "\n1e3\n"},
        {"=\ncounts", "\ncounts"},
        {"=\ncounts", "==\ncounts"},
        {"=\ncounts", "=\n\ncounts"},
        {"=\ncounts", "=\nother line\ncounts"},
        {"\ncounts ", "\nCounts "},
        {"\ncounts ", "\ncounts  "},
        {"\ncounts 1 ", "\ncounts 0 "},
        {"\ncounts 1 ", "\ncounts 4294967296 "},
        {"\ncounts 1 4 ", "\ncounts 1 0 "},
        {"\ncounts 1 4 ", "\ncounts 1 129 "},
        {"\ncounts 1 4 ", "\ncounts 1 "},
    };
    struct arena *const a = fixture_arena();
    struct checkpoint c;

    CHECK_OK(read_changed("\n1234\n", "\n0\n"));
    CHECK_OK(read_changed("\n1234\n", "\n9223372036854775807\n"));
    CHECK_OK(read_changed("\ncounts 1 4 ", "\ncounts 4294967295 128 "));
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        const status s = read_changed(wrong[i][0], wrong[i][1]);
        if (s != E_FORM)
            (void)fprintf(stderr, "\"%s\" for \"%s\"\n", wrong[i][1], wrong[i][0]);
        CHECK_STATUS(s, E_FORM);
    }

    CHECK_OK(note_parse(fixture_checkpoint_signed(a), a, &parsed));
    const struct bytes text = parsed.text;
    parsed.text = fixture_join(a, text, bytes_of_text("another extension\n"));
    CHECK_STATUS(checkpoint_read(&parsed, &c), E_FORM);
    for (size_t i = 0; i < text.size; i++) {
        parsed.text = bytes_of(text.at, i);
        CHECK_STATUS(checkpoint_read(&parsed, &c), E_FORM);
    }
}

static void signs_nothing_that_it_would_not_read(void)
{
    struct arena *const a = fixture_arena();
    struct keyring *k = fixture_keyring(1);
    struct bytes ret = {0};
    struct checkpoint wrong[6];

    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        wrong[i] = fixture_checkpoint();
    wrong[0].agency_count = 0;
    wrong[1].agency_count = AGENCIES_MAX + 1;
    wrong[2].roster_version = 0;
    wrong[3].size = CHECKPOINT_SIZE_MAX + 1;
    wrong[4].stream.epoch.counter = 0;
    memcpy(wrong[5].stream.agency.text, "F/5", 4);
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        CHECK_STATUS(checkpoint_sign(&wrong[i], k, a, &ret), E_VALUE);
    CHECK(ret.at == NULL);
    (void)keyring_free(k);
}

static void no_change_to_a_signed_checkpoint_passes(void)
{
    struct arena *const a = fixture_arena();

    fixture_no_change_passes(fixture_checkpoint_signed(a), a, verify);
}

CASES(CASE(what_is_signed_reads_back),
      CASE(the_text_is_a_tlog_checkpoint_with_one_extension_line),
      CASE(only_the_key_of_the_named_agency_passes), CASE(refuses_every_other_text),
      CASE(signs_nothing_that_it_would_not_read),
      CASE(no_change_to_a_signed_checkpoint_passes))
