#ifndef FLAGPOST_DESK_H
#define FLAGPOST_DESK_H

/*
 * What people ask of a node.  A call comes from the control socket with the identity that
 * the kernel gives.  It is prepared before the turn's commit, where it may submit records
 * and must write its audit rows; it is answered after the commit, and only then may content
 * be opened: nobody reads before the reading is durable in the log (P12).
 */

#include "again_watch.h"
#include "config.h"
#include "control.h"
#include "exchange.h"
#include "journal_scan.h"
#include "lists.h"
#include "net.h"
#include "sandbox.h"
#include "server.h"
#include "space.h"
#include "verbs.h"

#define DESK_DAY_MS UINT64_C(86400000)

/* What the desk keeps in mind about calls between turns (case_remind.c, case_cite.c). */
struct case_watch {
    millis wall, steady, hold_until;
    bool refreshed;
    /* Searches for what a wrong reference meant, in the turn of that time. */
    millis searched;
    uint32_t searches;
};

/* What the node does about recalls by itself (recall_turn.c). */
struct recall_watch {
    bool started, work; /* rows of the shelf may wait for an answer */
    bool all_noted;     /* else a recall may be stored that has no row */
    bool all_said;      /* else an erasure may have to be said */
    bool unopened; /* an entry came that does not open, or an ask for one (unopened.h) */
    millis looked_at, unopened_at;
};

/* What held.c knows of the time, and its last look. */
struct held_watch {
    struct clock_watch clock;
    millis at;
};

/* Whether the wall clock may end a period (doubt.c). */
enum clock_doubt { CLOCK_BELIEVED, CLOCK_BACK, CLOCK_AHEAD };

/* What is looked for in the files (traces.h). */
struct trace_watch {
    bool settled; /* else rows of the shelf may have to be looked for */
    millis again; /* since when what was found is looked for once more; 0: not yet */
    bool again_done;
    struct journal_scan scan;
    size_t row_count, trace_count; /* of the search that runs */
    record_id rows[SCAN_TRACES_MAX];
    struct journal_trace traces[SCAN_TRACES_MAX];
};

/* What was shown and is not yet found by its URN (urn.h): at most one in a call. */
struct urn_watch {
    size_t count;
    struct urn_to_note {
        struct hash tag;
        struct parent record;
    } at[SERVER_CLIENTS_MAX];
};

/* What is known of the time, and of what is due (dispose.h). */
struct dispose_watch {
    enum clock_doubt doubt;
    bool loaded;
    millis seen; /* the latest time that was believed; 0: no set was ever opened */
    millis at, reminded_at;
    bool refreshed;
    uint32_t lists_version; /* by which the sets' times were computed */
};

enum { RESTORED_TEXT_ROOM = 160 };

/* Who has opened how many records within an hour (reading.h). */
enum { READERS_MAX = 64, READING_FILE_ROOM = 24 };
struct reader_count {
    char person[PERSON_ROOM];
    millis begun;
    uint32_t count;
    /* Of what was read last, where it is an attachment. */
    record_id object;
    char file[READING_FILE_ROOM]; /* "attachment 1"; else "" */
};
struct reading_watch {
    bool loaded; /* what the log has of the last hour is counted */
    struct reader_count at[READERS_MAX];
};

/* The comparison that is at work (reconcile.h). */
struct reconcile;
struct reconcile_watch {
    struct reconcile *session; /* NULL: none */
    millis looked_at;
    uint32_t taken; /* of its entries, in this turn */
    millis hour;    /* since when it is counted how often it was asked anew */
    uint32_t asked_anew;
    bool more; /* this turn has collected, and there is more of it */
};

/* What is still to be indexed (indexing.h). */
struct indexing_watch {
    bool begun; /* what was stored before there was an index has its numbers */
    bool more;  /* this turn has done its share */
    bool anew;  /* it was damaged, and is made again */
};

