#ifndef FLAGPOST_SUBJECT_H
#define FLAGPOST_SUBJECT_H

/*
 * Whether a record speaks of one person: the search behind an access request (Data
 * Protection Act 2018 ss.45-48).  It prefers to find too much: a person judges each hit.
 *
 * Names compare as multisets of words, so in any order, without case and accents; a hyphen
 * or apostrophe is once a blank and once nothing.  Letters outside Latin that look like
 * none of ours compare as they are written, capitals apart from small ones; a name in
 * another spelling or script is another search.
 */

#include "identifier.h"
#include "record.h"

enum {
    SUBJECT_WORDS_MAX = 48,
    SUBJECT_WORD_BYTES = 40, /* longer ones are compared by their beginnings */
    SUBJECT_HITS_MAX = RECORD_PERSONS_MAX + 4, /* elsewhere in it, and beside it */
};

/* What stands between the parts of a word: all of it blanks; apostrophes nothing; all of it
 * nothing. */
enum subject_reading {
    READING_APART,
    READING_APOSTROPHE,
    READING_JOINED,
    SUBJECT_READINGS
};

struct subject_word {
    uint8_t size;
    bool joined; /* something stood between its parts */
    uint8_t text[SUBJECT_WORD_BYTES];
};

struct subject_name {
    size_t count;
    struct subject_word words[SUBJECT_WORDS_MAX];
};

struct subject_query {
    struct subject_name names[SUBJECT_READINGS]; /* no words: not searched by name */
    struct partial_date born;                    /* year 0: not given */
    enum identifier_type type;
    struct bytes identifier, canonical; /* empty: not searched by identifier */
};

/* From what was typed; empty texts ask nothing.  `identifier` is "passport:123456789" or
 * "passport:GBR:123456789".  E_VALUE, with which of the three in `ret_field`. */
NODISCARD status subject_query_read(struct bytes name, struct bytes born,
                                    struct bytes identifier, struct arena *a,
                                    struct subject_query *ret, const char **ret_field);

/* "suspect". */
const char *subject_role_word(enum subject_role r);

/* The next word of a text from `*at` on; false at its end. */
bool subject_word_next(struct bytes text, size_t *at, enum subject_reading reading,
                       struct subject_word *ret);

/* Adds the words of a text; those over SUBJECT_WORDS_MAX are left out. */
void subject_name_add(struct subject_name *n, struct bytes text,
                      enum subject_reading reading);

enum subject_how {
    SUBJECT_NOT,
    SUBJECT_IDENTIFIER,
    SUBJECT_WHOLE_NAME,
    SUBJECT_PART_OF_NAME, /* all words of one name are in the other */
    SUBJECT_IN_TEXT,
};

struct subject_hit {
    enum subject_how how;
    const char *where; /* "persons", "texts", "attachments" ...; static */
    size_t index;
    const struct item_person *person; /* NULL: it is no person of the record's list */
};

struct subject_found {
    size_t count;
    struct subject_hit hits[SUBJECT_HITS_MAX];
    size_t born_otherwise; /* persons of that name left out for their date of birth */
};

/* Whether any date of birth that the record has of a person can be the one asked for. */
bool subject_may_be(const struct subject_query *q, const struct item_person *p);

/* Each person of the record that it may be; and where else the name stands and the
 * identifier stands, the first place of each. */
void subject_search(const struct subject_query *q, const struct record *r,
                    struct subject_found *ret);
/* The same in a text that is kept beside the record: adds the name and the identifier, the
 * first place of each; all such texts of one record have one `where`. */
void subject_search_text(const struct subject_query *q, struct bytes text,
                         const char *where, size_t index, struct subject_found *f);

#endif
