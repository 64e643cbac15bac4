#include "backup.h"

#include "vectors.h"

/* The bytes of a backup's header and chunks. */

enum { PART_AT = 9, AGENCY_AT = 10, SIZES_AT = 154 };

static struct vectors vectors;

static struct hpke_key_pair pair_of(uint8_t fill)
{
    struct hpke_key_pair pair;
    uint8_t seed[RECOVERY_SEED_SIZE];

    memset(seed, fill, sizeof seed);
    CHECK_OK(hpke_derive(bytes_of(seed, sizeof seed), &pair));
    return pair;
}

static struct backup_header header_of(enum backup_part part)
{
    struct backup_header h = {.part = part,
                              .made = 1795824000000,
                              .expires = part == BACKUP_KEYS ? 1798848000000 : 0,
                              .sizes = {12, 5}};

    if (part == BACKUP_KEYS) {
        h.sizes[0] = BACKUP_CHUNK_SIZE + 1;
        h.sizes[1] = 0;
    }
    CHECK_OK(agency_id_read(bytes_of_text("F55"), &h.agency));
    memset(h.realm.bytes, 0x53, HASH_SIZE);
    memset(h.set, 0x54, sizeof h.set);
    memcpy(h.recovery, pair_of(0x51).public, HPKE_KEY_SIZE);
    return h;
}

static struct hpke_context seal(enum backup_part part, uint8_t ret[BACKUP_HEADER_SIZE])
{
    const struct hpke_key_pair ephemeral = pair_of(0x52);
    struct backup_header h = header_of(part);
    struct hpke_context c;

    CHECK_OK(backup_seal(&h, &ephemeral, ret, &c));
    CHECK_BYTES(bytes_of(h.encapsulated, HPKE_KEY_SIZE),
                bytes_of(ephemeral.public, HPKE_KEY_SIZE));
    return c;
}

static status open_header(const uint8_t header[BACKUP_HEADER_SIZE], uint8_t key,
                          struct backup_header *ret, struct hpke_context *ret_c)
{
    const struct hpke_key_pair pair = pair_of(key);

    return backup_open(bytes_of(header, BACKUP_HEADER_SIZE), &pair, ret, ret_c);
}

static void opens_what_was_sealed(void)
{
    uint8_t header[BACKUP_HEADER_SIZE];
    struct backup_header h;
    struct hpke_context opened;
    uint8_t sealed[BACKUP_SEALED_MAX];
    uint8_t plain[BACKUP_CHUNK_SIZE];
    static uint8_t chunk[BACKUP_CHUNK_SIZE] = {7, 8, 9};

    const struct hpke_context c = seal(BACKUP_KEYS, header);
    CHECK_OK(open_header(header, 0x51, &h, &opened));
    const struct backup_header wanted = header_of(BACKUP_KEYS);
    CHECK_INT(h.part, BACKUP_KEYS);
    CHECK(agency_id_equal(&h.agency, &wanted.agency) &&
          hash_equal(&h.realm, &wanted.realm));
    CHECK_INT(h.made, wanted.made);
    CHECK_INT(h.expires, wanted.expires);
    CHECK_INT(h.sizes[0], BACKUP_CHUNK_SIZE + 1);
    CHECK_INT(backup_size(&h), BACKUP_HEADER_SIZE + BACKUP_CHUNK_SIZE + 1 + 32);
    backup_chunk_seal(&c, 4, bytes_of(chunk, sizeof chunk), sealed);
    CHECK_OK(backup_chunk_open(&opened, 4, bytes_of(sealed, sizeof sealed), plain));
    CHECK_BYTES(bytes_of(plain, sizeof plain), bytes_of(chunk, sizeof chunk));
}

/* A chunk at another place, or of another backup, is not a chunk. */
static void a_chunk_opens_in_its_place_alone(void)
{
    uint8_t header[BACKUP_HEADER_SIZE];
    uint8_t sealed[3 + HPKE_TAG_SIZE];
    uint8_t plain[3];
    const struct hpke_context c = seal(BACKUP_JOURNAL, header);
    struct hpke_context other = c;

    backup_chunk_seal(&c, 0, bytes_of_text("abc"), sealed);
    CHECK_STATUS(backup_chunk_open(&c, 1, bytes_of(sealed, sizeof sealed), plain), E_OPEN);
    CHECK_STATUS(backup_chunk_open(&c, 0, bytes_of(sealed, sizeof sealed - 1), plain),
                 E_OPEN);
    other.key[0] ^= 1;
    CHECK_STATUS(backup_chunk_open(&other, 0, bytes_of(sealed, sizeof sealed), plain),
                 E_OPEN);
    CHECK_OK(backup_chunk_open(&c, 0, bytes_of(sealed, sizeof sealed), plain));
}

