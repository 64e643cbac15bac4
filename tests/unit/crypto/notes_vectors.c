/*
 * The frozen notes of tests/vectors/notes: made again from the same seeds they have the
 * same bytes, and each bad one is refused for the reason in its file name.  After a
 * deliberate change of a format, FLAGPOST_WRITE_VECTORS=1 writes them anew.
 */

#include "notes_fixture.h"

static struct note parsed;
static struct roster got;

enum note_kind { ROOT, ROSTER, CHECKPOINT, RECEIPT, KX, REQUEST };

static const char *const kind_words[] = {"root",    "roster", "checkpoint",
                                         "receipt", "kx",     "request"};

static void frozen(const char *name, struct bytes note)
{
    static uint8_t held[NOTE_BYTES_MAX];
    static char path[512];
    const bool write = getenv("FLAGPOST_WRITE_VECTORS") != NULL;

    (void)snprintf(path, sizeof path, "%s/vectors/notes/%s", TEST_SOURCE_DIR, name);
    FILE *const f = fopen(path, write ? "wbe" : "rbe");
    if (f == NULL)
        perror(path);
    CHECK(f != NULL);
    if (write) {
        CHECK_INT(fwrite(note.at, 1, note.size, f), note.size);
    } else {
        const size_t size = fread(held, 1, sizeof held, f);
        if (!bytes_equal(bytes_of(held, size), note))
            (void)fprintf(stderr, "%s\n", path);
        CHECK_BYTES(note, bytes_of(held, size));
    }
    CHECK_INT(fclose(f), 0);
}

static struct bytes make_root(struct arena *a)
{
    const struct root r = fixture_root();
    struct bytes text = {0};

    CHECK_OK(root_write(&r, a, &text));
    return fixture_root_signed(text, "ac", a);
}

/* Keys b, c, d: signed by two of the old keys, of which one is no longer in it. */
static struct bytes make_next_root(struct arena *a)
{
    struct root r = {.number = 2, .threshold = 2};
    struct bytes text = {0};

    for (size_t i = 1; i < 4; i++)
        fixture_root_key(&r, i);
    CHECK_OK(root_write(&r, a, &text));
    return fixture_root_signed(text, "abd", a);
}

static struct bytes make_roster(struct arena *a)
{
    struct roster *const r = fixture_roster();

    return fixture_root_signed(fixture_roster_text(r, a), "bc", a);
}

/* Follows: F55 is revoked with two good places, GONE with none. */
static struct bytes make_next_roster(struct arena *a)
{
    struct roster *const r = fixture_roster();

    r->previous = sha256(fixture_roster_text(r, a));
    r->version = 2;
    fixture_revoke(r, "F55", LANE_IMMEDIATE, 1);
    fixture_revoke(r, "F55", LANE_ROUTINE, 3);
    fixture_revoke(r, "GONE", LANE_LOCAL, 0);
    return fixture_root_signed(fixture_roster_text(r, a), "bc", a);
}

/* With the cosignatures of F54 and JFC. */
static struct bytes make_checkpoint(struct arena *a)
{
    struct bytes note = fixture_checkpoint_signed(a);

    for (size_t i = 0; i <= 2; i += 2) {
        const struct agency_id self = fixture_id(i == 0 ? "F54" : "JFC");
        struct keyring *k = fixture_keyring(i);
        CHECK_OK(cosignature_sign(note, &self, FIXTURE_NOW + 1000 * i, k, a, &note));
        (void)keyring_free(k);
    }
    return note;
}

static struct bytes make_receipt(struct arena *a)
{
    const struct receipt r = fixture_receipt();
    struct keyring *k = fixture_keyring(0);
    struct bytes note = {0};

    CHECK_OK(receipt_sign(&r, k, a, &note));
    (void)keyring_free(k);
    return note;
}

static struct bytes make_kx(struct arena *a)
{
    const struct hash realm = fixture_realm();
    const struct agency_id id = fixture_id("F55");
    const struct kx_note n = fixture_kx(1, &realm, &id);
    struct keyring *k = fixture_keyring(1);
    struct bytes note = {0};

