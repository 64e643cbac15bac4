#ifndef FLAGPOST_ATTACHMENT_ITEMS_H
#define FLAGPOST_ATTACHMENT_ITEMS_H

/*
 * Files that belong to a record.  The record's item says what each is and commits to every
 * part of it; the parts follow as entries of their own (KIND_ATTACHMENT), whose `previous`
 * is the record.
 */

#include "bounds.h"
#include "types.h"

enum { ATTACHMENT_NAME_MAX = 120, ATTACHMENT_DESCRIPTION_MAX = 500 };

struct item_attachment {
    struct bytes name; /* a file's name without a folder */
    struct bytes media_type;
    uint32_t size;
    struct bytes digest; /* 32 bytes, BLAKE2b-256 of the whole: `b2sum -l 256` */
    struct bytes root;   /* 32 bytes: each part is checked alone, at both ends */
    uint32_t part_bytes; /* size of each part but the last */
    struct bytes description;
};

struct item_part {
    uint32_t attachment; /* which of the record's, from 0 */
    uint32_t number;     /* which part of it, from 0 */
    struct bytes bytes;
    struct bytes path; /* from the part to the attachment's root */
};

#endif
