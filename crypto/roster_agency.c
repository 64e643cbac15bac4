#include "roster_text.h"

#include <string.h>

static const char *const kind_words[] = {"fib",         "rocu",    "fusion", "ingest",
                                         "immigration", "partner", "abroad"};

const char *agency_kind_word(enum agency_kind k)
{
    MUST(k >= AGENCY_FIB && k <= AGENCY_ABROAD);
    return kind_words[k - AGENCY_FIB];
}

status agency_kind_read(struct bytes text, enum agency_kind *ret)
{
    for (size_t i = 0; i < COUNT_OF(kind_words); i++) {
        if (text_is(text, kind_words[i])) {
            *ret = (enum agency_kind)(AGENCY_FIB + i);
            return OK;
        }
    }
    return E_VALUE;
}

/* No other ceiling can be written: what is marked higher may not enter a node at all. */
static const char ceiling_low[] = "OFFICIAL";
static const char ceiling_high[] = "OFFICIAL-SENSITIVE";

static void put_base64(struct writer *w, const char *key, struct bytes b)
{
    write_text(w, key);
    base64_write(w, b);
}

static void put_optional(struct writer *w, const char *key, const char *text)
{
    if (text[0] == '\0')
        return;
    write_text(w, key);
    write_text(w, text);
}

/* "sign-until <key> <time>" */
static void put_outgoing(struct writer *w, const char *key, const struct outgoing_key *o)
{
    if (o->until == 0)
        return;
    put_base64(w, key, bytes_of(o->key, sizeof o->key));
    write_text(w, " ");
    lines_put_time(w, o->until);
}

static void put_kx(struct writer *w, const struct roster_agency *g)
{
    write_text(w, "\nkx ");
    write_decimal(w, g->first_kx.number);
    put_base64(w, " ", bytes_of(g->first_kx.key, sizeof g->first_kx.key));
    write_text(w, " ");
    write_decimal(w, g->first_kx.from);
    put_base64(w, " ", bytes_of(g->first_kx_signature, sizeof g->first_kx_signature));
    write_text(w, "\n");
}

void agency_lines_write(struct writer *w, const struct roster_agency *g)
{
    write_text(w, "agency ");
    write_text(w, g->id.text);
    write_text(w, "\nname ");
    write_text(w, g->name);
    write_text(w, "\nkind ");
    write_text(w, agency_kind_word(g->kind));
    put_optional(w, "\nforce ", g->force);
    put_optional(w, "\nregion ", g->region);
    put_base64(w, "\nsign ", bytes_of(g->sign_key, sizeof g->sign_key));
    put_outgoing(w, "\nsign-until ", &g->sign_out);
    put_base64(w, "\ncurve ", bytes_of(g->curve_key, sizeof g->curve_key));
    put_outgoing(w, "\ncurve-until ", &g->curve_out);
    put_optional(w, "\nendpoint ", g->endpoint);
    write_text(w, "\nvalid ");
    lines_put_time(w, g->valid_from);
    write_text(w, " ");
    lines_put_time(w, g->valid_until);
    write_text(w, "\nceiling ");
    write_text(w, g->ceiling == MARKING_OFFICIAL ? ceiling_low : ceiling_high);
    write_text(w, "\nimmigration-access ");
    write_text(w, g->immigration_access ? "yes" : "no");
    if (g->flag_count > 0)
        write_text(w, "\nflags");
    for (size_t i = 0; i < g->flag_count; i++)
        put_optional(w, " ", g->flags[i]);
    put_kx(w, g);
}

static void read_optional(struct lines *l, const char *key, char *ret, size_t room)
{
    if (!lines_has(l, key))
        return;
    lines_key(l, key);
    lines_copy(l, lines_word(l), ret, room);
}

static void read_outgoing(struct lines *l, const char *key, struct outgoing_key *o)
{
    if (!lines_has(l, key))
        return;
    lines_key(l, key);
    lines_base64(l, o->key, sizeof o->key);
    o->until = lines_time(l);
    l->bad = l->bad || o->until == 0; /* which would be none, and have another form */
}

static bool read_choice(struct lines *l, const char *no, const char *yes)
{
    const struct bytes word = lines_word(l);

    if (!text_is(word, no) && !text_is(word, yes))
        l->bad = true;
    return text_is(word, yes);
}

static void read_flags(struct lines *l, struct roster_agency *g)
{
    if (!lines_has(l, "flags"))
        return;
    lines_key(l, "flags");
    /* At least one word: a line without any would have another form, none at all. */
    do {
        if (g->flag_count == ROSTER_FLAGS_MAX) {
            l->bad = true;
            return;
        }
        lines_copy(l, lines_word(l), g->flags[g->flag_count], sizeof g->flags[0]);
        g->flag_count++;
    } while (lines_has_word(l));
}

static void read_kx(struct lines *l, const struct hash *realm, struct roster_agency *g)
{
    lines_key(l, "kx");
    g->first_kx.realm = *realm;
    g->first_kx.agency = g->id;
    g->first_kx.number = (uint32_t)lines_decimal(l, 1, UINT32_MAX);
    lines_base64(l, g->first_kx.key, sizeof g->first_kx.key);
    g->first_kx.from = lines_decimal(l, 0, INT64_MAX);
    lines_base64(l, g->first_kx_signature, sizeof g->first_kx_signature);
}

void agency_lines_read(struct lines *l, const struct hash *realm, struct roster_agency *ret)
{
    struct roster_agency *const g = ret;

    memset(g, 0, sizeof *g);
    lines_key(l, "agency");
    g->id = lines_agency(l);
    lines_key(l, "name");
    lines_copy(l, lines_tail(l), g->name, sizeof g->name);
    lines_key(l, "kind");
    if (agency_kind_read(lines_word(l), &g->kind) != OK)
        l->bad = true;
    read_optional(l, "force", g->force, sizeof g->force);
    read_optional(l, "region", g->region, sizeof g->region);
    lines_key(l, "sign");
    lines_base64(l, g->sign_key, sizeof g->sign_key);
    read_outgoing(l, "sign-until", &g->sign_out);
    lines_key(l, "curve");
    lines_base64(l, g->curve_key, sizeof g->curve_key);
    read_outgoing(l, "curve-until", &g->curve_out);
    read_optional(l, "endpoint", g->endpoint, sizeof g->endpoint);
    lines_key(l, "valid");
    g->valid_from = lines_time(l);
    g->valid_until = lines_time(l);
    lines_key(l, "ceiling");
    g->ceiling = read_choice(l, ceiling_low, ceiling_high) ? MARKING_OFFICIAL_SENSITIVE
                                                           : MARKING_OFFICIAL;
    lines_key(l, "immigration-access");
    g->immigration_access = read_choice(l, "no", "yes");
    read_flags(l, g);
    read_kx(l, realm, g);
}
