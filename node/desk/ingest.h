#ifndef FLAGPOST_INGEST_H
#define FLAGPOST_INGEST_H

/*
 * The desk of national ingestion, and what its answers are at the publisher.  Each version
 * of a record is answered once, as an outcome in the own stream of a node of kind `ingest`;
 * the row of the shelf that says so joins the same commit, so there is no answer without
 * its row, nor a row without its answer.  At the publisher nothing is kept: an answer
 * counts when it comes from an agency that today's roster calls `ingest` and that was sent
 * the record, and each look judges the entries themselves.  Private to this folder.
 */

#include "desk.h"
#include "ingested.h"

enum { INGEST_BATCH_MAX = 40 };

/* Where an answer's entry stands: not before this size of its lane. */
struct ingest_place {
    enum lane lane; /* 0: answered before places were kept */
    struct epoch epoch;
    sequence size;
};

/* By what the national database knows a record. */
struct ingest_key {
    struct bytes force, urn;
    uint32_t version; /* from 1; 0: not known here */
};

/* What this node has done with a record: put into a batch for the loader, answered, both or
 * neither. */
struct ingest_row {
    struct bytes batch; /* empty: in none */
    struct ingest_key key;
    struct bytes updates;   /* the national reference of `before`; empty: an addition */
    record_id before;       /* the version in whose place it is loaded */
    struct ingested answer; /* `what` is 0 while there is none */
    struct ingest_place place;
    bool replaced; /* a later version was accepted in its place */
    struct bytes deletion_batch;
    struct ingest_place deletion_place; /* of `answer.deletion` */
};
/* Texts in `a`. */
NODISCARD status ingest_row_find(struct desk *d, const struct parent *record,
                                 struct arena *a, struct ingest_row *ret);
NODISCARD status ingest_row_put(struct desk *d, const struct parent *record,
                                const struct ingest_row *row);

/* The record was erased here: its row keeps the URN while the loader is asked by it or a
 * force's own extract compared, and no longer. */
NODISCARD status ingest_forget(struct desk *d, const struct parent *record);

/* The key of its row on the shelf. */
record_id ingest_row_id(struct desk *d, const struct parent *record);

/* The keyed digest by which the row of what was accepted is found. */
NODISCARD status ingest_reference_tag(struct desk *d, struct bytes reference,
                                      uint8_t ret[32]);
/* E_DUPLICATE, with the sentence set: another record than this one and its other versions
 * was accepted under the reference.  What was answered by a release without the digest is
 * not found. */
NODISCARD status ingest_reference_is_free(struct desk *d, struct call *c,
                                          const struct parent *record,
                                          struct bytes reference);

/* What of the versions before a record the national database has. */
enum ingest_before_is {
    BEFORE_NOTHING,
    BEFORE_ASKED, /* the loader has one and has not answered */
    BEFORE_THERE,
};
struct ingest_before {
    enum ingest_before_is is;
    record_id id;           /* of the one that is there or asked for */
    struct bytes reference; /* of the one that is there; in the arena */
};
NODISCARD status ingest_before(struct desk *d, const struct parent *record, struct arena *a,
                               struct ingest_before *ret);

/* Whether the national database has it and is not to have it: its owner has recalled it or
 * what took its place, or put in its place what this node may not have; and no version that
 * waits here will replace it. */
NODISCARD status ingest_is_to_delete(struct desk *d, const struct parent *record,
                                     const struct ingest_row *row, bool *ret);

/* The key of a record that opens here; texts in the turn's arena. */
NODISCARD status ingest_key(struct desk *d, const struct entry_row *e,
                            struct ingest_key *ret);

/* The record that the call names, as it stands here. */
NODISCARD status ingest_find(struct desk *d, struct call *c, struct entry_row *ret,
                             struct parent *ret_record);

/* What was answered: in the answer's work. */
struct ingest_work {
    struct parent record;
    struct ingest_row row;
    bool again;
};
/* The answer goes to the owner and into the row, in one commit. */
NODISCARD status ingest_submit(struct desk *d, struct call *c, struct ingest_work *work,
                               const struct entry_row *e, const struct item *item);
/* The loader's answer to a row that deletes: OUTCOME_INGESTED or OUTCOME_REFUSED. */
NODISCARD status ingest_answer_deletion(struct desk *d, struct call *c,
                                        struct ingest_work *work, const struct entry_row *e,
                                        struct item *item);
bool ingest_is_deletion(const struct call *c, const struct ingest_row *row);

/* It is held, open and not recalled; else not OK, with the sentence set: what is not here
 * to be read is neither loaded nor answered. */
NODISCARD status ingest_is_open(struct desk *d, struct call *c, const struct entry_row *e);

/* OK at a node of kind ingest; else E_VALUE with the sentence set. */
NODISCARD status ingest_is_here(struct desk *d, struct call *c);

/* The answer that an entry is; `ret->what` 0 when it is none.  Texts in the scratch.
 * E_STORAGE, E_DAMAGED. */
NODISCARD status ingested_read(struct desk *d, const struct entry_row *e,
                               struct item_outcome *ret);

/* A refusal of an own record has arrived: a to-do opens, unless a correction is out.
 * E_STORAGE or E_DAMAGED alone. */
NODISCARD status ingested_arrived(struct desk *d, const struct entry_row *e,
                                  const struct header *h);
/* The same for what was stored without a notice. */
NODISCARD status ingested_look_again(struct desk *d);

/* Rows of `trace` about an own record: `ingested` for each answer that counts, `ignored`
 * for each agency whose answer does not, with the reason. */
NODISCARD status ingested_trace(struct desk *d, const struct parent *record,
                                struct rows *r);

#endif
