#include "flag.h"

#include "fixture.h"

/*
 * Each way in which a flag is missed, and what must not be taken for one.  How well it does
 * over many texts is measured by tests/corpus.
 */

static struct flag_set set;
static struct lists lists;

struct seen {
    size_t count;
    struct flag_find at[16];
};

static void start(void)
{
    static const char *const flags[] = {"OIMCR", "MSHT",   "NRMREF",
                                        "BOATS", "OP-SEA", "KESTREL"};

    lists = (struct lists){.flag_count = COUNT_OF(flags)};
    for (size_t i = 0; i < COUNT_OF(flags); i++)
        lists.flags[i] = b(flags[i]);
    flag_set_init(&set, &lists);
}

static bool keep(void *context, const struct flag_find *find)
{
    struct seen *const s = context;

    CHECK(s->count < COUNT_OF(s->at));
    s->at[s->count++] = *find;
    return true;
}

static struct seen scan(const char *text)
{
    struct seen s = {0};

    flag_scan(&set, b(text), keep, &s);
    return s;
}

/* One find, that stands for `flag`, is `part` of the text, and misses in just these ways.
 */
static void check_one(const char *text, const char *part, const char *flag, uint32_t misses)
{
    const struct seen s = scan(text);

    if (s.count != 1 || s.at[0].misses != misses)
        (void)fprintf(stderr, "in \"%s\": %zu finds, %x\n", text, s.count, s.at[0].misses);
    CHECK_INT(s.count, 1);
    CHECK_BYTES(bytes_of(text + s.at[0].start, s.at[0].end - s.at[0].start), b(part));
    CHECK_BYTES(s.at[0].flag, b(flag));
    CHECK_INT(s.at[0].misses, misses);
    CHECK(s.at[0].sure);
}

static void check_none(const char *text)
{
    const struct seen s = scan(text);

    if (s.count != 0)
        (void)fprintf(stderr, "in \"%s\": %zu finds\n", text, s.count);
    CHECK_INT(s.count, 0);
}

static void a_right_flag_is_right_in_any_case_and_between_any_signs(void)
{
    static const char *const ways[] = {"#OIMCR", "#oimcr", "#Oimcr"};
    char text[64];

    start();
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        check_one(ways[i], ways[i], "OIMCR", 0);
        (void)snprintf(text, sizeof text, "Seen (%s), twice.", ways[i]);
        check_one(text, ways[i], "OIMCR", 0);
        (void)snprintf(text, sizeof text, "Seen. %s. Twice.", ways[i]);
        check_one(text, ways[i], "OIMCR", 0);
    }
    check_one("#BOATS", "#BOATS", "BOATS", 0);
    check_one("#OIMCR-related", "#OIMCR", "OIMCR", 0);
    check_one("#OP-SEA", "#OP-SEA", "OP-SEA", 0);
    check_one("#OIMCR\n", "#OIMCR", "OIMCR", 0);
    check_one("#OIMCR!", "#OIMCR", "OIMCR", 0);
}

static void letters_in_another_order_missing_doubled_or_wrong(void)
{
    start();
    check_one("a #OIMRC b", "#OIMRC", "OIMCR", MISS_SWAPPED);
    check_one("a #IOMCR b", "#IOMCR", "OIMCR", MISS_SWAPPED);
    check_one("a #IOMRC b", "#IOMRC", "OIMCR", MISS_SWAPPED);
    check_one("a #OIMC b", "#OIMC", "OIMCR", MISS_LETTER);
    check_one("a #IMCR b", "#IMCR", "OIMCR", MISS_LETTER);
    check_one("a #OIMMCR b", "#OIMMCR", "OIMCR", MISS_DOUBLED);
    check_one("a #oimcrrr b", "#oimcrrr", "OIMCR", MISS_DOUBLED);
    check_one("a #OIMXCR b", "#OIMXCR", "OIMCR", MISS_EXTRA);
    check_one("a #OINCR b", "#OINCR", "OIMCR", MISS_OTHER);
    check_one("a #OIMCT b", "#OIMCT", "OIMCR", MISS_OTHER);
    check_one("a #MHST b", "#MHST", "MSHT", MISS_SWAPPED);
}

static void what_only_looks_like_a_letter(void)
{
    static const char *const ways[] = {
        "#0IMCR", "#O1MCR", "#OlMCR",      "#O|MCR", "#OIrnCR", "#ОІМСR",
        "#ОIМСЯ", "#ΟΙMCR", "#ＯＩＭＣＲ", "#ÖÍMCR", "#𝐎𝐈𝐌𝐂𝐑",  "#ⓄⒾⓂⒸⓇ",
    };

    start();
    for (size_t i = 0; i < COUNT_OF(ways); i++)
        check_one(ways[i], ways[i], "OIMCR", MISS_LOOKS);
    check_one("＃OIMCR", "＃OIMCR", "OIMCR", 0);
    check_one("0imcr", "0imcr", "OIMCR", MISS_LOOKS | MISS_NO_HASH);
}

