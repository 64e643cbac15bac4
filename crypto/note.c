#include "note.h"

#include "draw.h"
#include "scratch.h"
#include "text.h"

#include <sodium.h>
#include <string.h>

static const char line_start[] = "\xe2\x80\x94 "; /* em dash, space */

enum { LINE_START_SIZE = sizeof line_start - 1, KEY_ID_SIZE = 4 };

static bool starts_with(struct bytes b, const char *start)
{
    const size_t size = strlen(start);

    return b.size >= size && memcmp(b.at, start, size) == 0;
}

static bool is_last(struct bytes b, char c)
{
    return b.size > 0 && b.at[b.size - 1] == (uint8_t)c;
}

/* signed-note: valid UTF-8, and no ASCII control characters but newline. */
static bool characters_are_valid(struct bytes b)
{
    for (size_t i = 0; i < b.size; i++) {
        if (b.at[i] < 0x20 && b.at[i] != '\n')
            return false;
    }
    return utf8_is_valid(b);
}

bool note_name_is_valid(struct bytes name)
{
    /* Plus, newline, and every character with the Unicode property White_Space that is not
     * an ASCII control. */
    static const char *const refused[] = {
        "+",
        "\n",
        " ",
        "\xc2\x85",
        "\xc2\xa0",
        "\xe1\x9a\x80",
        "\xe2\x80\x80",
        "\xe2\x80\x81",
        "\xe2\x80\x82",
        "\xe2\x80\x83",
        "\xe2\x80\x84",
        "\xe2\x80\x85",
        "\xe2\x80\x86",
        "\xe2\x80\x87",
        "\xe2\x80\x88",
        "\xe2\x80\x89",
        "\xe2\x80\x8a",
        "\xe2\x80\xa8",
        "\xe2\x80\xa9",
        "\xe2\x80\xaf",
        "\xe2\x81\x9f",
        "\xe3\x80\x80",
    };

    if (name.size == 0 || name.size > NOTE_NAME_MAX || !characters_are_valid(name))
        return false;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        if (memmem(name.at, name.size, refused[i], strlen(refused[i])) != NULL)
            return false;
    }
    return true;
}

void note_key_id(struct bytes name, uint8_t type, const uint8_t key[SIGN_PUBLIC_SIZE],
                 uint8_t ret[4])
{
    uint8_t room[NOTE_NAME_MAX + 2 + SIGN_PUBLIC_SIZE];
    struct writer w = writer_over(room, sizeof room);

    write_bytes(&w, name);
    write_text(&w, "\n");
    write_u8(&w, type);
    write_bytes(&w, bytes_of(key, SIGN_PUBLIC_SIZE));
    MUST(!w.bad);
    const struct hash h = sha256(writer_bytes(&w));
    memcpy(ret, h.bytes, KEY_ID_SIZE);
}

/* Parts at the last empty line; the text keeps its newline. */
static bool note_split(struct bytes bytes, struct bytes *ret_text, struct bytes *ret_lines)
{
    for (size_t i = bytes.size; i >= 2; i--) {
        if (bytes.at[i - 1] == '\n' && bytes.at[i - 2] == '\n') {
            *ret_text = bytes_of(bytes.at, i - 1);
            *ret_lines = bytes_from(bytes, i);
            return true;
        }
    }
    return false;
}

/* `line` without its newline. */
static status signature_read(struct bytes line, struct arena *a, struct note_signature *ret)
{
    struct note_signature s = {0};
    struct bytes raw = {0};

    ENSURE(starts_with(line, line_start), E_FORM);
    line = bytes_from(line, LINE_START_SIZE);
    ENSURE(text_cut(&line, ' ', &s.name) && note_name_is_valid(s.name), E_FORM);
    TRY(base64_decode(a, line, &raw));
    ENSURE(raw.size > KEY_ID_SIZE, E_FORM);
    memcpy(s.key_id, raw.at, KEY_ID_SIZE);
    s.signature = bytes_from(raw, KEY_ID_SIZE);
    *ret = s;
    return OK;
}

static size_t newlines(struct bytes b)
{
    size_t n = 0;

    for (size_t i = 0; i < b.size; i++)
        n += b.at[i] == '\n';
    return n;
}

status note_parse(struct bytes bytes, struct arena *a, struct note *ret)
{
    struct bytes text = {0};
    struct bytes lines = {0};
    struct bytes line = {0};

    ENSURE(bytes.size <= NOTE_BYTES_MAX, E_LIMIT);
    ENSURE(characters_are_valid(bytes), E_FORM);
    ENSURE(note_split(bytes, &text, &lines) && is_last(lines, '\n'), E_FORM);
    const size_t count = newlines(lines);
    ENSURE(count <= NOTE_SIGNATURES_MAX, E_LIMIT);

    struct note_signature *const signatures = arena_array(a, count, sizeof *signatures);
    ENSURE(signatures != NULL, E_MEMORY);
    for (size_t i = 0; i < count; i++) {
        MUST(text_cut(&lines, '\n', &line));
        TRY(signature_read(line, a, &signatures[i]));
    }
    ret->text = text;
    ret->signature_count = count;
    memcpy(ret->signatures, signatures, count * sizeof *signatures);
    return OK;
}

