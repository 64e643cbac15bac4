#ifndef FLAGPOST_AUDIT_H
#define FLAGPOST_AUDIT_H

/* The log of DPA 2018 s.62: what it may be used for, and a row as people see it. */

#include "desk.h"
#include "proof.h"

/* The lawful use that the call's argument `use` names, with its paragraph.  E_DENIED with
 * the sentence set. */
NODISCARD status audit_use(struct desk *d, struct call *c, const char **ret);

/* The log of this epoch, or of the earlier one that the call's argument `epoch` names: a
 * new epoch begins a log of its own.  E_UNKNOWN with the sentence set. */
NODISCARD status audit_log_find(struct desk *d, struct call *c, struct stream_row *ret);

/* "consult"; static. */
const char *audit_operation_word(enum audit_operation o);

/* A row of the log as a row of an answer, copied. */
NODISCARD status audit_give_row(struct rows *r, const struct item_audit *row,
                                sequence index);

/* clang-format off */
/*
 * An export: the log of a period as one file, judged with nothing but the root document that
 * the reader trusts.  Every entry of the agency's local stream in it, in order, with the
 * agency's checkpoints between them, so that none can be left out, changed, exchanged or cut
 * off.  Rows are shown as they were sealed; of entries of other kinds (decisions, calls), and
 * of the one before the period and the ones behind it, the header alone.
 *
 *     flagpost/audit/v1
 *     realm <hex>
 *     root <base64>         the root document
 *     agency <id>           whose log it is
 *     epoch <text>
 *     since <decimal>       the period, in milliseconds since 1970; 0: from the beginning
 *     until <decimal>
 *     before <base64>       frontier of the leaves before the first entry (u64 size, nodes)
 *     roster <base64>       in force for the checkpoints that follow; again when it changes
 *     entry <decimal>       its index
 *     header <base64>       as in a proof
 *     salt <hex>            with each row: what it was blinded with
 *     value <base64>        and the row (proto/content.proto, Item)
 *     leaf <base64>         behind the period, or behind the last entry that the agency has of
 *                           an epoch that it gave up: a leaf hash alone
 *     checkpoint <base64>   of the leaves so far; the last ones have cosignatures
 *     closed                the log ends here, says who made the file: a new epoch began.
 *                           Nothing signed says so: its reader has to know it
 *     end
 */
/* clang-format on */
enum { AUDIT_FILE_BYTES_MAX = 24 * 1024 * 1024 };

/* What a good export shows.  Large. */
struct audit_facts {
    struct proof_facts trust; /* root, roster; those who have cosigned what is behind the
                                 last entry; header.stream is the log */
    millis since, until;
    sequence first, entries, rows, others; /* entries of other kinds in the period */
    bool has_statement;                    /* the log begins with a new epoch ... */
    struct epoch before;                   /* ... after this one */
    bool closed;     /* the file says that the log ends within the period */
    sequence hidden; /* entries behind those shown, of which there are hashes alone */
    bool clock_back; /* an entry shown is of an earlier time than one before it */
};

struct audit_reader {
    status (*each)(void *context, sequence index, const struct item_audit *row);
    void *context;
};

/* Every hash and signature; rows go to `reader` (NULL: nobody) as they are met, so who
 * shows them first asks once without.  On failure the fault says which line and which
 * entry. */
NODISCARD status audit_file_check(struct bytes text, struct bytes trusted, struct arena *a,
                                  const struct audit_reader *reader,
                                  struct audit_facts *ret, struct proof_fault *ret_fault);

#endif
