#ifndef FLAGPOST_VERBS_H
#define FLAGPOST_VERBS_H

/*
 * The rows of the verb table (desk.h), by file: what each does before the commit, and what
 * it answers after it.
 */

#include "control.h"

struct desk;
struct call;
struct verb;

const struct verb *verb_find(struct bytes name); /* NULL: there is none */
/* It puts nothing into the journal, not even a row of the log, and so takes no room. */
bool verb_is_silent(const struct verb *v);
/* Many records, or a large one, at a time: what single ones need is kept free of them. */
bool verb_is_bulk(const struct verb *v);
/* Of those that take a record: it is read, told of or copied out, and nothing becomes of it
 * but a row of the log.  One that is not named there does something with it. */
bool verb_changes_nothing(const struct verb *v);

status publish_prepare(struct desk *d, struct call *c);
status publish_answer(struct desk *d, struct call *c, struct control_answer *ret);
status policy_prepare(struct desk *d, struct call *c);
status policy_answer(struct desk *d, struct call *c, struct control_answer *ret);
status explain_prepare(struct desk *d, struct call *c);
status explain_answer(struct desk *d, struct call *c, struct control_answer *ret);
status decide_prepare(struct desk *d, struct call *c);
status decide_answer(struct desk *d, struct call *c, struct control_answer *ret);
status batch_prepare(struct desk *d, struct call *c);
status batch_answer(struct desk *d, struct call *c, struct control_answer *ret);
status acknowledge_prepare(struct desk *d, struct call *c);
status acknowledge_answer(struct desk *d, struct call *c, struct control_answer *ret);
status claim_prepare(struct desk *d, struct call *c);
status close_prepare(struct desk *d, struct call *c);
status reopen_prepare(struct desk *d, struct call *c);
status note_prepare(struct desk *d, struct call *c);
status notes_prepare(struct desk *d, struct call *c);
status notes_answer(struct desk *d, struct call *c, struct control_answer *ret);
status ingest_list_prepare(struct desk *d, struct call *c);
status ingest_list_answer(struct desk *d, struct call *c, struct control_answer *ret);
status ingest_batch_prepare(struct desk *d, struct call *c);
status ingest_batch_answer(struct desk *d, struct call *c, struct control_answer *ret);
status ingest_accept_prepare(struct desk *d, struct call *c);
status ingest_refuse_prepare(struct desk *d, struct call *c);
status ingest_deleted_prepare(struct desk *d, struct call *c);
status ingest_gated_prepare(struct desk *d, struct call *c);
status ingest_extract_prepare(struct desk *d, struct call *c);
status ingest_quarantine_prepare(struct desk *d, struct call *c);
status ingest_answer(struct desk *d, struct call *c, struct control_answer *ret);
status reconcile_prepare(struct desk *d, struct call *c);
status reconciled_answer(struct desk *d, struct call *c, struct control_answer *ret);
status differences_prepare(struct desk *d, struct call *c);
status differences_answer(struct desk *d, struct call *c, struct control_answer *ret);
status difference_resend_prepare(struct desk *d, struct call *c);
status difference_settle_prepare(struct desk *d, struct call *c);
status inbox_prepare(struct desk *d, struct call *c);
status inbox_answer(struct desk *d, struct call *c, struct control_answer *ret);
status inbox_new_prepare(struct desk *d, struct call *c);
status inbox_new_answer(struct desk *d, struct call *c, struct control_answer *ret);
status find_prepare(struct desk *d, struct call *c);
status find_answer(struct desk *d, struct call *c, struct control_answer *ret);
status show_prepare(struct desk *d, struct call *c);
status show_answer(struct desk *d, struct call *c, struct control_answer *ret);
status attach_prepare(struct desk *d, struct call *c);
status attach_answer(struct desk *d, struct call *c, struct control_answer *ret);
status attachment_prepare(struct desk *d, struct call *c);
status attachment_answer(struct desk *d, struct call *c, struct control_answer *ret);
status redact_prepare(struct desk *d, struct call *c);
status redact_answer(struct desk *d, struct call *c, struct control_answer *ret);
status supersede_prepare(struct desk *d, struct call *c);
status republish_prepare(struct desk *d, struct call *c);
status consent_prepare(struct desk *d, struct call *c);
status recall_prepare(struct desk *d, struct call *c);
status recall_verb_answer(struct desk *d, struct call *c, struct control_answer *ret);
status statement_prepare(struct desk *d, struct call *c);
status statement_answer(struct desk *d, struct call *c, struct control_answer *ret);
status trace_prepare(struct desk *d, struct call *c);
status trace_answer(struct desk *d, struct call *c, struct control_answer *ret);
status operator_set_prepare(struct desk *d, struct call *c);
status operator_remove_prepare(struct desk *d, struct call *c);
status operators_prepare(struct desk *d, struct call *c);
status operators_answer(struct desk *d, struct call *c, struct control_answer *ret);
status operator_password_prepare(struct desk *d, struct call *c);
status session_prepare(struct desk *d, struct call *c);
status session_answer(struct desk *d, struct call *c, struct control_answer *ret);
status session_end_prepare(struct desk *d, struct call *c);
status subject_prepare(struct desk *d, struct call *c);
status subject_answer(struct desk *d, struct call *c, struct control_answer *ret);
status search_prepare(struct desk *d, struct call *c);
status search_answer(struct desk *d, struct call *c, struct control_answer *ret);
status links_prepare(struct desk *d, struct call *c);
status links_answer(struct desk *d, struct call *c, struct control_answer *ret);
status links_often_prepare(struct desk *d, struct call *c);
status links_often_answer(struct desk *d, struct call *c, struct control_answer *ret);
status links_show_prepare(struct desk *d, struct call *c);
status links_show_answer(struct desk *d, struct call *c, struct control_answer *ret);
status links_tell_prepare(struct desk *d, struct call *c);
status links_tell_answer(struct desk *d, struct call *c, struct control_answer *ret);
status links_decide_prepare(struct desk *d, struct call *c);
status links_decide_answer(struct desk *d, struct call *c, struct control_answer *ret);
status watch_add_prepare(struct desk *d, struct call *c);
status watch_add_answer(struct desk *d, struct call *c, struct control_answer *ret);
status watch_list_prepare(struct desk *d, struct call *c);
status watch_list_answer(struct desk *d, struct call *c, struct control_answer *ret);
status watch_end_prepare(struct desk *d, struct call *c);
status watch_alerts_prepare(struct desk *d, struct call *c);
status watch_alerts_answer(struct desk *d, struct call *c, struct control_answer *ret);
status watch_seen_prepare(struct desk *d, struct call *c);
status watch_set_prepare(struct desk *d, struct call *c);
status audit_prepare(struct desk *d, struct call *c);
status audit_answer(struct desk *d, struct call *c, struct control_answer *ret);
status audit_export_prepare(struct desk *d, struct call *c);
status audit_export_answer(struct desk *d, struct call *c, struct control_answer *ret);
status breach_prepare(struct desk *d, struct call *c);
status breach_answer(struct desk *d, struct call *c, struct control_answer *ret);
status schedule_prepare(struct desk *d, struct call *c);
status schedule_answer(struct desk *d, struct call *c, struct control_answer *ret);
status status_prepare(struct desk *d, struct call *c);
status status_answer(struct desk *d, struct call *c, struct control_answer *ret);
status install_prepare(struct desk *d, struct call *c);
status install_answer(struct desk *d, struct call *c, struct control_answer *ret);
status backup_prepare(struct desk *d, struct call *c);
status backup_tail_prepare(struct desk *d, struct call *c);
status backup_tail_answer(struct desk *d, struct call *c, struct control_answer *ret);
status epoch_prepare(struct desk *d, struct call *c);
status epoch_answer(struct desk *d, struct call *c, struct control_answer *ret);
status recover_prepare(struct desk *d, struct call *c);
status recover_answer(struct desk *d, struct call *c, struct control_answer *ret);
status follow_again_prepare(struct desk *d, struct call *c);
status mend_prepare(struct desk *d, struct call *c);
status mend_answer(struct desk *d, struct call *c, struct control_answer *ret);
status recount_prepare(struct desk *d, struct call *c);
status recount_answer(struct desk *d, struct call *c, struct control_answer *ret);

#endif