const struct note_signature *note_find(const struct note *n, struct bytes name,
                                       uint8_t type, const uint8_t key[SIGN_PUBLIC_SIZE])
{
    uint8_t key_id[KEY_ID_SIZE];

    note_key_id(name, type, key, key_id);
    for (size_t i = 0; i < n->signature_count; i++) {
        const struct note_signature *const s = &n->signatures[i];
        if (bytes_equal(s->name, name) && memcmp(s->key_id, key_id, sizeof key_id) == 0)
            return s;
    }
    return NULL;
}

status note_verify(const struct note *n, struct bytes name,
                   const uint8_t key[SIGN_PUBLIC_SIZE])
{
    const struct note_signature *const s = note_find(n, name, NOTE_ED25519, key);

    ENSURE(s != NULL && s->signature.size == SIGNATURE_SIZE, E_SIGNATURE);
    ENSURE(signature_is_good(key, n->text, s->signature.at), E_SIGNATURE);
    return OK;
}

status note_line(struct bytes name, uint8_t type, const uint8_t key[SIGN_PUBLIC_SIZE],
                 struct bytes signature, struct arena *a, struct bytes *ret_line)
{
    uint8_t raw[KEY_ID_SIZE + 8 + SIGNATURE_SIZE];
    struct writer blob = writer_over(raw, sizeof raw);

    ENSURE(note_name_is_valid(name), E_FORM);
    note_key_id(name, type, key, raw);
    blob.size = KEY_ID_SIZE;
    write_bytes(&blob, signature);
    MUST(!blob.bad);

    const size_t room = LINE_START_SIZE + name.size + 1 + base64_size(blob.size) + 1;
    uint8_t *const out = arena_take(a, room);
    ENSURE(out != NULL, E_MEMORY);
    struct writer w = writer_over(out, room);
    write_text(&w, line_start);
    write_bytes(&w, name);
    write_text(&w, " ");
    base64_write(&w, writer_bytes(&blob));
    write_text(&w, "\n");
    MUST(!w.bad && w.size == room);
    *ret_line = writer_bytes(&w);
    return OK;
}

/*
 * What may be signed as a note.  tlog-cosignature signs "cosignature/v1\ntime ..." with the
 * same key; were such a text signed as a plain note, its signature would be a cosignature.
 */
static status text_check(struct bytes text)
{
    ENSURE(text.size < NOTE_BYTES_MAX, E_LIMIT);
    ENSURE(is_last(text, '\n') && characters_are_valid(text), E_FORM);
    ENSURE(!starts_with(text, "cosignature/"), E_FORM);
    return OK;
}

static status join(struct bytes head, const char *between, struct bytes tail,
                   struct arena *a, struct bytes *ret)
{
    const size_t room = head.size + strlen(between) + tail.size;

    ENSURE(room <= NOTE_BYTES_MAX, E_LIMIT);
    uint8_t *const out = arena_take(a, room);
    ENSURE(out != NULL, E_MEMORY);
    struct writer w = writer_over(out, room);
    write_bytes(&w, head);
    write_text(&w, between);
    write_bytes(&w, tail);
    MUST(!w.bad);
    *ret = writer_bytes(&w);
    return OK;
}

status note_sign(struct bytes text, struct bytes name, struct keyring *k, struct arena *a,
                 struct bytes *ret)
{
    uint8_t signature[SIGNATURE_SIZE];
    struct bytes line = {0};

    TRY(text_check(text));
    keyring_sign(k, text, signature);
    TRY(note_line(name, NOTE_ED25519, keyring_sign_public(k),
                  bytes_of(signature, sizeof signature), a, &line));
    return join(text, "\n", line, a, ret);
}

status note_sign_seed(struct bytes text, struct bytes name,
                      const uint8_t seed[SIGN_SEED_SIZE], struct arena *a,
                      struct bytes *ret_line)
{
    uint8_t public[SIGN_PUBLIC_SIZE];
    uint8_t secret[crypto_sign_SECRETKEYBYTES];
    uint8_t signature[SIGNATURE_SIZE];

    TRY(text_check(text));
    MUST(crypto_sign_seed_keypair(public, secret, seed) == 0);
    MUST(crypto_sign_detached(signature, NULL, text.at, text.size, secret) == 0);
    sodium_memzero(secret, sizeof secret);
    return note_line(name, NOTE_ED25519, public, bytes_of(signature, sizeof signature), a,
                     ret_line);
}

static bool has_line(struct bytes lines, struct bytes wanted)
{
    struct bytes line = {0};

    while (text_cut(&lines, '\n', &line)) {
        if (bytes_equal(bytes_of(line.at, line.size + 1), wanted))
            return true;
    }
    return false;
}

status note_append(struct bytes note, struct bytes line, struct arena *a, struct bytes *ret)
{
    struct bytes text = {0};
    struct bytes lines = {0};
    struct bytes joined = {0};

    ENSURE(note_split(note, &text, &lines), E_FORM);
    const bool repeated = has_line(lines, line);
    TRY(join(note, "", repeated ? (struct bytes){0} : line, a, &joined));

    /* One parse checks the old lines and the new one; what was signed must stay what it
     * was. */
    DEFER(scratch_done) struct scratch s = scratch_over(a);
    struct note *const parsed = arena_take(s.arena, sizeof *parsed);
    ENSURE(parsed != NULL, E_MEMORY);
    TRY(note_parse(joined, a, parsed));
    ENSURE(bytes_equal(parsed->text, text), E_FORM);
    ENSURE(parsed->signature_count == newlines(lines) + !repeated, E_FORM);
    *ret = joined;
    return OK;
}
