#ifndef FLAGPOST_TALK_SAMPLES_H
#define FLAGPOST_TALK_SAMPLES_H

/* Part of round_trip_items.c: what two sides say that compare their sets, or of whom one
 * asks, and what happened to the records of one nominal. */

#include "samples.h"

static inline struct item random_request(struct dice *d, enum item_kind kind)
{
    struct item i = {.kind = kind,
                     .request = {.what = 1 + dice_below(d, REQUEST_REFUSED),
                                 .wants = 1 + dice_below(d, REQUEST_SANITISE),
                                 .at = 1 + dice_below(d, UINT32_MAX),
                                 .text = dice_text(d, 1, REQUEST_TEXT_MAX)}};

    if (i.request.what == REQUEST_ASKED) {
        i.request.by = 1 + dice_below(d, UINT32_MAX);
        return i;
    }
    i.request.has_question = true;
    i.request.person = dice_text(d, 1, REQUEST_PERSON_MAX);
    dice_fill(d, i.request.question.bytes, sizeof i.request.question.bytes);
    return i;
}

static inline struct item random_retention(struct dice *d, enum item_kind kind)
{
    struct item i = {.kind = kind,
                     .retention = {.what = 1 + dice_below(d, RETENTION_ERASED),
                                   .at = 1 + dice_below(d, UINT32_MAX),
                                   .person = dice_text(d, 1, RETENTION_TEXT_MAX),
                                   .reason = dice_text(d, 0, RETENTION_TEXT_MAX),
                                   .has_record = dice_below(d, 2) == 1,
                                   .notice = dice_below(d, UINT32_MAX),
                                   .group = dice_below(d, RETENTION_GROUPS + 1),
                                   .reference = dice_text(d, 0, RETENTION_REFERENCE_MAX)}};

    dice_fill(d, i.retention.set.bytes, sizeof i.retention.set.bytes);
    if (i.retention.has_record)
        dice_fill(d, i.retention.record.bytes, sizeof i.retention.record.bytes);
    if (dice_below(d, 2) == 1)
        i.retention.answers = bytes_of_text("ynuuny");
    return i;
}

static inline struct item random_talk(struct dice *d, enum item_kind kind)
{
    struct item i = {.kind = kind};

    if (kind == ITEM_DIFFERENCE) {
        i.difference = (struct item_difference){
            .agency = {"F55"},
            .says = 1 + dice_below(d, DIFFERENCE_DELETED),
            .reference = dice_text(d, 0, RECONCILIATION_REFERENCE_MAX)};
        dice_fill(d, i.difference.id.bytes, sizeof i.difference.id.bytes);
        return i;
    }
    i.ranges = (struct item_ranges){.step = 1 + dice_below(d, UINT32_MAX),
                                    .what = 1 + dice_below(d, RANGES_STOPS),
                                    .count = dice_u64(d),
                                    .other_count = dice_u64(d),
                                    .differences = dice_below(d, UINT32_MAX),
                                    .more = dice_below(d, 2) == 1};
    dice_fill(d, i.ranges.session.bytes, sizeof i.ranges.session.bytes);
    if (dice_below(d, 2) == 1)
        dice_fill(d, i.ranges.root.bytes, sizeof i.ranges.root.bytes);
    for (size_t c = 0; c < COVERS; c++) {
        if (dice_below(d, 3) > 0)
            i.ranges.covers[c] =
                (struct lane_cover){{.counter = (uint32_t)c + 1}, dice_u64(d)};
    }
    if (i.ranges.what == RANGES_STOPS)
        i.ranges.reason = dice_text(d, 1, SHORT_TEXT_MAX);
    else if (i.ranges.what != RANGES_ENDS)
        i.ranges.ranges = dice_bytes(d, 1, RECONCILIATION_RANGES_MAX);
    return i;
}

#endif
