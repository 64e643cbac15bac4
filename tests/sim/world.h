#ifndef FLAGPOST_SIM_WORLD_H
#define FLAGPOST_SIM_WORLD_H

/*
 * A world: hosts that each run one node's exchange over a store that can crash, a network
 * that cannot be trusted, people who submit records, and one seed that decides everything.
 * A host is a process with a disk; its identity is the agency whose keys it has.  There are
 * as many hosts as agencies, and one more when an agency is cloned.
 */

#include "backing.h"
#include "ledger.h"
#include "network.h"

enum {
    STORIES_MAX = 96,
    STORY_ITEMS = 3,
    STORY_KEY_ROOM = 24,
    FAILURE_ROOM = 320,
    PAPER_BYTES = 4 * 1024 * 1024,
    LEAP_DAYS_MAX = 9,
};

#define DAY_MS ((millis)86400000)

/* A record as its submitter knows it. */
struct story {
    size_t host;
    enum lane lane;
    struct label label;
    unsigned recipients; /* bit per identity, the owner left out */
    struct bytes items[STORY_ITEMS];
    size_t item_count;
    bool keyed; /* submitted with an idempotency key, and so until it is answered */
    char key[STORY_KEY_ROOM];
    bool tried, answered;
    bool exempt; /* acknowledged by a disk that was lost */
    record_id id;
    struct place place;
    unsigned closed; /* bit per host at which its key was gone when it came */
    unsigned shown;  /* bit per host at which it is held and no duplicate */
    /* Bit per host that has begun to erase it, does so in the open turn, and has. */
    unsigned erased, erasing, gone;
};

/* How one agency lies, with valid keys. */
enum hostility {
    HONEST,
    WITHHOLDS_TAIL, /* leaves out the last entry, and forges its count to match */
    DROPS_ENTRIES,  /* leaves out any entry */
    WRONG_LEAF,
    FORGES_COUNT,
    CORRUPTS_ENTRIES,
    MISADDRESSES, /* entries with another's wrap */
    LIES_IN_HELLO,
    SENDS_NOISE,
    CLONED, /* two hosts with the same keys and two histories */
    HOSTILITIES,
};

/* What may happen in this world; drawn from the seed before it begins. */
struct plan {
    size_t agencies;
    size_t steps;
    struct rates rates;
    unsigned crash;     /* per thousand turns */
    unsigned partition; /* per thousand steps */
    size_t stories;
    enum hostility hostility;
    size_t hostile; /* identity */
    bool restores;
    bool restores_twice;   /* from the same backup */
    bool restore_is_known; /* the operator declares the new epoch at once */
    size_t restored;       /* identity */
    size_t backup_step, restore_step;
    size_t roster_changes;
    bool revokes;
    size_t revoked; /* identity */
    bool parts;     /* in the calm, those on one side of a clone lose sight of the other */
    bool skewed;    /* clocks */
    bool erases;    /* people erase records */
    bool ages;      /* now and then days pass in which nothing happens */
};

/* Entries of a stream whose notices have left. */
struct told {
    struct epoch epoch;
    sequence next;
};

struct host {
    size_t identity;
    bool clone;
    bool up;
    millis up_at;
    millis begun; /* its first turn since it started; 0: none yet */
    struct exchange *exchange;
    struct keyring *keyring; /* its own: two hosts may have one agency's keys */
    struct backing backing;
    uint64_t skew; /* added to the world's time */
    bool declares; /* its operator will start a new epoch */
    millis declares_at;
    millis deaf_until; /* proofs of a lost history get lost on the way here */
    bool settling;     /* restored, and not yet in a new epoch */
    millis erased_at;  /* last, by its clock */
    struct told told[CAST_MAX][LANES]; /* per publisher */
};

struct world {
    uint64_t seed;
    size_t step;
    millis now;
    bool trace;
    bool calm;
    struct chance chance;
    struct cast cast;
    struct plan plan;
    size_t host_count;
    struct host hosts[HOSTS_MAX];
    unsigned branch_of[CAST_MAX]; /* which of a clone's two hosts an identity talks to */
    struct network network;
    struct ledgers ledgers;
    struct arena turn;
    struct effects *effects;
    struct arena paper; /* what stories and rosters are written on */
    size_t roster_count;
    struct roster rosters[ROSTERS_MAX];
    struct bytes roster_notes[ROSTERS_MAX];
    millis calm_since;
    millis talk_ends;          /* between the sides of a clone; 0: not yet known */
    unsigned ceiling_ever_low; /* bit per identity */
    bool revoked_yet;
    size_t story_count;
    struct story stories[STORIES_MAX];
    bool backed_up;
    size_t restores;              /* done */
    sequence backup_sizes[LANES]; /* of the own streams, at the backup */
    bool failed;
    char failure[FAILURE_ROOM];
};

/* Once per process. */
void world_init(struct world *w, struct backing (*backing)(unsigned number));

void world_done(struct world *w);

/* Runs one seed; false on failure, with `failure` saying which property and where. */
bool world_run(struct world *w, uint64_t seed, bool trace);

/* --- for the parts of the simulator --- */

/* Records the first failure of a property: "P3", ... */
void world_fail(struct world *w, const char *property, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void world_trace(const struct world *w, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* One turn of the loop: at most `frames` letters, then commit, then effects. */
void host_turn(struct world *w, size_t host, size_t frames);
void host_crash(struct world *w, size_t host, millis down_ms);
/* Loads the exchange from the store again. */
void host_start(struct world *w, size_t host);

/* The host that an identity's letters to `to` reach. */
size_t world_route(const struct world *w, size_t from_host, size_t to);
/* The hostile agency, in a world that has one. */
bool world_is_hostile(const struct world *w, size_t identity);
bool world_is_revoked(const struct world *w, size_t identity);
/* Follows the rules throughout, so that everything is promised of it and to it. */
bool world_is_sound(const struct world *w, size_t identity);
/* What a host's exchange keeps its state in. */
struct store host_store(const struct host *h);
/* The clock of a host. */
millis host_now(const struct world *w, const struct host *h);

#endif