    CHECK_OK(kx_note_sign(&n, k, a, &note));
    (void)keyring_free(k);
    return note;
}

static struct bytes make_request(struct arena *a)
{
    const struct hash realm = fixture_realm();
    const struct roster_agency g = fixture_agency(1, &realm);
    struct keyring *k = fixture_keyring(1);
    struct bytes note = {0};

    CHECK_OK(request_sign(&g, k, a, &note));
    (void)keyring_free(k);
    return note;
}

/* F55 asks for other keys, and the ones that it has go out. */
static struct bytes make_rekey_request(struct arena *a)
{
    const struct hash realm = fixture_realm();
    struct roster_agency g = fixture_agency(1, &realm);
    struct keyring *k = fixture_keyring_of_both(7, 1);
    struct bytes note = {0};

    fixture_rekey(&g, 7);
    CHECK_OK(request_sign(&g, k, a, &note));
    (void)keyring_free(k);
    return note;
}

/* Follows the one after the first: F55 is listed so, and F54 with its transport key alone.
 */
static struct bytes make_rekeyed_roster(struct arena *a)
{
    struct roster *const r = fixture_roster();

    r->previous = sha256(bytes_of_text("version 2"));
    r->version = 3;
    fixture_rekey(&r->agencies[1], 7);
    struct roster_agency *const g = &r->agencies[0];
    const struct roster_agency before = *g;
    fixture_rekey(g, 8);
    memcpy(g->sign_key, before.sign_key, sizeof g->sign_key);
    g->sign_out = before.sign_out;
    memcpy(g->first_kx_signature, before.first_kx_signature, sizeof g->first_kx_signature);
    return fixture_root_signed(fixture_roster_text(r, a), "bc", a);
}

static struct bytes make(enum note_kind kind, struct arena *a)
{
    struct bytes (*const makers[])(struct arena *) = {
        make_root, make_roster, make_checkpoint, make_receipt, make_kx, make_request};

    return makers[kind](a);
}

/* Whose key signs a note of the kind. */
static size_t signer(enum note_kind kind)
{
    return kind == RECEIPT ? 0 : 1;
}

static status verify(enum note_kind kind, struct bytes note, struct arena *a)
{
    const struct root root = fixture_root();
    const struct hash realm = fixture_realm();
    uint8_t key[SIGN_PUBLIC_SIZE];
    union {
        struct root root;
        struct checkpoint checkpoint;
        struct receipt receipt;
        struct kx_note kx;
        struct roster_agency agency;
    } u;

    fixture_agency_key(signer(kind), key);
    switch (kind) {
    case ROOT:
        return root_verify(note, a, &u.root);
    case ROSTER:
        return roster_verify(note, &root, &realm, NULL, a, &got);
    case CHECKPOINT:
        return checkpoint_verify(note, key, a, &u.checkpoint);
    case RECEIPT:
        return receipt_verify(note, key, a, &u.receipt);
    case KX:
        return kx_note_verify(note, key, a, &u.kx);
    case REQUEST:
        return request_verify(note, a, &u.agency);
    }
    return E_USAGE;
}

static void good_notes_are_made_again_byte_for_byte(void)
{
    struct arena *const a = fixture_arena();
    struct root next;
    const struct root root = fixture_root();
    const struct hash realm = fixture_realm();
    static struct roster first;

    for (size_t i = 0; i < COUNT_OF(kind_words); i++) {
        char name[64];
        const enum note_kind k = (enum note_kind)i;
        const struct bytes note = make(k, a);
        (void)snprintf(name, sizeof name, "good/%s.note", kind_words[k]);
        frozen(name, note);
        CHECK_OK(verify(k, note, a));
    }
    first = got;
    const struct bytes next_root = make_next_root(a);
    frozen("good/root.next.note", next_root);
    CHECK_OK(root_verify_next(next_root, &root, a, &next));
    const struct bytes next_roster = make_next_roster(a);
    frozen("good/roster.next.note", next_roster);
    CHECK_OK(roster_verify(next_roster, &root, &realm, &first, a, &got));
    const struct bytes rekeyed = make_rekeyed_roster(a);
    frozen("good/roster.rekeyed.note", rekeyed);
    CHECK_OK(verify(ROSTER, rekeyed, a));
    const struct bytes rekey = make_rekey_request(a);
    frozen("good/request.rekey.note", rekey);
    CHECK_OK(verify(REQUEST, rekey, a));
}

