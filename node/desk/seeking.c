#include "seeking.h"

#include "asked.h"
#include "indexing.h"
#include "tokens.h"

/* --- what is asked --- */

static status read_field(struct desk *d, struct call *c, struct seek *s, enum seek_field f)
{
    const struct bytes given = control_argument(&c->parsed, seek_field_word(f));
    const char *mend = NULL;

    if (given.size == 0)
        return OK;
    const status read = seek_add(s, f, given, d->exchange->arena, &mend);
    if (read != OK && read != E_MEMORY)
        c->sentence = mend;
    if (read == OK && f == SEEK_FLAG)
        c->note = asked_flag(d, given);
    return read;
}

status seeking_read(struct desk *d, struct call *c, struct seek **ret)
{
    struct seek *const s = arena_take(d->exchange->arena, sizeof *s);
    const char *mend = NULL;

    ENSURE(s != NULL, E_MEMORY);
    for (unsigned f = 1; f < SEEK_FIELD_END; f++)
        TRY(read_field(d, c, s, (enum seek_field)f));
    if (seek_check(s, &mend) != OK) {
        c->sentence = mend;
        return E_USAGE;
    }
    *ret = s;
    return OK;
}

enum { DIGESTED_MAX = 4096 };

status seeking_digest(struct desk *d, const struct bytes fields[SEEK_FIELD_END],
                      struct bytes *ret)
{
    struct arena *const a = d->exchange->arena;
    struct writer w = writer_over(arena_take(a, DIGESTED_MAX), DIGESTED_MAX);

    ENSURE(w.at != NULL, E_MEMORY);
    for (unsigned f = 1; f < SEEK_FIELD_END; f++) {
        write_bytes(&w, fields[f]);
        write_u8(&w, 0);
    }
    MUST(!w.bad); /* twelve texts of at most SHORT_TEXT_MAX */
    const struct hash digest = keyring_mac(d->keyring, KEYRING_DIGEST, writer_bytes(&w));
    return arena_copy(a, bytes_of(digest.bytes, sizeof digest.bytes), ret);
}

status seeking_told(struct call *c, status s)
{
    if (s == E_LIMIT)
        c->sentence = "that is too much at once: at most sixteen words, numbers and names "
                      "together";
    if (s == E_VALUE)
        c->sentence = "nothing is found by single letters: give a word of two letters and "
                      "more";
    return s;
}

/* --- by which tokens --- */

/* A record that has more than are kept of one may have any. */
static void add_more(void *context, struct bytes message)
{
    seek_term_add(context, message);
}

static void hash_term(struct desk *d, struct seek_term *term, struct token_term *ret)
{
    struct bytes messages[SEEK_ANY_MAX];

    token_of_more(add_more, term);
    for (size_t i = 0; i < term->count; i++)
        messages[i] = bytes_of(term->any[i].at, term->any[i].size);
    ret->is_soft = term->is_soft;
    ret->count = term->count;
    keyring_tokens(d->keyring, messages, term->count, ret->any);
}

status seeking_query(struct desk *d, const struct seek *s, struct token_query *ret)
{
    struct arena *const a = d->exchange->arena;
    const size_t mark = arena_mark(a);
    struct seek_terms *const terms = arena_take(a, sizeof *terms);

    ENSURE(terms != NULL, E_MEMORY);
    const status found = seek_terms(s, terms);
    *ret = (struct token_query){.soft_needed = terms->soft_needed,
                                .term_count = found == OK ? terms->count : 0};
    for (size_t i = 0; i < ret->term_count; i++)
        hash_term(d, &terms->at[i], &ret->terms[i]);
    arena_rewind(a, mark);
    TRY(found);
    return ret->term_count > 0 ? OK : E_VALUE;
}

/* --- a candidate --- */

static status open_sought(struct desk *d, const struct place *place, struct arena *a,
                          struct sought *ret)
{
    const struct store *const store = &d->exchange->store;

    TRY(store->ops->entry_find(store->self, &place->stream, place->index, a, &ret->entry));
    ENSURE(ret->entry.kind == KIND_INTELLIGENCE, E_UNKNOWN);
    return desk_open_record(d, &ret->entry, a, &ret->header, &ret->record);
}

status seeking_open(struct desk *d, const struct place *place, struct arena *a,
                    struct sought **ret)
{
    struct sought *const x = arena_take(a, sizeof *x);

    ENSURE(x != NULL, E_MEMORY);
    const status s = open_sought(d, place, a, x);
    ENSURE(s != E_STORAGE && s != E_MEMORY, s);
    *ret = x;
    return s == OK ? OK : E_UNKNOWN;
}

const char *seeking_text(struct arena *a, const struct seek_found *f)
{
    const char *text = "";

    for (size_t i = 0; i < f->count; i++) {
        const struct seek_hit *const h = &f->hits[i];
        text =
            desk_text(a, text, i == 0 ? "" : "; ", seek_field_word(h->field), ": ", h->how,
                      ", in ", h->at.where, " ", desk_number(a, h->at.index + 1), NULL);
    }
    return text;
}
