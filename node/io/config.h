#ifndef FLAGPOST_CONFIG_H
#define FLAGPOST_CONFIG_H

/*
 * A node's configuration file: `key = value` lines, `#` starts a comment, each key once.  A
 * fault names line and column and says what was expected.
 */

#include "roster.h"

enum {
    CONFIG_PATH_MAX = 256,
    CONFIG_FAULT_ROOM = 256,
    CONFIG_ACCOUNT_MAX = 32,
    CONFIG_ALTERNATES_MAX = 200
};

struct config {
    struct agency_id agency;
    char name[NAME_MAX_BYTES + 1];
    struct hash realm;
    char listen[ENDPOINT_MAX + 1];
    uint32_t hello_ms; /* rhythm of greetings; default 1000 */
    /* What a call to immigration enforcement allows: hours until its document, hours until
     * the bureau's answer, hours before either that a reminder is given. */
    uint32_t acknowledge_minutes; /* for an urgent record; default 15 */
    /* Whom to reach when nobody here has acknowledged one: desks, numbers; may be empty. */
    char alternates[CONFIG_ALTERNATES_MAX + 1];
    uint32_t case_officer_hours, case_bureau_hours, case_remind_hours;
    uint32_t dispose_undo_hours; /* between approving a disposal and erasing; default 72 */
    /* What owners are told of the handling of their records here: bits by outcome; and the
     * minutes between two tellings.  Default: all of it, 60. */
    uint32_t handling_told, handling_minutes;
    /* What reading is unusual: more records an hour and person (default 60; 0: any number),
     * and outside these hours of the day in UTC (default 0 and 24: none are). */
    uint32_t reading_hour_max, reading_from, reading_until;
    uint32_t require_purpose; /* 1 (default): show needs --purpose */
    uint32_t disk_low_mib;    /* free on the home's disk, under which nothing is taken */
    uint32_t second_person;   /* 1: who drafted or sanitised a report may not release it */
    /* Whose members may use the control socket; empty: the node's own user alone. */
    char desk_group[CONFIG_ACCOUNT_MAX + 1];
    /* The user that `flagpost http` runs as; empty: there is no gateway. */
    char gateway[CONFIG_ACCOUNT_MAX + 1];
};

struct config_fault {
    uint32_t line, column;
    char sentence[CONFIG_FAULT_ROOM];
};

/* E_CONFIG with the fault filled in. */
NODISCARD status config_read(struct bytes text, struct config *ret,
                             struct config_fault *ret_fault);
/* The text of a new node's file, with a comment for each key. */
NODISCARD status config_write(const struct config *c, struct arena *a, struct bytes *ret);

#endif
