#include "backup.h"

#include "check.h"

/*
 * A backup's header: the first byte says whether the rest stands alone or is laid over a
 * header that the recovery key opens.
 *
 * Oracle: what is read has sizes within their bounds, so the length of the whole does not
 * wrap; the key opens the one header that was sealed to it, byte for byte, and no other.
 */

enum { WHOLE_MAX_BITS = 50 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct hpke_key_pair recovery;
static uint8_t whole[BACKUP_HEADER_SIZE];

static void make_once(void)
{
    static const uint8_t seeds[2][RECOVERY_SEED_SIZE] = {{1}, {2}};
    struct backup_header h = {.part = BACKUP_KEYS, .made = 1, .expires = 2, .sizes = {3}};
    struct hpke_key_pair ephemeral;
    struct hpke_context c;

    if (whole[0] != 0)
        return;
    CHECK_OK(hpke_derive(bytes_of(seeds[0], sizeof seeds[0]), &recovery));
    CHECK_OK(hpke_derive(bytes_of(seeds[1], sizeof seeds[1]), &ephemeral));
    CHECK_OK(agency_id_read(bytes_of_text("F55"), &h.agency));
    memcpy(h.recovery, recovery.public, sizeof h.recovery);
    CHECK_OK(backup_seal(&h, &ephemeral, whole, &c));
}

static size_t header_of(const uint8_t *data, size_t size,
                        uint8_t header[2 * BACKUP_HEADER_SIZE])
{
    const size_t n =
        size < 2 * (size_t)BACKUP_HEADER_SIZE ? size : 2 * (size_t)BACKUP_HEADER_SIZE;

    if (data[0] % 2 == 0) {
        memcpy(header, data + 1, n - 1);
        return n - 1;
    }
    /* Pairs of place and what is changed there. */
    memcpy(header, whole, sizeof whole);
    for (size_t i = 1; i + 2 <= n; i += 2)
        header[data[i] % sizeof whole] ^= data[i + 1];
    return sizeof whole;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t header[2 * BACKUP_HEADER_SIZE];
    struct backup_header h;
    struct hpke_context c;

    if (size == 0)
        return 0;
    make_once();
    const struct bytes b = bytes_of(header, header_of(data, size, header));
    const status s = backup_header_read(b, &h);
    if (s != OK) {
        CHECK(s == E_FORM || s == E_VERSION || s == E_VALUE || s == E_LIMIT);
        CHECK(backup_open(b, &recovery, &h, &c) == s);
        return 0;
    }
    CHECK(backup_size(&h) >= BACKUP_HEADER_SIZE && backup_size(&h) >> WHOLE_MAX_BITS == 0);
    if (backup_open(b, &recovery, &h, &c) == OK)
        CHECK_BYTES(b, bytes_of(whole, sizeof whole));
    return 0;
}
