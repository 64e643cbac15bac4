#include "draw.h"
#include "lines.h"
#include "roster.h"
#include "scratch.h"

#include <string.h>

enum { ROOT_TEXT_ROOM = 1024 };

struct hash realm_of(struct bytes root_text)
{
    return sha256(root_text);
}

static struct bytes name_of(const struct root_key *k)
{
    return bytes_of(k->name, strnlen(k->name, sizeof k->name));
}

static struct bytes key_name(const struct root *r, size_t i)
{
    return name_of(&r->keys[i]);
}

/* No key and no name twice: a key under two names would count twice towards the threshold.
 */
static status root_check(const struct root *r)
{
    ENSURE(r->number >= 1, E_VALUE);
    ENSURE(r->key_count <= ROOT_KEYS_MAX, E_LIMIT);
    ENSURE(r->threshold >= 1 && r->threshold <= r->key_count, E_VALUE);
    for (size_t i = 0; i < r->key_count; i++) {
        const struct bytes name = key_name(r, i);
        ENSURE(name.size < sizeof r->keys[i].name && note_name_is_valid(name), E_VALUE);
        ENSURE(sign_public_is_sound(r->keys[i].key), E_VALUE);
        for (size_t k = 0; k < i; k++) {
            ENSURE(!bytes_equal(name, key_name(r, k)), E_VALUE);
            ENSURE(memcmp(r->keys[i].key, r->keys[k].key, SIGN_PUBLIC_SIZE) != 0, E_VALUE);
        }
    }
    return OK;
}

status root_write(const struct root *r, struct arena *a, struct bytes *ret_text)
{
    uint8_t *const out = arena_take(a, ROOT_TEXT_ROOM);

    ENSURE(out != NULL, E_MEMORY);
    TRY(root_check(r));
    struct writer w = writer_over(out, ROOT_TEXT_ROOM);
    write_text(&w, "flagpost/root/v1\nnumber ");
    write_decimal(&w, r->number);
    write_text(&w, "\nthreshold ");
    write_decimal(&w, r->threshold);
    write_text(&w, "\n");
    for (size_t i = 0; i < r->key_count; i++) {
        write_text(&w, "key ");
        write_bytes(&w, key_name(r, i));
        write_text(&w, " ");
        base64_write(&w, bytes_of(r->keys[i].key, sizeof r->keys[i].key));
        write_text(&w, "\n");
    }
    MUST(!w.bad);
    *ret_text = writer_bytes(&w);
    return OK;
}

static status root_read(struct bytes text, struct root *ret)
{
    struct lines l = lines_over(text);
    struct root r = {0};

    lines_key(&l, "flagpost/root/v1");
    lines_key(&l, "number");
    r.number = (uint32_t)lines_decimal(&l, 1, UINT32_MAX);
    lines_key(&l, "threshold");
    r.threshold = (uint32_t)lines_decimal(&l, 1, ROOT_KEYS_MAX);
    while (lines_has(&l, "key")) {
        ENSURE(r.key_count < ROOT_KEYS_MAX, E_LIMIT);
        lines_key(&l, "key");
        lines_copy(&l, lines_word(&l), r.keys[r.key_count].name, sizeof r.keys[0].name);
        lines_base64(&l, r.keys[r.key_count].key, sizeof r.keys[0].key);
        r.key_count++;
    }
    ENSURE(lines_is_done(&l), E_FORM);
    TRY(root_check(&r));
    *ret = r;
    return OK;
}

static status keys_have_signed(const struct root_key *keys, size_t count,
                               uint32_t threshold, const struct note *n)
{
    uint32_t good = 0;

    for (size_t i = 0; i < count; i++) {
        const struct bytes name = name_of(&keys[i]);
        if (note_find(n, name, NOTE_ED25519, keys[i].key) == NULL)
            continue;
        TRY(note_verify(n, name, keys[i].key));
        good++;
    }
    ENSURE(good >= threshold, E_THRESHOLD);
    return OK;
}

