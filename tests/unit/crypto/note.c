#include "notes_fixture.h"

static struct note parsed;

/* From golang.org/x/mod/sumdb/note, example_test.go. */
static const char neumann_text[] =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n";
static const char neumann_note[] =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpR"
    "Zb6KE6RyyBwJnAM=\n";

/* A verifier key's last part: type byte and key. */
static void verifier_key(const char *base64, uint8_t type, uint8_t ret[SIGN_PUBLIC_SIZE])
{
    static _Alignas(16) uint8_t room[64];
    struct arena a;
    struct bytes raw = {0};

    arena_init(&a, room, sizeof room);
    CHECK_OK(base64_decode(&a, bytes_of_text(base64), &raw));
    CHECK_INT(raw.size, 1 + SIGN_PUBLIC_SIZE);
    CHECK_INT(raw.at[0], type);
    memcpy(ret, raw.at + 1, SIGN_PUBLIC_SIZE);
}

static status parse(const char *text)
{
    return note_parse(bytes_of_text(text), fixture_arena(), &parsed);
}

static void verifies_the_note_of_the_reference_implementation(void)
{
    uint8_t key[SIGN_PUBLIC_SIZE];
    uint8_t id[4];

    verifier_key("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", NOTE_ED25519, key);
    note_key_id(bytes_of_text("PeterNeumann"), NOTE_ED25519, key, id);
    CHECK_BYTES(bytes_of(id, 4), bytes_of("\xc7\x4f\x20\xa3", 4));
    CHECK_OK(parse(neumann_note));
    CHECK_BYTES(parsed.text, bytes_of_text(neumann_text));
    CHECK_OK(note_verify(&parsed, bytes_of_text("PeterNeumann"), key));
    CHECK_STATUS(note_verify(&parsed, bytes_of_text("EnochRoot"), key), E_SIGNATURE);
    key[5] ^= 1;
    CHECK_STATUS(note_verify(&parsed, bytes_of_text("PeterNeumann"), key), E_SIGNATURE);
}

static void signs_the_same_bytes_as_the_reference_implementation(void)
{
    struct arena *const a = fixture_arena();
    const struct bytes text = bytes_of_text(neumann_text);
    const struct bytes name = bytes_of_text("PeterNeumann");
    uint8_t seed[SIGN_SEED_SIZE];
    struct bytes line = {0};
    struct bytes note = {0};

    /* PRIVATE+KEY+PeterNeumann+c74f20a3+... of the same example: type byte and seed. */
    verifier_key("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz", NOTE_ED25519, seed);
    CHECK_OK(note_sign_seed(text, name, seed, a, &line));
    CHECK_OK(note_append(fixture_join(a, text, bytes_of_text("\n")), line, a, &note));
    CHECK_BYTES(note, bytes_of_text(neumann_note));

    struct keyring_secrets secrets = {0};
    struct keyring *k = NULL;
    memcpy(secrets.sign_seed, seed, sizeof seed);
    CHECK_OK(keyring_open(&secrets, &k));
    CHECK_OK(note_sign(text, name, k, a, &note));
    CHECK_BYTES(note, bytes_of_text(neumann_note));
    (void)keyring_free(k);
}

/* A tree head of the Go checksum database, under its published key. */
static void verifies_a_note_of_the_go_checksum_database(void)
{
    uint8_t key[SIGN_PUBLIC_SIZE];

    verifier_key("Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8", NOTE_ED25519, key);
    CHECK_OK(
        parse("go.sum database tree\n"
              "65209736\n"
              "5+uGFjx6xBZG8ip1+wi77v+grwbhhukIrxEUS8PXvRo=\n"
              "\n"
              "— sum.golang.org Az3grnbssgK7ubgFX36gVETtNv0U23qxyAhAMai2QUfeGa3nB/akvkMdlU"
              "ErfcZz7l/R3cVtYspg3dxXABkGZZKdsQ8=\n"));
    CHECK_OK(note_verify(&parsed, bytes_of_text("sum.golang.org"), key));
}

#define SIGNATURE_LINE "— example.org/a AAAAAAA=\n"

