#ifndef FLAGPOST_TOKENS_H
#define FLAGPOST_TOKENS_H

/*
 * What a record is found by, as messages: a letter for the class, then a word in capitals
 * without accents, an identifier's type and canonical form, or how a name sounds.  The desk
 * makes tokens of them under a key of the node (keyring_tokens), and nothing else of a
 * record is kept outside its ciphertext.
 *
 * They find candidates: each is opened and compared with what was asked.  So they find too
 * much rather than too little, and what they leave out (the country of a passport, the
 * person that a word belongs to) is for the comparison.
 */

#include "identifier.h"
#include "record.h"

/* Of the messages below and what is made of them: with another number, another index. */
enum { TOKENS_FORM = 4 };

enum token_class {
    TOKEN_WORD = 'w',       /* of any text or name; of two letters and more */
    TOKEN_SOUND = 's',      /* of a word of a person's name (sound.h) */
    TOKEN_IDENTIFIER = 'i', /* type, then what it is compared by */
    TOKEN_NUMBER = 'n',     /* letters and digits of a number as it was written somewhere */
    TOKEN_TAIL = 't',       /* the last nine digits of a telephone number */
    TOKEN_ALIKE = 'a',      /* a registration mark as cameras may read it */
    TOKEN_FLAG = 'f',
    TOKEN_MORE = 'm', /* alone: the record has more than are kept of one */
};

enum {
    TOKEN_MESSAGE_MAX = 2 + IDENTIFIER_RAW_MAX,
    TOKEN_NUMBER_LEAST = 5, /* shorter ones are in any text by chance */
    TOKEN_NUMBER_MOST = 34, /* an IBAN */
    TOKEN_TAIL_SIZE = 9,
};

/* The message is the caller's while it is called. */
typedef void (*token_each)(void *context, struct bytes message);

/* All of a record, some more than once; what stands in no text first. */
void tokens_of_record(const struct record *r, token_each each, void *context);

/* --- the parts, of which what is asked for is made as well --- */

/* The next run of digits that something longer is glued to, as in "TEL07700900777", from
 * `*at` on, which is 0 at first; of TOKEN_NUMBER_LEAST and more.  False: no more. */
bool token_digits_next(struct bytes word, size_t *at, struct bytes *ret);

/* Of a text: its words, and numbers as they are written. */
void tokens_of_text(struct bytes text, token_each each, void *context);
/* Of one word of subject_word_next; too short ones have none. */
void token_of_word(struct bytes word, token_each each, void *context);
void token_of_sound(struct bytes word, token_each each, void *context);
/* `canonical` may be empty. */
void token_of_identifier(enum identifier_type type, struct bytes canonical, token_each each,
                         void *context);
/* What stands between the letters and digits of the number does not matter. */
void token_of_number(struct bytes number, token_each each, void *context);
void token_of_tail(struct bytes number, token_each each, void *context);
void token_of_alike(struct bytes canonical_mark, token_each each, void *context);
void token_of_flag(struct bytes flag, token_each each, void *context);
void token_of_more(token_each each, void *context);

#endif
