#ifndef FLAGPOST_CORE_INTERNAL_H
#define FLAGPOST_CORE_INTERNAL_H

/* What the parts of the exchange share with each other and with no one else. */

#include "exchange.h"

enum { NO_PEER = AGENCIES_MAX };

/* --- exchange.c --- */
size_t peer_number(const struct exchange *x, const struct agency_id *id); /* or NO_PEER */
/* Leaves the room that answers need: a peer's frames must not use it up. */
bool effects_have_room(const struct exchange *x, size_t wanted);
void notice(struct exchange *x, enum notice what, const struct agency_id *peer,
            enum lane lane, sequence index, status why);
/* Encodes into the turn's arena and queues.  False: the turn has no room for it, and it is
 * dropped, and another turn follows (`more`); whatever is not sent is asked for again,
 * but for what nobody knows of: who sends such a thing looks at the answer. */
bool send_frame(struct exchange *x, const struct peer *to, enum end end,
                const struct frame *f);
/* The same bytes to every current peer, as their follower; to all or to none. */
void send_to_all(struct exchange *x, const struct frame *f);
/* But not where the line is full.  False: the turn has no room for it and it went to
 * nobody, and no other turn follows for its sake; true says nothing of those whose line is
 * full. */
bool send_to_ready(struct exchange *x, const struct frame *f);
/* The roster of a version: E_NEWER when it is not here yet. */
NODISCARD status roster_of_version(struct exchange *x, uint32_t version,
                                   const struct roster **ret);

/* --- trust.c --- */
/* Only a higher number replaces: an old note replayed must not bring a key back. */
void kx_apply(struct peer *p, const struct kx_note *n);
NODISCARD status trust_load(struct exchange *x, struct arena *a);
NODISCARD status take_roster(struct exchange *x, struct peer *from, struct bytes note);
NODISCARD status take_kx(struct exchange *x, struct peer *from, struct bytes note);
/* What the other end's greeting shows that it lacks. */
NODISCARD status tell_trust(struct exchange *x, struct peer *to, enum end end,
                            enum lane lane, const struct frame_hello *hello);

/* --- rekeying.c --- */
/* Our keys that the roster has in use by now are those of the keyring. */
void own_keys_choose(struct exchange *x);
/* When a roster has come into force. */
void lineage_begin(struct exchange *x, struct peer *p);
/* Parse, and verify under a key that was the peer's by the roster in force or by the one
 * that the checkpoint names.  E_NEWER: it names one that is not here yet. */
NODISCARD status peer_checkpoint_verify(struct exchange *x, struct peer *p,
                                        struct bytes note, struct checkpoint *ret);
/* The same of ours that a peer shows, also under a key that we have given up: then it is
 * nothing to build on, for that key may be in other hands.  E_LIMIT. */
NODISCARD status own_checkpoint_verify(struct exchange *x, struct bytes note,
                                       struct checkpoint *ret, bool *ret_given_up);
/* Whether our log begins under a key that was given up, which nobody takes any more. */
NODISCARD status own_epoch_look(struct exchange *x);

/* --- renewing.c --- */
/* A new KX key when the newest is old or lost; those replaced long ago are destroyed. */
NODISCARD status renew_tick(struct exchange *x);
/* A note of ours that a peer shows: what this node has forgotten it does not use again. */
NODISCARD status take_own_kx(struct exchange *x, struct bytes note);
/* Our newest KX note; the first may stand in the roster alone. */
NODISCARD status own_kx_note(struct exchange *x, struct bytes *ret);
void tell_kx(struct exchange *x, const struct peer *to, enum end end, enum lane lane);

/* --- submitting.c --- */
/* Into the turn's group: what is taken here is sealed, whatever the turn still brings. */
NODISCARD status submission_take(struct exchange *x, struct submission *s);
/* Queues the answer to whoever waits for it. */
void answer_submission(struct exchange *x, const struct submission *s,
                       const struct place *place, bool again);

