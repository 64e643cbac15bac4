#ifndef FLAGPOST_WATCHING_H
#define FLAGPOST_WATCHING_H

/*
 * Watches: what an operator looks for among what arrives, kept sealed on the shelf with the
 * reason.  Each received record is compared in the turn that gives it its tokens; a match
 * is an alert, a row of its own, once for a watch and a record over restarts and kills.  In
 * the next turn the match is a row of the log (COMBINE, page "domain", 7.1) and a to-do of
 * that operator alone; only then is it listed.
 *
 * A watch finds what arrives from then on; what is here already is found by `search`.
 * Private to this folder.
 */

#include "desk.h"
#include "seek.h"
#include "shelf.h"

enum {
    WATCHES_MAX = 500,        /* of all operators, without those that are over */
    WATCHES_OF_ONE_MAX = 100, /* of one operator */
    /* Of one watch and one publisher, that nobody has seen: then it takes no more of that
     * publisher, until some are seen or go. */
    WATCH_ALERTS_MAX = 200,
    WATCH_BODY_MAX = 8192,
    WATCH_MATCH_MAX = 1000, /* bytes of what is told of a match */
};

enum watch_state {
    WATCH_ON = 1,
    WATCH_ENDED = 2, /* 3 was one that rested, of a version before: it is on */
};

struct watch {
    record_id id;
    enum watch_state state;
    uint32_t uid; /* whose it is */
    millis created;
    millis until;       /* 0: until it is ended */
    uint64_t since;     /* numbers of the index up to this one were here before */
    uint32_t least;     /* enum priority that a record has at least; 0: any */
    struct bytes from;  /* only of this publisher; empty: any */
    struct bytes owner; /* "uid:1000 jsmith" */
    struct bytes reason;
    struct bytes fields[SEEK_FIELD_END]; /* what is looked for; empty: not asked */
};

#define WATCH_DAMAGED                                                                      \
    "a watch of yours, or what one has found, is damaged on the disk and finds nothing: "  \
    "compare `flagpost watch list` with what you look for, and set anew what is missing"

/* In the turn's transaction; all texts within SHORT_TEXT_MAX (MUST). */
NODISCARD status watch_put(struct desk *d, const struct watch *w);
/* Texts borrow from the row.  E_DAMAGED. */
NODISCARD status watch_read(const struct shelf_row *from, struct watch *ret);
NODISCARD status watch_find(struct desk *d, const record_id *id, struct arena *a,
                            struct watch *ret);
/* What it looks for, as a search reads it; E_VALUE: it says nothing that can be found. */
NODISCARD status watch_seek(const struct watch *w, struct arena *a, struct seek **ret);
/* The rows of one operator are found by this. */
void watch_tag(struct desk *d, uint32_t uid, uint8_t ret[32]);

enum alert_state {
    ALERT_FRESH = 1, /* not in the log yet, and shown to nobody */
    ALERT_HELD = 2,  /* until the operator's quiet hours end */
    ALERT_NEW = 3,
    ALERT_SEEN = 4, /* kept while its watch is on, so that it is raised once */
};

struct alert {
    record_id id, watch;
    struct parent record;
    enum alert_state state;
    uint32_t uid;
    millis raised;
    millis due; /* of ALERT_HELD: when it is told */
    bool urgent;
    struct bytes matched; /* seeking_text */
};

NODISCARD status alert_put(struct desk *d, const struct alert *a);
/* An operator's, and those that were seen, too, where they are wanted: they are found by
 * another tag, so that what is told at each match is not as long as all that ever was. */
NODISCARD status alerts_walk(struct desk *d, uint32_t uid, bool and_seen,
                             journal_each_shelf each, void *context);
NODISCARD status alert_read(const struct shelf_row *from, struct alert *ret);
record_id alert_id(struct desk *d, const record_id *watch, const struct parent *record);

/* --- an operator's own settings --- */

struct watcher {
    uint32_t uid;
    bool is_quiet; /* between the hours below, of UTC; "22 to 6" is over midnight */
    uint32_t quiet_from, quiet_until;
    bool holds_urgent; /* else what is urgent is told at once, quiet hours or not */
    uint32_t least;    /* enum priority, as of a watch: of all of them */
    /* The last arrival when the inbox was looked through (`inbox --since-last`), and when.
     */
    uint64_t mark;
    millis marked; /* 0: it never was */
};
/* Those that nobody has set where there are none, or damaged ones. */
NODISCARD status watcher_find(struct desk *d, uint32_t uid, struct watcher *ret);
NODISCARD status watcher_put(struct desk *d, const struct watcher *w);
/* When an alert is told: sets its state and due. */
void watcher_when(const struct watcher *w, millis now, struct alert *a);

/* --- matching --- */

/* A record that was opened and has its tokens. */
struct watched {
    const struct entry_row *entry;
    const struct header *header;
    const struct record *record;
    uint64_t number;
    const uint64_t *tokens; /* sorted */
    size_t token_count;
};
/* Raises alerts for it, each once however often it is asked.  E_MEMORY: this turn has no
 * room for all of them, and the record is to be looked at again; else E_STORAGE or
 * E_DAMAGED alone. */
NODISCARD status watching_match(struct desk *d, const struct watched *x);
/* Memory of those that are on goes. */
void watching_done(struct desk *d);
/* The call's argument "priority": the least that is wanted. */
NODISCARD status watching_least(struct desk *d, struct call *c, uint32_t *ret);
/* Watches have changed: they are read again before the next record. */
void watching_changed(struct desk *d);
/* An alert that nobody had seen is seen, or gone. */
void watching_lessens(struct desk *d, const struct alert *a);
/* Which of the operator's watches take no more of whom, as a sentence without names that
 * they look for, in the turn's arena; "": none. */
NODISCARD status watching_full(struct desk *d, uint32_t uid, const char **ret);

/* --- when it is over (watching_end.c) --- */

bool watch_is_over(const struct desk *d, const struct watch *w);
/* Those whose last day is over end, and what ended a month ago goes. */
NODISCARD status watching_end_due(struct desk *d);
/* The operator may not read any more: his watches, and what they have found, go. */
NODISCARD status watching_end_of(struct desk *d, uint32_t uid);
/* Alerts that were seen are kept so that they are not raised again: with their watch ended
 * they need not be. */
NODISCARD status watching_drop_seen(struct desk *d, uint32_t uid, const record_id *watch);

/* --- by the node itself --- */

/* Before the turn is closed: fresh alerts go into the log and to their operators. */
NODISCARD status watching_turn(struct desk *d);
bool watching_has_more(const struct desk *d);
/* The record is erased: what was told of it goes. */
NODISCARD status watching_forget(struct desk *d, const struct parent *record);
/* It was shown to this operator, so his alerts of it are seen. */
NODISCARD status watching_shown(struct desk *d, uint32_t uid, const struct parent *record);
/* The operator's to-do says what is new, or goes. */
NODISCARD status watching_tell(struct desk *d, uint32_t uid);
/* How many alerts of the operator's are new. */
NODISCARD status watching_unseen(struct desk *d, uint32_t uid, size_t *ret);
/* What that to-do is about. */
record_id watching_about(struct desk *d, uint32_t uid);

#endif
