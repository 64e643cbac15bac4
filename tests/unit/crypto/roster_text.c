#include "notes_fixture.h"

static struct roster got;

static void a_roster_reads_back_byte_for_byte(void)
{
    struct arena *const a = fixture_arena();
    struct roster *const r = fixture_roster();

    fixture_revoke(r, "F54", LANE_IMMEDIATE, 1);
    fixture_revoke(r, "F54", LANE_ROUTINE, 1);
    fixture_revoke(r, "F54", LANE_ROUTINE, 2);
    fixture_revoke(r, "GONE", LANE_IMMEDIATE, 0);
    const struct bytes text = fixture_roster_text(r, a);
    const size_t mark = arena_mark(a);
    CHECK_OK(roster_read(text, a, &got));
    CHECK_INT(arena_mark(a), mark);
    CHECK_BYTES(fixture_roster_text(&got, a), text);
    const struct hash wanted = sha256(text);
    CHECK(hash_equal(&got.text_hash, &wanted));
    CHECK_INT(got.agency_count, FIXTURE_AGENCIES);
    CHECK_INT(got.revocation_count, 4);

    const struct roster_agency *const g = &got.agencies[2];
    CHECK_TEXT(g->id.text, "JFC");
    CHECK_TEXT(g->name, "Joint Fusion Cell \xe2\x80\x94 Border");
    CHECK(g->kind == AGENCY_FUSION && g->ceiling == MARKING_OFFICIAL_SENSITIVE);
    CHECK_TEXT(g->force, "");
    CHECK_TEXT(g->endpoint, "tcp://[::1]:5603");
    CHECK_INT(g->flag_count, 0);
    CHECK_TEXT(got.agencies[1].flags[0], "OIMCR");
    CHECK_TEXT(got.agencies[1].force, "55");
    CHECK(g->valid_from == FIXTURE_NOW && !g->immigration_access);
    CHECK(g->first_kx.from == FIXTURE_NOW);
}

static void fields_of_both_kinds_survive(void)
{
    struct arena *const a = fixture_arena();
    struct roster *const r = fixture_roster();
    struct roster_agency *const g = &r->agencies[0];

    g->kind = AGENCY_IMMIGRATION;
    g->immigration_access = true;
    g->ceiling = MARKING_OFFICIAL;
    g->flag_count = ROSTER_FLAGS_MAX;
    for (size_t i = 0; i < ROSTER_FLAGS_MAX; i++)
        (void)snprintf(g->flags[i], sizeof g->flags[i], "FLAG-%c", (char)('A' + i));
    CHECK_OK(roster_read(fixture_roster_text(r, a), a, &got));
    CHECK(got.agencies[0].immigration_access &&
          got.agencies[0].ceiling == MARKING_OFFICIAL);
    CHECK_TEXT(got.agencies[0].flags[15], "FLAG-P");
    CHECK_TEXT(agency_kind_word(got.agencies[0].kind), "immigration");
}

