#include "checkpoint.h"
#include "text.h"

/* The timestamp and the Ed25519 signature, after the key id (tlog-cosignature, "Format").
 */
enum {
    COSIGNATURE_SIZE = 8 + SIGNATURE_SIZE,
    MESSAGE_ROOM = 64 + CHECKPOINT_TEXT_MAX,
};

/* What is signed, into `room` of MESSAGE_ROOM bytes. */
static struct bytes message_write(uint64_t seconds, struct bytes text, uint8_t *room)
{
    struct writer w = writer_over(room, MESSAGE_ROOM);

    write_text(&w, "cosignature/v1\ntime ");
    write_decimal(&w, seconds);
    write_text(&w, "\n");
    write_bytes(&w, text);
    MUST(!w.bad);
    return writer_bytes(&w);
}

status cosignature_verify_name(const struct note *n, struct bytes name,
                               const uint8_t key[SIGN_PUBLIC_SIZE], millis *ret_time)
{
    const struct note_signature *const s = note_find(n, name, NOTE_COSIGNATURE, key);
    uint8_t room[MESSAGE_ROOM];

    ENSURE(n->text.size <= CHECKPOINT_TEXT_MAX, E_LIMIT);
    ENSURE(s != NULL && s->signature.size == COSIGNATURE_SIZE, E_SIGNATURE);
    struct reader r = {.rest = s->signature};
    const uint64_t seconds = read_u64(&r);
    const struct bytes signature = read_bytes(&r, SIGNATURE_SIZE);
    MUST(reader_is_done(&r));
    const struct bytes message = message_write(seconds, n->text, room);
    ENSURE(signature_is_good(key, message, signature.at), E_SIGNATURE);

    ENSURE(seconds <= INT64_MAX / 1000, E_VALUE);
    *ret_time = seconds * 1000;
    return OK;
}

status cosignature_verify(const struct note *n, const struct hash *realm,
                          const struct agency_id *agency,
                          const uint8_t key[SIGN_PUBLIC_SIZE], millis *ret_time)
{
    char name[AGENCY_NOTE_NAME_ROOM];

    agency_note_name(realm, agency, name);
    return cosignature_verify_name(n, bytes_of_text(name), key, ret_time);
}

static status line_make(struct bytes text, struct bytes name, millis now, struct keyring *k,
                        struct arena *a, struct bytes *ret_line)
{
    uint8_t room[MESSAGE_ROOM];
    uint8_t blob[COSIGNATURE_SIZE];
    uint8_t signature[SIGNATURE_SIZE];
    const uint64_t seconds = now / 1000;
    struct writer w = writer_over(blob, sizeof blob);

    keyring_sign(k, message_write(seconds, text, room), signature);
    write_u64(&w, seconds);
    write_bytes(&w, bytes_of(signature, sizeof signature));
    MUST(!w.bad);
    return note_line(name, NOTE_COSIGNATURE, keyring_sign_public(k), writer_bytes(&w), a,
                     ret_line);
}

status cosignature_sign(struct bytes checkpoint_note, const struct agency_id *self,
                        millis now, struct keyring *k, struct arena *a, struct bytes *ret)
{
    struct note *const n = arena_take(a, sizeof *n);
    struct checkpoint c = {0};
    char name_text[AGENCY_NOTE_NAME_ROOM];
    struct bytes line = {0};
    millis earlier = 0;

    ENSURE(n != NULL, E_MEMORY);
    TRY(note_parse(checkpoint_note, a, n));
    TRY(checkpoint_read(n, &c));
    agency_note_name(&c.realm, self, name_text);
    const struct bytes name = bytes_of_text(name_text);
    if (note_find(n, name, NOTE_COSIGNATURE, keyring_sign_public(k)) != NULL) {
        TRY(cosignature_verify_name(n, name, keyring_sign_public(k), &earlier));
        return arena_copy(a, checkpoint_note, ret);
    }
    TRY(line_make(n->text, name, now, k, a, &line));
    return note_append(checkpoint_note, line, a, ret);
}
