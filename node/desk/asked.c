#include "asked.h"

#include "text.h"
#include "words.h"

#include <string.h>

enum { DAY_TEXT = 10 };

/* "2026-11-27" or "2026-11-27T14:00:00Z"; `whole`: of a day, its end. */
static status read_time(struct bytes text, bool whole, millis *ret)
{
    char room[TIME_TEXT_ROOM] = "";

    if (text.size != DAY_TEXT)
        return time_read(text, ret);
    struct writer w = writer_over(room, sizeof room - 1);
    write_bytes(&w, text);
    write_text(&w, "T00:00:00Z");
    TRY(time_read(writer_bytes(&w), ret));
    *ret += whole ? DESK_DAY_MS : 0;
    return OK;
}

static status read_one(struct call *c, const char *name, bool whole, millis *ret)
{
    const struct bytes text = control_argument(&c->parsed, name);

    *ret = 0;
    if (text.size == 0 || read_time(text, whole, ret) == OK)
        return OK;
    c->sentence = "--since and --until take a day or a time, in UTC: 2026-11-27 or "
                  "2026-11-27T14:00:00Z";
    return E_USAGE;
}

status asked_period(struct call *c, struct asked_period *ret)
{
    TRY(read_one(c, "since", false, &ret->since));
    TRY(read_one(c, "until", true, &ret->until));
    if (ret->until == 0 || ret->since < ret->until)
        return OK;
    c->sentence = "--until is before --since: nothing can be in between";
    return E_USAGE;
}

bool asked_is_in(const struct asked_period *p, millis at)
{
    return at >= p->since && (p->until == 0 || at < p->until);
}

static bool is_among(const char *words, struct bytes word)
{
    struct bytes rest = bytes_of_text(words);
    struct bytes one = {0};

    while (rest.size > 0) {
        if (!text_cut(&rest, ',', &one)) {
            one = rest;
            rest = (struct bytes){0};
        }
        if (bytes_equal(one.at[0] == ' ' ? bytes_from(one, 1) : one, word))
            return true;
    }
    return false;
}

status asked_word(struct desk *d, struct call *c, const char *name, const char *words,
                  struct bytes *ret)
{
    *ret = control_argument(&c->parsed, name);
    if (ret->size == 0 || is_among(words, *ret))
        return OK;
    c->sentence = desk_text(d->exchange->arena, "--", name, " takes one of: ", words, NULL);
    return E_USAGE;
}

status asked_number(struct desk *d, struct call *c, const char *name, uint64_t *ret)
{
    const struct bytes text = control_argument(&c->parsed, name);

    *ret = 0;
    if (text.size == 0 || (decimal_decode(text, ret) == OK && *ret <= INT64_MAX))
        return OK;
    c->sentence = desk_text(d->exchange->arena, "--", name,
                            " takes a number, for example 20000", NULL);
    return E_USAGE;
}

const char *asked_flag(struct desk *d, struct bytes flag)
{
    struct arena *const a = d->exchange->arena;
    const struct lists *const l = d->lists;
    struct bytes form = word_trim(flag);
    struct bytes meant = {0};
    size_t least = WORD_NEAR + 1;

    while (form.size > 0 && form.at[0] == '#')
        form = bytes_from(form, 1);
    if (l->version == 0 || word_capitals(word_trim(form), a, &form) != OK ||
        lists_has_flag(l, form))
        return NULL;
    for (size_t i = 0; i < l->flag_count; i++) {
        const size_t distance = word_distance(form, l->flags[i]);
        if (distance < least) {
            least = distance;
            meant = l->flags[i];
        }
    }
    const char *const given = arena_text(a, form);
    const char *const near = arena_text(a, meant);
    return desk_text(a, "no flag ", given == NULL ? "" : given, " is on the list in force",
                     meant.size == 0 ? "" : ": did you mean ", near == NULL ? "" : near,
                     meant.size == 0 ? "" : "?", NULL);
}
