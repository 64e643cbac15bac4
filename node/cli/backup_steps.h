#ifndef FLAGPOST_BACKUP_STEPS_H
#define FLAGPOST_BACKUP_STEPS_H

/* What `backup make`, `backup verify` and `restore` share. */

#include "backup_file.h"
#include "cli.h"
#include "journal.h"
#include "staged.h"
#include "tail.h"

/* What a copy was found to be. */
struct backup_checked {
    struct config config;
    uint64_t streams, entries;
    struct tail_place places[LANES]; /* where the own lanes end in it */
    uint8_t marks[JOURNAL_MARKS][JOURNAL_MARK_SIZE];
};

/* Opens the copy of a home that lies in `folder`, and derives everything in it again, as
 * `flagpost verify` does.  EXIT_DONE, or another code after telling why it does not count.
 */
int backup_check(struct cli *c, const char *folder, struct backup_checked *ret);

/* The parts that the command names as arguments, once they are a home again. */
struct backup_unpacked {
    bool has_journal, has_keys, has_tail;
    struct backup_header header; /* of one of them: set, agency and time are of both */
    millis keys_until;
    struct backup_header tail; /* where there is one */
};
/* Opens them with the key of option `key` into `folder`.  EXIT_DONE, or another code after
 * telling which byte of which file is not as it was made, or what else is wrong. */
int backup_unpack(struct cli *c, const char *folder, struct backup_unpacked *ret);

/* Whether the tail that was unpacked there goes on from the checked backup and has more
 * than it.  EXIT_DONE, also where there is none, or another code after telling why not. */
int restore_tail_check(struct cli *c, const char *folder, const struct backup_unpacked *u,
                       const struct backup_checked *checked);

/* Tells why a folder could not be taken for the copy, and gives the exit code. */
int backup_stage_failed(const struct cli *c, const char *folder, status s);

/* Where a backup goes, and for which recovery key: what options of these names say. */
enum { BACKUP_TARGET_OPTIONS = 3 };
extern const struct option_row backup_target_options[BACKUP_TARGET_OPTIONS];
struct backup_target {
    const char *out;
    millis keys_ms;
    uint8_t recovery[HPKE_KEY_SIZE];
};
/* EXIT_DONE, or another code after telling what is wrong. */
int backup_target_read(struct cli *c, struct backup_target *ret);

/* The pair that the option `key` names: a recovery key file, opened by its passphrase or
 * credential.  The caller wipes it.  False after telling why. */
bool backup_recovery_pair(struct cli *c, struct hpke_key_pair *ret);

#endif
