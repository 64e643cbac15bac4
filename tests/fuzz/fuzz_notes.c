#include "checkpoint.h"
#include "roster.h"

#include "cast.h"
#include "check.h"

/*
 * Signed documents: the first byte chooses how the rest is read.
 *
 * Oracle: a roster's text that is accepted is written again byte for byte, and so is a
 * checkpoint's; nothing that the input holds is taken for signed, because no key of the
 * cast has signed any input.
 */

enum { ARENA_BYTES = 16 * 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static _Alignas(16) uint8_t memory[ARENA_BYTES];
static struct cast cast;
static struct roster roster, installed;

static void read_roster_text(struct bytes in, struct arena *a)
{
    struct bytes again = {0};

    if (roster_read(in, a, &roster) != OK)
        return;
    CHECK_OK(roster_write(&roster, a, &again));
    CHECK_BYTES(again, in);
}

static void read_checkpoint(struct bytes in, struct arena *a)
{
    struct note *const n = arena_take(a, sizeof *n);
    struct checkpoint c;
    struct bytes again = {0};

    CHECK(n != NULL);
    if (note_parse(in, a, n) != OK || checkpoint_read(n, &c) != OK)
        return;
    CHECK_OK(checkpoint_sign(&c, cast.actors[0].keyring, a, &again));
    CHECK(again.size > n->text.size);
    CHECK_BYTES(bytes_of(again.at, n->text.size), n->text);
}

static void verify_all(struct bytes in, struct arena *a)
{
    const uint8_t *const key = keyring_sign_public(cast.actors[0].keyring);
    struct checkpoint c;
    struct receipt r;
    struct kx_note k;
    struct root root;

    CHECK(checkpoint_verify(in, key, a, &c) != OK);
    CHECK(receipt_verify(in, key, a, &r) != OK);
    CHECK(kx_note_verify(in, key, a, &k) != OK);
    CHECK(roster_verify(in, &cast.root, &cast.realm, &installed, a, &roster) != OK);
    CHECK(root_verify_next(in, &cast.root, a, &root) != OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool made;
    struct arena a;

    if (!made) {
        cast_init(&cast);
        cast_first_roster(&cast, 2, &installed);
    }
    made = true;
    if (size == 0)
        return 0;
    arena_init(&a, memory, sizeof memory);
    const struct bytes in = bytes_of(data + 1, size - 1);
    switch (data[0] % 3) {
    case 0:
        read_roster_text(in, &a);
        break;
    case 1:
        read_checkpoint(in, &a);
        break;
    default:
        verify_all(in, &a);
        break;
    }
    return 0;
}
