#ifndef FLAGPOST_ANSWER_JSON_H
#define FLAGPOST_ANSWER_JSON_H

/*
 * A node's answer as one JSON object: "status" and "sentence", then its rows by what they
 * are: "record", "node" and "recall" one object each, "findings", "recipients", "holders",
 * "streams" and "peers" lists, and "others" for rows of any other kind.  Values are texts,
 * but for what is counted (numbers) and what is answered with yes or no (booleans).  Rows
 * that do not say what they are go into `list`, which is there where it is named (NULL:
 * "others").
 */

#include "control.h"
#include "record_json.h"

NODISCARD status answer_json_write(const struct control_answer *answer, const char *list,
                                   struct arena *a, struct bytes *ret);

/* Of the verb `show`: "entry" (where it stands, without its text), "record" as
 * record_json_write has it, and "attachments".  E_FORM: there is no row in it; E_MEMORY; or
 * what record_unpack and record_json_write return. */
NODISCARD status answer_json_record(const struct control_answer *answer, struct arena *a,
                                    struct bytes *ret);

/* Why a record could not be read: "status", "sentence" and where: "line" and "column"; or
 * "path" of the first value, and each as one of "findings". */
NODISCARD status answer_json_fault(status why, const struct json_fault *fault,
                                   struct arena *a, struct bytes *ret);

/* Whatever jansson has to ask of the system once, before threads ask it side by side; what
 * it frees is wiped from then on. */
void answer_json_prepare(void);

#endif
