#include "flag_glyph.h"

#include "words.h"

#include <string.h>

/*
 * What characters beyond ASCII can be taken for: runs of code points and, for each, the
 * capital (space: nothing of ours).  From the shapes themselves and the Unicode
 * decompositions; in order, for halving.
 */
struct run {
    uint32_t first;
    const char *looks;
};

static const struct run runs[] = {
    {0xc0, "AAAAAA CEEEEIIIIDNOOOOOXOUUUUY BAAAAAA CEEEEIIIIDNOOOOO OUUUUY Y"
           "AAAAAACCCCCCCCDDDDEEEEEEEEEEGGGGGGGGHHHHIIIIIIIIIIIIJJKKKLLLLLLL"
           "LLLNNNNNNNNNOOOOOO  RRRRRRSSSSSSSSTTTTTTUUUUUUUUUUUUWWYYYZZZZZZS"},
    {0x197, "I"},
    {0x1cd,
     "AAIIOOUUUUUUUUUU AAAA    GGKKOOOO  J   GG  NNAA    AAAAEEEEIIIIOOOORRRRUUUUSSTT"},
    {0x226, "AAEEOOOOOOOOYY"},
    {0x262, "G"},
    {0x269, "II"},
    {0x274, "N"},
    {0x280, "R"},
    {0x299, "B"},
    {0x29c, "H"},
    {0x391, "AB  EZH IK MN O P  TY X"},
    {0x3aa, "IY"},
    {0x3b1, "A       IK  V O P   U X"},
    {0x3ca, "IUO"},
    {0x3f2, "CJ"},
    {0x3f9, "C"},
    {0x400, "EE   SIIJ   K Y A B  E    K MHO PCTY X      B  R"},
    {0x430, "A BR E    K MHO PCTY X      B  R"},
    {0x450, "EE   SIIJ   K Y"},
    {0x4c0, "I"},
    {0x4cf, "I"},
    {0x50c, "GG"},
    {0x51a, "QQWW"},
    {0x13a0, "DRT       AJE          M   H    G  Z  IM          R WS   VS   LC  P"},
    {0x1d00, "A"},
    {0x1d04, "CD"},
    {0x1d07, "E"},
    {0x1d0a, "JK M O"},
    {0x1d18, "P"},
    {0x1d1b, "TU"},
    {0x1d20, "VWZ"},
    {0x1d26, "R"},
    {0x1e00, "AABBBBBBCCDDDDDDDDDDEEEEEEEEEEFFGGHHHHHHHHHHIIIIKKKKKKLLLLLLLLMM"
             "MMMMNNNNNNNNOOOOOOOOPPPPRRRRRRRRSSSSSSSSSSTTTTTTTTUUUUUUUUUUVVVV"
             "WWWWWWWWWWXXXXYYZZZZZZHTWY S    AAAAAAAAAAAAAAAAAAAAAAAAEEEEEEEE"
             "EEEEEEEEIIIIOOOOOOOOOOOOOOOOOOOOOOOOUUUUUUUUUUUUUUYYYYYYYY"},
    {0x2100, "  C       GHHHH IILL N   PQRRR      Z   Z KABC EEF MO    I           DDEIJ"},
    {0x2160, "I   V    X  LCDMI   V    X  LCDM"},
    {0x2223, "I"},
    {0x25cb, "O"},
    {0x25ef, "O"},
    {0x2b55, "O"},
    {0xa4d0, "BP DT GK JC ZF MNLSR  VH  WXY AAE IOU"},
    {0xa731, "S"},
};

struct span {
    uint32_t first, last;
};

static bool is_within(const struct span *spans, size_t count, uint32_t point)
{
    for (size_t i = 0; i < count; i++) {
        if (point >= spans[i].first && point <= spans[i].last)
            return true;
    }
    return false;
}

/* No width of their own: they hide within a word (Unicode general categories Cf, Mn). */
static bool is_hidden(uint32_t point)
{
    static const struct span spans[] = {
        {0xad, 0xad},     {0x300, 0x36f},   {0x61c, 0x61c},     {0x115f, 0x1160},
        {0x17b4, 0x17b5}, {0x180b, 0x180e}, {0x200b, 0x200f},   {0x202a, 0x202e},
        {0x2060, 0x206f}, {0x20d0, 0x20ff}, {0x3164, 0x3164},   {0xfe00, 0xfe0f},
        {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xe0000, 0xe01ef},
    };

    return is_within(spans, COUNT_OF(spans), point);
}

