#ifndef FLAGPOST_EXCHANGE_H
#define FLAGPOST_EXCHANGE_H

/*
 * The exchange: what one node does with messages, submissions and time.  It has no I/O,
 * clock, randomness or memory of its own: a turn brings time, a seed, an arena and room for
 * effects, and the store is behind an interface.  So the simulator drives the very code
 * that runs.
 *
 * A turn is
 *
 *     exchange_begin, then exchange_receive / exchange_submit / exchange_audit / ... any
 * number of times, then exchange_close; then the driver commits the store; then, and only
 * then, the effects may leave.
 *
 * The journal is the queue and a peer is a cursor on it: live delivery, retry and replay
 * are one function (delivering.c, deliver).
 */

#include "effects.h"
#include "mends.h"
#include "pace.h"
#include "recovery.h"
#include "routing.h"
#include "seal.h"
#include "store.h"
#include "watch.h"

enum {
    AUDIT_ROWS_MAX = 4096,      /* of one turn */
    CHECKPOINT_NOTE_MAX = 1024, /* one signature and one cosignature fit */
    HELLO_MS_DEFAULT = 1000,
    STALL_MS = 3000,       /* no progress on what we asked for: ask again; */
    STALL_VAIN_MS = 6000,  /* the longest after asking in vain, */
    STALL_SLOW_MS = 60000, /* and where the line takes so long */
    WITNESS_MS = 1000,     /* a stream with nothing for us is cosigned at most this often */
    GREET_SLOW_MS = 5000,  /* at the least, on a line that takes longer to answer */
    GOSSIP_NEWS = 8,       /* checkpoints told at a greeting, beside one told before */
    FORKS_TOLD = 8,        /* the newest */
    AUDIT_PER_ENTRY = 128, /* audit rows in one local entry */
    AUDIT_ROW_BYTES_MAX = 1024,
    CLOSE_RESERVE = 8 * 1024 * 1024, /* of a turn's arena, kept for closing it */
};

_Static_assert(AUDIT_PER_ENTRY *(AUDIT_ROW_BYTES_MAX + 64) < CONTENT_BYTES_MAX,
               "a full entry of audit rows fits a content");

/* KX keys: a new one each week; the private half of the one before is kept for the longest
 * that a record may take.  Neither is begun in the first hour: what waits at the peers
 * comes in first. */
#define KX_PERIOD_MS (UINT64_C(7) * 86400000)
#define KX_KEEP_MS   (UINT64_C(30) * 86400000)
#define KX_SETTLE_MS UINT64_C(3600000)

/* What a desk asks to be published.  Borrowed until exchange_close. */
struct submission {
    record_id id; /* all zero: one is drawn */
    enum kind kind;
    enum lane lane;
    struct label label;
    bool has_previous;
    record_id previous;
    struct about about; /* of no agency: none */
    size_t parent_count;
    const struct parent *parents; /* ascending; see entry.h */
    size_t item_count;
    const struct bytes *items;            /* encoded; or */
    const struct sealed_content *content; /* already salted (an entry issued again) */
    size_t recipient_count;
    const struct agency_id *recipients; /* in any order; the publisher is added */
    struct bytes idempotency_key;       /* empty: none */
    uint64_t ticket;                    /* comes back in EFFECT_ANSWER; 0: nobody waits */
};

/* --- state, open to the simulator; change it only through the functions below --- */

/* Entries of epochs before that may not have reached their recipients: how far they were
 * looked through (epochs.c). */
struct reissue {
    bool done;
    struct stream_id stream; /* of no epoch: none yet */
    sequence next, size;
};

struct own_lane {
    struct stream_row row;
    struct count counts[AGENCIES_MAX]; /* by peer number */
    size_t pending_count;
    struct submission pending[GROUP_ENTRIES_MAX];
    size_t pending_bytes;
    /* The newest head of a later history of ours, past our journal, that a peer has proved.
     */
    struct checkpoint shown;
    bool shown_given_up; /* under a key that may be in other hands */
    struct reissue reissue;
    struct recovery back;
    struct mending mend;
};

