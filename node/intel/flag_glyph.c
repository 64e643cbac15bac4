#include "flag_glyph.h"

#include "words.h"

#include <string.h>
#include <utf8proc.h>

/*
 * Accents, widths and other dress of a letter are taken off by Unicode's own tables
 * (utf8proc: NFKD, marks stripped).  What is left are shapes: runs of code
 * points that these tables keep apart and, for each, the capital that an eye reads (space:
 * none).  In order, for halving.
 */
struct run {
    uint32_t first;
    const char *looks;
};

static const struct run runs[] = {
    {0xd0, "D      XO      B"},
    {0xf0, "D       O"},
    {0x110, "DD"},
    {0x126, "HH         III    K      LLLL      NNN"},
    {0x166, "TT"},
    {0x197, "I"},
    {0x262, "G      II         N           R"},
    {0x299, "B  H"},
    {0x391, "AB  EZH IK MN O P  TY X  IY     A       IK  V O P   U X  IUO"},
    {0x3f2, "CJ     C"},
    {0x400,
     "EE   SIIJ   K Y A B  E    K MHO PCTY X      B  RA BR E    K MHO PCTY X      B  R"
     "EE   SIIJ   K Y"},
    {0x4c0, "I"},
    {0x4cf, "I"},
    {0x50c, "GG            QQWW"},
    {0x13a0, "DRT       AJE          M   H    G  Z  IM          R WS   VS   LC  P"},
    {0x1d00, "A   CD E  JK M O        P  TU   VWZ   R"},
    {0x2223, "I"},
    {0x25cb, "O"},
    {0x25ef, "O"},
    {0x2b55, "O"},
    {0xa4d0, "BP DT GK JC ZF MNLSR  VH  WXY AAE IOU"},
    {0xa731, "S"},
};

/* Alphabets in a dress that Unicode does not take off: in brackets, on black, of regions.
 */
static uint8_t dressed(uint32_t point)
{
    static const uint32_t alphabets[] = {0x1f110, 0x1f150, 0x1f170, 0x1f1e6};

    for (size_t i = 0; i < COUNT_OF(alphabets); i++) {
        if (point >= alphabets[i] && point < alphabets[i] + 26)
            return (uint8_t)('A' + point - alphabets[i]);
    }
    return 0;
}

static uint8_t shape_of(uint32_t point)
{
    size_t low = 0;
    size_t high = COUNT_OF(runs);

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (runs[middle].first <= point)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || point - runs[low - 1].first >= strlen(runs[low - 1].looks))
        return dressed(point);
    const char looks = runs[low - 1].looks[point - runs[low - 1].first];
    return looks == ' ' ? 0 : (uint8_t)looks;
}

/* The one character that is left without dress; itself where it is not one. */
static uint32_t undressed(uint32_t point, bool without_case)
{
    const int off = UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_STRIPMARK |
                    (without_case ? UTF8PROC_CASEFOLD : 0);
    utf8proc_int32_t left[1];
    int last = 0;

    return utf8proc_decompose_char((utf8proc_int32_t)point, left, 1, (utf8proc_option_t)off,
                                   &last) == 1
               ? (uint32_t)left[0]
               : point;
}

static uint8_t look_of(uint32_t point, utf8proc_category_t category)
{
    const uint8_t shape = shape_of(point);
    const uint32_t base = shape != 0 ? point : undressed(point, false);

    if (shape != 0 || base == point)
        return shape;
    if (base < 0x80 && word_is_letter((uint8_t)base))
        return word_upper((uint8_t)base);
    if (base >= '0' && base <= '9') /* a digit of its own, and no "squared" */
        return category == UTF8PROC_CATEGORY_ND ? glyph_looks((uint8_t)base) : 0;
    return shape_of(base);
}

uint8_t glyph_looks(uint8_t capital)
{
    static const char digits[] = "OIZEASGTB9";

    return capital >= '0' && capital <= '9' ? (uint8_t)digits[capital - '0'] : capital;
}

/* A stroke or an exclamation mark is an I only within a word, between letters of one kind:
 * "#O|MCR", and not "#OIMCR!boat". */
static bool is_stroke(uint8_t c, uint8_t before, uint8_t next)
{
    if (c != '|' && c != '!')
        return false;
    const bool small = next >= 'a' && next <= 'z';
    const bool small_before = before >= 'a' && before <= 'z';

    if (!word_is_letter(next) && !word_is_digit(next))
        return false;
    return before == '#' || ((word_is_letter(before) || word_is_digit(before)) &&
                             (small == small_before || !word_is_letter(before)));
}

