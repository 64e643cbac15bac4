#include "json_scan.h"

#include "json_rows.h"

static status fail(struct json_scan *s, status why, const char *sentence,
                   const char **ret_sentence)
{
    s->ended = true;
    *ret_sentence = sentence;
    return why;
}

void json_scan_skip_blank(struct json_scan *s)
{
    while (s->at < s->text.size) {
        const uint8_t c = s->text.at[s->at];
        if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
            return;
        s->line += c == '\n';
        s->at++;
    }
}

static bool is_next(const struct json_scan *s, uint8_t wanted)
{
    return s->at < s->text.size && s->text.at[s->at] == wanted;
}

/* Past the string whose quote stands at `at`; to the end if it has none. */
static size_t string_end(struct bytes text, size_t at)
{
    for (at++; at < text.size && text.at[at] != '"'; at++)
        at += text.at[at] == '\\';
    return at < text.size ? at + 1 : text.size;
}

/* What stands between rows; true when another row begins. */
static bool to_row(struct json_scan *s, status *ret, const char **ret_sentence)
{
    json_scan_skip_blank(s);
    if (s->array && !s->begun) {
        if (!is_next(s, '[')) {
            *ret = fail(s, E_FORM, "The file does not begin with a square bracket.",
                        ret_sentence);
            return false;
        }
        s->at++;
        json_scan_skip_blank(s);
    } else if (s->array && is_next(s, ',')) {
        s->at++;
        json_scan_skip_blank(s);
        if (is_next(s, '{'))
            return true;
        *ret = fail(s, E_FORM, "Behind a comma stands no object in curly brackets.",
                    ret_sentence);
        return false;
    } else if (s->array && is_next(s, '{')) {
        *ret = fail(s, E_FORM, "There is no comma between two objects.", ret_sentence);
        return false;
    }
    s->begun = true;
    return is_next(s, '{');
}

static status at_end(struct json_scan *s, const char **ret_sentence)
{
    if (s->array) {
        if (!is_next(s, ']'))
            return fail(
                s, E_FORM,
                "The list does not go on or end here as it should. Each of its entries "
                "has to be an object in curly brackets, with commas between them.",
                ret_sentence);
        s->at++;
        json_scan_skip_blank(s);
    }
    if (s->at < s->text.size)
        return fail(s, E_FORM,
                    s->array ? "Something stands behind the end of the list."
                             : "Each has to be an object in curly brackets.",
                    ret_sentence);
    s->ended = true;
    return E_UNKNOWN;
}

bool json_scan_has_next(const struct json_scan *s)
{
    struct json_scan ahead = *s;
    const char *sentence = NULL;
    status between = OK;

    return !s->ended && (to_row(&ahead, &between, &sentence) || between != OK ||
                         at_end(&ahead, &sentence) != E_UNKNOWN);
}

status json_scan_next(struct json_scan *s, struct bytes *ret, uint32_t *ret_line,
                      const char **ret_sentence)
{
    status between = OK;
    size_t depth = 0;

    *ret_line = s->line;
    if (s->ended)
        return E_UNKNOWN;
    const bool more = to_row(s, &between, ret_sentence);
    *ret_line = s->line;
    if (!more)
        return between != OK ? between : at_end(s, ret_sentence);
    const size_t start = s->at;
    do {
        const uint8_t c = s->text.at[s->at];
        if (s->at - start >= JSON_ROW_BYTES_MAX)
            return fail(s, E_LIMIT, "This object is larger than a megabyte.", ret_sentence);
        s->line += c == '\n';
        depth += c == '{' || c == '[';
        depth -= c == '}' || c == ']';
        if (depth > JSON_DEPTH_MAX)
            return fail(s, E_LIMIT, "Lists and objects are nested deeper than 32.",
                        ret_sentence);
        s->at = c == '"' ? string_end(s->text, s->at) : s->at + 1;
    } while (depth > 0 && s->at < s->text.size);
    if (depth > 0) {
        s->at = start;
        s->line = *ret_line;
        return fail(s, E_FORM, "The object that begins here has no end.", ret_sentence);
    }
    *ret = bytes_of(s->text.at + start, s->at - start);
    if (ret->size > JSON_ROW_BYTES_MAX) /* by the text that it ends with */
        return fail(s, E_LIMIT, "This object is larger than a megabyte.", ret_sentence);
    return OK;
}
