#ifndef FLAGPOST_REQUESTS_H
#define FLAGPOST_REQUESTS_H

/*
 * What a recipient of a record asks its owner: for more, for consent to act on it (A1), for
 * consent to a sanitised copy (S2); and the owner's answer, by a named person.  Each is an
 * entry of the speaker's own stream for the other alone, and so signed and kept.
 */

#include "types.h"

enum { REQUEST_TEXT_MAX = 4000, REQUEST_PERSON_MAX = 200 };

enum request_what { REQUEST_ASKED = 1, REQUEST_GRANTED = 2, REQUEST_REFUSED = 3 };

enum request_for { REQUEST_MORE = 1, REQUEST_ACT = 2, REQUEST_SANITISE = 3 };

/* The record stands in the entry's header. */
struct item_request {
    enum request_what what;
    enum request_for wants;
    millis at;
    millis by;           /* of a question: when an answer is asked for; else 0 */
    bool has_question;   /* exactly in an answer: */
    record_id question;  /* the id of the entry that asked */
    struct bytes person; /* of an answer: who gives it; else empty */
    struct bytes text;   /* the question, or what is answered */
};

#endif
