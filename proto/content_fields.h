#ifndef FLAGPOST_CONTENT_FIELDS_H
#define FLAGPOST_CONTENT_FIELDS_H

/*
 * The fields of every item kind and their rules, as tables.
 *
 * Internal to proto/.
 */

#include "content.h"
#include "layout.h"

/* NULL for what is not a kind. */
const struct layout *item_layout(enum item_kind kind);

/* The part of them that an intelligence report is made of (report_fields.c). */
const struct layout *report_layout(enum item_kind kind);

/* The part of them that attachments are made of (attachment_fields.c). */
const struct layout *attachment_layout(enum item_kind kind);

/* The part of them that case reports are made of (cases_fields.c). */
const struct layout *cases_layout(enum item_kind kind);
/* Those of lifecycle.h; NULL for others. */
const struct layout *lifecycle_layout(enum item_kind kind);

/* Decisions for immigration enforcement (decision_fields.c). */
const struct layout *decision_layout(enum item_kind kind);

/* What happened to the records of one nominal (retention_fields.c). */
const struct layout *retention_layout(enum item_kind kind);

/* How two sides find where they differ (reconciliation_fields.c). */
const struct layout *reconciliation_layout(enum item_kind kind);

/* What a recipient asks the owner of a record (requests_fields.c). */
const struct layout *requests_layout(enum item_kind kind);

#endif
