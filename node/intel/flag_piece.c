#include "flag_piece.h"

#include "words.h"

#include <string.h>

enum {
    BETWEEN_MAX = 3,                   /* characters between two letters of one flag */
    GLYPHS_MAX = 4 * FLAG_LETTERS_MAX, /* of one word, hidden ones included */
};

size_t flag_piece_take(struct bytes text, size_t at, struct flag_word *w)
{
    size_t end = at;
    bool hidden = false;

    for (size_t n = 0; n < GLYPHS_MAX; n++) {
        const struct glyph g = glyph_at(text, at);
        if (g.kind != GLYPH_LETTER && g.kind != GLYPH_HIDDEN)
            break;
        at += g.size;
        if (g.kind == GLYPH_HIDDEN) {
            hidden = true;
            continue;
        }
        flag_word_add(w, &g, at);
        w->hidden = w->hidden || hidden;
        end = at;
    }
    return end;
}

size_t flag_piece_skip(struct bytes text, size_t at)
{
    struct glyph g = glyph_at(text, at);

    while (g.kind == GLYPH_LETTER || g.kind == GLYPH_HIDDEN) {
        at += g.size;
        g = glyph_at(text, at);
    }
    return at;
}

bool flag_piece_join(struct bytes text, struct flag_word *w, struct joint *j)
{
    size_t at = j->end;
    bool hyphen = false;

    for (size_t n = 0; n <= BETWEEN_MAX; n++) {
        const struct glyph g = glyph_at(text, at);
        if (g.kind == GLYPH_LETTER) {
            const size_t before = w->size;
            j->end = flag_piece_take(text, at, w);
            j->letters = j->letters && w->size == before + 1;
            j->pieces++;
            return n > 0;
        }
        /* A word is parted at a line's end by a hyphen only. */
        if (g.kind == GLYPH_BLANK || (g.kind == GLYPH_BREAK && hyphen))
            j->blanks = j->blanks || !hyphen;
        else if (g.kind != GLYPH_JOINER && g.kind != GLYPH_HIDDEN)
            return false;
        hyphen = hyphen || g.kind == GLYPH_JOINER;
        at += g.size;
    }
    return false;
}

bool flag_is_address(struct bytes text, size_t at, size_t *ret_end)
{
    bool address =
        at + 4 <= text.size && word_same(bytes_of(text.at + at, 4), bytes_of("www.", 4));
    bool mail = false;
    size_t i = at;

    for (; i < text.size && text.at[i] > ' '; i++) {
        const uint8_t c = text.at[i];
        if (c == ':' && text.size - i >= 3 && memcmp(text.at + i, "://", 3) == 0)
            address = true;
        mail = mail || (c == '@' && i > at &&
                        (word_is_letter(text.at[i - 1]) || word_is_digit(text.at[i - 1])));
        address = address ||
                  (mail && c == '.' && i + 1 < text.size && word_is_letter(text.at[i + 1]));
    }
    *ret_end = i;
    return address;
}