/* What was indexed and is still to be compared (link_desk.h). */
struct linking_watch {
    bool begun, more;
    bool fallen;  /* some that were told may not stand any more */
    bool damaged; /* the index was, in this turn */
    millis looked_at;
};

/* Questions to owners and their answers (request_desk.h). */
struct asked_watch {
    millis looked_at;
    uint32_t taken; /* of these entries, in this turn */
};

/* The watches that are on (watching.h). */
struct watch_kept;
struct watching_watch {
    bool loaded;  /* `kept` is as the shelf has it */
    bool started; /* alerts of the process before have been looked for */
    bool fresh;   /* alerts wait to be told */
    millis looked_at;
    size_t count;
    struct watch_kept *kept;
};

/* Who has signed in over HTTP, and who tried (session.h).  In memory alone. */
/* Room for the names of a quarter of an hour, at the most that are tried in a minute. */
enum { SESSIONS_MAX = 64, GUESSED_MAX = 320 };
struct session {
    bool open;
    uint8_t digest[32]; /* of its token */
    struct person person;
    millis begun, used; /* steady */
};
struct guessed {
    uint8_t digest[32]; /* of the name that was tried */
    millis begun;
    uint32_t count;
};
struct guesses {
    struct guessed at[GUESSED_MAX];
    millis minute;
    uint32_t in_minute;
};
struct session_watch {
    struct session at[SESSIONS_MAX];
    /* Of names that have a password here, and of all others. */
    struct guesses known, unknown;
};

struct record; /* record.h */

struct desk {
    struct exchange *exchange;
    struct journal *journal;
    struct keyring *keyring;
    struct lists *lists; /* version 0: none installed; borrows from lists_note */
    uint8_t lists_note[NOTE_BYTES_MAX];
    uint8_t root_note[NOTE_BYTES_MAX]; /* the home's root document */
    size_t root_size;
    char root_path[CONFIG_PATH_MAX];
    char tail_path[CONFIG_PATH_MAX]; /* of what a restored home is still to take in */
    const struct config *config;
    struct sandbox sandbox;    /* what the process is confined to */
    const struct net *net;     /* to be asked for its counts; NULL: none */
    const struct space *space; /* NULL: room without end */
    struct arena *scratch;     /* for walking the journal: rewound between its rows */
    struct guard_report guard; /* as found at the start */
    /* "backup ... of ...": where a restored home is from, until a new epoch says so. */
    char restored[RESTORED_TEXT_ROOM];
    millis started;
    millis urgent_at; /* last look at what awaits acknowledgement; steady */
    struct case_watch cases;
    struct recall_watch recalls;
    struct again_watch again;
    struct tail_watch tail;
    struct held_watch held;
    struct dispose_watch disposals;
    struct urn_watch urns;
    struct trace_watch traces;
    struct reading_watch reading;
    struct reconcile_watch reconciling;
    struct indexing_watch indexing;
    struct watching_watch watching;
    struct linking_watch linking;
    struct asked_watch asked;
    struct session_watch sessions;
    millis handling_at; /* last look at what owners are told; steady */
    bool has_gateway;   /* whose user alone may speak for system accounts (account.h) */
    uint32_t gateway;
};

struct call {
    bool open; /* a client waits for it */
    size_t client;
    struct person person; /* as the kernel says, until a token says for whom */
    struct person asker;  /* as the kernel says, once it is prepared */
    bool is_prepared;
    struct bytes request; /* as received; kept by the server until answered */
    struct control_request parsed;
    const struct verb *verb;
    const char *channel;    /* "control"; "http" for an account and for a session */
    bool is_account;        /* it is a system account's and no person's */
    status prepared;        /* what prepare returned */
    const char *sentence;   /* what to tell when that is not OK; in the turn's arena */
    const char *note;       /* what to tell beside the answer when it is; NULL: nothing */
    bool answered_by_place; /* EFFECT_ANSWER has come */
    record_id id;
    struct place place;
    bool again;
    void *work; /* the verb's own, in the turn's arena */
};

