#include "indexing.h"

#include "tokens.h"

#include <string.h>

/*
 * Tokens are made some at a time, because each time the key is brought out costs more than
 * a token.  They are kept in a table by their own first bits, which are those of a hash.
 */

enum { MADE_AT_ONCE = 64, SLOTS = 2 * TOKENS_RECORD_MAX, KEPT_MAX = TOKENS_RECORD_MAX - 1 };

struct token_set {
    struct keyring *keyring;
    bool is_full;
    size_t given; /* messages, also those of which no token was made */
    size_t count; /* of slots in use */
    uint64_t slots[SLOTS];
    size_t waiting;
    struct bytes messages[MADE_AT_ONCE];
    uint8_t room[MADE_AT_ONCE][TOKEN_MESSAGE_MAX];
};

static void keep(struct token_set *s, uint64_t token)
{
    const uint64_t value = token == 0 ? 1 : token; /* 0 is an empty slot */
    size_t i = (size_t)(value % SLOTS);

    while (s->slots[i] != 0 && s->slots[i] != value)
        i = (i + 1) % SLOTS;
    if (s->slots[i] == value)
        return;
    if (s->count == KEPT_MAX) {
        s->is_full = true;
        return;
    }
    s->slots[i] = value;
    s->count++;
}

static void make(struct token_set *s)
{
    uint64_t tokens[MADE_AT_ONCE];

    keyring_tokens(s->keyring, s->messages, s->waiting, tokens);
    for (size_t i = 0; i < s->waiting; i++)
        keep(s, tokens[i]);
    s->waiting = 0;
}

static void add(void *set, struct bytes message)
{
    struct token_set *const s = set;

    MUST(message.size <= TOKEN_MESSAGE_MAX);
    memcpy(s->room[s->waiting], message.at, message.size);
    s->messages[s->waiting] = bytes_of(s->room[s->waiting], message.size);
    if (++s->waiting == MADE_AT_ONCE)
        make(s);
}

status token_set_make(struct keyring *k, struct arena *a, struct token_set **ret)
{
    struct token_set *const s = arena_take(a, sizeof *s);

    ENSURE(s != NULL, E_MEMORY);
    s->keyring = k;
    *ret = s;
    return OK;
}

void token_set_add(void *set, struct bytes message)
{
    struct token_set *const s = set;

    s->given++;
    s->is_full = s->is_full || s->given > TOKENS_TRIED_MAX;
    if (!s->is_full)
        add(s, message);
}

size_t token_set_given(const struct token_set *s)
{
    return s->given;
}

size_t token_set_give(struct token_set *s, uint64_t ret[TOKENS_RECORD_MAX])
{
    size_t count = 0;

    make(s);
    if (s->is_full) {
        token_of_more(add, s);
        keyring_tokens(s->keyring, s->messages, 1, &ret[count++]);
        s->waiting = 0;
    }
    for (size_t i = 0; i < SLOTS; i++) {
        if (s->slots[i] != 0)
            ret[count++] = s->slots[i];
    }
    return count;
}