/* --- sealing.c --- */
NODISCARD status own_load(struct exchange *x, enum lane lane, struct arena *a);
NODISCARD status seal_pending(struct exchange *x, enum lane lane);
NODISCARD status seal_audit(struct exchange *x);
/* The content key of a row under a storage key of its own, which goes into keys.db. */
NODISCARD status keep_content_key(struct exchange *x, struct entry_row *row,
                                  const uint8_t content_key[CONTENT_KEY_SIZE]);
/* Signs the checkpoint over what was appended since `first` and puts the group. */
NODISCARD status close_group(struct exchange *x, struct own_lane *own, sequence first,
                             struct bytes leaves);

/* --- epochs.c --- */
/* All that was sealed in the epochs before is looked through from its beginning: what may
 * not have reached its recipients is issued again, and by its idempotency key once. */
void reissue_begin(struct own_lane *own);
NODISCARD status reissue(struct exchange *x, enum lane lane);

/* --- publishing.c --- */
/* What the peer is known to hold. */
NODISCARD status delivery_load(struct exchange *x, struct peer *p, enum lane lane);
NODISCARD status publisher_hello(struct exchange *x, struct peer *p, enum lane lane,
                                 const struct frame_hello *hello);
NODISCARD status publisher_fetch(struct exchange *x, struct peer *p, enum lane lane,
                                 const struct frame_fetch *fetch);
/* How far a follower is in a group that is not complete: the next part may go. */
NODISCARD status publisher_notify(struct exchange *x, struct peer *p, enum lane lane,
                                  const struct frame_notify *notify);
NODISCARD status publisher_receipt(struct exchange *x, struct peer *p, enum lane lane,
                                   const struct frame_receipt *receipt);

/* --- delivering.c --- */
NODISCARD status deliver(struct exchange *x, struct peer *p, enum lane lane);
/* What of one group goes to one peer. */
struct parcel {
    struct frame_group group;
    size_t copy_count;
    struct entry_copy *copies;
    struct entry_row *sent; /* of an own stream: the rows of the copies */
    struct withheld *withheld;
    uint64_t addressed; /* entries of the group that name the peer */
};
/* As many frames as it takes, each as full as its limit allows. */
void parcel_send(struct exchange *x, const struct peer *p, enum end end, enum lane lane,
                 const struct parcel *parcel);
/* A group of the largest size, read and encoded, must fit what is left of the turn. */
bool turn_has_room(const struct exchange *x);
/* A row for each disclosure, before it leaves; recipients of one turn share a row. */
NODISCARD status audit_disclosure(struct exchange *x, const struct peer *p,
                                  const struct entry_row *e);

/* --- returning.c --- */
/* A publisher that we follow asks for its own stream; answered when the turn is closed. */
NODISCARD status follower_fetch(struct peer *p, enum lane lane,
                                const struct frame_fetch *fetch);
NODISCARD status give_back(struct exchange *x, struct peer *p, enum lane lane);

/* --- recovering.c --- */
/* Asks those who still have something of the epoch before; ends when nobody has. */
NODISCARD status recover_tick(struct exchange *x);
/* What a follower gives back; refused unless it was asked for. */
NODISCARD status recover_group(struct exchange *x, struct peer *p, enum lane lane,
                               const struct frame_group *g);
NODISCARD status recover_entries(struct exchange *x, struct peer *p, enum lane lane,
                                 const struct frame_entries *e);
/* It has no more of that epoch. */
void recover_ended(const struct exchange *x, struct peer *p, enum lane lane,
                   const struct frame_error *e);

/* DPA 2018 s.62(1)(a): the row for what came back of a stream of ours. */
NODISCARD status audit_return(struct exchange *x, const struct peer *p,
                              const struct stream_id *stream, sequence first);

/* --- mending.c --- */
/* Asks those who may still have something of damaged rows; ends when nobody has. */
void mend_tick(struct exchange *x);
/* Whether a group or entries of that epoch were asked for, to mend it. */
bool mend_awaits(const struct exchange *x, enum lane lane, const struct epoch *epoch);
NODISCARD status mend_group(struct exchange *x, struct peer *p, enum lane lane,
                            const struct frame_group *g);