/* Who may ask while nobody is named: whoever reaches the socket, or the node's own user
 * (and root) alone. */
enum verb_user { VERB_DESK, VERB_NODE };

/* The role that a verb wants once somebody is named (operator.h). */
enum duty {
    DUTY_ANYONE = 0, /* names nothing that a record says */
    DUTY_SUBMIT = 1,
    DUTY_RELEASE = 2,
    DUTY_READ = 4,
    DUTY_DECIDE = 8,
    DUTY_ACKNOWLEDGE = 16,
    DUTY_AUDIT = 32,
    DUTY_OPERATE = 64,
};

struct verb {
    const char *name;
    /* Before the commit.  E_BUSY: call again in the next turn. */
    status (*prepare)(struct desk *d, struct call *c);
    /* After the commit; NULL: the sentence is the answer. */
    status (*answer)(struct desk *d, struct call *c, struct control_answer *ret);
    enum verb_user user;
    enum duty duty;
};

/* All of them, each name once; static. */
const struct verb *desk_verbs(size_t *ret_count);

/* Parses and prepares; the call keeps the outcome.  E_BUSY: prepare again in the next turn;
 * anything else: call desk_answer after the commit. */
void desk_prepare(struct desk *d, struct call *c);
/* The answer's bytes, in the turn's arena, which the caller may rewind once they are sent.
 * Only E_STORAGE and E_DAMAGED are failures of the node. */
NODISCARD status desk_answer(struct desk *d, struct call *c, struct bytes *ret);

extern const char install_two_histories[];
/* Why root keys do not take over. */
const char *install_root_sentence(status s); /* the sentence for E_HASH */

/* Before the turn is closed: answers to recalls that have arrived.  E_STORAGE or E_DAMAGED
 * alone; what cannot be said in this turn is said in a later one. */
NODISCARD status desk_recall_turn(struct desk *d);
/* This turn has done its share of something, and there is more of it: the next need not
 * wait. */
bool desk_has_more(const struct desk *d);

/* What failed, for the log, when a turn was E_STORAGE or E_DAMAGED. */
const char *desk_error(const struct desk *d);

/* For the exchange's struct newer_versions; `desk` is a struct desk.  What this turn
 * publishes and has not stored yet takes no version's place. */
NODISCARD status desk_superseded(void *desk, const record_id *id, bool *ret);

/* At the start: what the journal says of the desk's own standing, and the newest stored
 * code list in force; none is no fault. */
NODISCARD status desk_load(struct desk *d);

/* --- shared by the verbs --- */

/* Rows of an answer, built up in the turn's arena; values given as bytes or text are
 * borrowed. */
struct rows {
    struct arena *arena;
    size_t count, room;
    struct control_row *rows;
    struct control_field *fields; /* of the last row */
    size_t field_room;
    bool full;
};
void rows_init(struct rows *r, struct arena *a, size_t room);
/* Starts a row with room for `fields`. */
void rows_next(struct rows *r, size_t fields);
void rows_text(struct rows *r, const char *name, const char *value);
void rows_bytes(struct rows *r, const char *name, struct bytes value);
void rows_number(struct rows *r, const char *name, uint64_t value);
void rows_time(struct rows *r, const char *name, millis value); /* 0: "" */
void rows_id(struct rows *r, const char *name, const record_id *id);
void rows_agency(struct rows *r, const char *name,
                 const struct agency_id *value); /* copied */
void rows_give(const struct rows *r, struct control_answer *ret);

/* How long since: "3 d", "5 h", "12 min", "40 s"; what a person compares at a glance. */
const char *desk_age(struct arena *a, millis since, millis now);

