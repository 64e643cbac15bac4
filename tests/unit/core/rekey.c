#include "nodes.h"

/* A's keys change twice while C is away: what C then takes of what was signed meanwhile. */

enum { A, B, C, AGENCIES, DAY = 86400000 };

static bool c_is_away(struct nodes *n, struct mail *m)
{
    (void)n;
    return m->from == C || m->to == C;
}

/* It has the newest roster before it has anything that was signed under the ones before. */
static bool c_hears_of_rosters_alone(struct nodes *n, struct mail *m)
{
    return c_is_away(n, m) && m->frame.kind != FRAME_HELLO && m->frame.kind != FRAME_ROSTER;
}

/* A key of A's that its ring has from now on; the first KX note is signed by it. */
static void list_key(struct nodes *n, struct roster_agency *entry, uint8_t number)
{
    struct keyring *const k = n->cast.actors[A].keyring;
    uint8_t before[SIGN_PUBLIC_SIZE];
    uint8_t secret[32];
    struct keyring_secrets secrets = {.master = {1}};
    struct keyring *fresh = NULL;
    struct bytes text = {0};

    memset(secret, number, sizeof secret);
    memcpy(secrets.sign_seed, secret, sizeof secret);
    CHECK_OK(keyring_open(&secrets, &fresh));
    memcpy(before, keyring_sign_public(k), sizeof before);
    memcpy(entry->sign_key, keyring_sign_public(fresh), sizeof entry->sign_key);
    CHECK_OK(kx_note_text(&entry->first_kx, &n->paper, &text));
    keyring_sign(fresh, text, entry->first_kx_signature);
    CHECK_OK(keyring_add(k, KEYRING_SIGN, secret));
    CHECK_BYTES(bytes_of(keyring_sign_public(k), 32), bytes_of(before, 32));
    (void)keyring_free(fresh);
}

/* The next roster, in which A has another key; `until` 0: the one before is given up. */
static struct roster *rekeyed(struct nodes *n, const struct roster *before, uint8_t number,
                              millis until)
{
    struct roster *const r = arena_take(&n->paper, sizeof *r);
    struct bytes note = {0};

    CHECK(r != NULL);
    *r = *before;
    struct roster_agency *const entry = &r->agencies[A];
    entry->sign_out = (struct outgoing_key){.until = until};
    if (until != 0)
        memcpy(entry->sign_out.key, entry->sign_key, sizeof entry->sign_key);
    list_key(n, entry, number);
    cast_sign_roster(&n->cast, r, before, &n->paper, &note);
    node_begin(n, B);
    CHECK_OK(exchange_install_roster(n->at[B].exchange, note));
    node_end(n, B);
    return r;
}

static void check_in_use(const struct nodes *n, const uint8_t key[SIGN_PUBLIC_SIZE])
{
    CHECK_BYTES(bytes_of(keyring_sign_public(n->cast.actors[A].keyring), 32),
                bytes_of(key, 32));
}

static void begin_epoch(struct nodes *n)
{
    node_begin(n, A);
    CHECK_OK(exchange_first_epoch(n->at[A].exchange));
    node_end(n, A);
}

static sequence held(const struct nodes *n, size_t follower)
{
    const struct follow *const f = node_follow(n, follower, A, LANE_ROUTINE);

    return f->known && !f->pending ? f->row.mine.count : 0;
}

static void publish(struct nodes *n)
{
    node_publish(n, A, 1u << B | 1u << C);
    nodes_run(n, 4000);
}

/* The key that is listed is used when the one that goes out has its moment behind it, and
 * each is taken by who has the roster before and by who has it after. */
static void a_key_is_used_from_its_moment_on(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(AGENCIES);
    const struct roster *const first = &n->rosters[0];
    const millis until = n->now / 1000 * 1000 + 60000;

    publish(n);
    n->drop = c_is_away;
    const struct roster *const second = rekeyed(n, first, 7, until);
    nodes_run(n, 4000);
    CHECK_INT(n->at[A].exchange->roster.version, 2);
    check_in_use(n, first->agencies[A].sign_key);
    publish(n);
    n->drop = NULL; /* C, which has the first roster, takes what A signs under the second */
    nodes_run(n, 8000);
    CHECK_INT(held(n, B), 2);
    CHECK_INT(held(n, C), 2);
    CHECK(n->now < until);
    n->now = until - NODES_STEP_MS;
    nodes_run(n, (millis)2 * NODES_STEP_MS);
    check_in_use(n, second->agencies[A].sign_key);
    publish(n);
    CHECK_INT(held(n, B), 3);
    CHECK_INT(held(n, C), 3);
}