static void the_cosignatures_of_the_frozen_checkpoint_are_good(void)
{
    struct arena *const a = fixture_arena();
    const struct hash realm = fixture_realm();
    const struct agency_id f54 = fixture_id("F54");
    const struct agency_id jfc = fixture_id("JFC");
    uint8_t key[SIGN_PUBLIC_SIZE];
    millis time = 0;

    CHECK_OK(note_parse(make_checkpoint(a), a, &parsed));
    fixture_agency_key(0, key);
    CHECK_OK(cosignature_verify(&parsed, &realm, &f54, key, &time));
    CHECK(time == FIXTURE_NOW);
    fixture_agency_key(2, key);
    CHECK_OK(cosignature_verify(&parsed, &realm, &jfc, key, &time));
    CHECK(time == FIXTURE_NOW + 2000);
}

/* `signed`: the text is changed and then signed by the right keys; otherwise the note's
 * bytes are changed. */
static const struct {
    enum note_kind kind;
    status wanted;
    const char *what;
    bool is_signed;
    const char *from, *to;
} bad[] = {
    {CHECKPOINT, E_FORM, "carriage-return", false, "\n1234\n", "\r\n1234\n"},
    {CHECKPOINT, E_FORM, "no-empty-line", false, "\n\n", "\n"},
    {CHECKPOINT, E_FORM, "hyphen-for-dash", false, "\xe2\x80\x94", "-"},
    {CHECKPOINT, E_FORM, "key-name-with-plus", false, "/F55 ", "/F55+ "},
    {CHECKPOINT, E_FORM, "base64-without-padding", false, "=\n\xe2", "\n\xe2"},
    {CHECKPOINT, E_FORM, "empty-line-at-the-end", false, "==\n", "==\n\n"},
    {CHECKPOINT, E_SIGNATURE, "text-changed-after-signing", false, "\n1234\n", "\n1235\n"},
    {CHECKPOINT, E_SIGNATURE, "signature-under-another-name", false, "/F55 ", "/F54 "},
    {CHECKPOINT, E_FORM, "size-with-leading-zero", true, "\n1234\n", "\n01234\n"},
    {CHECKPOINT, E_FORM, "size-over-63-bits", true, "\n1234\n", "\n9223372036854775808\n"},
    {CHECKPOINT, E_FORM, "root-of-31-bytes", true,
     "SBNJTRN+FjG7owHVrKtue7eqdM4RhdRWVl71HXN2d7I=",
     "SBNJTRN+FjG7owHVrKtue7eqdM4RhdRWVl71HXN2dw=="},
    {CHECKPOINT, E_FORM, "another-extension-line", true, "\ncounts", "\nnonce 1\ncounts"},
    {CHECKPOINT, E_FORM, "no-agencies", true, "counts 1 4", "counts 1 0"},
    {CHECKPOINT, E_FORM, "too-many-agencies", true, "counts 1 4", "counts 1 129"},
    {CHECKPOINT, E_FORM, "unknown-lane", true, "/immediate/", "/urgent/"},
    {CHECKPOINT, E_FORM, "epoch-0", true, "/2-", "/0-"},
    {CHECKPOINT, E_SIGNATURE, "in-the-name-of-another-agency", true, "/F55/", "/F54/"},
    {RECEIPT, E_SIGNATURE, "in-the-name-of-another-follower", true, "follower F54",
     "follower F55"},
    {RECEIPT, E_VALUE, "more-dispositions-than-entries", true, "held 17", "held 1225"},
    {RECEIPT, E_FORM, "unknown-disposition", true, "erased 4", "erased 4 lost 0"},
    {RECEIPT, E_FORM, "time-with-sign", true, "time ", "time +"},
    {KX, E_FORM, "number-0", true, "number 1", "number 0"},
    {KX, E_SIGNATURE, "in-the-name-of-another-agency", true, "\nF55\n", "\nF54\n"},
    {KX, E_FORM, "of-another-version", true, "kx/v1", "kx/v2"},
    {ROOT, E_VALUE, "threshold-over-keys", true, "threshold 2", "threshold 4"},
    {ROOT, E_FORM, "threshold-0", true, "threshold 2", "threshold 0"},
    {ROOT, E_VALUE, "one-name-twice", true, "root-b", "root-c"},
    {ROOT, E_SIGNATURE, "text-changed-after-signing", false, "number 1", "number 2"},
    {ROOT, E_THRESHOLD, "one-signature-of-two", false, "\xe2\x80\x94 root-c",
     "\xe2\x80\x94 root-x"},
    {ROSTER, E_THRESHOLD, "one-signature-of-two", false, "\xe2\x80\x94 root-c",
     "\xe2\x80\x94 root-x"},
    {ROSTER, E_SIGNATURE, "text-changed-after-signing", false, "quorum 2", "quorum 1"},
    {ROSTER, E_FORM, "trailing-space", true, "kind fib\n", "kind fib \n"},
    {ROSTER, E_FORM, "lines-out-of-order", true, "force 54\nregion SWROCU",
     "region SWROCU\nforce 54"},
    {ROSTER, E_VALUE, "agencies-out-of-order", true, "agency F55", "agency F53"},
    {ROSTER, E_VALUE, "endpoint-twice", true, ":5601", ":5602"},
    {ROSTER, E_VALUE, "quorum-over-agencies", true, "quorum 2", "quorum 5"},
    {ROSTER, E_FORM, "ceiling-secret", true, "OFFICIAL-SENSITIVE", "SECRET"},
    {ROSTER, E_VALUE, "expires-before-issued", true, "expires 2027", "expires 2025"},
    {ROSTER, E_SIGNATURE, "first-kx-not-of-the-agency", true, "agency F55", "agency F56"},
    {REQUEST, E_SIGNATURE, "in-the-name-of-another-agency", true, "agency F55",
     "agency F54"},
    {REQUEST, E_SIGNATURE, "another-kx-number", true, "\nkx 1 ", "\nkx 2 "},
    {REQUEST, E_VALUE, "name-with-control-character", true, "Police", "Po\xc2\x9blice"},
};

