#include "roster_text.h"
#include "draw.h"
#include "scratch.h"

#include <string.h>

/* What is left of a note for the signatures of two sets of root keys. */
enum { ROSTER_TEXT_MAX = NOTE_BYTES_MAX - 2 * ROOT_KEYS_MAX * 160 };
_Static_assert((int)SIGN_PUBLIC_SIZE == CURVE_KEY_SIZE &&
                   (int)SIGN_PUBLIC_SIZE == HPKE_KEY_SIZE,
               "keys of all kinds compare");

static void put_line_time(struct writer *w, const char *key, millis t)
{
    write_text(w, key);
    lines_put_time(w, t);
}

static void put_line_hash(struct writer *w, const char *key, const struct hash *h)
{
    write_text(w, key);
    lines_put_hex(w, bytes_of(h->bytes, sizeof h->bytes));
}

static void revocation_write(struct writer *w, const struct revocation *v)
{
    char epoch[EPOCH_TEXT_ROOM];

    write_text(w, "revoked ");
    write_text(w, v->agency.text);
    put_line_time(w, " ", v->at);
    if (v->has_place) {
        epoch_write(&v->epoch, epoch);
        write_text(w, " ");
        write_text(w, lane_word(v->lane));
        write_text(w, " ");
        write_text(w, epoch);
        write_text(w, " ");
        write_decimal(w, v->size);
        write_text(w, " ");
        base64_write(w, bytes_of(v->root.bytes, sizeof v->root.bytes));
    }
    write_text(w, "\n");
}

/* Of a roster that roster_check has passed. */
static status text_write(const struct roster *r, struct arena *a, struct bytes *ret)
{
    uint8_t *const out = arena_take(a, ROSTER_TEXT_MAX);

    ENSURE(out != NULL, E_MEMORY);
    struct writer w = writer_over(out, ROSTER_TEXT_MAX);
    write_text(&w, "flagpost/roster/v1");
    put_line_hash(&w, "\nrealm ", &r->realm);
    write_text(&w, "\nversion ");
    write_decimal(&w, r->version);
    put_line_hash(&w, "\nprevious ", &r->previous);
    put_line_time(&w, "\nissued ", r->issued);
    put_line_time(&w, "\nexpires ", r->expires);
    write_text(&w, "\nquorum ");
    write_decimal(&w, r->quorum);
    write_text(&w, "\n");
    for (size_t i = 0; i < r->agency_count; i++)
        agency_lines_write(&w, &r->agencies[i]);
    for (size_t i = 0; i < r->revocation_count; i++)
        revocation_write(&w, &r->revocations[i]);
    ENSURE(!w.bad, E_LIMIT);
    *ret = writer_bytes(&w);
    return OK;
}

static void revocation_read(struct lines *l, struct revocation *ret)
{
    struct revocation v = {0};

    lines_key(l, "revoked");
    v.agency = lines_agency(l);
    v.at = lines_time(l);
    v.has_place = lines_has_word(l);
    if (v.has_place) {
        if (lane_read(lines_word(l), &v.lane) != OK)
            l->bad = true;
        if (epoch_read(lines_word(l), &v.epoch) != OK)
            l->bad = true;
        v.size = lines_decimal(l, 1, CHECKPOINT_SIZE_MAX);
        lines_base64(l, v.root.bytes, sizeof v.root.bytes);
    }
    *ret = v;
}

static status text_read(struct bytes text, struct roster *r)
{
    struct lines l = lines_over(text);

    lines_key(&l, "flagpost/roster/v1");
    lines_key(&l, "realm");
    lines_hex(&l, r->realm.bytes, sizeof r->realm.bytes);
    lines_key(&l, "version");
    r->version = (uint32_t)lines_decimal(&l, 1, UINT32_MAX);
    lines_key(&l, "previous");
    lines_hex(&l, r->previous.bytes, sizeof r->previous.bytes);
    lines_key(&l, "issued");
    r->issued = lines_time(&l);
    lines_key(&l, "expires");
    r->expires = lines_time(&l);
    lines_key(&l, "quorum");
    r->quorum = (uint32_t)lines_decimal(&l, 1, AGENCIES_MAX);
    while (lines_has(&l, "agency")) {
        ENSURE(r->agency_count < AGENCIES_MAX, E_LIMIT);
        agency_lines_read(&l, &r->realm, &r->agencies[r->agency_count++]);
    }
    while (lines_has(&l, "revoked")) {
        ENSURE(r->revocation_count < REVOCATIONS_MAX, E_LIMIT);
        revocation_read(&l, &r->revocations[r->revocation_count++]);
    }
    ENSURE(lines_is_done(&l), E_FORM);
    return OK;
}

/* By agency, lane and epoch; a line without a place stands first. */
static int revocation_compare(const struct revocation *a, const struct revocation *b)
{
    const int agencies = agency_id_compare(&a->agency, &b->agency);

    if (agencies != 0)
        return agencies;
    if (a->has_place != b->has_place)
        return a->has_place ? 1 : -1;
    if (a->lane != b->lane)
        return a->lane > b->lane ? 1 : -1;
    if (a->epoch.counter != b->epoch.counter)
        return a->epoch.counter > b->epoch.counter ? 1 : -1;
    return memcmp(a->epoch.random, b->epoch.random, sizeof a->epoch.random);
}