static const struct {
    const char *from, *to;
    status wanted;
} wrong[] = {
    {"roster/v1", "roster/v2", E_FORM},
    {"\nversion 1\n", "\nversion 0\n", E_FORM},
    {"\nversion 1\n", "\nversion 01\n", E_FORM},
    {"\nversion 1\n", "\nversion 2\n", E_VALUE}, /* with no previous text */
    {"\nversion 1\n", "\nversion 1\n\n", E_FORM},
    {"\nversion 1\n", "\n", E_FORM},
    {"\nprevious 0", "\nprevious 1", E_VALUE}, /* version 1 has none */
    {"\nprevious 0", "\nprevious ", E_FORM},
    {"\nissued 2026", "\nissued 2027", E_VALUE}, /* after it expires */
    {"\nissued 2026-", "\nissued 2026/", E_FORM},
    {"\nexpires 2027-02-21", "\nexpires 2027-02-30", E_FORM},
    {"\nquorum 2\n", "\nquorum 5\n", E_VALUE},
    {"\nquorum 2\n", "\nquorum 0\n", E_FORM},
    {"\nquorum 2\n", "\nquorum 2\nquorum 2\n", E_FORM},
    {"\nquorum 2\n", "\nquorum 2 \n", E_FORM},
    {"\nagency F55\n", "\nagency F53\n", E_VALUE},     /* order */
    {"\nagency F55\n", "\nagency F54\n", E_VALUE},     /* twice */
    {"\nagency F55\n", "\nagency F56\n", E_SIGNATURE}, /* its KX note says F55 */
    {"\nagency F55\n", "\nagency f55\n", E_FORM},
    {"\nname Dorset", "\nname  Dorset", E_VALUE},
    {"\nname Dorset", "\nname\nname Dorset", E_FORM},
    {"Police FIB\n", "Police FIB \n", E_VALUE},
    {"Police FIB\n",
     "Police \xe2\x80\xae"
     "FIB\n",
     E_VALUE}, /* right to left */
    {"Police FIB\n",
     "Police \xc2\x9b"
     "FIB\n",
     E_VALUE}, /* C1 control */
    {"Police FIB\n",
     "Police \x7f"
     "FIB\n",
     E_VALUE},
    {"Police FIB\n",
     "Police \x1b"
     "FIB\n",
     E_VALUE},
    {"Police FIB\n",
     "Police \xff"
     "FIB\n",
     E_VALUE},
    {"Police FIB\n",
     "Police FIB of the county town and of all the other towns of the county\n", E_FORM},
    {"\nkind fib\n", "\nkind Fib\n", E_FORM},
    {"\nkind fib\n", "\nkind army\n", E_FORM},
    {"\nforce 54\n", "\nforce 5\n", E_VALUE},
    {"\nforce 54\n", "\nforce 5A\n", E_VALUE},
    {"\nforce 54\n", "\nforce 054\n", E_FORM},
    {"\nforce 54\n", "\nforce\n", E_FORM},
    {"\nforce 54\nregion SWROCU\n", "\nregion SWROCU\nforce 54\n", E_FORM},
    {"\nregion SWROCU\n", "\nregion swrocu\n", E_VALUE},
    {"\nregion SWROCU\n", "\nregion SW ROCU\n", E_FORM},
    {"=\ncurve ", "\ncurve ", E_FORM},
    {"\nendpoint tcp:", "\nendpoint ipc:", E_VALUE},
    {"127.0.0.1:5601", "127.0.0.1", E_VALUE},
    {"127.0.0.1:5601", "127.0.0.1:", E_VALUE},
    {"127.0.0.1:5601", "127.0.0.1:0", E_VALUE},
    {"127.0.0.1:5601", "127.0.0.1:65536", E_VALUE},
    {"127.0.0.1:5601", "127.0.0.1:05601", E_VALUE},
    {"127.0.0.1:5601", ":5601", E_VALUE},
    {"127.0.0.1:5601", "*:5601", E_VALUE},
    {"127.0.0.1:5601", "[::1:5601", E_VALUE},
    {"127.0.0.1:5601", "[]:5601", E_VALUE},
    {"127.0.0.1:5601", "a/b:5601", E_VALUE},
    {"127.0.0.1:5601", "Host:5601", E_VALUE},
    {"127.0.0.1:5601", "127.0.0.1:5602", E_VALUE}, /* that of another */
    {"\nvalid 2026", "\nvalid 2028", E_VALUE},
    {"\nvalid 2026-11-23T", "\nvalid 2026-11-23 ", E_FORM},
    {"\nceiling OFFICIAL-SENSITIVE\n", "\nceiling SECRET\n", E_FORM},
    {"\nceiling OFFICIAL-SENSITIVE\n", "\nceiling official\n", E_FORM},
    {"\nimmigration-access no\n", "\nimmigration-access No\n", E_FORM},
    {"\nimmigration-access no\n", "\n", E_FORM},
    {"\nflags OIMCR\n", "\nflags\n", E_FORM},
    {"\nflags OIMCR\n", "\nflags #OIMCR\n", E_VALUE},
    {"\nflags OIMCR\n", "\nflags OIMCR OIMCR\n", E_VALUE},
    {"\nflags OIMCR\n", "\nflags OIMCR ABC\n", E_VALUE},
    {"\nflags OIMCR\n", "\nflags OIMCR \n", E_FORM},
    {"\nflags OIMCR\n", "\nflags A B C D E F G H I J K L M N O P Q\n", E_FORM},
    {"\nflags OIMCR\n", "\nflags ABCDEFGHIJKLMNOPQ\n", E_FORM},
    {"\nkx 1 ", "\nkx 2 ", E_SIGNATURE},
    {"\nkx 1 ", "\nkx 0 ", E_FORM},
    {" 1795471765000 ", " 1795471765001 ", E_SIGNATURE},
    {" 1795471765000 ", " ", E_FORM},
    {"\nrevoked GONE ", "\nrevoked F55 ", E_VALUE}, /* order */
    {"\nrevoked GONE ", "\nrevoked HERE\nrevoked GONE ", E_FORM},
    {" immediate 1-", " local 1-", E_VALUE},   /* order of places */
    {" immediate 1-", " routine 1-", E_VALUE}, /* one place twice */
    {" immediate 1-", " fast 1-", E_FORM},
    {" immediate 1-0000000000000000 101 ", " immediate 1-0000000000000000 0 ", E_FORM},
    {" immediate 1-0000000000000000 101 ", " immediate 0-0000000000000000 101 ", E_FORM},
    {" immediate 1-0000000000000000 101 ", " immediate ", E_FORM},
    {"revoked F90 2026-11-23T22:09:25Z im", "revoked F90 2026-11-23T22:09:26Z im", E_VALUE},
};