static struct bytes sign_again(enum note_kind kind, struct bytes text, struct bytes name,
                               struct arena *a)
{
    struct bytes note = {0};

    if (kind == ROOT || kind == ROSTER)
        return fixture_root_signed(text, "bc", a);
    struct keyring *k = fixture_keyring(signer(kind));
    CHECK_OK(note_sign(text, name, k, a, &note));
    (void)keyring_free(k);
    return note;
}

static struct bytes make_bad(size_t i, struct arena *a)
{
    const struct bytes note = make(bad[i].kind, a);

    if (!bad[i].is_signed)
        return fixture_replace(a, note, bad[i].from, bad[i].to);
    CHECK_OK(note_parse(note, a, &parsed));
    return sign_again(bad[i].kind, fixture_replace(a, parsed.text, bad[i].from, bad[i].to),
                      parsed.signatures[0].name, a);
}

static void bad_notes_are_refused_for_their_reason(void)
{
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct arena *const a = fixture_arena();
        const struct bytes note = make_bad(i, a);
        char name[128];

        (void)snprintf(name, sizeof name, "bad/%s.%s.%s.note", kind_words[bad[i].kind],
                       status_word(bad[i].wanted), bad[i].what);
        frozen(name, note);
        CHECK_STATUS(verify(bad[i].kind, note, a), bad[i].wanted);
    }
}

CASES(CASE(good_notes_are_made_again_byte_for_byte),
      CASE(the_cosignatures_of_the_frozen_checkpoint_are_good),
      CASE(bad_notes_are_refused_for_their_reason))
