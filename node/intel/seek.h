#ifndef FLAGPOST_SEEK_H
#define FLAGPOST_SEEK_H

/*
 * What somebody looks for in records: a search, and what a watch keeps.  All that is asked
 * must be in one record.  seek_terms says by which tokens candidates are found, seek_in
 * compares one that was opened, and finds nothing else than what was asked.
 */

#include "record_walk.h"
#include "subject.h"
#include "tokens.h"

/* The numbers are on the disk: add at the end. */
enum seek_field {
    SEEK_WORDS = 1, /* anywhere in the record, each of them */
    SEEK_NAME = 2,  /* of a person, as subject.h compares names, and by how it sounds */
    SEEK_BORN = 3,  /* with a name: leaves out who has another date of birth */
    SEEK_PHONE = 4,
    SEEK_VRM = 5,
    SEEK_DOCUMENT = 6, /* NUMBER, or TYPE:NUMBER */
    SEEK_IDENTIFIER = 7,
    SEEK_VESSEL = 8, /* by its name or its description */
    SEEK_ACCOUNT = 9,
    SEEK_EMAIL = 10,
    SEEK_ADDRESS = 11,
    SEEK_FLAG = 12,
    SEEK_FIELD_END
};

enum {
    SEEK_PARTS_MAX = 8,
    SEEK_WORDS_MAX = 8, /* of one part */
    SEEK_TERMS_MAX = 16,
    SEEK_ANY_MAX = 11,
    SEEK_HITS_MAX = 16,
};

/* "words", "phone" ...: the names of options and of arguments; NULL for what is no field.
 */
const char *seek_field_word(enum seek_field f);

struct seek_message {
    uint8_t size;
    uint8_t at[TOKEN_MESSAGE_MAX];
};
/* Any of its messages; a soft one need not be there, as long as `soft_needed` are. */
struct seek_term {
    bool is_soft;
    size_t count;
    struct seek_message any[SEEK_ANY_MAX];
};
/* A token_each; `term` is a struct seek_term with room. */
void seek_term_add(void *term, struct bytes message);
bool seek_term_has(const struct seek_term *t, struct bytes message);

struct seek_part {
    enum seek_field field;
    struct bytes given;
    /* SEEK_WORDS, SEEK_VESSEL, SEEK_ADDRESS. */
    struct subject_name words[SUBJECT_READINGS];
    /* Of the others: what a number is found by, in all its forms; `type` 0 is any.  Of
     * SEEK_WORDS: what all of them are found by if they are one number, else nothing. */
    enum identifier_type type;
    struct seek_term term;
};

struct seek {
    struct subject_query person; /* no words: nobody is asked for */
    struct bytes name;
    size_t part_count;
    struct seek_part parts[SEEK_PARTS_MAX];
};

/*
 * Adds what is asked of one field; texts are borrowed, forms go to `a`.  E_VALUE or E_LIMIT
 * with what to give instead in `ret_mend`, static.  `s` is zeroed before the first.
 */
NODISCARD status seek_add(struct seek *s, enum seek_field f, struct bytes given,
                          struct arena *a, const char **ret_mend);
/* Whether it asks enough to be looked for: E_VALUE with the mend. */
NODISCARD status seek_check(const struct seek *s, const char **ret_mend);

/* --- by which tokens --- */

struct seek_terms {
    size_t soft_needed;
    size_t count;
    struct seek_term at[SEEK_TERMS_MAX];
};
/* E_LIMIT: too much is asked at once.  No term: what is asked is too short. */
NODISCARD status seek_terms(const struct seek *s, struct seek_terms *ret);

/* --- in one record --- */

struct seek_hit {
    enum seek_field field;
    const char *how; /* "the same", "sounds alike" ...; static */
    struct record_place at;
};
struct seek_found {
    bool all; /* all that is asked; else there are no hits */
    size_t count;
    struct seek_hit hits[SEEK_HITS_MAX];
};
void seek_in(const struct seek *s, const struct record *r, struct seek_found *ret);

#endif
