#include "proof_lines.h"

#include <stdio.h>

/* --- writing --- */

static void put_item(struct writer *w, const struct proof_item *i)
{
    proof_put_decimal(w, "item", i->position);
    proof_put_hex(w, "salt", i->salt);
    proof_put_base64(w, "value", i->value);
    proof_put_base64(w, "siblings", i->siblings);
}

static void put_view(struct writer *w, const struct proof_view *v)
{
    proof_put_base64(w, "checkpoint", v->checkpoint.bytes);
    proof_put_base64(w, "path", v->path.bytes);
    for (size_t i = 0; i < v->receipt_count; i++)
        proof_put_base64(w, "receipt", v->receipts[i].bytes);
}

status proof_write(const struct proof *p, struct arena *a, struct bytes *ret)
{
    uint8_t *const out = arena_take(a, PROOF_BYTES_MAX);

    ENSURE(out != NULL, E_MEMORY);
    struct writer w = writer_over(out, PROOF_BYTES_MAX);
    write_text(&w, "flagpost/proof/v1\n");
    proof_put_hex(&w, "realm", p->realm.bytes);
    for (size_t i = 0; i < p->root_count; i++)
        proof_put_base64(&w, "root", p->roots[i].bytes);
    proof_put_base64(&w, "roster", p->roster.bytes);
    proof_put_hex(&w, "record", p->record.bytes);
    proof_put_base64(&w, "header", p->header.bytes);
    proof_put_base64(&w, "leaf", p->leaf.bytes);
    proof_put_decimal(&w, "index", p->index);
    if (p->ciphertext.bytes.size > 0)
        proof_put_base64(&w, "ciphertext", p->ciphertext.bytes);
    for (size_t i = 0; i < p->item_count; i++)
        put_item(&w, &p->items[i]);
    for (size_t i = 0; i < p->view_count; i++)
        put_view(&w, &p->views[i]);
    write_text(&w, "end\n");
    ENSURE(!w.bad, E_LIMIT);
    *ret = writer_bytes(&w);
    return OK;
}

/* --- reading --- */

static status read_item(struct proof_reader *r, struct proof_item *ret)
{
    struct proof_value salt = {0};
    struct proof_value value = {0};
    struct proof_value siblings = {0};
    uint64_t position = 0;

    TRY(proof_read_decimal(r, "item", &position));
    if (position >= ITEMS_MAX)
        return proof_misformed(r, "item");
    const uint32_t line = r->line;
    TRY(proof_read_fixed(r, "salt", SALT_SIZE, &salt));
    TRY(proof_read_base64(r, "value", &value));
    TRY(proof_read_path(r, "siblings", &siblings));
    *ret = (struct proof_item){.position = (uint32_t)position,
                               .line = line,
                               .salt = salt.bytes,
                               .value = value.bytes,
                               .siblings = siblings.bytes};
    return OK;
}

static status read_items(struct proof_reader *r, struct proof *p)
{
    if (!lines_has(&r->l, "item"))
        return OK;
    p->items = arena_array(r->arena, ITEMS_MAX, sizeof *p->items);
    ENSURE(p->items != NULL, E_MEMORY);
    while (lines_has(&r->l, "item")) {
        if (p->item_count == ITEMS_MAX)
            return proof_fail(r->fault, r->line + 1, "item", E_LIMIT,
                              "more items than a record can have");
        TRY(read_item(r, &p->items[p->item_count]));
        p->item_count++;
    }
    return OK;
}

static status read_view(struct proof_reader *r, struct proof_view *v)
{
    v->receipts = arena_array(r->arena, AGENCIES_MAX, sizeof *v->receipts);
    ENSURE(v->receipts != NULL, E_MEMORY);
    TRY(proof_read_base64(r, "checkpoint", &v->checkpoint));
    TRY(proof_read_path(r, "path", &v->path));
    while (lines_has(&r->l, "receipt")) {
        if (v->receipt_count == AGENCIES_MAX)
            return proof_fail(r->fault, r->line + 1, "receipt", E_LIMIT,
                              "more receipts than agencies");
        TRY(proof_read_base64(r, "receipt", &v->receipts[v->receipt_count]));
        v->receipt_count++;
    }
    return OK;
}

static status read_views(struct proof_reader *r, struct proof *p)
{
    p->views = arena_array(r->arena, PROOF_VIEWS_MAX, sizeof *p->views);
    ENSURE(p->views != NULL, E_MEMORY);
    do {
        if (p->view_count == PROOF_VIEWS_MAX)
            return proof_fail(r->fault, r->line + 1, "checkpoint", E_LIMIT,
                              "more checkpoints than agencies");
        TRY(read_view(r, &p->views[p->view_count]));
        p->view_count++;
    } while (lines_has(&r->l, "checkpoint"));
    return OK;
}

static status read_head(struct proof_reader *r, struct proof *p)
{
    r->line++;
    lines_key(&r->l, "flagpost/proof/v1");
    if (r->l.bad || lines_has_word(&r->l))
        return proof_fail(r->fault, r->line, "flagpost/proof/v1", E_FORM,
                          "this is no Flagpost proof");
    TRY(proof_read_fixed(r, "realm", HASH_SIZE, &p->realm));
    TRY(proof_read_roots(r, p));
    TRY(proof_read_base64(r, "roster", &p->roster));
    TRY(proof_read_fixed(r, "record", sizeof(record_id), &p->record));
    TRY(proof_read_base64(r, "header", &p->header));
    TRY(proof_read_base64(r, "leaf", &p->leaf));
    if (p->leaf.bytes.size != HASH_SIZE)
        return proof_misformed(r, "leaf");
    TRY(proof_read_decimal(r, "index", &p->index));
    p->index_line = r->line;
    if (lines_has(&r->l, "ciphertext"))
        TRY(proof_read_base64(r, "ciphertext", &p->ciphertext));
    return read_items(r, p);
}

status proof_read(struct bytes text, struct arena *a, struct proof *ret,
                  struct proof_fault *ret_fault)
{
    struct proof p = {0};
    struct proof_reader r = {.l = lines_over(text), .arena = a, .fault = ret_fault};

    if (text.size > PROOF_BYTES_MAX)
        return proof_fail(ret_fault, 0, "file", E_LIMIT, "larger than any proof");
    status s = read_head(&r, &p);
    if (s == OK)
        s = read_views(&r, &p);
    if (s == E_MEMORY)
        return proof_fail(ret_fault, r.line, "file", E_MEMORY, status_sentence(E_MEMORY));
    TRY(s);
    r.line++;
    lines_key(&r.l, "end");
    if (!lines_is_done(&r.l))
        return proof_fail(ret_fault, r.line, "end", E_FORM,
                          "should be \"end\", and nothing after it");
    *ret = p;
    return OK;
}
