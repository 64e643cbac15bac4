#include "nodes.h"

/*
 * TUF's attacks on the roster (crypto/README.md has the table), as a member's ROSTER
 * message brings them: whoever brings a roster is not believed, the root keys are.
 */

enum { A, B, MALLORY, AGENCIES };

/* Version 2, in which the quorum is one: what the rosters under attack are made from. */
static void lower_quorum(struct nodes *n, struct roster *r)
{
    (void)n;
    r->quorum = 1;
}

/* B has version 2 and A has heard of it. */
static struct nodes *with_version_2(void)
{
    struct nodes *const n = nodes_make(AGENCIES);

    nodes_new_roster(n, B, lower_quorum);
    nodes_run(n, 8000);
    CHECK_INT(n->at[A].exchange->roster.version, 2);
    return n;
}

/* Signed by root-1 and root-2, whatever version and previous hash it has. */
static struct bytes signed_as_it_is(struct nodes *n, struct roster *r)
{
    struct bytes note = {0};

    cast_sign_roster(&n->cast, r, NULL, &n->paper, &note);
    return note;
}

/* What follows version 2. */
static struct roster *next_roster(struct nodes *n)
{
    struct roster *const r = arena_take(&n->paper, sizeof *r);

    CHECK(r != NULL);
    *r = n->rosters[1];
    r->version = 3;
    r->previous = n->rosters[1].text_hash;
    return r;
}

/* Why A has refused what Mallory brings; OK when it was taken or was no news. */
static status brought(struct nodes *n, struct bytes note)
{
    struct frame f = {.lane = LANE_ROUTINE, .kind = FRAME_ROSTER, .roster.note = note};
    const struct effects *const fx = n->at[A].effects;
    struct bytes bytes = {0};
    status why = OK;

    CHECK_OK(frame_encode(&f, &n->paper, &bytes));
    node_begin(n, A);
    CHECK_OK(exchange_receive(n->at[A].exchange, &n->cast.actors[MALLORY].id, END_FOLLOWING,
                              LANE_ROUTINE, bytes));
    node_end(n, A);
    for (size_t i = 0; i < fx->count; i++) {
        const struct effect *const e = &fx->at[i];
        if (e->kind == EFFECT_NOTICE && e->notice.what == NOTICE_REJECTED)
            why = e->notice.why;
    }
    return why;
}

/* The parts of a note: its text with the empty line, and two signature lines. */
struct parts {
    struct bytes head, first, second;
};

static struct parts parts_of(struct nodes *n, struct bytes bytes)
{
    struct note *const note = arena_take(&n->paper, sizeof *note);
    struct parts p = {0};

    CHECK(note != NULL);
    CHECK_OK(note_parse(bytes, &n->paper, note));
    CHECK_INT(note->signature_count, 2);
    p.head = bytes_of(bytes.at, note->text.size + 1);
    struct bytes rest = bytes_from(bytes, p.head.size);
    CHECK(text_cut(&rest, '\n', &p.first));
    p.first.size++;
    p.second = rest;
    return p;
}

static struct bytes joined(struct nodes *n, struct bytes head, struct bytes first,
                           struct bytes second)
{
    const size_t size = head.size + first.size + second.size;
    uint8_t *const at = arena_take(&n->paper, size);

    CHECK(at != NULL);
    struct writer w = writer_over(at, size);
    write_bytes(&w, head);
    write_bytes(&w, first);
    write_bytes(&w, second);
    return writer_bytes(&w);
}

/* A still has version 2, also on its disk, and takes the true version 3 from whoever. */
static void goes_on(struct nodes *n)
{
    const struct store store = node_store(n, A);
    struct bytes stored = {0};

    CHECK_INT(n->at[A].exchange->roster.version, 2);
    CHECK_OK(store.ops->document_find(store.self, DOCUMENT_ROSTER, 0, &n->paper, &stored));
    CHECK_BYTES(stored, n->notes[1]);
    CHECK_OK(brought(n, signed_as_it_is(n, next_roster(n))));
    CHECK_INT(n->at[A].exchange->roster.version, 3);
}

static void an_older_roster_changes_nothing(void)
{
    DEFER(nodes_done) struct nodes *const n = with_version_2();

    CHECK_OK(brought(n, n->notes[0])); /* old news are no offence */
    CHECK_OK(brought(n, n->notes[1]));
    goes_on(n);
}

static void a_second_roster_of_one_version_is_refused_and_told(void)
{
    DEFER(nodes_done) struct nodes *const n = with_version_2();
    struct roster *const r = next_roster(n);

    *r = n->rosters[1];
    r->quorum = 2;
    CHECK_STATUS(brought(n, signed_as_it_is(n, r)), E_HASH);
    *r = n->rosters[0];
    r->quorum = 3; /* another version 1: of what is past, one cannot tell any more */
    CHECK_OK(brought(n, signed_as_it_is(n, r)));
    goes_on(n);
}

static void a_version_cannot_be_jumped(void)
{
    DEFER(nodes_done) struct nodes *const n = with_version_2();
    struct roster *const r = next_roster(n);

    r->version = 4;
    CHECK_STATUS(brought(n, signed_as_it_is(n, r)), E_ORDER);
    r->version = UINT32_MAX;
    CHECK_STATUS(brought(n, signed_as_it_is(n, r)), E_ORDER);
    goes_on(n);
}