static enum glyph_kind sign_kind(uint8_t c)
{
    switch (c) {
    case '#':
        return GLYPH_HASH;
    case ' ':
    case '\t':
        return GLYPH_BLANK;
    case '\n':
    case '\r':
    case '\v':
    case '\f':
        return GLYPH_BREAK;
    case '-':
    case '_':
    case '.':
    case '/':
    case '\\':
    case ',':
    case ':':
    case ';':
    case '\'':
    case '`':
    case '*':
    case '+':
    case '~':
    case '=':
    case '^':
        return GLYPH_JOINER;
    default:
        return GLYPH_OTHER;
    }
}

static struct glyph ascii(uint8_t c, uint8_t before, uint8_t next)
{
    struct glyph g = {.size = 1, .kind = GLYPH_LETTER};
    const uint8_t capital = c & 0xdf;

    if (capital >= 'A' && capital <= 'Z') {
        g.plain = capital;
        g.small = capital != c;
        g.looks = c == 'l' ? 'I' : capital;
    } else if (c >= '0' && c <= '9') {
        g.plain = c;
        g.looks = glyph_looks(c);
    } else if (is_stroke(c, before, next)) {
        g.looks = 'I';
    } else {
        g.kind = sign_kind(c);
    }
    return g;
}

/* Signs that stand between letters as a hyphen does, and are none by their category. */
static bool is_joiner(uint32_t point)
{
    static const uint32_t signs[] = {0xb7,   0x2019, 0x2022, 0x2024, 0x2025, 0x2026,
                                     0x2027, 0x2043, 0x2212, 0x2219, 0x30fb};

    for (size_t i = 0; i < COUNT_OF(signs); i++) {
        if (signs[i] == point)
            return true;
    }
    return false;
}

/* By its general category (Unicode, chapter 4.5); letters of other scripts join a word. */
static enum glyph_kind kind_of(uint32_t point, const utf8proc_property_t *p)
{
    if (p->ignorable)
        return GLYPH_HIDDEN;
    switch (p->category) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
        return GLYPH_LETTER;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_CF:
        return GLYPH_HIDDEN;
    case UTF8PROC_CATEGORY_ZS:
        return GLYPH_BLANK;
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return GLYPH_BREAK;
    case UTF8PROC_CATEGORY_PD:
        return GLYPH_JOINER;
    default: /* signs, quotes, what nobody has given a meaning */
        return is_joiner(point) ? GLYPH_JOINER : GLYPH_OTHER;
    }
}

static struct glyph beyond_ascii(struct bytes b)
{
    const utf8proc_ssize_t most = b.size < 4 ? (utf8proc_ssize_t)b.size : 4;
    struct glyph g = {.kind = GLYPH_OTHER, .size = 1};
    utf8proc_int32_t read = 0;
    const utf8proc_ssize_t size = utf8proc_iterate(b.at, most, &read);

    if (size <= 0)
        return g; /* a byte that is no UTF-8 */
    const uint32_t point = (uint32_t)read;
    if (point >= 0xff01 && point <= 0xff5e) { /* full width */
        g = ascii((uint8_t)(point - 0xff01 + 0x21), 0, 0);
        g.plain = 0;
        g.small = false;
        g.size = (size_t)size;
        return g;
    }
    const utf8proc_property_t *const p = utf8proc_get_property(read);
    g.size = (size_t)size;
    g.looks = look_of(point, (utf8proc_category_t)p->category);
    if (g.looks != 0)
        g.kind = GLYPH_LETTER;
    else if (point == 0xfe5f || point == 0x266f || point == 0x2317)
        g.kind = GLYPH_HASH;
    else
        g.kind = point == 0x85 ? GLYPH_BREAK : kind_of(point, p);
    return g;
}

size_t glyph_fold(struct bytes letter, uint8_t ret[4])
{
    utf8proc_int32_t read = 0;

    MUST(letter.size <= 4);
    if (utf8proc_iterate(letter.at, (utf8proc_ssize_t)letter.size, &read) > 0)
        return (size_t)utf8proc_encode_char(
            (utf8proc_int32_t)undressed((uint32_t)read, true), ret);
    memcpy(ret, letter.at, letter.size);
    return letter.size;
}

struct glyph glyph_at(struct bytes text, size_t at)
{
    if (at >= text.size)
        return (struct glyph){.kind = GLYPH_END};
    if (text.at[at] < 0x80)
        return ascii(text.at[at], at > 0 ? text.at[at - 1] : 0,
                     at + 1 < text.size ? text.at[at + 1] : 0);
    return beyond_ascii(bytes_from(text, at));
}
