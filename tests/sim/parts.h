#ifndef FLAGPOST_SIM_PARTS_H
#define FLAGPOST_SIM_PARTS_H

/* What the parts of a world call of each other. */

#include "world.h"

/* --- faults.c: what goes wrong, and when --- */
void plan_draw(struct world *w);
/* Between two turns. */
void faults_step(struct world *w);
/* All faults end; every host is up. */
void faults_end(struct world *w);

/* --- disasters.c: rare things that happen to one agency --- */
void disasters_step(struct world *w);
/* What the operator of a host does in its turn: a roster, say. */
void disasters_turn(struct world *w, size_t host);

/* Until the two sides of a clone have talked for the last time, only one is published to:
 * so the other hears of a history that it has not reached. */
bool clone_is_mute(const struct world *w);
/* Ends that talk in its time. */
void clone_part(struct world *w);

/* --- hostile.c --- */
/* Sends what the hostile agency makes of its own node's frame. */
void hostile_send(struct world *w, const struct letter *l, const struct frame *f);

/* --- stories.c --- */
/* What people do at a host in one turn. */
void stories_submit(struct world *w, size_t host);
/* The story told by the items of a content; NO_STORY. */
uint16_t story_of(const struct world *w, const struct salted_item *items, size_t count);
/* Which stories a disk that went back may have lost. */
void stories_lost(struct world *w, size_t host);
/* A host holds it: the first time only, unless marked as a duplicate (P2). */
void story_shown(struct world *w, const struct host *h, const struct ledger *l,
                 const struct entry_row *row);
bool stories_are_settled(const struct world *w);

/* --- erasures.c --- */
/* What people at a host erase in one turn. */
void erasures_turn(struct world *w, size_t host);
/* The host's turn is durable, or is lost. */
void erasures_committed(struct world *w, const struct host *h);
void erasures_lost(struct world *w, const struct host *h);
/* Nothing that the host erased can be read there, and all of it can be proved (P9). */
void erasures_check(struct world *w, struct host *h);

/* --- oracles.c: what must hold of an effect when it leaves --- */
void oracle_send(struct world *w, struct host *h, const struct effect *e,
                 const struct frame *f);
void oracle_answer(struct world *w, struct host *h, const struct effect *e);
/* Its KX keys are as young as they have to be. */
void oracle_keys(struct world *w, struct host *h);
void oracle_notice(struct world *w, struct host *h, const struct effect *e);

/* --- rows.c: what must hold of what a host has stored --- */
/* Every index of a followed stream up to `size`, against the ledger.  `shown` has a bit per
 * host for each story. */
void rows_check(struct world *w, struct host *h, const struct ledger *l, sequence size,
                unsigned *shown);
/* One row, and that none is missing before it. */
void row_check(struct world *w, struct host *h, const struct ledger *l,
               const struct entry_row *row);

/* --- truth.c: from what is let out to the ledger --- */
void truth_group(struct world *w, struct host *h, const struct frame_group *g,
                 enum lane lane);
/* Ledger of a stream as the host is shown it. */
struct ledger *truth_for(struct world *w, const struct host *h, const struct stream_id *id);

/* --- verdict.c --- */
bool verdict_is_calm(struct world *w);
/* When everything should have arrived. */
void verdict_final(struct world *w);

#endif
