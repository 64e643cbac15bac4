#include "checkpoint.h"

#include "lines.h"
#include "scratch.h"

static void note_name_write(struct writer *w, const struct hash *realm,
                            const struct agency_id *agency)
{
    write_text(w, "flagpost/");
    lines_put_hex(w, bytes_of(realm->bytes, sizeof realm->bytes));
    write_text(w, "/");
    write_text(w, agency->text);
}

void agency_note_name(const struct hash *realm, const struct agency_id *agency,
                      char ret[AGENCY_NOTE_NAME_ROOM])
{
    struct writer w = writer_over(ret, AGENCY_NOTE_NAME_ROOM);

    note_name_write(&w, realm, agency);
    write_u8(&w, 0);
    MUST(!w.bad);
}

void origin_write(struct writer *w, const struct hash *realm,
                  const struct stream_id *stream)
{
    char epoch[EPOCH_TEXT_ROOM];

    epoch_write(&stream->epoch, epoch);
    note_name_write(w, realm, &stream->agency);
    write_text(w, "/");
    write_text(w, lane_word(stream->lane));
    write_text(w, "/");
    write_text(w, epoch);
}

status origin_read(struct bytes text, struct hash *ret_realm, struct stream_id *ret_stream)
{
    struct hash realm = {0};
    struct stream_id stream = {0};
    struct bytes word = {0};

    ENSURE(text_cut(&text, '/', &word) && text_is(word, "flagpost"), E_FORM);
    ENSURE(text_cut(&text, '/', &word), E_FORM);
    TRY(hex_decode(word, realm.bytes, sizeof realm.bytes));
    ENSURE(text_cut(&text, '/', &word), E_FORM);
    ENSURE(agency_id_read(word, &stream.agency) == OK, E_FORM);
    ENSURE(text_cut(&text, '/', &word), E_FORM);
    ENSURE(lane_read(word, &stream.lane) == OK, E_FORM);
    TRY(epoch_read(text, &stream.epoch));
    *ret_realm = realm;
    *ret_stream = stream;
    return OK;
}

static status text_write(const struct checkpoint *c, struct arena *a, struct bytes *ret)
{
    uint8_t *const out = arena_take(a, CHECKPOINT_TEXT_MAX);

    ENSURE(out != NULL, E_MEMORY);
    struct writer w = writer_over(out, CHECKPOINT_TEXT_MAX);
    origin_write(&w, &c->realm, &c->stream);
    write_text(&w, "\n");
    write_decimal(&w, c->size);
    write_text(&w, "\n");
    base64_write(&w, bytes_of(c->root.bytes, sizeof c->root.bytes));
    write_text(&w, "\ncounts ");
    write_decimal(&w, c->roster_version);
    write_text(&w, " ");
    write_decimal(&w, c->agency_count);
    write_text(&w, " ");
    base64_write(&w, bytes_of(c->counts_root.bytes, sizeof c->counts_root.bytes));
    write_text(&w, "\n");
    MUST(!w.bad);
    *ret = writer_bytes(&w);
    return OK;
}

static status text_read(struct bytes text, struct checkpoint *ret)
{
    struct lines l = lines_over(text);
    struct checkpoint c = {0};

    ENSURE(text.size <= CHECKPOINT_TEXT_MAX, E_FORM);
    lines_enter(&l);
    TRY(origin_read(lines_word(&l), &c.realm, &c.stream));
    lines_enter(&l);
    c.size = lines_decimal(&l, 0, CHECKPOINT_SIZE_MAX);
    lines_enter(&l);
    lines_base64(&l, c.root.bytes, sizeof c.root.bytes);
    lines_key(&l, "counts");
    c.roster_version = (uint32_t)lines_decimal(&l, 1, UINT32_MAX);
    c.agency_count = (uint32_t)lines_decimal(&l, 1, AGENCIES_MAX);
    lines_base64(&l, c.counts_root.bytes, sizeof c.counts_root.bytes);
    ENSURE(lines_is_done(&l), E_FORM);
    *ret = c;
    return OK;
}

status checkpoint_sign(const struct checkpoint *c, struct keyring *k, struct arena *a,
                       struct bytes *ret)
{
    char name[AGENCY_NOTE_NAME_ROOM];
    struct bytes text = {0};
    struct checkpoint again = {0};

    TRY(text_write(c, a, &text));
    ENSURE(text_read(text, &again) == OK, E_VALUE);
    agency_note_name(&c->realm, &c->stream.agency, name);
    return note_sign(text, bytes_of_text(name), k, a, ret);
}

status checkpoint_read(const struct note *n, struct checkpoint *ret)
{
    return text_read(n->text, ret);
}

status checkpoint_verify(struct bytes note, const uint8_t key[SIGN_PUBLIC_SIZE],
                         struct arena *a, struct checkpoint *ret)
{
    DEFER(scratch_done) struct scratch s = scratch_over(a);
    struct note *const n = arena_take(s.arena, sizeof *n);
    struct checkpoint c = {0};
    char name[AGENCY_NOTE_NAME_ROOM];

    ENSURE(n != NULL, E_MEMORY);
    TRY(note_parse(note, a, n));
    TRY(checkpoint_read(n, &c));
    agency_note_name(&c.realm, &c.stream.agency, name);
    TRY(note_verify(n, bytes_of_text(name), key));
    *ret = c;
    return OK;
}
