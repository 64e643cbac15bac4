#ifndef FLAGPOST_CLI_H
#define FLAGPOST_CLI_H

/*
 * One binary, one table of subcommands.  A subcommand is a row: name, arguments, summary,
 * options, function.  --home, --json, --credential and --help belong to all.
 *
 * Exit codes are part of the interface (README.md, "Exit codes").
 */

#include "arena.h"
#include "config.h"
#include "control.h"
#include "keyfile.h"
#include "keyring.h"

#include <stdio.h>

#define FLAGPOST_VERSION "0.1.0" /* as in CMakeLists.txt */

enum exit_code {
    EXIT_DONE = 0,
    EXIT_REFUSED = 1, /* the input is not right: what is wrong and how to mend it is told */
    EXIT_WRONG_USE = 2,   /* the command line is not right */
    EXIT_UNREACHABLE = 3, /* the node is not running, or a file is missing */
    EXIT_FORBIDDEN = 4,   /* not permitted to this person or without a purpose */
    EXIT_DAMAGED = 5,     /* verification failed, or the node may not publish now */
    EXIT_UNKNOWN = 74,    /* the disk failed: the outcome is unknown, ask again */
};

enum { CLI_OPTIONS_MAX = 24, CLI_ARENA_BYTES = 64 * 1024 * 1024 };

struct option_row {
    const char *name;     /* without dashes */
    const char *argument; /* NULL: a switch */
    const char *help;
};

struct cli;

struct command {
    const char *name;      /* may be two words: "roster add" */
    const char *arguments; /* "FILE...", for the usage line */
    const char *summary;
    const char *details; /* shown by --help; NULL: none */
    const struct option_row *options;
    size_t option_count;
    int (*run)(struct cli *c);
};

struct cli {
    const struct command *command;
    struct arena arena; /* for the whole run */
    const char *home;   /* --home or FLAGPOST_HOME, or NULL */
    const char *credential;
    bool json;
    const char
        *values[CLI_OPTIONS_MAX]; /* by row of command->options; "" for a given switch */
    size_t argument_count;
    char **arguments; /* what is left of the command line */
};

/* Value of an option, or NULL when it was not given. */
const char *cli_value(const struct cli *c, const char *name);

/* Prints "flagpost: what: why" to standard error (as JSON too with --json) and returns the
 * exit code, so that a command can say `return cli_fail(...)`. */
int cli_fail(const struct cli *c, enum exit_code code, const char *what, const char *why);

/* The exit code that belongs to a status. */
enum exit_code cli_exit_code(status s);

/* The home folder, or NULL after telling what is missing. */
const char *cli_home(const struct cli *c);

/* Path of a file in the home; in the arena. */
const char *cli_path(struct cli *c, const char *name);

/* The home's configuration; on failure tells why and returns false. */
bool cli_config(struct cli *c, struct config *ret);

/*
 * What opens a key file: the file named by --credential, else $CREDENTIALS_DIRECTORY/NAME,
 * else a passphrase asked for on the terminal (twice when `fresh`).  The bytes live in
 * `secret`, which the caller wipes.  False after telling why.
 */
struct cli_secret {
    uint8_t bytes[1024];
    struct keyfile_lock lock;
};
bool cli_lock(struct cli *c, const char *what, bool fresh, struct cli_secret *secret);
/* A new password in lock.passphrase, typed twice, never from a file or the command line. */
bool cli_password(struct cli *c, struct cli_secret *secret);
void cli_secret_done(struct cli_secret *secret);

/* Opens the home's node.key. */
bool cli_keyring(struct cli *c, struct keyring **ret);

/* --- talking to the running node --- */

/* An argument of a request; a value that is NULL is empty. */
struct control_field cli_argument(const char *name, const char *value);
struct control_field cli_argument_bytes(const char *name, struct bytes value);

/* One request.  Tells nothing: E_BUSY when the node is not running. */
status cli_try(struct cli *c, const char *verb, const struct control_field *arguments,
               size_t count, struct control_answer *ret);
/* The same; false after telling that the node is not running. */
bool cli_ask(struct cli *c, const char *verb, const struct control_field *arguments,
             size_t count, struct control_answer *ret);

/* Prints an answer's sentence and rows: as an aligned table of `columns` (NULL: all fields
 * of the first row), or with --json as one object a line, the last one {"status":...}. */
int cli_print(const struct cli *c, const struct control_answer *answer,
              const char *const *columns, size_t column_count);

