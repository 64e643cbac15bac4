#include "mended.h"

/* What a follower gives back is compared with the signed log. */

enum lie { LIE_HEADER, LIE_CIPHERTEXT, LIE_WRAP, LIE_OWN_WRAP, LIE_INDEX, LIES };
static enum lie lie;
static size_t told;

static bool tell_lie(struct nodes *n, struct mail *m)
{
    static struct entry_copy copy;

    if (m->to != A || m->from != B || m->frame.kind != FRAME_ENTRIES)
        return false;
    copy = m->frame.entries.entries[0];
    if (lie == LIE_HEADER)
        copy.header = flipped(copy.header);
    else if (lie == LIE_CIPHERTEXT)
        copy.ciphertext = flipped(copy.ciphertext);
    else if (lie == LIE_WRAP)
        copy.wrap = flipped(copy.wrap);
    else if (lie == LIE_OWN_WRAP)
        copy.publisher_wrap = flipped(copy.publisher_wrap);
    else
        copy.index ^= 1;
    m->frame.entries.entries = &copy;
    mail_change(n, m);
    told++;
    return false;
}

static void takes_nothing_that_its_own_log_does_not_vouch_for(void)
{
    for (lie = LIE_HEADER; lie < LIES; lie++) {
        DEFER(nodes_done) struct nodes *const n = published();
        struct entry_row row = {0};

        damage(TO_B, MISSING);
        damage(TO_C, CIPHERTEXT);
        damage(LAST, NOTHING_LEFT);
        told = 0;
        n->drop = tell_lie;
        mend();
        CHECK(told > 0);
        CHECK_STATUS(n->at[A].exchange->fence, OK);
        CHECK_INT(mending()->count, 3);
        CHECK(mending()->at[0].why != OK);
        CHECK_STATUS(row_of(TO_B, &row), lie == LIE_WRAP ? OK : E_UNKNOWN);
        CHECK_STATUS(mending()->at[1].why, OK); /* C told the truth meanwhile */
        check_as_before(TO_C);
        CHECK_STATUS(mending()->at[2].why, E_ADDRESS);
        CHECK(opens(LAST));
        n->drop = NULL;
        mend();
        CHECK_INT(mending()->count, 2);
        for (sequence i = 0; i < SIZE; i++)
            check_as_before(i);
    }
}

CASES(CASE(takes_nothing_that_its_own_log_does_not_vouch_for))