static void refuses_a_text_that_breaks_the_grammar(void)
{
    struct arena *const a = fixture_arena();
    struct roster *const r = fixture_roster();

    fixture_revoke(r, "F90", LANE_IMMEDIATE, 1);
    fixture_revoke(r, "F90", LANE_ROUTINE, 1);
    fixture_revoke(r, "GONE", LANE_IMMEDIATE, 0);
    const struct bytes text = fixture_roster_text(r, a);
    const size_t mark = arena_mark(a);
    got.version = 99;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        const struct bytes other = fixture_replace(a, text, wrong[i].from, wrong[i].to);
        const status s = roster_read(other, a, &got);
        if (s != wrong[i].wanted)
            (void)fprintf(stderr, "\"%s\" for \"%s\"\n", wrong[i].to, wrong[i].from);
        CHECK_STATUS(s, wrong[i].wanted);
        arena_rewind(a, mark);
    }
    CHECK_INT(got.version, 99); /* untouched */
}

/* A cut between two revocations leaves a roster; only the signatures can tell. */
static void every_shorter_text_is_refused_or_a_roster(void)
{
    struct arena *const a = fixture_arena();
    struct roster *const r = fixture_roster();

    r->agency_count = 2;
    fixture_rekey(&r->agencies[0], 7);
    fixture_revoke(r, "F54", LANE_ROUTINE, 2);
    const struct bytes text = fixture_roster_text(r, a);
    for (size_t i = 1; i < text.size; i++) {
        const status s = roster_read(bytes_of(text.at, i), a, &got);
        CHECK(s != OK || memcmp(text.at + i, "revoked ", 8) == 0);
    }
    CHECK_STATUS(roster_read((struct bytes){0}, a, &got), E_FORM);
}

/* Breaks rule `i` of a good roster; false when there are no more. */
static bool break_rule(struct roster *r, size_t i)
{
    struct roster_agency *const g = &r->agencies[1];

    switch (i) {
    case 0:
        r->agency_count = 0;
        return true;
    case 1:
        r->issued++; /* a millisecond has no place in the text */
        return true;
    case 2:
        g->valid_until = 253402300800000; /* year 10000 */
        return true;
    case 3:
        g->ceiling = MARKING_SECRET;
        return true;
    case 4:
        g->kind = (enum agency_kind)(AGENCY_ABROAD + 1);
        return true;
    case 5:
        memset(g->name, 'x', sizeof g->name); /* not terminated */
        return true;
    case 6:
        memset(g->endpoint, 'x', sizeof g->endpoint);
        return true;
    case 7:
        memset(g->force, '5', sizeof g->force);
        return true;
    case 8:
        g->flag_count = ROSTER_FLAGS_MAX + 1;
        return true;
    case 9:
        memset(g->id.text, 'A', sizeof g->id.text);
        return true;
    case 10:
        g->first_kx.number = 0;
        return true;
    case 11:
        g->first_kx.agency = fixture_id("F54");
        return true;
    case 12:
        r->revocations[0].epoch.counter = 0;
        return true;
    case 13:
        r->revocations[0].lane = (enum lane)(LANE_LOCAL + 1);
        return true;
    case 14:
        fixture_revoke(r, "F54", LANE_ROUTINE, 2); /* the same place twice */
        return true;
    case 15:
        r->revocations[0].has_place = false; /* nothing is good, and yet a place is */
        fixture_revoke(r, "F54", LANE_ROUTINE, 3);
        return true;
    default:
        return false;
    }
}

static void writes_nothing_that_it_would_not_read(void)
{
    struct arena *const a = fixture_arena();
    struct bytes text = {0};
    bool broken = true;

    for (size_t i = 0; broken; i++) {
        struct roster *const r = fixture_roster();
        fixture_revoke(r, "F54", LANE_ROUTINE, 2);
        broken = break_rule(r, i);
        CHECK_STATUS(roster_write(r, a, &text), broken ? E_VALUE : OK);
        CHECK_INT(text.at == NULL, broken);
    }
}

