#include "tokens.h"

#include "record_walk.h"
#include "sound.h"
#include "subject.h"
#include "words.h"

#include <string.h>

/* The messages, one by one. */

static void give(enum token_class class, struct bytes content, token_each each,
                 void *context)
{
    uint8_t room[TOKEN_MESSAGE_MAX];
    struct writer w = writer_over(room, sizeof room);

    write_u8(&w, (uint8_t) class);
    write_bytes(&w, content);
    if (!w.bad)
        each(context, writer_bytes(&w));
}

void token_of_word(struct bytes word, token_each each, void *context)
{
    if (word.size > 1)
        give(TOKEN_WORD, word, each, context);
}

void token_of_sound(struct bytes word, token_each each, void *context)
{
    uint8_t sound[SOUND_MAX];
    const size_t size = sound_of(word, sound);

    if (size > 0)
        give(TOKEN_SOUND, bytes_of(sound, size), each, context);
}

/* In capitals: an e-mail address is compared without case. */
void token_of_identifier(enum identifier_type type, struct bytes canonical, token_each each,
                         void *context)
{
    const struct bytes compared = identifier_compared(type, canonical);
    uint8_t room[TOKEN_MESSAGE_MAX];
    struct writer w = writer_over(room, sizeof room);

    write_u8(&w, (uint8_t)TOKEN_IDENTIFIER);
    write_u8(&w, (uint8_t)type);
    for (size_t i = 0; i < compared.size; i++)
        write_u8(&w, word_upper(compared.at[i]));
    if (compared.size > 0 && !w.bad)
        each(context, writer_bytes(&w));
}

static size_t squeeze(struct bytes text, bool digits_only, uint8_t *ret, size_t room)
{
    size_t size = 0;

    for (size_t i = 0; i < text.size; i++) {
        const uint8_t c = word_upper(text.at[i]);
        if (!word_is_digit(c) && (digits_only || !word_is_letter(c)))
            continue;
        if (size == room)
            return 0; /* too long to be one */
        ret[size++] = c;
    }
    return size;
}

void token_of_number(struct bytes number, token_each each, void *context)
{
    uint8_t plain[TOKEN_NUMBER_MOST];
    const size_t size = squeeze(number, false, plain, sizeof plain);

    if (size >= TOKEN_NUMBER_LEAST)
        give(TOKEN_NUMBER, bytes_of(plain, size), each, context);
}

void token_of_tail(struct bytes number, token_each each, void *context)
{
    uint8_t plain[TOKEN_NUMBER_MOST];
    const size_t size = squeeze(number, true, plain, sizeof plain);

    if (size >= TOKEN_TAIL_SIZE)
        give(TOKEN_TAIL, bytes_of(plain + size - TOKEN_TAIL_SIZE, TOKEN_TAIL_SIZE), each,
             context);
}

void token_of_alike(struct bytes canonical_mark, token_each each, void *context)
{
    _Alignas(16) uint8_t memory[2 * IDENTIFIER_RAW_MAX];
    struct arena a;
    struct bytes key = {0};

    arena_init(&a, memory, sizeof memory);
    if (canonical_mark.size > 0 && canonical_mark.size <= IDENTIFIER_RAW_MAX &&
        identifier_vrm_key(canonical_mark, &a, &key) == OK)
        give(TOKEN_ALIKE, key, each, context);
}

void token_of_flag(struct bytes flag, token_each each, void *context)
{
    uint8_t plain[TOKEN_NUMBER_MOST];
    const size_t size = squeeze(flag, false, plain, sizeof plain);

    if (size > 0)
        give(TOKEN_FLAG, bytes_of(plain, size), each, context);
}

void token_of_more(token_each each, void *context)
{
    give(TOKEN_MORE, (struct bytes){0}, each, context);
}

/* --- of a text --- */

/* Words that stand side by side, as far as they can be one number: those with a digit in
 * them, and a short one of letters before and behind: "AB12 CDE", "QQ 12 34 56 C". */
enum { RUN_WORDS = 8, RUN_LETTERS = 4 };

struct run {
    size_t count;
    bool has_digit[RUN_WORDS];
    struct subject_word words[RUN_WORDS];
};

/* The numbers that begin with one of its words. */
static void give_from(const struct run *r, size_t first, token_each each, void *context)
{
    uint8_t all[TOKEN_NUMBER_MOST];
    size_t size = 0;
    bool digit = false;

    for (size_t i = first; i < r->count; i++) {
        const struct subject_word *const w = &r->words[i];
        if (w->size > sizeof all - size)
            break;
        memcpy(all + size, w->text, w->size);
        size += w->size;
        digit = digit || r->has_digit[i];
        if (digit && size >= TOKEN_NUMBER_LEAST)
            give(TOKEN_NUMBER, bytes_of(all, size), each, context);
    }
}

static void give_run(const struct run *r, token_each each, void *context)
{
    for (size_t first = 0; first < r->count; first++)
        give_from(r, first, each, context);
}