static void blanks_hyphens_and_hidden_characters_inside(void)
{
    static const char *const ways[] = {
        "#OIM CR",
        "#O I M C R",
        "#O-I-M-C-R",
        "#OIM-CR",
        "#OIM.CR",
        "#OIM\xe2\x80\x8b"
        "CR",
        "#\xe2\x80\x8dOIMCR",
        "#OIM\xc2\xad"
        "CR",
        "#OIM\xc2\xa0"
        "CR",
        "#OIM-\nCR",
    };

    start();
    for (size_t i = 0; i < COUNT_OF(ways); i++)
        check_one(ways[i], ways[i], "OIMCR", MISS_INSIDE);
    check_one("O.I.M.C.R. seen", "O.I.M.C.R", "OIMCR", MISS_INSIDE | MISS_NO_HASH);
    check_one("the OIM-CR report", "OIM-CR", "OIMCR", MISS_INSIDE | MISS_NO_HASH);
    check_one("#OPSEA", "#OPSEA", "OP-SEA", MISS_INSIDE);
    check_none("#OIM\nCR");
    check_none("oim cr");
}

static void glued_to_words_and_run_together(void)
{
    start();
    check_one("boat#OIMCR", "#OIMCR", "OIMCR", MISS_GLUED);
    check_one("#OIMCR!boat", "#OIMCR", "OIMCR", 0);
    check_one("#OIMCRboat", "#OIMCR", "OIMCR", MISS_GLUED);
    check_one("#OIMCR_boat", "#OIMCR", "OIMCR", MISS_GLUED);
    static const char *const ways[] = {"#OIMCR#MSHT", "#OIMCRMSHT", "OIMCRMSHT"};
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        const struct seen s = scan(ways[i]);
        CHECK_INT(s.count, 2);
        CHECK_BYTES(s.at[0].flag, b("OIMCR"));
        CHECK_BYTES(s.at[1].flag, b("MSHT"));
        CHECK((s.at[0].misses & MISS_RUN_ON) != 0 && (s.at[1].misses & MISS_RUN_ON) != 0);
        CHECK_INT(s.at[0].end, s.at[1].start);
        CHECK(s.at[0].blank_after && !s.at[1].blank_after);
    }
    CHECK_INT(scan("#OIMCR,#MSHT").count, 2);
    CHECK_INT(scan("#OIMCR/MSHT").count, 2);
}

static void without_its_hash_or_with_another_sign(void)
{
    start();
    check_one("marked OIMCR today", "OIMCR", "OIMCR", MISS_NO_HASH);
    check_one("marked oimcr today", "oimcr", "OIMCR", MISS_NO_HASH);
    check_one("marked OIMRC today", "OIMRC", "OIMCR", MISS_SWAPPED | MISS_NO_HASH);
    check_one("marked # OIMCR", "# OIMCR", "OIMCR", MISS_APART);
    check_one("marked ##OIMCR", "##OIMCR", "OIMCR", MISS_APART);
    check_one("marked £OIMCR", "£OIMCR", "OIMCR", MISS_SIGN);
    check_one("marked @OIMCR", "@OIMCR", "OIMCR", MISS_SIGN);
}

static void innocent_words_are_left_alone(void)
{
    static const char *const innocent[] = {
        "",
        "#",
        "# 1",
        "A boat took on fuel; boats were seen, BOATS left.",
        "#micro #crime #OIC #OIM #boat #ops #microchip",
        "The OICR and the IMCR met the OMCR.",
        "oimcr@example.police.uk and https://example.org/#OIMCR and www.x.org/OIMCR",
        "Vehicle OM1 CRX, phone #4417, flat #12, C# and F#.",
        "In small letters it is none: mhst, msth.",
        "Comic micro macro crime omicron.",
        "#kestrels",
        "\xff\xfe\x80#\xff",
    };

    start();
    for (size_t i = 0; i < COUNT_OF(innocent); i++)
        check_none(innocent[i]);
}

static void a_word_between_two_flags_is_not_sure(void)
{
    start();
    lists.flags[1] = b("OIMCS");
    flag_set_init(&set, &lists);
    const struct seen s = scan("#OIMCT");
    CHECK_INT(s.count, 1);
    CHECK(!s.at[0].sure);
    CHECK(scan("#OIMCR").at[0].sure && scan("#0IMCS").at[0].sure);
}