static void refuses_every_other_form(void)
{
    static const char *const wrong[] = {
        "",
        "\n",
        "\n\n",
        "text\n",
        "text\n\n",
        "text",
        "\n" SIGNATURE_LINE,
        "text\n" SIGNATURE_LINE,
        "text\n\n— example.org/a AAAAAAA=", /* no newline at the end */
        "text\n\n" SIGNATURE_LINE "\n",     /* an empty line at the end */
        "text\n\n— example.org/a AAAAAAA=\n\n" SIGNATURE_LINE "more\n",
        "text\n\n" SIGNATURE_LINE "more\n",
        "text\n\n- example.org/a AAAAAAA=\n",  /* hyphen */
        "text\n\n–  example.org/a AAAAAAA=\n", /* en dash */
        "text\n\n—  example.org/a AAAAAAA=\n", /* two spaces */
        "text\n\n—example.org/a AAAAAAA=\n",
        "text\n\n— example.org/a  AAAAAAA=\n",
        "text\n\n— example.org/a AAAAAAA= \n",
        "text\n\n— AAAAAAA=\n",
        "text\n\n—  AAAAAAA=\n", /* empty name */
        "text\n\n— example+org AAAAAAA=\n",
        "text\n\n— example\xc2\xa0org AAAAAAA=\n", /* no-break space */
        "text\n\n— example\xe2\x80\xa8org AAAAAAA=\n",
        "text\n\n— example\xe3\x80\x80org AAAAAAA=\n",
        "text\n\n— example.org/a\n",
        "text\n\n— example.org/a \n",
        "text\n\n— example.org/a AAAAAA==\n", /* a key id and no signature */
        "text\n\n— example.org/a AAAAAAB=\n", /* spare bits */
        "text\n\n— example.org/a AAAAAAA\n",  /* no padding */
        "text\n\n— example.org/a AAAA_AA=\n", /* another alphabet */
        "te\txt\n\n" SIGNATURE_LINE,
        "text\r\n\n" SIGNATURE_LINE,
        "te\x1bxt\n\n" SIGNATURE_LINE,
        "te\xffxt\n\n" SIGNATURE_LINE,
        "te\xed\xa0\x80xt\n\n" SIGNATURE_LINE,
    };
    static const char nul[] = "te\0xt\n\n" SIGNATURE_LINE;

    CHECK_OK(parse("text\n\n" SIGNATURE_LINE));
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        const status s = parse(wrong[i]);
        if (s != E_FORM)
            (void)fprintf(stderr, "case %zu: \"%s\"\n", i, wrong[i]);
        CHECK_STATUS(s, E_FORM);
    }
    CHECK_STATUS(note_parse(bytes_of(nul, sizeof nul - 1), fixture_arena(), &parsed),
                 E_FORM);
    CHECK_STATUS(note_parse((struct bytes){0}, fixture_arena(), &parsed), E_FORM);
}

static void the_last_empty_line_ends_the_text(void)
{
    CHECK_OK(parse("one\n\n" SIGNATURE_LINE "\n" SIGNATURE_LINE));
    CHECK_BYTES(parsed.text, bytes_of_text("one\n\n" SIGNATURE_LINE));
    CHECK_INT(parsed.signature_count, 1);
    CHECK_OK(parse("one\n\n\n" SIGNATURE_LINE));
    CHECK_BYTES(parsed.text, bytes_of_text("one\n\n"));
    CHECK_OK(parse("\n\n" SIGNATURE_LINE));
    CHECK_BYTES(parsed.text, bytes_of_text("\n"));
}

static void accepts_long_signatures_of_other_types(void)
{
    static char text[8192];
    struct writer w = writer_over(text, sizeof text);

    write_text(&w, "text\n\n— example.org/a ");
    for (size_t i = 0; i < 1500; i++)
        write_text(&w, "AAAA");
    write_text(&w, "\n");
    CHECK_OK(note_parse(writer_bytes(&w), fixture_arena(), &parsed));
    CHECK(parsed.signatures[0].signature.size > 4000);
}

static void limits_size_and_number_of_signatures(void)
{
    static char text[NOTE_BYTES_MAX + 2];
    struct writer w = writer_over(text, sizeof text);

    write_text(&w, "text\n\n");
    for (size_t i = 0; i < NOTE_SIGNATURES_MAX; i++)
        write_text(&w, SIGNATURE_LINE);
    CHECK_OK(note_parse(writer_bytes(&w), fixture_arena(), &parsed));
    CHECK_INT(parsed.signature_count, NOTE_SIGNATURES_MAX);
    write_text(&w, SIGNATURE_LINE);
    CHECK_STATUS(note_parse(writer_bytes(&w), fixture_arena(), &parsed), E_LIMIT);
    CHECK_INT(parsed.signature_count, NOTE_SIGNATURES_MAX); /* untouched */

    const struct bytes tail = bytes_of_text("\n\n" SIGNATURE_LINE);
    memset(text, 'x', sizeof text);
    memcpy(text + NOTE_BYTES_MAX - tail.size, tail.at, tail.size);
    CHECK_OK(note_parse(bytes_of(text, NOTE_BYTES_MAX), fixture_arena(), &parsed));
    memset(text, 'x', sizeof text);
    memcpy(text + NOTE_BYTES_MAX + 1 - tail.size, tail.at, tail.size);
    CHECK_STATUS(note_parse(bytes_of(text, NOTE_BYTES_MAX + 1), fixture_arena(), &parsed),
                 E_LIMIT);
}