static bool has_digit(const struct subject_word *w)
{
    for (size_t i = 0; i < w->size; i++) {
        if (word_is_digit(w->text[i]))
            return true;
    }
    return false;
}

/* Of a full one the first word goes, with the numbers that begin with it and no others: a
 * text of nothing but digits has no more than eight of them for each word. */
static void run_add(struct run *r, const struct subject_word *w, bool digit,
                    token_each each, void *context)
{
    if (r->count == RUN_WORDS) {
        give_from(r, 0, each, context);
        memmove(&r->words[0], &r->words[1], (RUN_WORDS - 1) * sizeof r->words[0]);
        memmove(&r->has_digit[0], &r->has_digit[1], RUN_WORDS - 1);
        r->count--;
    }
    r->has_digit[r->count] = digit;
    r->words[r->count++] = *w;
}

static void run_take(struct run *r, const struct subject_word *w, token_each each,
                     void *context)
{
    const bool is_short = w->size <= RUN_LETTERS;

    if (has_digit(w)) {
        run_add(r, w, true, each, context);
        return;
    }
    if (is_short && r->count > 0 && r->has_digit[r->count - 1])
        run_add(r, w, false, each, context);
    give_run(r, each, context);
    r->count = 0;
    if (is_short)
        run_add(r, w, false, each, context);
}

static void numbers_of_text(struct bytes text, token_each each, void *context)
{
    struct run r = {.count = 0};
    struct subject_word w;
    size_t at = 0;

    while (subject_word_next(text, &at, READING_APART, &w))
        run_take(&r, &w, each, context);
    give_run(&r, each, context);
}

bool token_digits_next(struct bytes word, size_t *at, struct bytes *ret)
{
    while (*at < word.size) {
        const size_t first = *at;
        while (*at < word.size && word_is_digit(word.at[*at]))
            (*at)++;
        *ret = bytes_of(word.at + first, *at - first);
        *at += ret->size == 0;
        if (ret->size >= TOKEN_NUMBER_LEAST && ret->size < word.size)
            return true;
    }
    return false;
}

/* "TEL07700900777CALL" is also the number in it. */
static void digits_of_word(struct bytes word, token_each each, void *context)
{
    struct bytes digits;

    for (size_t at = 0; token_digits_next(word, &at, &digits);) {
        token_of_word(digits, each, context);
        token_of_number(digits, each, context);
    }
}

void tokens_of_text(struct bytes text, token_each each, void *context)
{
    for (int reading = 0; reading < SUBJECT_READINGS; reading++) {
        struct subject_word w;
        size_t at = 0;
        while (subject_word_next(text, &at, (enum subject_reading)reading, &w)) {
            if (reading == READING_APART || w.joined)
                token_of_word(bytes_of(w.text, w.size), each, context);
            if (reading == READING_APART)
                digits_of_word(bytes_of(w.text, w.size), each, context);
        }
    }
    numbers_of_text(text, each, context);
}

/* --- of a record --- */

struct giving {
    token_each each;
    void *context;
};

static void give_text(void *context, struct record_place at, struct bytes text)
{
    const struct giving *const g = context;

    (void)at;
    tokens_of_text(text, g->each, g->context);
}

static void give_name(void *context, struct record_place at, struct bytes name)
{
    const struct giving *const g = context;

    (void)at;
    for (int reading = 0; reading < SUBJECT_READINGS; reading++) {
        struct subject_word w;
        size_t next = 0;
        while (subject_word_next(name, &next, (enum subject_reading)reading, &w)) {
            token_of_word(bytes_of(w.text, w.size), g->each, g->context);
            token_of_sound(bytes_of(w.text, w.size), g->each, g->context);
        }
    }
}

/* One that fails its check is found as it was written (R15). */
static void give_identifier(void *context, struct record_place at,
                            enum identifier_type type, struct bytes canonical,
                            struct bytes raw)
{
    const struct giving *const g = context;

    (void)at;
    if (type != 0)
        token_of_identifier(type, canonical, g->each, g->context);
    tokens_of_text(canonical, g->each, g->context);
    tokens_of_text(raw, g->each, g->context);
    token_of_number(canonical, g->each, g->context);
    token_of_number(raw, g->each, g->context);
    if (type == IDENTIFIER_PHONE)
        token_of_tail(canonical.size > 0 ? canonical : raw, g->each, g->context);
    if (type == IDENTIFIER_VRM)
        token_of_alike(canonical, g->each, g->context);
}

static void give_flag(void *context, struct record_place at, struct bytes flag)
{
    const struct giving *const g = context;

    (void)at;
    token_of_flag(flag, g->each, g->context);
}

void tokens_of_record(const struct record *r, token_each each, void *context)
{
    struct giving g = {.each = each, .context = context};
    const struct record_visitor v = {.context = &g,
                                     .text = give_text,
                                     .name = give_name,
                                     .identifier = give_identifier,
                                     .flag = give_flag};

    record_walk(r, &v);
}