/* "a" then "b" ... as one text in the arena; NULL ends the list. */
const char *desk_text(struct arena *a, ...) __attribute__((sentinel));
/* A number as a part of one; "" when the arena is full. */
const char *desk_number(struct arena *a, uint64_t value);
/* Of a record, whole. */
const char *desk_id_text(struct arena *a, const record_id *id);

/* Why nothing, or nothing of many records, is taken while the disk has too little room, and
 * what to do. */
const char *desk_no_room(const struct desk *d);
/* The number of an epoch that another home of this node has begun, or 0.  A journal that
 * has lost its end, or that was put back, may have begun it itself: of it nothing is said.
 */
uint32_t desk_epoch_elsewhere(const struct desk *d);

/* The record whose id begins with the call's argument `id`, which may say whose it is
 * ("F55/01a2..."); of two with one id our own.  Else the one that has it as its URN, where
 * this person may know (find.c).  E_UNKNOWN or E_VALUE (more than one), with the sentence
 * set, which tells a draft's id too. */
NODISCARD status desk_find_record(struct desk *d, struct call *c, struct place *ret,
                                  record_id *ret_id);

/* It arrived when the roster in force was past its grace, and still is: nobody knows by
 * what rules it was sent.  The next roster lets it be read. */
extern const char desk_unreleased_sentence[];
bool desk_is_unreleased(const struct desk *d, const struct entry_row *e);

/* An agency's id in the body of a row: its size in a byte, then its text. */
void desk_write_agency(struct writer *w, const struct agency_id *id);
/* E_FORM, E_LIMIT: as agency_id_read. */
NODISCARD status desk_read_agency(struct reader *r, struct agency_id *ret);

/* What a part of the desk's work gives the turn that does it: E_STORAGE and E_DAMAGED end
 * the turn; whatever else was in its way, such as want of memory, leaves its rows as they
 * are, and it is tried again in another one.  `scratch`: what was in use before, which is
 * all that is kept. */
NODISCARD status desk_part_ends(struct desk *d, size_t scratch, status s);

/* Whether a record was here and was erased; false also of one that never was. */
NODISCARD status desk_is_erased(struct desk *d, const struct parent *record, bool *ret);

/* Opens an entry held here: its items, in `a`.  Only after the commit. */
NODISCARD status desk_open(struct desk *d, const struct entry_row *e, struct arena *a,
                           const struct salted_item **ret_items, size_t *ret_count);
/* The same of an entry that is a record; all in `a`.  E_FORM, E_VALUE or E_LIMIT: it is
 * none. */
NODISCARD status desk_open_record(struct desk *d, const struct entry_row *e,
                                  struct arena *a, struct header *ret_header,
                                  struct record *ret);

/*
 * What must stand before content may be opened, after the commit: the purpose, the record
 * that the call names, and the row of the log with `outcome`.  Sets the sentence.
 * E_RECALLED: its owner has recalled it; E_DENIED: the person may not read it.
 */
NODISCARD status desk_consult(struct desk *d, struct call *c, const char *outcome,
                              struct place *ret, record_id *ret_id);
/* The same of what this agency keeps beside a record: nobody has opened that by it. */
NODISCARD status desk_consult_beside(struct desk *d, struct call *c, const char *outcome,
                                     struct place *ret, record_id *ret_id);

/* The same of a record whose place is known. */
NODISCARD status desk_consult_at(struct desk *d, struct call *c, const char *outcome,
                                 const struct place *place, const record_id *id);

/* An outcome of a record held here, in our own stream for its owner alone, on the record's
 * lane and under its label.  As exchange_submit. */
NODISCARD status desk_answer_owner(struct desk *d, const struct entry_row *e,
                                   const struct item *item, uint64_t ticket);

/* A row of the log for this call: operation, actor, channel, purpose.  Sets the sentence
 * when the purpose cannot be logged, and when this node may not write to its log (E_FENCED,
 * which a verb that shows less without its log may go on from). */
NODISCARD status desk_audit(struct desk *d, struct call *c, struct item_audit *row);

#endif