static void a_field_needs_no_hash(void)
{
    static const struct {
        const char *field;
        const char *flag;
        uint32_t misses;
    } known[] = {
        {"OIMCR", "OIMCR", 0},
        {"#oimcr ", "OIMCR", 0},
        {"OIMRC", "OIMCR", MISS_SWAPPED},
        {" OIM CR", "OIMCR", MISS_INSIDE},
        {"0IMCR", "OIMCR", MISS_LOOKS},
        {"OIMC", "OIMCR", MISS_LETTER},
        {"# oimrc", "OIMCR", MISS_SWAPPED | MISS_APART},
    };

    start();
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        struct seen s = {0};
        flag_scan_field(&set, b(known[i].field), keep, &s);
        CHECK_INT(s.count, 1);
        CHECK_BYTES(s.at[0].flag, b(known[i].flag));
        CHECK_INT(s.at[0].misses, known[i].misses);
    }
    struct seen none = {0};
    flag_scan_field(&set, b("micro"), keep, &none);
    flag_scan_field(&set, b(""), keep, &none);
    flag_scan_field(&set, b("(-)"), keep, &none);
    CHECK_INT(none.count, 0);
}

static void mends_are_written_with_the_blanks_they_need(void)
{
    char room[32];
    struct writer w = writer_over(room, sizeof room);

    start();
    flag_mend_write(&scan("boat#OIMCRboat").at[0], &w);
    CHECK_BYTES(writer_bytes(&w), b(" #OIMCR "));
    CHECK_TEXT(flag_miss_word(MISS_LOOKS), "look-alike");
    CHECK_TEXT(flag_miss_word(0), "right");
    CHECK_TEXT(flag_miss_phrase(MISS_LOOKS | MISS_OTHER),
               "with another letter in one's place");
}

/* Any bytes: finds lie in the text, in order, and are the same again. */
static bool in_order(void *context, const struct flag_find *find)
{
    struct flag_find *const last = context;

    CHECK(find->start >= last->end && find->end > find->start);
    CHECK(find->end <= last->start);
    last->end = find->end;
    last->misses = last->misses * 31 + find->misses + (uint32_t)find->end;
    return true;
}

/* Parts of flags and any bytes, in memory of their own, so that a sanitizer sees an
 * overrun.
 */
static struct bytes any_bytes(struct dice *d, uint8_t *at, size_t room)
{
    static const char *const parts[] = {
        "#",  "OIMCR",        "O",        "I",   "m", "C",    "R",    " ", "-",
        "\n", "MSHT",         "boat",     "0",   "1", "\xe2", "\x80", "l", "@",
        ".",  "\xe2\x80\x8b", "\xd0\x9e", "://", "£", "\xff",
    };
    struct writer w = writer_over(at, room);

    while (!w.bad) {
        if (dice_below(d, 8) == 0)
            write_u8(&w, (uint8_t)dice_below(d, 256));
        else
            write_text(&w, parts[dice_below(d, COUNT_OF(parts))]);
    }
    return writer_bytes(&w);
}

/* Of what was found, as one number. */
static uint32_t scanned(struct bytes text)
{
    struct flag_find last = {.start = text.size};

    flag_scan(&set, text, in_order, &last);
    struct flag_find field = {.start = text.size, .misses = last.misses};
    flag_scan_field(&set, text, in_order, &field);
    return field.misses;
}

static void any_bytes_are_read_within_their_bounds_and_alike_each_time(void)
{
    struct dice d = {.state = 7};

    start();
    for (int i = 0; i < 60000; i++) {
        const size_t room = 1 + dice_below(&d, 40);
        uint8_t *const at = malloc(room);

        CHECK(at != NULL);
        const struct bytes text = any_bytes(&d, at, room);
        CHECK_INT(scanned(text), scanned(text));
        free(at);
    }
}

static bool stop(void *context, const struct flag_find *find)
{
    (void)find;
    ++*(size_t *)context;
    return false;
}

static void a_caller_can_stop_it(void)
{
    size_t count = 0;

    start();
    flag_scan(&set, b("#OIMCR #OIMCR #OIMCR"), stop, &count);
    CHECK_INT(count, 1);
}

CASES(CASE(a_right_flag_is_right_in_any_case_and_between_any_signs),
      CASE(letters_in_another_order_missing_doubled_or_wrong),
      CASE(what_only_looks_like_a_letter),
      CASE(blanks_hyphens_and_hidden_characters_inside),
      CASE(glued_to_words_and_run_together), CASE(without_its_hash_or_with_another_sign),
      CASE(innocent_words_are_left_alone), CASE(a_word_between_two_flags_is_not_sure),
      CASE(a_field_needs_no_hash), CASE(mends_are_written_with_the_blanks_they_need),
      CASE(any_bytes_are_read_within_their_bounds_and_alike_each_time),
      CASE(a_caller_can_stop_it))
