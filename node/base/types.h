#ifndef FLAGPOST_TYPES_H
#define FLAGPOST_TYPES_H

/*
 * The few types that every layer speaks: agency, lane, epoch, stream, record id, hashes.
 * All are plain values; compare them with the functions here, never with memcmp.
 */

#include "bounds.h"
#include "bytes.h"

typedef uint64_t sequence; /* index of an entry in its stream, from 0; or a count of them */
typedef uint64_t millis;   /* milliseconds since 1970-01-01 UTC */

enum { HASH_SIZE = 32 };

/* SHA-256 or BLAKE2b-256; which one, the name of the field or its comment says. */
struct hash {
    uint8_t bytes[HASH_SIZE];
};

/* 48-bit milliseconds, then 80 random bits: ids sort by time, so the index grows at its
 * end. */
typedef struct record_id {
    uint8_t bytes[16];
} record_id;

/* "F55", "SWROCU", "JFC": capital letters, digits and hyphens, NUL-terminated. */
struct agency_id {
    char text[AGENCY_ID_MAX + 1];
};

enum lane {
    LANE_IMMEDIATE = 1, /* threat to life, urgent, recall */
    LANE_ROUTINE = 2,
    LANE_LOCAL = 3, /* audit, refusals, installs: the agency is its only recipient */
};

/* Lives while the log lives; a restored or cut-short journal starts the next one. */
struct epoch {
    uint32_t counter; /* from 1 */
    uint8_t random[8];
};

/* One agency's log on one lane in one epoch. */
struct stream_id {
    struct agency_id agency;
    enum lane lane;
    struct epoch epoch;
};

bool hash_equal(const struct hash *a, const struct hash *b);
bool record_id_equal(const record_id *a, const record_id *b);

/* Checks length and alphabet; else E_VALUE. */
NODISCARD status agency_id_read(struct bytes text, struct agency_id *ret);
bool agency_id_equal(const struct agency_id *a, const struct agency_id *b);
int agency_id_compare(const struct agency_id *a, const struct agency_id *b);

const char *lane_word(enum lane lane); /* "immediate", "routine", "local" */
NODISCARD status lane_read(struct bytes text, enum lane *ret);
/* 0, 1, 2 for tables that have a row for each lane. */
size_t lane_rank(enum lane lane);
enum lane lane_of_rank(size_t rank);

bool epoch_equal(const struct epoch *a, const struct epoch *b);
bool epoch_is_none(const struct epoch *e); /* all zero: no epoch yet */

/* "<counter>-<16 hex>" and NUL. */
enum { EPOCH_TEXT_ROOM = 10 + 1 + 16 + 1 };
void epoch_write(const struct epoch *e, char ret[EPOCH_TEXT_ROOM]);
NODISCARD status epoch_read(struct bytes text, struct epoch *ret);

bool stream_id_equal(const struct stream_id *a, const struct stream_id *b);

/* 32 hex digits and NUL. */
enum { RECORD_ID_TEXT_ROOM = 33 };
void record_id_write(const record_id *id, char ret[RECORD_ID_TEXT_ROOM]);
NODISCARD status record_id_read(struct bytes text, record_id *ret);
/* The time part. */
millis record_id_time(const record_id *id);

#endif