/* Every pairing of the kinds of key; a key that signs for two is no one's. */
static void no_key_stands_twice(void)
{
    struct arena *const a = fixture_arena();
    struct bytes text = {0};

    for (size_t i = 0; i < 25; i++) {
        struct roster *const r = fixture_roster();
        struct roster_agency *const x = &r->agencies[0];
        struct roster_agency *const y = &r->agencies[3];
        fixture_rekey(x, 7);
        fixture_rekey(y, 8);
        const uint8_t *const sources[] = {x->sign_key, x->curve_key, x->first_kx.key,
                                          x->sign_out.key, x->curve_out.key};
        uint8_t *const targets[] = {y->sign_key, y->curve_key, y->first_kx.key,
                                    y->sign_out.key, y->curve_out.key};
        memcpy(targets[i / 5], sources[i % 5], SIGN_PUBLIC_SIZE);
        CHECK_STATUS(roster_write(r, a, &text), E_VALUE);
    }
    struct roster *const r = fixture_roster();
    memcpy(r->agencies[2].curve_key, r->agencies[2].first_kx.key, CURVE_KEY_SIZE);
    CHECK_STATUS(roster_write(r, a, &text), E_VALUE);
}

static void keys_of_small_order_are_refused(void)
{
    static const uint8_t one[SIGN_PUBLIC_SIZE] = {1};
    struct arena *const a = fixture_arena();
    struct bytes text = {0};

    for (size_t i = 0; i < 5; i++) {
        struct roster *const r = fixture_roster();
        struct roster_agency *const g = &r->agencies[1];
        fixture_rekey(g, 7);
        uint8_t *const keys[] = {g->sign_key, g->curve_key, g->first_kx.key,
                                 g->sign_out.key, g->curve_out.key};
        memcpy(keys[i], one, sizeof one);
        CHECK_STATUS(roster_write(r, a, &text), E_VALUE);
    }
}

static void the_first_kx_note_proves_possession_of_the_signing_key(void)
{
    struct arena *const a = fixture_arena();
    struct roster *r = fixture_roster();
    struct keyring *k = fixture_keyring(0);
    struct bytes text = {0};

    fixture_kx_sign(&r->agencies[1], k); /* by another agency's key */
    CHECK_STATUS(roster_write(r, a, &text), E_SIGNATURE);
    /* One of another realm, well signed. */
    (void)keyring_free(k);
    k = fixture_keyring(1);
    r = fixture_roster();
    r->agencies[1].first_kx.realm.bytes[3] ^= 1;
    fixture_kx_sign(&r->agencies[1], k);
    CHECK_STATUS(roster_write(r, a, &text), E_VALUE);
    (void)keyring_free(k);
}

static void words_of_agency_kinds_read_back(void)
{
    enum agency_kind back = AGENCY_FIB;

    for (int k = AGENCY_FIB; k <= AGENCY_ABROAD; k++) {
        const char *const word = agency_kind_word((enum agency_kind)k);
        CHECK_OK(agency_kind_read(bytes_of_text(word), &back));
        CHECK_INT(back, k);
    }
    CHECK_STATUS(agency_kind_read(bytes_of_text("FIB"), &back), E_VALUE);
    CHECK_STATUS(agency_kind_read((struct bytes){0}, &back), E_VALUE);
    CHECK_INT(back, AGENCY_ABROAD);
}

/* The same without signatures: the reader alone meets every byte, and what it accepts it
 * also writes again. */
static void every_turned_bit_is_refused_or_read_exactly(void)
{
    struct arena *const a = fixture_arena();
    struct roster *const r = fixture_roster();

    r->agency_count = 2;
    fixture_rekey(&r->agencies[0], 7);
    fixture_revoke(r, "F54", LANE_ROUTINE, 2);
    const struct bytes text = fixture_roster_text(r, a);
    uint8_t *const at = arena_take(a, text.size);
    memcpy(at, text.at, text.size);
    const size_t mark = arena_mark(a);
    for (size_t i = 0; i < 8 * text.size; i += 3) {
        at[i / 8] ^= (uint8_t)(1U << i % 8);
        if (roster_read(bytes_of(at, text.size), a, &got) == OK)
            CHECK_BYTES(fixture_roster_text(&got, a), bytes_of(at, text.size));
        at[i / 8] ^= (uint8_t)(1U << i % 8);
        arena_rewind(a, mark);
    }
}

CASES(CASE(a_roster_reads_back_byte_for_byte), CASE(fields_of_both_kinds_survive),
      CASE(refuses_a_text_that_breaks_the_grammar),
      CASE(every_shorter_text_is_refused_or_a_roster),
      CASE(writes_nothing_that_it_would_not_read), CASE(no_key_stands_twice),
      CASE(keys_of_small_order_are_refused),
      CASE(the_first_kx_note_proves_possession_of_the_signing_key),
      CASE(words_of_agency_kinds_read_back),
      CASE(every_turned_bit_is_refused_or_read_exactly))
