/* The keys of a home that changed them: kept from the oldest to the newest, and destroyed.
 */

#include "succession.h"

#include "check.h"
#include "entropy.h"
#include "file.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { UNTIL = 1000000, KEYS = 3 };

static char home[64];
static char path[128];
static struct keyring *ring;
static struct succession_key keys[2 * KEYS]; /* signing and transport keys in turn */

static struct keyring *open_ring(int number)
{
    struct keyring_secrets secrets;
    struct keyring *k = NULL;

    memset(&secrets, number, sizeof secrets);
    memset(secrets.master, 0x70, sizeof secrets.master);
    CHECK_OK(keyring_open(&secrets, &k));
    return k;
}

static void make_keys(size_t number)
{
    struct keyring *k = open_ring((int)number + 1);
    struct succession_key *const sign = &keys[2 * number];
    struct succession_key *const curve = &keys[2 * number + 1];

    *sign = (struct succession_key){.pair = KEYRING_SIGN};
    *curve = (struct succession_key){.pair = KEYRING_CURVE};
    memset(sign->secret, (int)number + 1, sizeof sign->secret);
    memset(curve->secret, (int)number + 1, sizeof curve->secret);
    memcpy(sign->public, keyring_sign_public(k), sizeof sign->public);
    memcpy(curve->public, keyring_curve_public(k), sizeof curve->public);
    (void)keyring_free(k);
}

/* A home with all of them in its file, whose node.key has the last. */
static void start(void)
{
    struct succession s = {0};

    memcpy(home, "/tmp/flagpost_XXXXXX", sizeof "/tmp/flagpost_XXXXXX");
    CHECK(mkdtemp(home) != NULL);
    CHECK_OK(file_path(home, "succession", path, sizeof path));
    for (size_t i = 0; i < KEYS; i++)
        make_keys(i);
    ring = open_ring(KEYS);
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        CHECK_OK(succession_add(&s, &keys[i]));
    CHECK_OK(succession_write(home, ring, &s));
    CHECK_OK(succession_load(home, ring));
}

static void stop(void)
{
    ring = keyring_free(ring);
    (void)unlink(path);
    CHECK(rmdir(home) == 0);
}

/* Lists key number `now`, and the one before it as going out. */
static struct roster_agency listing(size_t now, millis until)
{
    struct roster_agency g = {.sign_out.until = until, .curve_out.until = until};

    memcpy(g.sign_key, keys[2 * now].public, 32);
    memcpy(g.curve_key, keys[2 * now + 1].public, 32);
    if (until != 0) {
        memcpy(g.sign_out.key, keys[2 * now - 2].public, 32);
        memcpy(g.curve_out.key, keys[2 * now - 1].public, 32);
    }
    return g;
}

static bool is_there(size_t i, const struct succession *s)
{
    bool found = false;

    for (size_t k = 0; k < s->count; k++)
        found = found || memcmp(s->keys[k].public, keys[i].public, 32) == 0;
    return found;
}

/* From key number `first` on they are in file and ring, and those before it in neither. */
static void check_left(size_t first)
{
    struct succession s = {0};

    CHECK_OK(succession_read(home, ring, &s));
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        CHECK_INT(is_there(i, &s), i / 2 >= first);
        CHECK_INT(keyring_has(ring, keys[i].pair, keys[i].public), i / 2 >= first);
    }
}

static void use(size_t number)
{
    CHECK_OK(keyring_choose(ring, KEYRING_SIGN, keys[2 * number].public));
    CHECK_OK(keyring_choose(ring, KEYRING_CURVE, keys[2 * number + 1].public));
}

static size_t prune(const struct roster_agency *g, millis now)
{
    size_t count = 0;

    CHECK_OK(succession_prune(home, ring, g, now, &count));
    return count;
}

static void a_home_without_the_file_has_the_keys_that_it_has(void)
{
    struct succession s = {0};
    struct succession_mark mark = {0};
    const struct roster_agency g = listing(2, 0);

    start();
    CHECK(unlink(path) == 0);
    CHECK_STATUS(succession_read(home, ring, &s), E_UNKNOWN);
    CHECK_OK(succession_load(home, ring));
    CHECK_INT(prune(&g, (millis)2 * UNTIL), 0);
    CHECK(!succession_is_new(home, &mark));
    stop();
}