/* We publish to the peer. */
struct delivery {
    bool greeted; /* its HELLO has been compared with our log: new bytes may go */
    bool asked;
    uint64_t instance;
    sequence cursor;  /* next index to send */
    bool told;        /* the group that it stands in; then: */
    uint64_t ordinal; /* of the peer's last entry before it */
    struct pace pace;
    uint32_t credit; /* groups that may stand without a receipt */
    uint32_t sent_count;
    sequence sent[CREDIT_GROUPS_MAX]; /* sizes after groups sent and not yet receipted */
    sequence receipted;
    struct return_cursor back, mend;
    sequence damaged; /* first + 1 of the group that could not be sent, once told */
};

/* A checkpoint that someone has shown us and that we have not reached: of the epoch that we
 * follow, of a newer one, or of a stream that we have yet to hear of. */
struct claim {
    struct epoch epoch;
    sequence size;
    struct hash root;
    size_t note_size;
    uint8_t note[CHECKPOINT_NOTE_MAX];
};

/* A fork that this process has found.  It is told again with the gossip, because a message
 * may be lost and a peer may have been away; the journal keeps the evidence for good. */
struct fork {
    size_t first_size, second_size;
    uint8_t first[CHECKPOINT_NOTE_MAX];
    uint8_t second[CHECKPOINT_NOTE_MAX];
};

/* We follow the peer.  The states of a follower, from its data:
 *
 *     unknown -> (first GROUP) -> complete <-> pending -> quarantined
 *
 * complete: every index verified has its disposition; pending: a verified group waits for
 * entries; quarantined: a second history was shown. */
struct follow {
    bool known;
    struct stream_row row;
    bool dirty;   /* row is to be put at the end of the turn */
    bool pending; /* a verified group's entries are awaited */
    bool awaits_statement;
    struct count target; /* what the pending group's count leaf says */
    bool answered;       /* the publisher answered a HELLO since we or it started */
    bool asked;
    bool came; /* entries, or all of a group: what no receipt or notice has told of yet */
    uint64_t instance;
    struct epoch peer_epoch;
    sequence peer_size;
    millis hello_at, progress_at, asked_at, signed_at;
    bool greeting; /* one of ours is unanswered */
    millis greeting_at;
    millis greet_ms; /* that the last answer took */
    millis stall_ms; /* without progress before it is asked for again; 0: STALL_MS */
    millis heard_at; /* the last frame of the publisher that was right; 0: none yet */
    uint64_t receipted_count; /* row.mine.count at the last receipt */
    sequence gossiped;        /* row.receipted when its checkpoint was last told, */
    millis gossiped_at;       /* and when that was */
    struct claim claim;
    bool wanted; /* it asks for its own stream back, from here */
    struct epoch wanted_epoch;
    sequence wanted_from;
};

/* How far back a peer's signing keys follow from each other (rekeying.c). */
struct lineage {
    uint32_t version; /* of the roster that lists these two */
    uint8_t key[SIGN_PUBLIC_SIZE];
    uint8_t outgoing[SIGN_PUBLIC_SIZE]; /* zeros: none */
    bool ends;                          /* the one before has another */
};

struct peer {
    struct agency_id id;
    bool current; /* in today's roster and not revoked */
    struct lineage lineage;
    uint32_t kx_id;
    uint8_t kx_public[HPKE_KEY_SIZE];
    struct delivery deliveries[LANES];
    struct follow follows[LANES];
    millis version_at; /* when it was last told that we read another version */
};

/* Whether another version of an own record stands in its place: the driver knows.  `find`
 * NULL: there are no versions.  E_STORAGE or E_DAMAGED. */
struct newer_versions {
    status (*find)(void *self, const record_id *id, bool *ret);
    void *self;
};