static void no_bit_of_a_header_can_be_changed(void)
{
    uint8_t header[BACKUP_HEADER_SIZE];
    struct backup_header h;
    struct hpke_context c;

    (void)seal(BACKUP_KEYS, header);
    for (size_t i = 0; i < sizeof header * 8; i++) {
        header[i / 8] ^= (uint8_t)(1U << (i % 8));
        CHECK(open_header(header, 0x51, &h, &c) != OK);
        header[i / 8] ^= (uint8_t)(1U << (i % 8));
    }
    CHECK_OK(open_header(header, 0x51, &h, &c));
    CHECK_STATUS(open_header(header, 0x50, &h, &c), E_KEY);
    CHECK_STATUS(backup_header_read(bytes_of(header, sizeof header - 1), &h), E_FORM);
}

static status read_changed(size_t at, uint8_t to)
{
    uint8_t header[BACKUP_HEADER_SIZE];
    struct backup_header h;

    (void)seal(BACKUP_JOURNAL, header);
    header[at] = to;
    return backup_header_read(bytes_of(header, sizeof header), &h);
}

/* Before anybody vouches for it nothing of it leads to a large number or a strange name. */
static void reads_one_form_within_bounds(void)
{
    CHECK_STATUS(read_changed(0, 'f'), E_FORM);
    CHECK_STATUS(read_changed(8, 2), E_VERSION);
    CHECK_STATUS(read_changed(PART_AT, 0), E_VALUE);
    CHECK_STATUS(read_changed(PART_AT, 4), E_VALUE);
    CHECK_STATUS(read_changed(PART_AT, BACKUP_TAIL), E_LIMIT); /* which has one file */
    CHECK_STATUS(read_changed(PART_AT, BACKUP_KEYS), E_VALUE); /* which expire */
    CHECK_STATUS(read_changed(AGENCY_AT, '/'), E_VALUE);
    CHECK_STATUS(read_changed(AGENCY_AT + 15, 'X'), E_VALUE); /* behind its end */
    CHECK_STATUS(read_changed(SIZES_AT, 1), E_LIMIT);         /* of the configuration */
    CHECK_STATUS(read_changed(SIZES_AT + 5 * 8, 0x01), E_LIMIT);
    CHECK_OK(read_changed(SIZES_AT + 7, 13));
}

static void refuses_an_unsound_recovery_key(void)
{
    const struct hpke_key_pair ephemeral = pair_of(0x52);
    struct backup_header h = header_of(BACKUP_JOURNAL);
    uint8_t header[BACKUP_HEADER_SIZE];
    struct hpke_context c;
    char room[RECOVERY_TEXT_ROOM];
    uint8_t key[HPKE_KEY_SIZE];

    memset(h.recovery, 0, sizeof h.recovery);
    CHECK_STATUS(backup_seal(&h, &ephemeral, header, &c), E_KEY);
    CHECK_STATUS(recovery_text_read(recovery_text_write(h.recovery, room), key), E_VALUE);
    h = header_of(BACKUP_JOURNAL);
    h.sizes[0] = 1ULL << 20;
    CHECK_STATUS(backup_seal(&h, &ephemeral, header, &c), E_LIMIT);
    const struct bytes text = recovery_text_write(h.recovery, room);
    CHECK_OK(recovery_text_read(text, key));
    CHECK_BYTES(bytes_of(key, sizeof key), bytes_of(h.recovery, sizeof h.recovery));
    CHECK_STATUS(recovery_text_read(bytes_of(text.at, text.size - 1), key), E_FORM);
}

static void agrees_with_the_vector(void)
{
    uint8_t file[BACKUP_HEADER_SIZE + 12 + 5 + 2 * HPKE_TAG_SIZE];
    uint8_t *const chunks = file + BACKUP_HEADER_SIZE;
    const struct hpke_context c = seal(BACKUP_JOURNAL, file);

    backup_chunk_seal(&c, 0, bytes_of_text("agency = F55"), chunks);
    backup_chunk_seal(&c, 1, bytes_of_text("root\n"), chunks + 12 + HPKE_TAG_SIZE);
    vectors_read(&vectors, "backup");
    CHECK_BYTES(bytes_of(file, sizeof file), vector_find(&vectors, "file"));
}

CASES(CASE(opens_what_was_sealed), CASE(a_chunk_opens_in_its_place_alone),
      CASE(no_bit_of_a_header_can_be_changed), CASE(reads_one_form_within_bounds),
      CASE(refuses_an_unsound_recovery_key), CASE(agrees_with_the_vector))