static bool is_blank(uint32_t point)
{
    static const struct span spans[] = {{0xa0, 0xa0},     {0x1680, 0x1680},
                                        {0x2000, 0x200a}, {0x202f, 0x202f},
                                        {0x205f, 0x205f}, {0x3000, 0x3000}};

    return is_within(spans, COUNT_OF(spans), point);
}

static bool is_joiner(uint32_t point)
{
    static const struct span spans[] = {
        {0xb7, 0xb7},     {0x2010, 0x2015}, {0x2019, 0x2019}, {0x2022, 0x2022},
        {0x2024, 0x2027}, {0x2043, 0x2043}, {0x2212, 0x2212}, {0x2219, 0x2219},
        {0x30fb, 0x30fb}, {0xfe58, 0xfe58}, {0xfe63, 0xfe63}};

    return is_within(spans, COUNT_OF(spans), point);
}

/* Letters of other scripts join a word; signs and pictures do not. */
static bool is_sign(uint32_t point)
{
    static const struct span spans[] = {
        {0x80, 0xbf},     {0xd7, 0xd7},      {0xf7, 0xf7},     {0x2016, 0x20cf},
        {0x2190, 0x2bff}, {0x3001, 0x303f},  {0xe000, 0xf8ff}, {0xfe10, 0xfe6f},
        {0xfff0, 0xffff}, {0x1f000, 0x1faff}};

    return is_within(spans, COUNT_OF(spans), point);
}

/* Alphabets over again in other dress: mathematical, circled, squared, flags of regions. */
static uint8_t dressed(uint32_t point)
{
    static const struct {
        struct span span;
        const char *alphabet;
        uint32_t size;
    } dresses[] = {
        {{0x1d400, 0x1d6a3}, "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ", 52},
        {{0x1d7ce, 0x1d7ff}, "OIZEASGTB9", 10},
        {{0x24b6, 0x24e9}, "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ", 52},
        {{0x1f110, 0x1f129}, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 26},
        {{0x1f130, 0x1f149}, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 26},
        {{0x1f150, 0x1f169}, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 26},
        {{0x1f170, 0x1f189}, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 26},
        {{0x1f1e6, 0x1f1ff}, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 26},
    };

    for (size_t i = 0; i < COUNT_OF(dresses); i++) {
        if (is_within(&dresses[i].span, 1, point))
            return (uint8_t)dresses[i]
                .alphabet[(point - dresses[i].span.first) % dresses[i].size];
    }
    return 0;
}

static uint8_t look_of(uint32_t point)
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
    if (low > 0 && point - runs[low - 1].first < strlen(runs[low - 1].looks)) {
        const char looks = runs[low - 1].looks[point - runs[low - 1].first];
        return looks == ' ' ? 0 : (uint8_t)looks;
    }
    return dressed(point);
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

/* The code point at the front and its size, 1 and no letter where there is none. */
static uint32_t decode(struct bytes b, size_t *ret_size)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const uint8_t lead = b.at[0];
    const size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    uint32_t point = lead & (0xffU >> (size + 1));

    *ret_size = 1;
    if (lead < 0xc2 || lead > 0xf4 || size > b.size)
        return 0xffff;
    for (size_t i = 1; i < size; i++) {
        if ((b.at[i] & 0xc0) != 0x80)
            return 0xffff;
        point = point << 6 | (b.at[i] & 0x3f);
    }
    if (point < least[size] || point > 0x10ffff)
        return 0xffff;
    *ret_size = size;
    return point;
}

static struct glyph beyond_ascii(struct bytes b)
{
    struct glyph g = {.kind = GLYPH_LETTER};
    const uint32_t point = decode(b, &g.size);

    if (point >= 0xff01 && point <= 0xff5e) { /* full width */
        const size_t size = g.size;
        g = ascii((uint8_t)(point - 0xff01 + 0x21), 0, 0);
        g.size = size;
        g.plain = 0;
        g.small = false;
        return g;
    }
    g.looks = look_of(point);
    if (g.looks != 0)
        return g;
    if (point == 0xfe5f || point == 0x266f || point == 0x2317)
        g.kind = GLYPH_HASH;
    else if (is_hidden(point))
        g.kind = GLYPH_HIDDEN;
    else if (is_blank(point))
        g.kind = GLYPH_BLANK;
    else if (point == 0x85 || point == 0x2028 || point == 0x2029)
        g.kind = GLYPH_BREAK;
    else if (is_joiner(point))
        g.kind = GLYPH_JOINER;
    else if (is_sign(point))
        g.kind = GLYPH_OTHER;
    return g;
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
