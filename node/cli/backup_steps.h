#ifndef FLAGPOST_BACKUP_STEPS_H
#define FLAGPOST_BACKUP_STEPS_H

/* What `backup make`, `backup verify` and `restore` share. */

#include "backup_file.h"
#include "cli.h"
#include "journal.h"
#include "staged.h"

/* What a copy was found to be. */
struct backup_checked {
    struct config config;
    uint64_t streams, entries;
    uint8_t marks[JOURNAL_MARKS][JOURNAL_MARK_SIZE];
};

/* Opens the copy of a home that lies in `folder`, and derives everything in it again, as
 * `flagpost verify` does.  EXIT_DONE, or another code after telling why it does not count.
 */
int backup_check(struct cli *c, const char *folder, struct backup_checked *ret);

/* The parts that the command names as arguments, once they are a home again. */
struct backup_unpacked {
    bool has_journal, has_keys;
    struct backup_header header; /* of one of them: set, agency and time are of both */
    millis keys_until;
};
/* Opens them with the key of option `key` into `folder`.  EXIT_DONE, or another code after
 * telling which byte of which file is not as it was made, or what else is wrong. */
int backup_unpack(struct cli *c, const char *folder, struct backup_unpacked *ret);

/* Tells why a folder could not be taken for the copy, and gives the exit code. */
int backup_stage_failed(const struct cli *c, const char *folder, status s);

/* The pair that the option `key` names: a recovery key file, opened by its passphrase or
 * credential.  The caller wipes it.  False after telling why. */
bool backup_recovery_pair(struct cli *c, struct hpke_key_pair *ret);

#endif
