#include "journal_fixture.h"
#include "memvfs.h"

/*
 * The power goes at every write, sync and truncation of a commit that erases.  After the
 * next start the entry is either as it was, key and all, or erased without a key: never
 * erased with the key left, and never held without one.  The same commit stores an entry
 * and destroys the KX key that opened it: never is the key gone and the entry not there.
 */

enum { CALLS_MAX = 400 };

struct met {
    unsigned before, after, destroyed;
};

static struct journal *start(struct keyring *ring, const char *vfs)
{
    const struct journal_setup s = {.folder = "",
                                    .mode = JOURNAL_WRITE,
                                    .self = fixture_agency("F55"),
                                    .keyring = ring,
                                    .vfs = vfs,
                                    .guard_off = true};
    struct journal *j = NULL;

    CHECK_OK(journal_open(&s, &j));
    return j;
}

static void put(struct journal *j, const struct stream_id *s)
{
    const struct store store = journal_store(j);
    uint8_t key[32];

    memset(key, 0x5c, sizeof key);
    for (sequence i = 0; i < 3; i++) {
        const struct entry_row e = fixture_entry(s, i);
        CHECK_OK(store.ops->entry_put(store.self, &e));
        CHECK_OK(store.ops->key_put(store.self, s, i, key));
    }
    CHECK_OK(journal_commit(j));
}

static void judge(struct journal *j, const struct stream_id *s, bool was_ok,
                  struct met *met)
{
    const struct store store = journal_store(j);
    const struct entry_row before = fixture_entry(s, 1);
    struct entry_row e;
    struct arena a;
    uint8_t key[32];

    fixture_arena(&a);
    CHECK_OK(store.ops->entry_find(store.self, s, 1, &a, &e));
    const status got = store.ops->key_find(store.self, s, 1, key);
    CHECK_BYTES(e.header, before.header);
    if (e.disposition == DISPOSITION_HELD) {
        CHECK(!was_ok);
        CHECK_OK(got);
        CHECK_BYTES(e.ciphertext, before.ciphertext);
        met->before++;
    } else {
        CHECK_INT(e.disposition, DISPOSITION_ERASED);
        CHECK_INT(e.ciphertext.size + e.wraps.size + e.kept.size, 0);
        CHECK_STATUS(got, E_UNKNOWN);
        met->after++;
    }
    CHECK_OK(store.ops->key_find(store.self, s, 0, key));
    CHECK_OK(store.ops->key_find(store.self, s, 2, key));
    free(a.at);
}

static status take_and_destroy(struct store store, const struct stream_id *s,
                               uint32_t number)
{
    const struct entry_row e = fixture_entry(s, 3);

    TRY(store.ops->entry_put(store.self, &e));
    return store.ops->kx_secret_destroy(store.self, number);
}

static void judge_kx(struct journal *j, const struct stream_id *s, struct keyring *ring,
                     struct met *met)
{
    const struct store store = journal_store(j);
    struct entry_row e;
    struct arena a;

    fixture_arena(&a);
    CHECK_OK(store.ops->kx_secrets_load(store.self, ring));
    const bool taken = store.ops->entry_find(store.self, s, 3, &a, &e) == OK;
    CHECK(taken || keyring_has_kx(ring, 1));
    met->destroyed += taken && !keyring_has_kx(ring, 1);
    free(a.at);
}

/* False when the whole commit took fewer calls. */
static bool cut_at(unsigned calls, struct met *met)
{
    struct keyring *ring = fixture_ring(7);
    const struct keyring_kx kx = {.id = 1, .from = 1};
    const uint8_t secret[32] = {9};
    const struct stream_id s = fixture_stream("F50", LANE_ROUTINE, 1);
    struct memvfs *disk = NULL;

    CHECK_OK(memvfs_open("flagpost-erase", calls, &disk));
    struct journal *j = start(ring, "flagpost-erase");
    const struct store store = journal_store(j);
    CHECK_OK(store.ops->kx_secret_put(store.self, &kx, secret));
    put(j, &s);
    memvfs_cut_after(disk, calls);
    status got = store.ops->entry_erase(store.self, &s, 1);
    if (got == OK)
        got = take_and_destroy(store, &s, kx.id);
    if (got == OK)
        got = journal_commit(j);
    CHECK(got == OK || got == E_STORAGE);
    const bool cut = memvfs_is_cut(disk);
    memvfs_crash(disk);
    (void)journal_free(j);
    j = start(ring, "flagpost-erase");
    judge(j, &s, got == OK, met);
    judge_kx(j, &s, ring, met);
    (void)journal_free(j);
    memvfs_free(disk);
    (void)keyring_free(ring);
    return cut;
}

int main(void)
{
    struct met met = {0};
    unsigned calls = 1;

    while (calls < CALLS_MAX && cut_at(calls, &met))
        calls++;
    (void)printf("%u cuts: %u before the erasure, %u after\n", calls, met.before,
                 met.after);
    CHECK(calls > 10 && calls < CALLS_MAX);
    CHECK(met.before > 0 && met.after > 0 && met.destroyed > 0);
    return 0;
}
