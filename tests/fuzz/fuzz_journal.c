#include "found.h"

/*
 * One file of a home whose node was killed, changed as the input says: which, and then
 * places with what is laid over them, four bytes each.
 *
 * Oracle: it is found at the start or by `verify`, or the journal says what it said.  One
 * file and not two: a log without its last commit beside a guard without its own is the
 * home of a moment before, which only a peer can tell from the truth.
 */

enum { CHANGE_SIZE = 4, CHANGES_MAX = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct judge judge;

/* Twice is not at all. */
static void change(struct home_file *f, const uint8_t at[CHANGE_SIZE])
{
    const size_t place = (size_t)at[0] << 16 | (size_t)at[1] << 8 | at[2];

    f->at[place % f->size] ^= at[3];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool made;
    const size_t asked = size == 0 ? 0 : (size - 1) / CHANGE_SIZE;
    const size_t count = asked < CHANGES_MAX ? asked : CHANGES_MAX;

    if (!made)
        judge = judge_make();
    made = true;
    struct home_file *const f =
        &judge.home.files[size == 0 ? 0 : data[0] % judge.home.count];
    for (size_t i = 0; i < count; i++)
        change(f, data + 1 + i * CHANGE_SIZE);
    home_restore(&judge.home);
    const enum verdict v = judge_home(&judge);
    for (size_t i = 0; i < count; i++)
        change(f, data + 1 + i * CHANGE_SIZE);
    CHECK(v != UNDETECTED);
    return 0;
}