static void a_small_arena_is_named_and_not_overrun(void)
{
    static _Alignas(16) uint8_t room[64];
    struct arena a;

    arena_init(&a, room, sizeof room);
    CHECK_STATUS(note_parse(bytes_of_text(neumann_note), &a, &parsed), E_MEMORY);
}

static const char four_keys[] = "abcd";

static void unknown_keys_are_ignored_and_known_ones_must_be_good(void)
{
    struct arena *const a = fixture_arena();
    const struct bytes text = bytes_of_text("text\n");
    struct bytes note = fixture_root_signed(text, four_keys, a);
    uint8_t seed[SIGN_SEED_SIZE];
    uint8_t key[SIGN_PUBLIC_SIZE];

    fixture_root_seed(1, seed);
    fixture_public(seed, key);
    CHECK_OK(note_parse(note, a, &parsed));
    CHECK_INT(parsed.signature_count, 4);
    CHECK_OK(note_verify(&parsed, bytes_of_text("root-b"), key));
    CHECK_STATUS(note_verify(&parsed, bytes_of_text("root-a"), key), E_SIGNATURE);
    CHECK_STATUS(note_verify(&parsed, bytes_of_text("root-x"), key), E_SIGNATURE);

    /* The same name and key id over another text. */
    note = fixture_replace(a, note, "text", "test");
    CHECK_OK(note_parse(note, a, &parsed));
    CHECK_STATUS(note_verify(&parsed, bytes_of_text("root-b"), key), E_SIGNATURE);
}

static void only_the_first_line_of_a_key_counts(void)
{
    struct arena *const a = fixture_arena();
    const struct bytes name = bytes_of_text("root-a");
    const struct bytes text = bytes_of_text("text\n");
    uint8_t seed[SIGN_SEED_SIZE];
    uint8_t key[SIGN_PUBLIC_SIZE];
    struct bytes good = {0};
    struct bytes bad = {0};
    struct bytes note = {0};

    fixture_root_seed(0, seed);
    fixture_public(seed, key);
    CHECK_OK(note_sign_seed(text, name, seed, a, &good));
    CHECK_OK(note_sign_seed(bytes_of_text("other\n"), name, seed, a, &bad));
    const struct bytes unsigned_note = bytes_of_text("text\n\n");
    CHECK_OK(note_append(unsigned_note, good, a, &note));
    CHECK_OK(note_append(note, bad, a, &note));
    CHECK_OK(note_parse(note, a, &parsed));
    CHECK_INT(parsed.signature_count, 2);
    CHECK_OK(note_verify(&parsed, name, key));

    CHECK_OK(note_append(unsigned_note, bad, a, &note));
    CHECK_OK(note_append(note, good, a, &note));
    CHECK_OK(note_parse(note, a, &parsed));
    CHECK_STATUS(note_verify(&parsed, name, key), E_SIGNATURE);
}

static void a_cosignature_is_no_signature_and_the_reverse(void)
{
    struct arena *const a = fixture_arena();
    const struct bytes text = bytes_of_text("text\n");
    const struct bytes name = bytes_of_text("root-a");
    struct keyring *k = fixture_keyring(0);
    uint8_t signature[SIGNATURE_SIZE];
    struct bytes line = {0};
    struct bytes note = {0};

    keyring_sign(k, text, signature);
    CHECK_OK(note_line(name, NOTE_COSIGNATURE, keyring_sign_public(k),
                       bytes_of(signature, sizeof signature), a, &line));
    CHECK_OK(note_append(bytes_of_text("text\n\n"), line, a, &note));
    CHECK_OK(note_parse(note, a, &parsed));
    CHECK_STATUS(note_verify(&parsed, name, keyring_sign_public(k)), E_SIGNATURE);
    (void)keyring_free(k);
}

