#include "proof_lines.h"

#include "text.h"

#include <stdio.h>

status proof_fail(struct proof_fault *f, uint32_t line, const char *field, status why,
                  const char *sentence)
{
    MUST(why != OK);
    if (f->why != OK)
        return f->why;
    f->line = line;
    f->field = field;
    f->why = why;
    (void)snprintf(f->sentence, sizeof f->sentence, "%s", sentence);
    return why;
}

/* --- writing --- */

void proof_put_base64(struct writer *w, const char *key, struct bytes b)
{
    write_text(w, key);
    write_text(w, " ");
    if (b.size == 0)
        write_text(w, "-");
    else
        base64_write(w, b);
    write_text(w, "\n");
}

void proof_put_hex(struct writer *w, const char *key, struct bytes b)
{
    write_text(w, key);
    write_text(w, " ");
    lines_put_hex(w, b);
    write_text(w, "\n");
}

void proof_put_decimal(struct writer *w, const char *key, uint64_t value)
{
    write_text(w, key);
    write_text(w, " ");
    write_decimal(w, value);
    write_text(w, "\n");
}

/* --- reading --- */

status proof_misformed(struct proof_reader *r, const char *key)
{
    char sentence[PROOF_SENTENCE_ROOM];

    (void)snprintf(sentence, sizeof sentence,
                   "should be \"%s\" and its value, and nothing else", key);
    return proof_fail(r->fault, r->line, key, E_FORM, sentence);
}

status proof_enter(struct proof_reader *r, const char *key, struct bytes *ret)
{
    r->line++;
    lines_key(&r->l, key);
    const struct bytes value = lines_word(&r->l);
    if (r->l.bad || lines_has_word(&r->l))
        return proof_misformed(r, key);
    *ret = value;
    return OK;
}

status proof_read_base64(struct proof_reader *r, const char *key, struct proof_value *ret)
{
    struct bytes word = {0};
    struct bytes raw = {0};

    TRY(proof_enter(r, key, &word));
    const status s = base64_decode(r->arena, word, &raw);
    if (s == E_MEMORY)
        return proof_fail(r->fault, r->line, key, E_LIMIT, "too much for one proof");
    if (s != OK || raw.size == 0)
        return proof_misformed(r, key);
    *ret = (struct proof_value){.bytes = raw, .line = r->line};
    return OK;
}

status proof_read_fixed(struct proof_reader *r, const char *key, size_t size,
                        struct proof_value *ret)
{
    struct bytes word = {0};
    uint8_t *const out = arena_take(r->arena, size);

    ENSURE(out != NULL, E_MEMORY);
    TRY(proof_enter(r, key, &word));
    if (hex_decode(word, out, size) != OK)
        return proof_misformed(r, key);
    *ret = (struct proof_value){.bytes = bytes_of(out, size), .line = r->line};
    return OK;
}

status proof_read_decimal(struct proof_reader *r, const char *key, uint64_t *ret)
{
    struct bytes word = {0};

    TRY(proof_enter(r, key, &word));
    return decimal_decode(word, ret) == OK ? OK : proof_misformed(r, key);
}

status proof_read_path(struct proof_reader *r, const char *key, struct proof_value *ret)
{
    struct proof_reader before = *r;
    struct bytes word = {0};

    TRY(proof_enter(r, key, &word));
    if (text_is(word, "-")) {
        *ret = (struct proof_value){.line = r->line};
        return OK;
    }
    *r = before;
    return proof_read_base64(r, key, ret);
}

status proof_read_roots(struct proof_reader *r, struct proof *p)
{
    do {
        if (p->root_count == PROOF_ROOTS_MAX)
            return proof_fail(r->fault, r->line + 1, "root", E_LIMIT, "too many roots");
        TRY(proof_read_base64(r, "root", &p->roots[p->root_count]));
        p->root_count++;
    } while (lines_has(&r->l, "root"));
    return OK;
}