static status revocation_check(const struct revocation *v, const struct revocation *last)
{
    ENSURE(agency_id_is_valid(&v->agency) && roster_time_is_valid(v->at), E_VALUE);
    if (v->has_place) {
        ENSURE(v->lane >= LANE_IMMEDIATE && v->lane <= LANE_LOCAL, E_VALUE);
        ENSURE(v->epoch.counter >= 1, E_VALUE);
        ENSURE(v->size >= 1 && v->size <= CHECKPOINT_SIZE_MAX, E_VALUE);
    }
    if (last == NULL)
        return OK;
    ENSURE(revocation_compare(last, v) < 0, E_VALUE);
    if (!agency_id_equal(&last->agency, &v->agency))
        return OK;
    /* "Nothing is good" beside a good place, or two times, would be two answers. */
    ENSURE(last->has_place && v->has_place && last->at == v->at, E_VALUE);
    return OK;
}

/* No key stands twice, whatever it is for: else who signed or who dialled has two answers.
 */
static status keys_check(const struct roster *r, struct arena *a)
{
    const uint8_t **const keys = arena_array(a, 5 * r->agency_count, sizeof *keys);
    size_t count = 0;

    ENSURE(keys != NULL, E_MEMORY);
    for (size_t i = 0; i < r->agency_count; i++) {
        const struct roster_agency *const g = &r->agencies[i];
        keys[count++] = g->sign_key;
        keys[count++] = g->curve_key;
        keys[count++] = g->first_kx.key;
        if (g->sign_out.until != 0)
            keys[count++] = g->sign_out.key;
        if (g->curve_out.until != 0)
            keys[count++] = g->curve_out.key;
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < i; k++)
            ENSURE(memcmp(keys[i], keys[k], SIGN_PUBLIC_SIZE) != 0, E_VALUE);
    }
    return OK;
}

static status endpoints_check(const struct roster *r)
{
    for (size_t i = 0; i < r->agency_count; i++) {
        const char *const endpoint = r->agencies[i].endpoint;
        for (size_t k = 0; k < i && endpoint[0] != '\0'; k++)
            ENSURE(strcmp(endpoint, r->agencies[k].endpoint) != 0, E_VALUE);
    }
    return OK;
}

static status agencies_check(const struct roster *r, struct arena *a)
{
    ENSURE(r->agency_count >= 1, E_VALUE);
    ENSURE(r->agency_count <= AGENCIES_MAX, E_LIMIT);
    for (size_t i = 0; i < r->agency_count; i++) {
        const struct roster_agency *const g = &r->agencies[i];
        TRY(agency_check(g, &r->realm));
        ENSURE(i == 0 || agency_id_compare(&g[-1].id, &g->id) < 0, E_VALUE);
    }
    TRY(keys_check(r, a));
    TRY(endpoints_check(r));
    for (size_t i = 0; i < r->agency_count; i++)
        TRY(agency_kx_check(&r->agencies[i], a));
    return OK;
}

static status roster_check(const struct roster *r, struct arena *a)
{
    static const struct hash none = {0};
    DEFER(scratch_done) struct scratch s = scratch_over(a);

    ENSURE(r->version >= 1, E_VALUE);
    ENSURE(hash_equal(&r->previous, &none) == (r->version == 1), E_VALUE);
    ENSURE(roster_time_is_valid(r->issued) && roster_time_is_valid(r->expires), E_VALUE);
    ENSURE(r->issued < r->expires, E_VALUE);
    ENSURE(r->quorum >= 1 && r->quorum <= r->agency_count, E_VALUE);
    TRY(agencies_check(r, s.arena));
    ENSURE(r->revocation_count <= REVOCATIONS_MAX, E_LIMIT);
    for (size_t i = 0; i < r->revocation_count; i++)
        TRY(revocation_check(&r->revocations[i], i == 0 ? NULL : &r->revocations[i - 1]));
    return OK;
}

status roster_write(const struct roster *r, struct arena *a, struct bytes *ret_text)
{
    TRY(roster_check(r, a));
    return text_write(r, a, ret_text);
}

status roster_read(struct bytes text, struct arena *a, struct roster *ret)
{
    DEFER(scratch_done) struct scratch s = scratch_over(a);
    struct roster *const r = arena_take(s.arena, sizeof *r);
    struct bytes again = {0};

    ENSURE(text.size <= ROSTER_TEXT_MAX, E_LIMIT);
    ENSURE(r != NULL, E_MEMORY);
    TRY(text_read(text, r));
    TRY(roster_check(r, a));
    /* The bytes are the record: a text that we would not write is not a roster.  The reader
     * is exact, so this only fails where reader and writer have come apart. */
    TRY(text_write(r, a, &again));
    ENSURE(bytes_equal(text, again), E_FORM);
    r->text_hash = sha256(text);
    *ret = *r;
    return OK;
}
