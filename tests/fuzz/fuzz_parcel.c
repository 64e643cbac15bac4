#include "parcel.h"

#include "check.h"

/*
 * What the confined reader of an import says to its parent, as if a file had taken it over.
 *
 * Oracle: one form only, and within what a good reader says.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t room[PARCEL_BYTES_MAX + 64];
static struct parcel parcel;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct writer w = writer_over(room, sizeof room);
    const struct bytes in = bytes_of(data, size);

    if (parcel_decode(in, &parcel) != OK)
        return 0;
    CHECK(parcel.finding_count <= PARCEL_FINDINGS_MAX);
    CHECK_OK(parcel_encode(&parcel, &w));
    CHECK_BYTES(bytes_from(writer_bytes(&w), 4), in);
    return 0;
}
