#include "backup.h"

#include "keyfile.h"
#include "keyring.h"
#include "lines.h"

#include <string.h>

/* The layout is fixed, so its offsets are constants; README.md has it as a table. */
enum {
    BACKUP_VERSION = 1,
    MAGIC_SIZE = 8,
    BEFORE_SIZE = MAGIC_SIZE + 1 + 1 + AGENCY_ID_MAX + HASH_SIZE + BACKUP_SET_SIZE + 8 + 8 +
                  HPKE_KEY_SIZE + HPKE_KEY_SIZE + BACKUP_FILES * 8,
    CONFIG_BYTES_MAX = 64 * 1024,
};

static const uint8_t magic[MAGIC_SIZE] = {'F', 'P', 'B', 'A', 'C', 'K', 'U', 'P'};
static const char info[] = "flagpost/backup/v1";
/* Of a database: far above any node's, and far below what makes a sum of sizes wrap. */
static const uint64_t database_bytes_max = 1ULL << 44;

_Static_assert(BEFORE_SIZE == 218 && BACKUP_HEADER_SIZE == BEFORE_SIZE + HPKE_TAG_SIZE,
               "as README.md says");

static const struct backup_file {
    const char *name;
    uint64_t max; /* 0: a database's */
} files[][BACKUP_FILES] = {
    [BACKUP_JOURNAL] = {{"config", CONFIG_BYTES_MAX},
                        {"root", NOTE_BYTES_MAX},
                        {"node.key", KEYFILE_BYTES_MAX},
                        {"request", NOTE_BYTES_MAX},
                        {"succession", NOTE_BYTES_MAX},
                        {"journal.db", 0}},
    [BACKUP_KEYS] = {{"keys.db", 0}},
    [BACKUP_TAIL] = {{"tail", 0}},
};

const char *backup_file_name(enum backup_part part, size_t i)
{
    MUST(i < BACKUP_FILES);
    return files[part][i].name;
}

uint64_t backup_file_max(enum backup_part part, size_t i)
{
    if (backup_file_name(part, i) == NULL)
        return 0;
    return files[part][i].max == 0 ? database_bytes_max : files[part][i].max;
}

uint64_t backup_size(const struct backup_header *h)
{
    uint64_t size = BACKUP_HEADER_SIZE;

    for (size_t i = 0; i < BACKUP_FILES; i++) {
        const uint64_t chunks = (h->sizes[i] + BACKUP_CHUNK_SIZE - 1) / BACKUP_CHUNK_SIZE;
        size += h->sizes[i] + chunks * HPKE_TAG_SIZE;
    }
    return size;
}

static void write_before(const struct backup_header *h, uint8_t ret[BEFORE_SIZE])
{
    struct writer w = writer_over(ret, BEFORE_SIZE);
    uint8_t agency[AGENCY_ID_MAX] = {0};

    memcpy(agency, h->agency.text, strnlen(h->agency.text, AGENCY_ID_MAX));
    write_bytes(&w, bytes_of(magic, sizeof magic));
    write_u8(&w, BACKUP_VERSION);
    write_u8(&w, (uint8_t)h->part);
    write_bytes(&w, bytes_of(agency, sizeof agency));
    write_bytes(&w, bytes_of(h->realm.bytes, HASH_SIZE));
    write_bytes(&w, bytes_of(h->set, sizeof h->set));
    write_u64(&w, h->made);
    write_u64(&w, h->expires);
    write_bytes(&w, bytes_of(h->recovery, sizeof h->recovery));
    write_bytes(&w, bytes_of(h->encapsulated, sizeof h->encapsulated));
    for (size_t i = 0; i < BACKUP_FILES; i++)
        write_u64(&w, h->sizes[i]);
    MUST(!w.bad && w.size == BEFORE_SIZE);
}

static bool sizes_are_good(const struct backup_header *h)
{
    for (size_t i = 0; i < BACKUP_FILES; i++) {
        if (h->sizes[i] > backup_file_max(h->part, i))
            return false;
    }
    return true;
}

/* The context's number 0 vouches for the header; chunk n has n + 1. */
status backup_seal(struct backup_header *h, const struct hpke_key_pair *ephemeral,
                   uint8_t ret[BACKUP_HEADER_SIZE], struct hpke_context *ret_c)
{
    struct hpke_context c DEFER(hpke_done) = {0};

    MUST(h->part >= BACKUP_JOURNAL && h->part <= BACKUP_TAIL);
    ENSURE(sizes_are_good(h), E_LIMIT);
    TRY(hpke_sender(ephemeral, h->recovery, bytes_of_text(info), &c));
    memcpy(h->encapsulated, ephemeral->public, HPKE_KEY_SIZE);
    write_before(h, ret);
    hpke_seal(&c, 0, bytes_of(ret, BEFORE_SIZE), (struct bytes){0}, ret + BEFORE_SIZE);
    *ret_c = c;
    return OK;
}

