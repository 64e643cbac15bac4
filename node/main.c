#include "cli.h"
#include "dispatch.h"

/* The table of subcommands; nothing else. */

static const struct command *const commands[] = {
    &command_explain,        &command_decide,
    &command_policy_test,    &command_policy_schedule,
    &command_init,           &command_root_new,
    &command_roster_add,     &command_roster_lists,
    &command_roster_sign,    &command_roster_install,
    &command_roster_show,    &command_run,
    &command_check,          &command_publish,
    &command_inbox,          &command_show,
    &command_trace,          &command_acknowledge,
    &command_audit,          &command_status,
    &command_new_epoch,      &command_verify,
    &command_proof_export,   &command_proof_verify,
    &command_redact,         &command_attach,
    &command_attachment,     &command_todo,
    &command_case_add,       &command_case_list,
    &command_case_show,      &command_case_rates,
    &command_case_discharge, &command_case_return,
    &command_case_reopen,    &command_case_settle,
    &command_case_reconcile, &command_case_rebuild,
    &command_recall,         &command_statement,
    &command_supersede,      &command_republish,
    &command_consent,
#ifdef FLAGPOST_IMPORT
    &command_import,         &command_drop,
    &command_case_import,    &command_case_publish,
#endif
    &command_draft_list,     &command_draft_show,
    &command_draft_discard,  &command_draft,
    &command_source,         &command_assess,
    &command_sanitise,       &command_rework,
    &command_release,        &command_token_new,
    &command_token_list,     &command_token_revoke,
    &command_http,           &command_selftest_crypto,
    &command_selftest_log,
};

int main(int argc, char **argv)
{
    return dispatch(commands, COUNT_OF(commands), argc, argv);
}
