#include "account.h"
#include "case_desk.h"
#include "dispose.h"
#include "draft.h"
#include "held.h"
#include "request_desk.h"
#include "source.h"
#include "text.h"
#include "todo.h"

#include <string.h>

static const struct verb verbs[] = {
    {"publish", publish_prepare, publish_answer, VERB_DESK, DUTY_SUBMIT},
    {"held", held_prepare, held_answer, VERB_DESK, DUTY_SUBMIT},
    {"held-cancel", held_cancel_prepare, NULL, VERB_DESK, DUTY_SUBMIT},
    {"policy-test", policy_prepare, policy_answer, VERB_DESK, DUTY_DECIDE},
    {"explain", explain_prepare, explain_answer, VERB_DESK, DUTY_SUBMIT},
    {"decide", decide_prepare, decide_answer, VERB_DESK, DUTY_DECIDE},
    {"publish-batch", batch_prepare, batch_answer, VERB_DESK, DUTY_SUBMIT},
    {"acknowledge", acknowledge_prepare, acknowledge_answer, VERB_DESK, DUTY_ACKNOWLEDGE},
    {"ingest-list", ingest_list_prepare, ingest_list_answer, VERB_DESK, DUTY_READ},
    {"ingest-batch", ingest_batch_prepare, ingest_batch_answer, VERB_DESK, DUTY_DECIDE},
    {"ingest-accept", ingest_accept_prepare, ingest_answer, VERB_DESK, DUTY_DECIDE},
    {"ingest-refuse", ingest_refuse_prepare, ingest_answer, VERB_DESK, DUTY_DECIDE},
    {"ingest-deleted", ingest_deleted_prepare, ingest_answer, VERB_DESK, DUTY_DECIDE},
    {"ingest-gated", ingest_gated_prepare, NULL, VERB_DESK, DUTY_DECIDE},
    {"ingest-extract", ingest_extract_prepare, NULL, VERB_DESK, DUTY_DECIDE},
    {"ingest-quarantine", ingest_quarantine_prepare, NULL, VERB_DESK, DUTY_DECIDE},
    {"ingest-reconcile", reconcile_prepare, NULL, VERB_DESK, DUTY_DECIDE},
    {"ingest-reconciled", differences_prepare, reconciled_answer, VERB_DESK, DUTY_READ},
    {"ingest-differences", differences_prepare, differences_answer, VERB_DESK, DUTY_READ},
    {"ingest-resend", difference_resend_prepare, NULL, VERB_DESK, DUTY_DECIDE},
    {"ingest-settle", difference_settle_prepare, NULL, VERB_DESK, DUTY_DECIDE},
    {"inbox", inbox_prepare, inbox_answer, VERB_DESK, DUTY_READ},
    {"claim", claim_prepare, NULL, VERB_DESK, DUTY_READ},
    {"close", close_prepare, NULL, VERB_DESK, DUTY_READ},
    {"reopen", reopen_prepare, NULL, VERB_DESK, DUTY_READ},
    {"note", note_prepare, NULL, VERB_DESK, DUTY_READ},
    {"notes", notes_prepare, notes_answer, VERB_DESK, DUTY_READ},
    {"inbox-new", inbox_new_prepare, inbox_new_answer, VERB_DESK, DUTY_READ},
    {"find", find_prepare, find_answer, VERB_DESK, DUTY_READ},
    {"show", show_prepare, show_answer, VERB_DESK, DUTY_READ},
    {"attach", attach_prepare, attach_answer, VERB_DESK, DUTY_SUBMIT},
    {"attachment", attachment_prepare, attachment_answer, VERB_DESK, DUTY_READ},
    {"supersede", supersede_prepare, publish_answer, VERB_DESK, DUTY_SUBMIT},
    {"republish", republish_prepare, publish_answer, VERB_DESK, DUTY_SUBMIT},
    {"consent", consent_prepare, NULL, VERB_DESK, DUTY_DECIDE},
    {"ask", ask_prepare, ask_answer, VERB_DESK, DUTY_SUBMIT},
    {"asked", asked_prepare, asked_answer, VERB_DESK, DUTY_READ},
    {"answer", answer_prepare, answer_answer, VERB_DESK, DUTY_DECIDE},
    {"recall", recall_prepare, recall_verb_answer, VERB_DESK, DUTY_DECIDE},
    {"statement", statement_prepare, statement_answer, VERB_DESK, DUTY_DECIDE},
    {"redact", redact_prepare, redact_answer, VERB_DESK, DUTY_READ},
    {"trace", trace_prepare, trace_answer, VERB_DESK, DUTY_READ},
    {"subject", subject_prepare, subject_answer, VERB_DESK, DUTY_READ},
    {"search", search_prepare, search_answer, VERB_DESK, DUTY_READ},
    {"links", links_prepare, links_answer, VERB_DESK, DUTY_READ},
    {"links-often", links_often_prepare, links_often_answer, VERB_DESK, DUTY_READ},
    {"links-show", links_show_prepare, links_show_answer, VERB_DESK, DUTY_READ},
    {"links-tell", links_tell_prepare, links_tell_answer, VERB_DESK, DUTY_DECIDE},
    {"links-decide", links_decide_prepare, links_decide_answer, VERB_DESK, DUTY_DECIDE},
    {"watch-add", watch_add_prepare, watch_add_answer, VERB_DESK, DUTY_READ},
    {"watch-list", watch_list_prepare, watch_list_answer, VERB_DESK, DUTY_READ},
    {"watch-end", watch_end_prepare, NULL, VERB_DESK, DUTY_READ},
    {"watch-alerts", watch_alerts_prepare, watch_alerts_answer, VERB_DESK, DUTY_READ},
    {"watch-seen", watch_seen_prepare, NULL, VERB_DESK, DUTY_READ},
    {"watch-set", watch_set_prepare, NULL, VERB_DESK, DUTY_READ},
    {"audit", audit_prepare, audit_answer, VERB_NODE, DUTY_AUDIT},
    {"audit-export", audit_export_prepare, audit_export_answer, VERB_NODE, DUTY_AUDIT},
    {"breach", breach_prepare, breach_answer, VERB_NODE, DUTY_AUDIT},
    {"schedule", schedule_prepare, schedule_answer, VERB_DESK, DUTY_READ},
    {"status", status_prepare, status_answer, VERB_DESK, DUTY_ANYONE},
    {"install", install_prepare, install_answer, VERB_NODE, DUTY_OPERATE},
    {"new-epoch", epoch_prepare, epoch_answer, VERB_NODE, DUTY_OPERATE},
    {"recover", recover_prepare, recover_answer, VERB_NODE, DUTY_OPERATE},
    {"follow-again", follow_again_prepare, NULL, VERB_NODE, DUTY_OPERATE},
    {"mend", mend_prepare, mend_answer, VERB_NODE, DUTY_OPERATE},
    {"recount", recount_prepare, recount_answer, VERB_NODE, DUTY_OPERATE},
    {"case-report", case_report_prepare, case_report_answer, VERB_DESK, DUTY_SUBMIT},
    {"case-decide", case_decide_prepare, case_decide_answer, VERB_DESK, DUTY_DECIDE},
    {"case-correct", case_correct_prepare, case_correct_answer, VERB_DESK, DUTY_DECIDE},
    {"case-list", case_list_prepare, case_list_answer, VERB_DESK, DUTY_READ},
    {"case-show", case_show_prepare, case_show_answer, VERB_DESK, DUTY_READ},
    {"case-rates", case_list_prepare, case_rates_answer, VERB_DESK, DUTY_READ},
    {"case-publish", case_publish_prepare, case_publish_answer, VERB_DESK, DUTY_SUBMIT},
    {"case-reconcile", case_list_prepare, case_reconcile_answer, VERB_DESK, DUTY_READ},
    {"case-rebuild", case_rebuild_prepare, case_rebuild_answer, VERB_NODE, DUTY_OPERATE},
    {"backup", backup_prepare, NULL, VERB_NODE, DUTY_OPERATE},
    {"backup-tail", backup_tail_prepare, backup_tail_answer, VERB_NODE, DUTY_OPERATE},
    {"review-event", review_event_prepare, review_event_answer, VERB_DESK, DUTY_DECIDE},
    {"review-list", review_list_prepare, review_list_answer, VERB_DESK, DUTY_READ},
    {"dispose-preview", dispose_preview_prepare, dispose_preview_answer, VERB_DESK,
     DUTY_READ},
    {"dispose-list", dispose_list_prepare, dispose_list_answer, VERB_DESK, DUTY_READ},
    {"dispose-clock", dispose_clock_prepare, NULL, VERB_NODE, DUTY_OPERATE},
    {"review-show", review_show_prepare, review_show_answer, VERB_DESK, DUTY_READ},
    {"todo", todo_prepare, todo_answer, VERB_DESK, DUTY_ANYONE},
    {"draft", draft_prepare, draft_step_answer, VERB_DESK, DUTY_SUBMIT},
    {"drafts", drafts_prepare, drafts_answer, VERB_DESK, DUTY_READ},
    {"drafts-titled", drafts_titled_prepare, drafts_answer, VERB_DESK, DUTY_READ},
    {"draft-show", draft_show_prepare, draft_show_answer, VERB_DESK, DUTY_READ},
    {"draft-discard", discard_prepare, NULL, VERB_DESK, DUTY_SUBMIT},
    {"assess", assess_prepare, draft_step_answer, VERB_DESK, DUTY_SUBMIT},
    {"sanitise", sanitise_prepare, draft_step_answer, VERB_DESK, DUTY_SUBMIT},
    {"rework", rework_prepare, draft_step_answer, VERB_DESK, DUTY_SUBMIT},
    {"release", release_prepare, publish_answer, VERB_DESK, DUTY_RELEASE},
    {"source", source_prepare, source_answer, VERB_DESK, DUTY_READ},
    {"token-new", token_new_prepare, token_new_answer, VERB_NODE, DUTY_OPERATE},
    {"tokens", tokens_prepare, tokens_answer, VERB_DESK, DUTY_OPERATE},
    {"token-revoke", token_revoke_prepare, NULL, VERB_NODE, DUTY_OPERATE},
    {"operator-set", operator_set_prepare, NULL, VERB_NODE, DUTY_OPERATE},
    {"operator-remove", operator_remove_prepare, NULL, VERB_NODE, DUTY_OPERATE},
    {"operator-password", operator_password_prepare, NULL, VERB_DESK, DUTY_ANYONE},
    {"session", session_prepare, session_answer, VERB_DESK, DUTY_ANYONE},
    {"session-end", session_end_prepare, NULL, VERB_DESK, DUTY_ANYONE},
    {"operators", operators_prepare, operators_answer, VERB_DESK, DUTY_ANYONE},
};

const struct verb *desk_verbs(size_t *ret_count)
{
    *ret_count = COUNT_OF(verbs);
    return verbs;
}

const struct verb *verb_find(struct bytes name)
{
    for (size_t i = 0; i < COUNT_OF(verbs); i++) {
        if (text_is(name, verbs[i].name))
            return &verbs[i];
    }
    return NULL;
}

bool verb_is_silent(const struct verb *v)
{
    static const char *const names[] = {"links-often", "status",    "todo",
                                        "inbox",       "held",      "drafts",
                                        "tokens",      "operators", "explain"};

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (strcmp(v->name, names[i]) == 0)
            return true;
    }
    return false;
}

bool verb_is_bulk(const struct verb *v)
{
    static const char *const names[] = {"publish-batch", "attach", "ingest-batch"};

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (strcmp(v->name, names[i]) == 0)
            return true;
    }
    return false;
}

bool verb_changes_nothing(const struct verb *v)
{
    static const char *const names[] = {"asked",  "attachment", "find", "links", "notes",
                                        "redact", "schedule",   "show", "trace"};

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (strcmp(v->name, names[i]) == 0)
            return true;
    }
    return false;
}