status backup_header_read(struct bytes header, struct backup_header *ret)
{
    struct reader r = {.rest = header};
    struct backup_header h = {.part = BACKUP_JOURNAL};
    uint8_t again[BEFORE_SIZE];
    char agency[AGENCY_ID_MAX + 1] = "";

    ENSURE(header.size == BACKUP_HEADER_SIZE, E_FORM);
    ENSURE(bytes_equal(read_bytes(&r, MAGIC_SIZE), bytes_of(magic, sizeof magic)), E_FORM);
    ENSURE(read_u8(&r) == BACKUP_VERSION, E_VERSION);
    const uint8_t part = read_u8(&r);
    ENSURE(part >= BACKUP_JOURNAL && part <= BACKUP_TAIL, E_VALUE);
    h.part = (enum backup_part)part;
    read_copy(&r, agency, AGENCY_ID_MAX);
    ENSURE(agency_id_read(bytes_of_text(agency), &h.agency) == OK, E_VALUE);
    read_copy(&r, h.realm.bytes, HASH_SIZE);
    read_copy(&r, h.set, sizeof h.set);
    h.made = read_u64(&r);
    h.expires = read_u64(&r);
    ENSURE((h.expires != 0) == (h.part == BACKUP_KEYS), E_VALUE);
    read_copy(&r, h.recovery, sizeof h.recovery);
    read_copy(&r, h.encapsulated, sizeof h.encapsulated);
    for (size_t i = 0; i < BACKUP_FILES; i++)
        h.sizes[i] = read_u64(&r);
    MUST(!r.bad);
    ENSURE(sizes_are_good(&h), E_LIMIT);
    /* One form: nothing may hide behind the agency's NUL. */
    write_before(&h, again);
    ENSURE(memcmp(again, header.at, BEFORE_SIZE) == 0, E_VALUE);
    *ret = h;
    return OK;
}

status backup_open(struct bytes header, const struct hpke_key_pair *recovery,
                   struct backup_header *ret, struct hpke_context *ret_c)
{
    struct hpke_context c DEFER(hpke_done) = {0};
    struct backup_header h;
    uint8_t nothing = 0;

    TRY(backup_header_read(header, &h));
    ENSURE(memcmp(h.recovery, recovery->public, HPKE_KEY_SIZE) == 0, E_KEY);
    TRY(hpke_recipient(recovery, h.encapsulated, bytes_of_text(info), &c));
    TRY(hpke_open(&c, 0, bytes_of(header.at, BEFORE_SIZE), bytes_from(header, BEFORE_SIZE),
                  &nothing));
    *ret = h;
    *ret_c = c;
    return OK;
}

void backup_chunk_seal(const struct hpke_context *c, uint64_t number, struct bytes plain,
                       uint8_t *ret)
{
    MUST(plain.size <= BACKUP_CHUNK_SIZE && number < UINT64_MAX);
    hpke_seal(c, number + 1, (struct bytes){0}, plain, ret);
}

status backup_chunk_open(const struct hpke_context *c, uint64_t number, struct bytes sealed,
                         uint8_t *ret)
{
    MUST(sealed.size <= BACKUP_SEALED_MAX && number < UINT64_MAX);
    return hpke_open(c, number + 1, (struct bytes){0}, sealed, ret);
}

/* --- the public half --- */

static const char recovery_head[] = "flagpost/recovery/v1";

struct bytes recovery_text_write(const uint8_t key[HPKE_KEY_SIZE],
                                 char room[RECOVERY_TEXT_ROOM])
{
    struct writer w = writer_over(room, RECOVERY_TEXT_ROOM);

    write_text(&w, recovery_head);
    write_text(&w, "\nkey ");
    base64_write(&w, bytes_of(key, HPKE_KEY_SIZE));
    write_u8(&w, '\n');
    MUST(!w.bad);
    return writer_bytes(&w);
}

status recovery_text_read(struct bytes text, uint8_t ret[HPKE_KEY_SIZE])
{
    struct lines l = lines_over(text);
    uint8_t key[HPKE_KEY_SIZE];

    lines_key(&l, recovery_head);
    lines_key(&l, "key");
    lines_base64(&l, key, sizeof key);
    ENSURE(lines_is_done(&l), E_FORM);
    ENSURE(kx_public_is_sound(key), E_VALUE);
    memcpy(ret, key, sizeof key);
    return OK;
}