status root_has_signed(const struct root *root, const struct note *n)
{
    return keys_have_signed(root->keys, root->key_count, root->threshold, n);
}

status root_has_ever_signed(const struct root *root, const struct note *n)
{
    const status s = root_has_signed(root, n);

    for (size_t i = root->former_count; s == E_THRESHOLD && i > 0; i--) {
        const struct root_former *const f = &root->former[i - 1];
        if (keys_have_signed(f->keys, f->key_count, f->threshold, n) == OK)
            return OK;
    }
    return s;
}

/* The keys are in the document itself, so here the text is read before it is verified. */
static status note_read(struct bytes note, struct arena *a, struct note *n,
                        struct root *ret)
{
    TRY(note_parse(note, a, n));
    return root_read(n->text, ret);
}

status root_verify(struct bytes note, struct arena *a, struct root *ret)
{
    DEFER(scratch_done) struct scratch s = scratch_over(a);
    struct note *const n = arena_take(s.arena, sizeof *n);
    struct root r = {0};

    ENSURE(n != NULL, E_MEMORY);
    TRY(note_read(note, a, n, &r));
    TRY(root_has_signed(&r, n));
    *ret = r;
    return OK;
}

status root_verify_next(struct bytes note, const struct root *old, struct arena *a,
                        struct root *ret)
{
    DEFER(scratch_done) struct scratch s = scratch_over(a);
    struct note *const n = arena_take(s.arena, sizeof *n);
    struct root r = {0};

    ENSURE(n != NULL, E_MEMORY);
    TRY(note_read(note, a, n, &r));
    TRY(root_has_signed(old, n));
    TRY(root_has_signed(&r, n));
    ENSURE(r.number > old->number, E_ROLLBACK);
    ENSURE(r.number - old->number == 1, E_ORDER);
    *ret = r;
    return OK;
}

/* --- a file with all of them --- */

bool root_chain_cut(struct bytes *rest, struct bytes *ret_note)
{
    const uint8_t *next = NULL;

    if (rest->size == 0)
        return false;
    /* A text begins with this line and has no other of the kind (grammar). */
    next = memmem(rest->at + 1, rest->size - 1, "\nflagpost/root/v1\n",
                  sizeof "\nflagpost/root/v1\n" - 1);
    const size_t size = next == NULL ? rest->size : (size_t)(next - rest->at) + 1;
    *ret_note = bytes_of(rest->at, size);
    *rest = bytes_from(*rest, size);
    return true;
}

static status follow(struct bytes note, struct arena *a, struct root *r)
{
    const struct root before = *r;

    ENSURE(before.former_count < ROOTS_MAX - 1, E_LIMIT);
    TRY(root_verify_next(note, &before, a, r));
    memcpy(r->former, before.former, sizeof r->former);
    struct root_former *const f = &r->former[before.former_count];
    f->threshold = before.threshold;
    f->key_count = before.key_count;
    memcpy(f->keys, before.keys, sizeof f->keys);
    r->former_count = before.former_count + 1;
    return OK;
}

status root_chain_verify(struct bytes file, struct arena *a, struct root *ret,
                         struct hash *ret_realm)
{
    DEFER(scratch_done) struct scratch s = scratch_over(a);
    struct note *const n = arena_take(s.arena, sizeof *n);
    struct root *const r = arena_take(s.arena, sizeof *r);
    struct bytes note = {0};

    ENSURE(n != NULL && r != NULL, E_MEMORY);
    ENSURE(root_chain_cut(&file, &note), E_FORM);
    TRY(root_verify(note, a, r));
    ENSURE(r->number == 1, E_ORDER);
    TRY(note_parse(note, a, n));
    const struct hash realm = realm_of(n->text);
    while (root_chain_cut(&file, &note))
        TRY(follow(note, a, r));
    *ret = *r;
    *ret_realm = realm;
    return OK;
}
