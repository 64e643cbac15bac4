#include "cli.h"
#include "dispatch.h"

/* The table of subcommands, by who comes to them; nothing else. */

/* A command a line, in the order in which they are listed. */
/* clang-format off */
static const struct command *const reports[] = {
    &command_check,
    &command_explain,    &command_publish,
    &command_attach,
    &command_draft,
    &command_draft_list, &command_draft_show, &command_draft_discard,
    &command_assess,
    &command_sanitise,   &command_rework,     &command_release,
    &command_source,
    &command_decide,     &command_supersede,
    &command_recall,
    &command_consent,
};

static const struct command *const arrived[] = {
    &command_inbox,
    &command_claim,  &command_close,  &command_reopen,
    &command_note,   &command_notes,
    &command_find,   &command_search,
    &command_watch_add,    &command_watch_list, &command_watch_end,
    &command_watch_alerts, &command_watch_seen, &command_watch_set,
    &command_show,   &command_attachment, &command_acknowledge,
    &command_statement,
    &command_redact, &command_republish,
    &command_ask,    &command_asked,     &command_answer,
};

static const struct command *const ingestion[] = {
    &command_ingest_list,
    &command_ingest_accept,
    &command_ingest_refuse,
    &command_ingest_deleted,
    &command_ingest_reconcile,
    &command_ingest_differences,
    &command_ingest_resend,
    &command_ingest_settle,
#ifdef FLAGPOST_IMPORT
    &command_ingest_load,
    &command_ingest_gate,
    &command_ingest_results,
#endif
};

static const struct command *const fusion[] = {
    &command_links,
    &command_links_show,
    &command_links_decide,
    &command_links_tell,
    &command_links_often,
};

static const struct command *const standing[] = {
    &command_todo,
    &command_trace,
    &command_status,
};

static const struct command *const calls[] = {
    &command_case_add,       &command_case_correct,
    &command_case_list,      &command_case_show,
    &command_case_rates,
    &command_case_discharge, &command_case_return,
    &command_case_reopen,
    &command_case_settle,    &command_case_reconcile,
    &command_case_rebuild,
#ifdef FLAGPOST_IMPORT
    &command_case_import,
    &command_case_publish,
#endif
};

static const struct command *const nominals[] = {
    &command_review_list,
    &command_review_show,
    &command_review_open,
    &command_review_add,
    &command_review_remove,
    &command_review_notice,
    &command_review_group,
    &command_review_hold,
    &command_review_release_hold,
    &command_review_answer,
    &command_dispose_preview, &command_dispose_propose,
    &command_dispose_approve, &command_dispose_undo,
    &command_dispose_list, &command_dispose_clock,
};

static const struct command *const systems[] = {
#ifdef FLAGPOST_IMPORT
    &command_import,
    &command_drop,
#endif
    &command_http,
    &command_token_new, &command_token_list, &command_token_revoke,
};

static const struct command *const inspection[] = {
    &command_audit,           &command_subject,
    &command_audit_export,    &command_audit_verify,
    &command_breach_export,   &command_disclosure_schedule,
    &command_support,
    &command_verify,          &command_proof_export,
    &command_proof_verify,
    &command_proof_statement, &command_policy_schedule,
    &command_policy_test,
    &command_selftest_crypto, &command_selftest_log,
};

static const struct command *const keeping[] = {
    &command_init,
    &command_run,
    &command_backup_key,
    &command_backup_make,
    &command_backup_tail,
    &command_backup_verify,
    &command_restore,
    &command_operator_set,
    &command_operator_remove,
    &command_operator_password,
    &command_operator_list,
    &command_new_epoch,
    &command_recover,
    &command_rekey,
    &command_root_new,
    &command_roster_add,
    &command_roster_access,
    &command_roster_place,
    &command_roster_revoke,
    &command_roster_lists,
    &command_roster_sign,
    &command_roster_install,
    &command_roster_show,
};
/* clang-format on */

static const struct command_group groups[] = {
    {"A report on its way out", reports, COUNT_OF(reports)},
    {"What has arrived", arrived, COUNT_OF(arrived)},
    {"National ingestion", ingestion, COUNT_OF(ingestion)},
    {"What two agencies hold of the same", fusion, COUNT_OF(fusion)},
    {"Where things stand", standing, COUNT_OF(standing)},
    {"Calls to immigration enforcement", calls, COUNT_OF(calls)},
    {"Review and disposal of what is kept about a person", nominals, COUNT_OF(nominals)},
    {"The force's own systems", systems, COUNT_OF(systems)},
    {"For inspection and for court", inspection, COUNT_OF(inspection)},
    {"Keeping a node and its network", keeping, COUNT_OF(keeping)},
};

int main(int argc, char **argv)
{
    return dispatch(groups, COUNT_OF(groups), argc, argv);
}
