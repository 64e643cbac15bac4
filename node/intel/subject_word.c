#include "subject.h"

#include "flag_glyph.h"
#include "text.h"

#include <string.h>

/* Words as they are compared: in capitals, without accents, of letters and digits. */

static bool is_apostrophe(struct bytes b)
{
    return text_is(b, "'") || text_is(b, "`") || text_is(b, "\xe2\x80\x99");
}

bool subject_word_next(struct bytes text, size_t *at, enum subject_reading reading,
                       struct subject_word *ret)
{
    ret->size = 0;
    ret->joined = false;
    for (;;) {
        const struct glyph g = glyph_at(text, *at);
        if (g.kind == GLYPH_END)
            return ret->size > 0;
        uint8_t one[4] = {g.plain != 0 ? g.plain : g.looks};
        const size_t size =
            one[0] != 0 ? 1 : glyph_fold(bytes_of(text.at + *at, g.size), one);
        const struct bytes as = bytes_of(one, size);
        *at += g.size;
        const bool joins = reading == READING_JOINED ||
                           (reading == READING_APOSTROPHE && is_apostrophe(as));
        if (g.kind == GLYPH_HIDDEN || (g.kind == GLYPH_JOINER && joins)) {
            ret->joined = ret->joined || (g.kind == GLYPH_JOINER && ret->size > 0);
            continue;
        }
        if (g.kind != GLYPH_LETTER) {
            if (ret->size > 0)
                return true;
            continue;
        }
        if (as.size <= SUBJECT_WORD_BYTES - (size_t)ret->size) {
            memcpy(ret->text + ret->size, as.at, as.size);
            ret->size = (uint8_t)(ret->size + as.size);
        }
    }
}

void subject_name_add(struct subject_name *n, struct bytes text,
                      enum subject_reading reading)
{
    size_t at = 0;

    while (n->count < SUBJECT_WORDS_MAX &&
           subject_word_next(text, &at, reading, &n->words[n->count]))
        n->count++;
}
