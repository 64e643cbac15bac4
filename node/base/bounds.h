#ifndef FLAGPOST_BOUNDS_H
#define FLAGPOST_BOUNDS_H

/*
 * Not named limits.h, which would stand before the C library's.  Everything has a limit,
 * and all limits stand here.  What a peer can make a node allocate follows from these
 * numbers alone.
 */

enum {
    AGENCY_ID_MAX = 16,
    AGENCIES_MAX = 128,   /* 48 forces, 9 units and national bodies, twice over */
    RECIPIENTS_MAX = 128, /* of one entry */
    LANES = 3,

    FRAME_BYTES_MAX = 256 * 1024, /* one ZeroMQ message; also ZMQ_MAXMSGSIZE */
    ENTRY_BYTES_MAX = 192 * 1024, /* header, ciphertext and the two wraps of one entry */
    CONTENT_BYTES_MAX = 160 * 1024,
    HEADER_BYTES_MAX = 12 * 1024,
    NOTE_BYTES_MAX = 64 * 1024, /* a signed note; a roster of 128 agencies fits */

    GROUP_ENTRIES_MAX = 512,
    GROUP_BYTES_MAX = 4 * 1024 * 1024,
    CREDIT_GROUPS_MAX = 4, /* groups a follower may ask for at once */
    FETCH_LIST_MAX = 64,   /* indexes that a request may name */

    ITEMS_MAX = 256,         /* items of one record */
    TEXT_BYTES_MAX = 32768,  /* one text field */
    SHORT_TEXT_MAX = 256,    /* a name, a reference, a title */
    NESTING_MAX = 4,         /* messages within messages on the wire */
    WIRE_FIELDS_MAX = 20000, /* fields in one message, nested ones included */

    /* What peers can make the node hold before it has read it (node/io/net_guard.h): bytes
     * of the wire on one connection, before and after its first valid message, and on all.
     */
    STRANGER_BYTES_MAX = 64 * 1024,
    QUEUE_FRAMES_MAX = 32, /* that wait on one connection; then TCP holds the sender back */
    MEMBER_BYTES_MAX = (QUEUE_FRAMES_MAX + 1) * FRAME_BYTES_MAX,
    PEERS_BYTES_MAX = 64 * 1024 * 1024,
    STRANGERS_MAX = 512, /* connections that have said nothing valid yet */
    STRANGERS_OF_ADDRESS = 64,
    CONNECTIONS_OF_MEMBER = 2 * LANES, /* to our listener: old and new of each lane */

    TURN_FRAMES_MAX = 256, /* peer messages taken in one turn of the loop */
    TURN_ARENA_BYTES = 48 * 1024 * 1024,
    MERKLE_LEVELS_MAX = 64,

    ATTACHMENTS_MAX = 16, /* of one record */
    ATTACHMENT_BYTES_MAX = 100 * 1024 * 1024,
    PART_BYTES_MAX = 128 * 1024, /* of an attachment, in one entry */
    ATTACHMENT_PARTS_MAX = ATTACHMENT_BYTES_MAX / PART_BYTES_MAX,
    PART_PATH_MAX = 10 * 32, /* steps from a part to the root */
};

_Static_assert(ENTRY_BYTES_MAX + 4096 <= FRAME_BYTES_MAX, "an entry fits a frame");
_Static_assert(CONTENT_BYTES_MAX + HEADER_BYTES_MAX + 4096 <= ENTRY_BYTES_MAX,
               "a full content and its header fit an entry");
_Static_assert(GROUP_ENTRIES_MAX * 32 + NOTE_BYTES_MAX <= FRAME_BYTES_MAX,
               "a group's leaf hashes and its checkpoint fit a frame");
_Static_assert(NOTE_BYTES_MAX < FRAME_BYTES_MAX, "a roster fits a frame");
_Static_assert(PART_BYTES_MAX + PART_PATH_MAX + 1024 <= CONTENT_BYTES_MAX,
               "a part and its path fit a content");
_Static_assert(ATTACHMENT_BYTES_MAX % PART_BYTES_MAX == 0 && ATTACHMENT_PARTS_MAX <= 1024,
               "ten steps lead to the root of the largest attachment");

#endif
