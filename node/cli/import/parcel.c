#include "parcel.h"

#include "text.h"

const char *import_rule_word(enum import_rule r)
{
    switch (r) {
    case IMPORT_FILE:
        return "I1";
    case IMPORT_LIMIT:
        return "I2";
    case IMPORT_COLUMN:
        return "I3";
    case IMPORT_VALUE:
        return "I4";
    case IMPORT_DATE:
        return "I5";
    case IMPORT_DAMAGE:
        return "I6";
    case IMPORT_KEY:
        return "I7";
    case IMPORT_CHANGED:
        return "I8";
    case IMPORT_STOPPED:
        return "I9";
    case IMPORT_WAITS:
        return "I10";
    case IMPORT_ATTACHED:
        return "I11";
    }
    return "?";
}

/* At most `max` bytes and no character in halves. */
static struct bytes cut(struct bytes b, size_t max)
{
    if (b.size <= max)
        return b;
    while (max > 0 && (b.at[max] & 0xc0) == 0x80)
        max--;
    return bytes_of(b.at, max);
}

static void put_text(struct writer *w, struct bytes b, size_t max)
{
    const struct bytes shown = cut(b, max);

    write_u16(w, (uint16_t)shown.size);
    write_bytes(w, shown);
}

static void put_finding(struct writer *w, const struct import_finding *f)
{
    write_u8(w, (uint8_t)f->rule);
    put_text(w, f->column, PARCEL_TEXT_MAX);
    put_text(w, f->field, PARCEL_TEXT_MAX);
    put_text(w, f->sentence, PARCEL_TEXT_MAX);
    put_text(w, f->mend, PARCEL_TEXT_MAX);
}

status parcel_encode(const struct parcel *p, struct writer *w)
{
    const size_t start = w->size;

    MUST(p->key.size <= PARCEL_KEY_MAX && p->finding_count <= PARCEL_FINDINGS_MAX);
    write_u32(w, 0); /* the size, when it is known */
    write_u8(w, (uint8_t)p->kind);
    write_u32(w, p->row);
    write_u32(w, p->line);
    put_text(w, p->key, PARCEL_KEY_MAX);
    switch (p->kind) {
    case PARCEL_ROW:
        write_u32(w, (uint32_t)p->record.size);
        write_bytes(w, p->record);
        put_text(w, p->version, PARCEL_GATE_MAX);
        put_text(w, p->reference, PARCEL_GATE_MAX);
        break;
    case PARCEL_FINDINGS:
        write_u8(w, (uint8_t)p->finding_count);
        for (size_t i = 0; i < p->finding_count; i++)
            put_finding(w, &p->findings[i]);
        break;
    case PARCEL_END:
        write_u32(w, p->rows);
        write_u8(w, p->whole);
        break;
    }
    ENSURE(!w->bad && w->size - start - 4 <= PARCEL_BYTES_MAX, E_LIMIT);
    struct writer size = writer_over(w->at + start, 4);
    write_u32(&size, (uint32_t)(w->size - start - 4));
    return OK;
}

/* Text that a person will see: UTF-8 without control characters. */
static bool take_text(struct reader *r, size_t max, struct bytes *ret)
{
    const size_t size = read_u16(r);

    if (size > max)
        return false;
    *ret = read_bytes(r, size);
    for (size_t i = 0; i < ret->size; i++) {
        if (ret->at[i] < 0x20 || ret->at[i] == 0x7f)
            return false;
    }
    return !r->bad && utf8_is_valid(*ret);
}

static bool take_finding(struct reader *r, struct import_finding *ret)
{
    const uint8_t rule = read_u8(r);

    ret->rule = (enum import_rule)rule;
    return rule >= IMPORT_FILE && rule <= IMPORT_STOPPED &&
           take_text(r, PARCEL_TEXT_MAX, &ret->column) &&
           take_text(r, PARCEL_TEXT_MAX, &ret->field) &&
           take_text(r, PARCEL_TEXT_MAX, &ret->sentence) &&
           take_text(r, PARCEL_TEXT_MAX, &ret->mend);
}

static bool take_findings(struct reader *r, struct parcel *p)
{
    p->finding_count = read_u8(r);
    if (p->finding_count == 0 || p->finding_count > PARCEL_FINDINGS_MAX)
        return false;
    for (size_t i = 0; i < p->finding_count; i++) {
        if (!take_finding(r, &p->findings[i]))
            return false;
    }
    return true;
}

static bool take_body(struct reader *r, uint8_t kind, struct parcel *p)
{
    uint8_t whole = 0;

    switch (kind) {
    case PARCEL_ROW:
        p->record = read_bytes(r, read_u32(r));
        return p->row >= 1 && p->row <= ROWS_MAX && p->key.size > 0 &&
               take_text(r, PARCEL_GATE_MAX, &p->version) &&
               take_text(r, PARCEL_GATE_MAX, &p->reference);
    case PARCEL_FINDINGS:
        return p->row <= ROWS_MAX + 1 && take_findings(r, p);
    case PARCEL_END:
        p->rows = read_u32(r);
        whole = read_u8(r);
        p->whole = whole == 1;
        return p->row == 0 && p->rows <= ROWS_MAX + 1 && whole <= 1;
    default:
        return false;
    }
}

status parcel_decode(struct bytes b, struct parcel *ret)
{
    struct reader r = {.rest = b};
    const uint8_t kind = read_u8(&r);

    *ret = (struct parcel){.kind = (enum parcel_kind)kind};
    ret->row = read_u32(&r);
    ret->line = read_u32(&r);
    ENSURE(take_text(&r, PARCEL_KEY_MAX, &ret->key), E_FORM);
    ENSURE(take_body(&r, kind, ret) && reader_is_done(&r), E_FORM);
    return OK;
}
