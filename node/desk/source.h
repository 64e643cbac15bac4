#ifndef FLAGPOST_SOURCE_H
#define FLAGPOST_SOURCE_H

/*
 * What a bureau knows of a report and never sends (rule R6): where it came from, who handed
 * it in, who else knows, and its words before they were sanitised.  It is no part of struct
 * record and stands in this layer, above everything that writes to the wire, so the
 * compiler keeps the two apart.  It is kept sealed on a shelf of its own (SHELF_SOURCE), is
 * shown to the bureau alone, and there is no other form of it.
 */

#include "desk.h"
#include "rules.h"
#include "shelf.h"

enum { SOURCE_KNOWN_MAX = 16, SOURCE_FIELDS = 4 };

struct source {
    struct bytes reference; /* number in the source register; never a name */
    struct bytes type;      /* as the force's system has it */
    struct bytes officer;   /* who handed it in */
    struct bytes raw;       /* the text as it was handed in */
    size_t known_count;
    struct bytes known_to[SOURCE_KNOWN_MAX]; /* who else knows */
};

/* From the arguments of a request: reference, source_type, officer, raw, and known_to as
 * often as there are such.  E_VALUE with the sentence set; E_LIMIT. */
NODISCARD status source_of_call(struct call *c, struct source *ret);

/* Keeps it beside the draft of that id.  E_LIMIT. */
NODISCARD status source_put(struct desk *d, const record_id *draft, const struct source *s);
/* The draft has become this record: it is found under both. */
NODISCARD status source_bind(struct desk *d, const record_id *draft,
                             const record_id *record);
/* E_UNKNOWN: the draft came without any. */
NODISCARD status source_find(struct desk *d, const record_id *draft, struct arena *a,
                             struct source *ret);

/*
 * Whether anything of the source stands in the record, as it is written or in other case:
 * each is a refusal (R6), whose sentence says where and does not repeat it.  Raw text that
 * was left as it was is advice.
 */
NODISCARD status source_check(const struct source *s, const struct record *r,
                              struct arena *a, struct findings *f);

/* Whether the register's number, the officer or somebody who knows stands in the words. */
bool source_is_in(const struct source *s, struct bytes words, struct arena *a);

/* The verb `source`. */
status source_prepare(struct desk *d, struct call *c);
status source_answer(struct desk *d, struct call *c, struct control_answer *ret);

#endif