static void who_was_away_for_two_changes_takes_what_each_key_has_signed(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(AGENCIES);

    n->drop = c_is_away;
    publish(n);
    const struct roster *r = &n->rosters[0];
    for (uint8_t i = 0; i < 2; i++) {
        const millis until = n->now / 1000 * 1000 + 10000;
        r = rekeyed(n, r, (uint8_t)(7 + i), until);
        publish(n);
        n->now = until;
        publish(n);
        check_in_use(n, r->agencies[A].sign_key);
    }
    CHECK_INT(held(n, B), 5);
    n->drop = c_hears_of_rosters_alone;
    nodes_run(n, 20000);
    CHECK_INT(n->at[C].exchange->roster.version, 3);
    CHECK_INT(held(n, C), 0);
    n->drop = NULL;
    nodes_run(n, 20000);
    CHECK_INT(held(n, C), 5);
    /* And again after a start from its disk. */
    node_start(n, C);
    publish(n);
    CHECK_INT(held(n, C), 6);
}

/* What was there before is not taken any more, by who has it not yet; a new epoch, which
 * the next turn begins, brings it again under the new key. */
static void check_given_up(bool again)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(AGENCIES);

    n->drop = c_is_away;
    publish(n);
    const struct roster *const r = rekeyed(n, &n->rosters[0], 7, 0);
    nodes_run(n, 4000);
    check_in_use(n, r->agencies[A].sign_key);
    publish(n);
    CHECK_INT(held(n, B), 2);
    n->drop = NULL;
    nodes_run(n, 20000);
    CHECK_INT(n->at[C].exchange->roster.version, 2);
    CHECK_INT(held(n, C), 0);
    if (again)
        node_start(n, A);
    begin_epoch(n);
    CHECK_INT(n->at[A].exchange->own[1].row.id.epoch.counter, 2);
    nodes_run(n, 20000);
    CHECK(held(n, C) >= 2);
    begin_epoch(n);
    CHECK_INT(n->at[A].exchange->own[1].row.id.epoch.counter, 2);
}

static void what_a_key_signed_that_was_given_up_is_not_taken(void)
{
    check_given_up(false);
}

static void a_start_finds_that_the_key_was_given_up(void)
{
    check_given_up(true);
}

/* One more roster at B and at A, which nobody else may reach. */
static void install_at_both(struct nodes *n, struct roster *r, const struct roster *before)
{
    struct bytes note = {0};

    cast_sign_roster(&n->cast, r, before, &n->paper, &note);
    for (size_t i = A; i <= B; i++) {
        node_begin(n, i);
        CHECK_OK(exchange_install_roster(n->at[i].exchange, note));
        node_end(n, i);
    }
}

static status quarantine(const struct nodes *n)
{
    return node_follow(n, B, A, LANE_ROUTINE)->row.quarantine;
}

/* Revoked with a last good place that B is past; then listed again, first with the key that
 * it had and then with another: only that is a new beginning. */
static void an_agency_that_is_enrolled_anew_is_followed_again(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(AGENCIES);
    struct roster *const r = arena_array(&n->paper, 3, sizeof *r);

    CHECK(r != NULL);
    publish(n);
    const struct stream_row good = n->at[A].exchange->own[1].row;
    publish(n);
    CHECK_INT(held(n, B), 2);
    r[0] = n->rosters[0];
    r[0].revocations[0] = (struct revocation){.agency = n->cast.actors[A].id,
                                              .at = WORLD_BEGINS,
                                              .has_place = true,
                                              .lane = LANE_ROUTINE,
                                              .epoch = good.id.epoch,
                                              .size = good.frontier.size,
                                              .root = frontier_root(&good.frontier)};
    r[0].revocation_count = 1;
    install_at_both(n, &r[0], &n->rosters[0]);
    CHECK_STATUS(quarantine(n), E_REVOKED);
    r[1] = r[0];
    r[1].revocation_count = 0;
    install_at_both(n, &r[1], &r[0]);
    CHECK_STATUS(quarantine(n), E_REVOKED);
    r[2] = r[1];
    list_key(n, &r[2].agencies[A], 7);
    install_at_both(n, &r[2], &r[1]);
    CHECK_OK(quarantine(n));
    begin_epoch(n);
    publish(n);
    nodes_run(n, 8000);
    CHECK_OK(quarantine(n));
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.id.epoch.counter, 2);
    CHECK(held(n, B) >= 1);
}

static uint32_t kx_known(const struct nodes *n)
{
    return exchange_peer(n->at[B].exchange, &n->cast.actors[A].id)->kx_id;
}

/* A KX note that the key before has signed counts no more once that key is not listed:
 * there is a new one as soon as the key has changed. */
static void a_new_signing_key_announces_a_new_kx_key(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(AGENCIES);

    nodes_run(n, 4000);
    n->now += (millis)8 * DAY;
    nodes_run(n, 4000);
    CHECK_INT(kx_known(n), 2);
    const millis until = n->now / 1000 * 1000 + 10000;
    const struct roster *const r = rekeyed(n, &n->rosters[0], 7, until);
    nodes_run(n, 4000);
    CHECK_INT(kx_known(n), 2);
    n->now = until;
    nodes_run(n, 4000);
    check_in_use(n, r->agencies[A].sign_key);
    CHECK_INT(kx_known(n), 3);
    (void)rekeyed(n, r, 8, 0);
    nodes_run(n, 4000);
    CHECK_INT(kx_known(n), 4);
    node_start(n, B);
    CHECK_INT(kx_known(n), 4);
}

