#include "indexing.h"

#include "desk_fixture.h"
#include "tokens.h"

/* How much is made of one record's messages, and what says that it was not all. */

struct making {
    struct counter counter;
    struct token_set *set;
    uint64_t tokens[TOKENS_RECORD_MAX];
    uint64_t more;
    size_t count;
};

static struct making *begin(void)
{
    struct making *const m = calloc(1, sizeof *m);

    CHECK(m != NULL);
    counter_open(&m->counter);
    CHECK_OK(token_set_make(m->counter.desk.keyring, m->counter.desk.scratch, &m->set));
    return m;
}

static void take_more(void *context, struct bytes message)
{
    struct making *const m = context;

    keyring_tokens(m->counter.desk.keyring, &message, 1, &m->more);
}

/* Whether they say that there were more. */
static bool end(struct making *m)
{
    bool found = false;

    m->count = token_set_give(m->set, m->tokens);
    token_of_more(take_more, m);
    for (size_t i = 0; i < m->count; i++)
        found = found || m->tokens[i] == m->more;
    return found;
}

static void done(struct making *m)
{
    counter_done(&m->counter);
    free(m);
}

/* Words of a number each, `distinct` of them over and over. */
static void add(struct making *m, size_t count, size_t distinct)
{
    for (size_t i = 0; i < count; i++) {
        char word[16];
        (void)snprintf(word, sizeof word, "W%zu", i % distinct);
        token_of_word(bytes_of_text(word), token_set_add, m->set);
    }
}

static void each_message_has_one_token(void)
{
    struct making *const m = begin();

    add(m, TOKENS_TRIED_MAX, 100);
    CHECK(!end(m));
    CHECK_INT(m->count, 100);
    CHECK_INT(token_set_given(m->set), TOKENS_TRIED_MAX);
    done(m);
}

static void more_than_are_kept_are_told(void)
{
    enum { WORDS = 3 * TOKENS_RECORD_MAX };
    struct making *const m = begin();

    add(m, WORDS, WORDS);
    CHECK(end(m));
    CHECK_INT(m->count, TOKENS_RECORD_MAX);
    done(m);
}

static void the_same_ones_without_end_are_told_and_not_made(void)
{
    struct making *const m = begin();

    add(m, TOKENS_TRIED_MAX, 100);
    token_of_word(bytes_of_text("LAST"), token_set_add, m->set);
    CHECK(end(m));
    CHECK_INT(m->count, 100 + 1);
    CHECK_INT(token_set_given(m->set), TOKENS_TRIED_MAX + 1);
    done(m);
}

CASES(CASE(each_message_has_one_token), CASE(more_than_are_kept_are_told),
      CASE(the_same_ones_without_end_are_told_and_not_made))