NODISCARD status mend_entries(struct exchange *x, const struct peer *p, enum lane lane,
                              const struct frame_entries *e);

/* --- asking.c --- */
void follower_greet(struct exchange *x, struct peer *p, enum lane lane);
/* A greeting to it waits for its answer longer than it should: what can wait waits, too. */
bool line_is_full(const struct exchange *x, const struct peer *p, enum lane lane);
NODISCARD status follower_hello(struct exchange *x, struct peer *p, enum lane lane,
                                const struct frame_hello *hello);
/* Something came of the group that is awaited. */
void follower_progress(struct exchange *x, struct follow *f);
/* A publisher that does not believe what we hold of it is shown its own signature. */
NODISCARD status follower_error(struct exchange *x, struct peer *p, enum lane lane,
                                enum reject why);
/* Signs and sends a receipt when one is due. */
NODISCARD status follower_receipt(struct exchange *x, struct peer *p, enum lane lane);
/* After it: of what came and no receipt tells of. */
void follower_notify(struct exchange *x, struct peer *p, enum lane lane);

/* --- following.c --- */
NODISCARD status follow_load(struct exchange *x, struct peer *p, enum lane lane,
                             struct arena *a);
NODISCARD status follower_group(struct exchange *x, struct peer *p, enum lane lane,
                                const struct frame_group *g);
/* Moves past withheld entries; completes the pending group when nothing is awaited. */
NODISCARD status follower_advance(struct exchange *x, struct follow *f,
                                  const struct group_row *group);

/* The withheld entry with this ordinal, if the group lists one. */
bool withheld_at(const struct group_row *g, uint64_t ordinal, sequence *ret_index);

/* --- refollowing.c --- */
/* Of an index of the group. */
struct hash leaf_of(const struct group_row *g, sequence index);
/* Header and kept leaf hash are those that the group has. */
bool has_leaf(const struct group_row *g, const struct entry_row *e);
/* The content key that the row keeps under its storage key; wiped by the caller. */
NODISCARD status kept_key(struct exchange *x, const struct entry_row *e,
                          uint8_t ret_key[CONTENT_KEY_SIZE]);
bool key_opens(struct exchange *x, const struct entry_row *e);
/* Whether a row for the next entry of ours is here from before the stream was gone back in,
 * and as the log has it: then it is counted.  One that is not goes. */
NODISCARD status keep_what_is_here(struct exchange *x, struct follow *f,
                                   const struct group_row *g, sequence index, bool *ret);
/* Rows in a complete group that it does not vouch for go. */
NODISCARD status drop_strays(struct exchange *x, const struct follow *f,
                             const struct group_row *g);

/* --- taking.c --- */
NODISCARD status follower_entries(struct exchange *x, struct peer *p, enum lane lane,
                                  const struct frame_entries *e);

/* --- gossip.c --- */
NODISCARD status take_gossip(struct exchange *x, struct peer *from, struct bytes note);
NODISCARD status take_evidence(struct exchange *x, struct peer *from,
                               const struct frame_evidence *e);
void tell_gossip(struct exchange *x);
/* Tells a peer that greets anew where its own history stands, as far as it was cosigned
 * here. A home of it that was left for another one at the roster's address is dialled by
 * nobody: this is how it learns of the other. */
void tell_its_own(struct exchange *x, const struct peer *to, enum lane lane);
/* Keeps both notes, quarantines the stream and tells every peer. */
NODISCARD status found_fork(struct exchange *x, struct follow *f, struct bytes first,
                            struct bytes second);
/* Whether a checkpoint of that size exists: groups end where they end for everyone. */
NODISCARD status is_head(struct exchange *x, const struct stream_row *row, sequence size,
                         bool *ret);
/* Root of a followed or own stream at a size we have reached. */
NODISCARD status root_at(struct exchange *x, const struct stream_row *row, sequence size,
                         struct hash *ret);

#endif