/* --- a log that is fetched back --- */

static struct stream_id old_stream;
static struct frame_group forged;
static size_t told;

static struct stream_row old_row(const struct nodes *n)
{
    const struct store s = node_store(n, A);
    struct stream_row row;

    CHECK_OK(s.ops->stream_get(s.self, &old_stream, &row));
    return row;
}

/* What the key that A then gives up could sign behind the last group of its log. */
static void forge_next(struct nodes *n)
{
    static const struct hash leaf = {{7}};
    const struct own_lane *const own = &n->at[A].exchange->own[lane_rank(LANE_ROUTINE)];
    struct frontier longer = own->row.frontier;
    struct checkpoint c = {.realm = n->cast.realm,
                           .stream = own->row.id,
                           .size = longer.size + 1,
                           .roster_version = 1,
                           .agency_count = AGENCIES};

    forged = (struct frame_group){.epoch = own->row.id.epoch,
                                  .first = longer.size,
                                  .leaves = bytes_of(leaf.bytes, sizeof leaf.bytes),
                                  .count_path = bytes_of(leaf.bytes, sizeof leaf.bytes)};
    frontier_append(&longer, &leaf);
    c.root = frontier_root(&longer);
    CHECK_OK(checkpoint_sign(&c, n->cast.actors[A].keyring, &n->paper, &forged.checkpoint));
}

static void publish_to_b(struct nodes *n)
{
    for (size_t i = 0; i < 2; i++) {
        node_publish(n, A, 1u << B);
        nodes_run(n, 4000);
    }
}

static void new_epoch(struct nodes *n)
{
    node_begin(n, A);
    CHECK_OK(exchange_new_epoch(n->at[A].exchange, EPOCH_RESTORED));
    node_end(n, A);
}

/* B has no more of the old log, and says that there is more. */
static bool goes_on(struct nodes *n, struct mail *m)
{
    if (m->to != A || m->frame.kind != FRAME_ERROR || m->end != END_PUBLISHING ||
        !epoch_equal(&m->frame.error.epoch, &old_stream.epoch))
        return false;
    m->frame.kind = FRAME_GROUP;
    m->frame.group = forged;
    mail_change(n, m);
    told++;
    return false;
}

static void recover(struct nodes *n)
{
    node_begin(n, A);
    CHECK_OK(exchange_recover(n->at[A].exchange));
    node_end(n, A);
    nodes_run(n, (millis)8 * STALL_MS);
}

/* What the new epoch says of the old one is under the new key; past that, the given-up key
 * is nobody's word. */
static void a_given_up_key_makes_an_old_log_no_longer(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);

    publish_to_b(n);
    old_stream = n->at[A].exchange->own[lane_rank(LANE_ROUTINE)].row.id;
    forge_next(n);
    (void)rekeyed(n, &n->rosters[0], 7, 0);
    nodes_run(n, 4000);
    begin_epoch(n);
    nodes_run(n, 4000);
    told = 0;
    n->drop = goes_on;
    recover(n);
    CHECK(told > 0);
    CHECK_INT(old_row(n).frontier.size, forged.first);
}

/* Of an epoch that is not here at all others show only what that key has signed. */
static void a_new_epoch_vouches_for_nothing_that_a_given_up_key_shows(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);
    const struct own_lane *const own = &n->at[A].exchange->own[lane_rank(LANE_ROUTINE)];
    const struct store s = node_store(n, A);
    struct stream_row row;

    n->at[A].backing.ops->backup(n->at[A].backing.self);
    new_epoch(n);
    publish_to_b(n);
    old_stream = own->row.id;
    n->at[A].backing.ops->restore(n->at[A].backing.self);
    (void)rekeyed(n, &n->rosters[0], 7, 0);
    node_start(n, A);
    n->mail_count = 0;
    nodes_run(n, 4000);
    CHECK_STATUS(n->at[A].exchange->fence, E_FENCED);
    CHECK_INT(own->shown.stream.epoch.counter, old_stream.epoch.counter);
    new_epoch(n);
    CHECK_INT(own->row.id.epoch.counter, old_stream.epoch.counter + 1);
    nodes_run(n, 4000);
    recover(n);
    CHECK_STATUS(s.ops->stream_get(s.self, &old_stream, &row), E_UNKNOWN);
    node_publish(n, A, 1u << B);
    nodes_run(n, 4000);
    CHECK_INT(held(n, B), 1);
}

CASES(CASE(a_key_is_used_from_its_moment_on),
      CASE(who_was_away_for_two_changes_takes_what_each_key_has_signed),
      CASE(what_a_key_signed_that_was_given_up_is_not_taken),
      CASE(a_start_finds_that_the_key_was_given_up),
      CASE(an_agency_that_is_enrolled_anew_is_followed_again),
      CASE(a_new_signing_key_announces_a_new_kx_key),
      CASE(a_given_up_key_makes_an_old_log_no_longer),
      CASE(a_new_epoch_vouches_for_nothing_that_a_given_up_key_shows))