static void signs_only_texts_of_notes(void)
{
    struct arena *const a = fixture_arena();
    static char large[NOTE_BYTES_MAX];
    struct keyring *k = fixture_keyring(0);
    const struct bytes name = bytes_of_text("n");
    static const char *const wrong[] = {
        "",        "text",      "te\txt\n",
        "\xff\n",  "text\n\n ", "cosignature/v1\ntime 1\norigin\n1\nroot\n",
        "te\rxt\n"};
    struct bytes ret = {0};

    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        CHECK_STATUS(note_sign(bytes_of_text(wrong[i]), name, k, a, &ret), E_FORM);
    CHECK_STATUS(note_sign(bytes_of_text("text\n"), bytes_of_text("a b"), k, a, &ret),
                 E_FORM);
    CHECK_STATUS(note_sign(bytes_of_text("text\n"), (struct bytes){0}, k, a, &ret), E_FORM);
    memset(large, 'x', sizeof large);
    large[sizeof large - 1] = '\n';
    CHECK_STATUS(note_sign(bytes_of(large, sizeof large), name, k, a, &ret), E_LIMIT);
    large[sizeof large - 2] = '\n';
    CHECK_STATUS(note_sign(bytes_of(large, sizeof large - 1), name, k, a, &ret), E_LIMIT);
    CHECK(ret.at == NULL);
    (void)keyring_free(k);
}

static void appending_keeps_the_text_and_adds_one_line_once(void)
{
    struct arena *const a = fixture_arena();
    const struct bytes note = bytes_of_text("text\n\n" SIGNATURE_LINE);
    static const char *const wrong[] = {
        "",
        "\n",
        "text\n",
        "— b AAAAAAA=",                 /* no newline */
        "\n— b AAAAAAA=\n",             /* an empty line of its own */
        "— b AAAAAAA=\n— c AAAAAAA=\n", /* two lines */
        "— b AAAAAAA=\n\n— c AAAAAAA=\n",
    };
    struct bytes ret = {0};

    CHECK_OK(note_append(note, bytes_of_text("— b AAAAAAA=\n"), a, &ret));
    CHECK_BYTES(ret, bytes_of_text("text\n\n" SIGNATURE_LINE "— b AAAAAAA=\n"));
    CHECK_OK(note_append(ret, bytes_of_text(SIGNATURE_LINE), a, &ret));
    CHECK_BYTES(ret, bytes_of_text("text\n\n" SIGNATURE_LINE "— b AAAAAAA=\n"));
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        CHECK_STATUS(note_append(note, bytes_of_text(wrong[i]), a, &ret), E_FORM);
        CHECK_STATUS(
            note_append(bytes_of_text("text\n\n"), bytes_of_text(wrong[i]), a, &ret),
            E_FORM);
    }
    CHECK_STATUS(
        note_append(bytes_of_text("text\n"), bytes_of_text(SIGNATURE_LINE), a, &ret),
        E_FORM);
    CHECK_BYTES(ret, bytes_of_text("text\n\n" SIGNATURE_LINE "— b AAAAAAA=\n"));
}

static status verify_neumann(struct bytes note, struct arena *a)
{
    const size_t mark = arena_mark(a);
    uint8_t key[SIGN_PUBLIC_SIZE];

    verifier_key("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", NOTE_ED25519, key);
    status s = note_parse(note, a, &parsed);
    if (s == OK)
        s = note_verify(&parsed, bytes_of_text("PeterNeumann"), key);
    arena_rewind(a, mark);
    return s;
}

static void no_change_to_a_signed_note_passes(void)
{
    fixture_no_change_passes(bytes_of_text(neumann_note), fixture_arena(), verify_neumann);
}

CASES(CASE(verifies_the_note_of_the_reference_implementation),
      CASE(signs_the_same_bytes_as_the_reference_implementation),
      CASE(verifies_a_note_of_the_go_checksum_database), CASE(refuses_every_other_form),
      CASE(the_last_empty_line_ends_the_text), CASE(accepts_long_signatures_of_other_types),
      CASE(limits_size_and_number_of_signatures),
      CASE(a_small_arena_is_named_and_not_overrun),
      CASE(unknown_keys_are_ignored_and_known_ones_must_be_good),
      CASE(only_the_first_line_of_a_key_counts),
      CASE(a_cosignature_is_no_signature_and_the_reverse), CASE(signs_only_texts_of_notes),
      CASE(appending_keeps_the_text_and_adds_one_line_once),
      CASE(no_change_to_a_signed_note_passes))
