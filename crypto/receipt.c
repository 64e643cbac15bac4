#include "checkpoint.h"
#include "lines.h"
#include "scratch.h"

enum { RECEIPT_TEXT_ROOM = 512 };

static status text_write(const struct receipt *r, struct arena *a, struct bytes *ret)
{
    const struct {
        const char *key;
        uint64_t value;
    } counts[] = {
        {"held ", r->held},        {" unopenable ", r->unopenable},
        {" refused ", r->refused}, {" withheld ", r->withheld},
        {" erased ", r->erased},
    };
    uint8_t *const out = arena_take(a, RECEIPT_TEXT_ROOM);

    ENSURE(out != NULL, E_MEMORY);
    struct writer w = writer_over(out, RECEIPT_TEXT_ROOM);
    write_text(&w, "flagpost/receipt/v1\n");
    origin_write(&w, &r->realm, &r->stream);
    write_text(&w, "\n");
    write_decimal(&w, r->size);
    write_text(&w, "\n");
    base64_write(&w, bytes_of(r->root.bytes, sizeof r->root.bytes));
    write_text(&w, "\nfollower ");
    write_text(&w, r->follower.text);
    write_text(&w, "\ntime ");
    write_decimal(&w, r->time);
    write_text(&w, "\n");
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        write_text(&w, counts[i].key);
        write_decimal(&w, counts[i].value);
    }
    write_text(&w, "\n");
    MUST(!w.bad);
    *ret = writer_bytes(&w);
    return OK;
}

static uint64_t count_read(struct lines *l, const char *key)
{
    lines_expect(l, key);
    return lines_decimal(l, 0, UINT64_MAX);
}

static status text_read(struct bytes text, struct receipt *ret)
{
    struct lines l = lines_over(text);
    struct receipt r = {0};

    lines_key(&l, "flagpost/receipt/v1");
    lines_enter(&l);
    TRY(origin_read(lines_word(&l), &r.realm, &r.stream));
    lines_enter(&l);
    r.size = lines_decimal(&l, 0, CHECKPOINT_SIZE_MAX);
    lines_enter(&l);
    lines_base64(&l, r.root.bytes, sizeof r.root.bytes);
    lines_key(&l, "follower");
    r.follower = lines_agency(&l);
    lines_key(&l, "time");
    r.time = lines_decimal(&l, 0, INT64_MAX);
    lines_enter(&l);
    r.held = count_read(&l, "held");
    r.unopenable = count_read(&l, "unopenable");
    r.refused = count_read(&l, "refused");
    r.withheld = count_read(&l, "withheld");
    r.erased = count_read(&l, "erased");
    ENSURE(lines_is_done(&l), E_FORM);
    *ret = r;
    return OK;
}

/* Each index has one disposition, and not every index is addressed to the follower. */
static bool counts_fit(const struct receipt *r)
{
    const uint64_t counts[] = {r->held, r->unopenable, r->refused, r->withheld, r->erased};
    uint64_t left = r->size;

    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        if (counts[i] > left)
            return false;
        left -= counts[i];
    }
    return true;
}

status receipt_sign(const struct receipt *r, struct keyring *k, struct arena *a,
                    struct bytes *ret)
{
    char name[AGENCY_NOTE_NAME_ROOM];
    struct bytes text = {0};
    struct receipt again = {0};

    TRY(text_write(r, a, &text));
    ENSURE(text_read(text, &again) == OK && counts_fit(r), E_VALUE);
    agency_note_name(&r->realm, &r->follower, name);
    return note_sign(text, bytes_of_text(name), k, a, ret);
}

status receipt_verify(struct bytes note, const uint8_t key[SIGN_PUBLIC_SIZE],
                      struct arena *a, struct receipt *ret)
{
    DEFER(scratch_done) struct scratch s = scratch_over(a);
    struct note *const n = arena_take(s.arena, sizeof *n);
    struct receipt r = {0};
    char name[AGENCY_NOTE_NAME_ROOM];

    ENSURE(n != NULL, E_MEMORY);
    TRY(note_parse(note, a, n));
    TRY(text_read(n->text, &r));
    agency_note_name(&r.realm, &r.follower, name);
    TRY(note_verify(n, bytes_of_text(name), key));
    ENSURE(counts_fit(&r), E_VALUE);
    *ret = r;
    return OK;
}