static void the_next_version_names_the_one_in_force(void)
{
    DEFER(nodes_done) struct nodes *const n = with_version_2();
    struct roster *const r = next_roster(n);

    r->previous = n->rosters[0].text_hash;
    CHECK_STATUS(brought(n, signed_as_it_is(n, r)), E_HASH);
    goes_on(n);
}

static void signatures_of_another_document_do_not_count(void)
{
    DEFER(nodes_done) struct nodes *const n = with_version_2();
    const struct parts true_one = parts_of(n, n->notes[1]);
    const struct parts p = parts_of(n, signed_as_it_is(n, next_roster(n)));

    CHECK_STATUS(brought(n, joined(n, p.head, p.first, true_one.second)), E_SIGNATURE);
    CHECK_STATUS(brought(n, joined(n, p.head, true_one.first, true_one.second)),
                 E_SIGNATURE);
    goes_on(n);
}

static void one_key_is_not_two(void)
{
    DEFER(nodes_done) struct nodes *const n = with_version_2();
    const struct parts p = parts_of(n, signed_as_it_is(n, next_roster(n)));
    const struct bytes text = bytes_of(p.head.at, p.head.size - 1);
    const struct bytes none = {0};
    struct bytes line = {0};

    CHECK_STATUS(brought(n, joined(n, p.head, p.first, none)), E_THRESHOLD);
    CHECK_STATUS(brought(n, joined(n, p.head, p.first, p.first)), E_THRESHOLD);
    /* Mallory's own key under the name of a root key: it has another key id. */
    struct keyring *const k = n->cast.actors[MALLORY].keyring;
    uint8_t signature[SIGNATURE_SIZE];
    keyring_sign(k, text, signature);
    CHECK_OK(note_line(bytes_of_text("root-2"), NOTE_ED25519, keyring_sign_public(k),
                       bytes_of(signature, sizeof signature), &n->paper, &line));
    CHECK_STATUS(brought(n, joined(n, p.head, p.first, line)), E_THRESHOLD);
    /* And under the key id of one. */
    CHECK_OK(note_line(bytes_of_text("root-2"), NOTE_ED25519, n->cast.root.keys[1].key,
                       bytes_of(signature, sizeof signature), &n->paper, &line));
    CHECK_STATUS(brought(n, joined(n, p.head, p.first, line)), E_SIGNATURE);
    goes_on(n);
}

static void another_realms_roster_is_refused(void)
{
    DEFER(nodes_done) struct nodes *const n = with_version_2();
    struct roster *const r = next_roster(n);

    /* By the same root keys, with proofs of possession for that realm. */
    r->realm.bytes[0] ^= 1;
    for (size_t i = 0; i < r->agency_count; i++) {
        struct bytes text = {0};
        r->agencies[i].first_kx.realm = r->realm;
        CHECK_OK(kx_note_text(&r->agencies[i].first_kx, &n->paper, &text));
        keyring_sign(n->cast.actors[i].keyring, text, r->agencies[i].first_kx_signature);
    }
    CHECK_STATUS(brought(n, signed_as_it_is(n, r)), E_REALM);
    goes_on(n);
}

/* It has its place in the chain, and a node that was away needs it to get to the one in
 * force: it is taken, and its age is what stops publishing. */
static void a_newer_roster_that_has_expired_is_taken_and_freezes(void)
{
    DEFER(nodes_done) struct nodes *const n = with_version_2();
    struct roster *const r = next_roster(n);
    struct roster *const after = arena_take(&n->paper, sizeof *after);

    n->now += (millis)30 * 86400000;
    r->expires = r->issued + 1000;
    CHECK_OK(brought(n, signed_as_it_is(n, r)));
    CHECK_INT(n->at[A].exchange->roster.version, 3);
    node_begin(n, A);
    CHECK_STATUS(node_submit(n, A, 1u << B, "frozen", MARKING_OFFICIAL), E_EXPIRED);
    node_end(n, A);

    CHECK(after != NULL);
    *after = n->rosters[1];
    after->version = 4;
    after->previous = r->text_hash;
    CHECK_OK(brought(n, signed_as_it_is(n, after)));
    node_begin(n, A);
    CHECK_OK(node_submit(n, A, 1u << B, "fresh", MARKING_OFFICIAL));
    node_end(n, A);
}

/* No roster comes, and the one in force grows old: time alone ends publishing. */
static void a_roster_that_is_kept_back_freezes(void)
{
    DEFER(nodes_done) struct nodes *const n = with_version_2();
    const struct roster *const r = &n->at[A].exchange->roster;

    n->now = r->expires + ROSTER_GRACE_MS - 1;
    node_begin(n, A);
    CHECK_OK(node_submit(n, A, 1u << B, "within the grace", MARKING_OFFICIAL));
    node_end(n, A);
    n->now = r->expires + ROSTER_GRACE_MS;
    node_begin(n, A);
    CHECK_STATUS(node_submit(n, A, 1u << B, "past it", MARKING_OFFICIAL), E_EXPIRED);
    node_end(n, A);
}

CASES(CASE(an_older_roster_changes_nothing),
      CASE(a_second_roster_of_one_version_is_refused_and_told),
      CASE(a_version_cannot_be_jumped), CASE(the_next_version_names_the_one_in_force),
      CASE(signatures_of_another_document_do_not_count), CASE(one_key_is_not_two),
      CASE(another_realms_roster_is_refused),
      CASE(a_newer_roster_that_has_expired_is_taken_and_freezes),
      CASE(a_roster_that_is_kept_back_freezes))