struct exchange {
    struct agency_id self;
    struct hash realm;
    struct keyring *keyring;
    struct store store;
    struct root root;
    struct roster roster;      /* in force */
    struct roster past;        /* the last older one that was needed; version 0: none */
    const struct lists *lists; /* today's rules, asked again at sending; NULL: none */
    struct newer_versions newer;
    uint64_t instance;
    uint32_t hello_ms;
    status fence;      /* OK, or why nothing may be published */
    bool key_given_up; /* that signed our log: it goes on in a new epoch */
    bool fetches_all;  /* of every epoch before, where a new one began before it was done */
    bool gives;      /* the driver has own entries to give when followers have (given.h) */
    bool holds_back; /* what was there before is not issued again: it may be erased yet */
    size_t peer_count, self_number;
    struct peer peers[AGENCIES_MAX]; /* the node itself among them, never followed */
    struct own_lane own[LANES];
    millis gossip_at;
    struct clock_watch clock;
    bool clock_jumped;  /* it does not agree */
    bool clock_is_good; /* it agrees, and has been watched for KX_SETTLE_MS */
    size_t news_told;   /* the last stream whose checkpoint was told as news, */
    size_t gossip_next; /* and as what was told before */
    size_t fork_count;  /* found so far; the newest are in `forks` */
    struct fork forks[FORKS_TOLD];

    /* The open turn. */
    millis now;
    struct draw draw;
    struct arena *arena;
    struct effects *effects;
    bool more;        /* work was left for another turn */
    size_t submitted; /* each may need an answer's room */
    size_t audit_count;
    struct item_audit audit[AUDIT_ROWS_MAX];
};

struct exchange_setup {
    struct agency_id self;
    struct hash realm;
    struct keyring *keyring; /* its KX keys become those of the store */
    struct store store;
    const struct root *root;
    const struct lists *lists; /* the driver's, which may change between turns */
    struct newer_versions newer;
    uint64_t instance; /* random per process */
    uint32_t hello_ms; /* 0: the default */
    millis now;        /* wall clock */
};

/*
 * Rebuilds everything from the store: rosters, KX notes, streams, counts, what is pending.
 * The store must hold a roster that lists `self` (E_UNKNOWN).  `x` is large: allocate it.
 */
NODISCARD status exchange_load(struct exchange *x, const struct exchange_setup *setup,
                               struct arena *a);

/* `arena` is the turn's, reset by the driver once its effects have left. */
void exchange_begin(struct exchange *x, millis now, const uint8_t seed[DRAW_SEED_SIZE],
                    struct arena *arena, struct effects *effects);

/* A clock that never jumps, once a turn, in milliseconds.  Without it, or while the wall
 * clock does not go with it, no key is replaced or destroyed (P11). */
void exchange_clock(struct exchange *x, millis steady);

/* One frame from a peer whose identity the transport has proved.  A refusal is a notice and
 * one coarse class to the peer, never a failure; anything but OK is fatal. */
NODISCARD status exchange_receive(struct exchange *x, const struct agency_id *peer,
                                  enum end end, enum lane lane, struct bytes frame);

/* Greetings, retries, cosigning, gossip: call at least every hello_ms / 4. */
NODISCARD status exchange_tick(struct exchange *x);

/*
 * Takes a submission for this turn's group.  E_BUSY: the group is full, try in the next
 * turn. E_FENCED, E_EXPIRED (roster past its grace), E_UNKNOWN (a recipient not in the
 * roster), E_REVOKED.  The answer comes as an effect.
 */
NODISCARD status exchange_submit(struct exchange *x, const struct submission *s);

/* The content of an own entry as it was salted, in the turn's arena: so that the same
 * record can be published to someone else, under the same content root.  E_UNKNOWN once
 * erased. */
NODISCARD status exchange_content_again(struct exchange *x, const struct entry_row *row,
                                        const struct header *h,
                                        const struct sealed_content **ret);

/* A row for this turn's entry in the local stream (P12).  E_BUSY when the turn is full;
 * E_VALUE or E_LIMIT when the row breaks its rules or is over AUDIT_ROW_BYTES_MAX: a row
 * that is taken can be sealed. */
NODISCARD status exchange_audit(struct exchange *x, const struct item_audit *row);