static void all_keys_of_the_file_are_at_hand(void)
{
    struct succession s = {0};
    struct succession_mark mark = {0};

    start();
    check_left(0);
    CHECK_OK(succession_read(home, ring, &s));
    CHECK_BYTES(bytes_of(succession_newest(&s, KEYRING_SIGN)->public, 32),
                bytes_of(keys[4].public, 32));
    CHECK_BYTES(bytes_of(succession_newest(&s, KEYRING_CURVE)->public, 32),
                bytes_of(keys[5].public, 32));
    CHECK(succession_is_new(home, &mark));
    CHECK(!succession_is_new(home, &mark));
    CHECK_OK(succession_add(&s, &keys[0])); /* keeps its place */
    CHECK_INT(s.count, COUNT_OF(keys));
    CHECK_OK(succession_write(home, ring, &s));
    CHECK(succession_is_new(home, &mark));
    stop();
}

static void what_goes_out_is_kept_until_nobody_takes_it(void)
{
    const struct roster_agency g = listing(1, UNTIL);

    start();
    use(1);
    CHECK_INT(prune(&g, UNTIL - 1), 0);
    CHECK_INT(prune(&g, UNTIL + OUTGOING_GRACE_MS - 1), 0);
    check_left(0);
    CHECK_INT(prune(&g, UNTIL + OUTGOING_GRACE_MS), 2);
    check_left(1); /* the ones that are not listed yet are still to come */
    CHECK_INT(prune(&g, UNTIL + OUTGOING_GRACE_MS), 0);
    stop();
}

static void what_was_given_up_goes_at_once(void)
{
    const struct roster_agency g = listing(2, 0);

    start();
    use(2);
    CHECK_INT(prune(&g, 0), 4);
    check_left(2);
    stop();
}

/* A roster that lists something else says nothing of ours. */
static void keys_that_no_roster_lists_are_kept(void)
{
    struct roster_agency g = listing(2, 0);

    start();
    g.sign_key[0] ^= 1;
    g.curve_key[0] ^= 1;
    CHECK_INT(prune(&g, 0), 0);
    check_left(0);
    stop();
}

static void a_file_of_others_or_changed_is_refused(void)
{
    static uint8_t room[4096];
    struct arena a;
    struct bytes file = {0};
    struct succession s = {0};
    struct keyring_secrets secrets;
    struct keyring *other = NULL;

    start();
    memset(&secrets, 1, sizeof secrets);
    CHECK_OK(keyring_open(&secrets, &other));
    CHECK_STATUS(succession_read(home, other, &s), E_OPEN);
    (void)keyring_free(other);
    CHECK(chmod(path, 0640) == 0);
    CHECK_STATUS(succession_read(home, ring, &s), E_DENIED);
    CHECK(chmod(path, 0600) == 0);
    arena_init(&a, room, sizeof room);
    CHECK_OK(file_read(path, sizeof room, &a, &file));
    for (size_t i = 0; i < file.size; i += 9) {
        const size_t mark = arena_mark(&a);
        uint8_t *const at = arena_take(&a, file.size);
        CHECK(at != NULL);
        memcpy(at, file.at, file.size);
        at[i] ^= 1;
        CHECK_OK(file_write(path, bytes_of(at, file.size), 0600));
        CHECK_STATUS(succession_read(home, ring, &s), E_OPEN);
        CHECK_INT(s.count, 0);
        CHECK_OK(file_write(path, bytes_of(at, i), 0600));
        CHECK_STATUS(succession_load(home, ring), E_OPEN);
        arena_rewind(&a, mark);
    }
    stop();
}

CASES(CASE(a_home_without_the_file_has_the_keys_that_it_has),
      CASE(all_keys_of_the_file_are_at_hand),
      CASE(what_goes_out_is_kept_until_nobody_takes_it),
      CASE(what_was_given_up_goes_at_once), CASE(keys_that_no_roster_lists_are_kept),
      CASE(a_file_of_others_or_changed_is_refused))