/* One JSON object of an answer's row, without the newline; `binary` fields are left out. */
void cli_print_json_row(const struct control_row *row);
/* A JSON string with quotes and escapes. */
void cli_print_json_text(struct bytes text);
void cli_put_json_text(FILE *to, struct bytes text);

/* Text that others wrote (records, peers, file names): what would move the cursor, turn the
 * direction of writing or hide itself is put as a space. */
void cli_put(FILE *to, struct bytes text);

/* Puts a new file of 0600 or other `mode`; otherwise tells why not and gives the exit code.
 */
int cli_create(const struct cli *c, const char *path, struct bytes text, unsigned mode);

/* For a file that would be overwritten: no command does that to one it did not make. */
const char *cli_there_already(void);

/* Why a file could not be read, from the status that file_read gave. */
const char *cli_file_sentence(const char *path, status s);

/* A text option, or NULL when it was not given or holds nothing but spaces. */
const char *cli_text(const struct cli *c, const char *name);

/* False after telling that the first argument is not the beginning of a record's id, with
 * or without "AGENCY/" before it; its letters become small. */
bool cli_id(const struct cli *c);
/* The same where the node takes a record's URN too, which may be almost anything. */
bool cli_record(const struct cli *c);

/* True when standard output is a terminal and NO_COLOR is not set. */
bool cli_colour(void);

/* What becomes of a record after it was published. */
extern const struct command command_recall, command_statement, command_supersede,
    command_republish, command_consent, command_ask, command_asked, command_answer;

/* The subcommands, each in its own file. */
extern const struct command command_subject, command_init, command_rekey, command_root_new,
    command_roster_add, command_roster_access, command_roster_place, command_roster_revoke,
    command_roster_lists, command_roster_sign, command_roster_install, command_roster_show,
    command_run, command_check, command_publish, command_inbox, command_find, command_show,
    command_trace, command_acknowledge, command_audit, command_status, command_new_epoch,
    command_recover, command_verify, command_proof_export, command_proof_verify,
    command_proof_statement, command_redact, command_todo, command_attach,
    command_attachment, command_draft_list, command_draft_show, command_draft_discard,
    command_draft, command_source, command_assess, command_sanitise, command_rework,
    command_release, command_case_add, command_case_list, command_case_show,
    command_case_rates, command_case_correct, command_case_discharge, command_case_return,
    command_case_reopen, command_case_settle, command_case_reconcile, command_case_rebuild;

/* Triage of what has arrived. */
extern const struct command command_claim, command_close, command_reopen, command_note,
    command_notes;

/* Looking for records by what is in them, here already or when they arrive. */
extern const struct command command_links, command_links_show, command_links_decide,
    command_links_often, command_links_tell;
extern const struct command command_search, command_watch_add, command_watch_list,
    command_watch_end, command_watch_alerts, command_watch_seen, command_watch_set;

/* National ingestion. */
extern const struct command command_ingest_list, command_ingest_accept,
    command_ingest_refuse, command_ingest_deleted, command_ingest_reconcile,
    command_ingest_differences, command_ingest_resend, command_ingest_settle;

/* Who may ask what. */
extern const struct command command_operator_set, command_operator_remove,
    command_operator_password, command_operator_list;

/* Review and disposal of what is kept about a person. */
extern const struct command command_review_open, command_review_add, command_review_remove,
    command_review_notice, command_review_group, command_review_hold,
    command_review_release_hold, command_review_answer, command_review_list,
    command_review_show, command_dispose_preview, command_dispose_propose,
    command_dispose_approve, command_dispose_undo, command_dispose_list,
    command_dispose_clock;

/* Backups. */
extern const struct command command_backup_key, command_backup_make, command_backup_verify,
    command_backup_tail, command_restore;

/* Who gets a record. */
extern const struct command command_explain, command_decide, command_policy_test,
    command_policy_schedule;

/* What goes out of the node for others to judge. */
extern const struct command command_audit_export, command_audit_verify, command_support,
    command_breach_export, command_disclosure_schedule;

/* Published vectors against the node's own functions. */
extern const struct command command_selftest_crypto, command_selftest_log;

/* In the build with FLAGPOST_IMPORT. */
extern const struct command command_ingest_load, command_ingest_gate,
    command_ingest_results;
extern const struct command command_import, command_drop, command_case_import,
    command_case_publish, command_token_new, command_token_list, command_token_revoke,
    command_http;

#endif