/*
 * Erases a record that is held here, wherever it stands: storage keys, wraps and
 * ciphertexts go, headers and leaf hashes stay, so every proof still holds (P9).  `why`
 * says who and for what reason; its object and operation are filled in, and its row is in
 * the same commit. The parts of its attachments go with it.  The same record, or a part of
 * it, arriving again is not kept.  E_UNKNOWN: not held here.
 * E_DUPLICATE: erased before.  Otherwise as exchange_audit, and then nothing was erased.
 */
NODISCARD status exchange_erase(struct exchange *x, const struct agency_id *agency,
                                const record_id *id, const struct item_audit *why);

/* Verifies and installs a roster note: E_DUPLICATE when it is the one in force. */
NODISCARD status exchange_install_roster(struct exchange *x, struct bytes note);

/* Root keys that have taken over from those in force, with what came before them. */
void exchange_root(struct exchange *x, const struct root *next);

/* At the start of a turn: epoch 1 on lanes that have none, and the next epoch on all when
 * the signing key was given up, because nobody takes any more what it signed. */
NODISCARD status exchange_first_epoch(struct exchange *x);
/* The next epoch on all lanes, with a statement of what is known of the one before; in a
 * turn in which nothing was submitted. */
NODISCARD status exchange_new_epoch(struct exchange *x, enum epoch_reason reason);
/* Peers of today's roster that have not greeted since the start, or hold more of our log
 * than has been proved yet: of the epochs after ours they may know one that we do not. At
 * most `room` of them go to `ret`; the number of all is returned. */
size_t exchange_unheard(const struct exchange *x, const struct peer **ret, size_t room);
/* The number of a newer epoch of this node that a peer has shown, signed with a key of ours
 * that is in force, or 0.  This journal did not begin it, so another home of this node did:
 * one made of a backup, or a copy. */
uint32_t exchange_epoch_elsewhere(const struct exchange *x);

/*
 * Asks every follower for what it holds of the epochs before the current ones, newest
 * first, and the journal does not; what comes is put as it comes, with a row of the log.
 * What nobody gives is not there: neither entry nor, where no group came, leaf hash. Again:
 * goes on. E_UNKNOWN: no lane has an epoch before this one.  E_FENCED.
 */
NODISCARD status exchange_recover(struct exchange *x);
/* How far that is in one lane, or what it would begin from.  E_UNKNOWN as above. */
NODISCARD status exchange_recovery(struct exchange *x, enum lane lane,
                                   struct recovery *ret);
/* What is known of the epoch before one of ours, by the statement that this one began with.
 * E_UNKNOWN: there was none, or the statement is not here. */
NODISCARD status exchange_before(struct exchange *x, const struct stream_id *id,
                                 struct recovery *ret);

/*
 * Looks for rows of the own current streams that are not what their log says, mends those
 * of which enough is here, and asks the followers for the rest; what comes is put as it
 * comes, with a row of the log.  Each lane's `mend` has the account.  Takes as long as the
 * streams are long.  Again: from the beginning.  E_FENCED.
 */
NODISCARD status exchange_mend(struct exchange *x);

/*
 * Goes back in a followed stream to `size`, where a group has to end whose checkpoint
 * proves what is before it, and follows from there again: rows that agree with the log
 * stay, others are taken anew.  Takes as long as the stream is long.  E_UNKNOWN: not
 * followed, or not so far; E_ORDER, E_HASH: not proved there; E_FORK: quarantined, and
 * stays so.
 */
NODISCARD status exchange_follow_again(struct exchange *x, const struct agency_id *agency,
                                       enum lane lane, sequence size);

/* Nothing is published until exchange_new_epoch; reading and receiving go on. */
void exchange_fence(struct exchange *x, status why);

/* Seals the turn's groups, plans what is sent, signs receipts.  OK or fatal. */
NODISCARD status exchange_close(struct exchange *x);

/* Instead of it, of a turn in which nothing was received, submitted or done that would be
 * put: nothing is sealed, sent or signed, and rows of the log are dropped. */
void exchange_idle(struct exchange *x);

/* NULL when unknown. */
const struct peer *exchange_peer(const struct exchange *x, const struct agency_id *id);

#endif
