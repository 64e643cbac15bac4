#include "json_fault.h"

#include "text.h"

#include <string.h>

/* Room for the path's NUL is kept by the caller; a path that is too long is cut. */
static void put(char *to, size_t room, size_t *used, struct bytes b)
{
    const size_t left = room - 1 - *used;
    const size_t size = b.size < left ? b.size : left;

    memcpy(to + *used, b.at, size);
    *used += size;
    to[*used] = '\0';
}

static void put_text(char *to, size_t room, size_t *used, const char *text)
{
    put(to, room, used, bytes_of_text(text));
}

static bool is_shown(uint8_t c)
{
    return c >= 0x20 && c != 0x7f;
}

static bool is_continuation(uint8_t c)
{
    return (c & 0xc0) == 0x80;
}

/* The first bytes of a stranger's words, without controls and without a cut character. */
static size_t shown_size(const char *words)
{
    enum { SHOWN_MAX = 40 };
    size_t size = 0;

    while (size < SHOWN_MAX && is_shown((uint8_t)words[size]))
        size++;
    while (size > 0 && is_continuation((uint8_t)words[size]))
        size--;
    return size;
}

/* A field that nobody knows has a stranger's name, which may be nothing that can be shown.
 */
static struct bytes step_name(const char *name)
{
    const size_t size = shown_size(name);

    return size == 0 ? bytes_of_text("?") : bytes_of(name, size);
}

static void put_path(const struct json_path *path, struct json_fault *ret)
{
    size_t used = 0;

    ret->path[0] = '\0';
    for (size_t i = 0; i < path->count; i++) {
        char number[24];
        struct writer w = writer_over(number, sizeof number);

        if (i > 0)
            put_text(ret->path, sizeof ret->path, &used, ".");
        put(ret->path, sizeof ret->path, &used, step_name(path->steps[i].name));
        if (!path->steps[i].has_index)
            continue;
        write_text(&w, "[");
        write_decimal(&w, path->steps[i].index);
        write_text(&w, "]");
        put(ret->path, sizeof ret->path, &used, writer_bytes(&w));
    }
}

static const char *rule_of(status s)
{
    if (s == E_LIMIT || s == E_MEMORY)
        return "I2";
    return s == E_FORM ? "I1" : "I4";
}

status json_fail(status s, const struct json_path *path, const struct json_said *said,
                 struct json_fault *ret)
{
    const char *const words = said->words;
    size_t used = 0;
    size_t mend_used = 0;

    *ret = (struct json_fault){.rule = rule_of(s)};
    put_path(path, ret);
    put_text(ret->sentence, sizeof ret->sentence, &used, said->before);
    if (words != NULL) {
        put_text(ret->sentence, sizeof ret->sentence, &used, "\"");
        put(ret->sentence, sizeof ret->sentence, &used, bytes_of(words, shown_size(words)));
        put_text(ret->sentence, sizeof ret->sentence, &used, "\"");
        put_text(ret->sentence, sizeof ret->sentence, &used, said->after);
    }
    if (said->mend != NULL)
        put_text(ret->mend, sizeof ret->mend, &mend_used, said->mend);
    return s;
}

status json_fail_whole(status s, const char *sentence, struct json_fault *ret)
{
    const struct json_path nowhere = {0};

    return json_fail(s, &nowhere, &(struct json_said){.before = sentence}, ret);
}

void json_fault_text(const struct json_fault *f, char ret[JSON_FAULT_ROOM])
{
    size_t used = 0;

    _Static_assert(sizeof f->sentence + sizeof f->mend < JSON_FAULT_ROOM, "nothing is cut");
    put_text(ret, JSON_FAULT_ROOM, &used, f->sentence);
    put_text(ret, JSON_FAULT_ROOM, &used, f->mend[0] == '\0' ? "" : " ");
    put_text(ret, JSON_FAULT_ROOM, &used, f->mend);
}

void record_json_findings(const struct json_fault *first, struct findings *ret)
{
    *ret = (struct findings){.refused = true};
    for (const struct json_fault *f = first; f != NULL && ret->count < FINDINGS_MAX;
         f = f->next)
        ret->at[ret->count++] =
            (struct finding){.rule = f->rule,
                             .field = f->path[0] == '\0' ? "record" : f->path,
                             .severity = SEVERITY_REFUSE,
                             .sentence = f->sentence,
                             .mend = f->mend};
}

/* jansson's own text quotes the input, garbage included, so it is not shown. */
static const char *syntax_sentence(enum json_error_code code)
{
    switch (code) {
    case json_error_duplicate_key:
        return "A field is given twice in the same place. Leave one of them out.";
    case json_error_stack_overflow:
        return "Lists and objects are nested too deep. Look for a bracket that is not "
               "closed.";
    case json_error_invalid_utf8:
        return "The text is not UTF-8. Export it as UTF-8.";
    case json_error_null_character:
    case json_error_null_byte_in_key:
        return "A text holds a NUL character. Export it again from its system.";
    case json_error_premature_end_of_input:
        return "The text ends in the middle of a record. Export it again.";
    case json_error_end_of_input_expected:
        return "Something stands behind the end of the record. Take it out.";
    case json_error_numeric_overflow:
        return "A number is too large. Identifiers are written in quotes.";
    case json_error_out_of_memory:
        return "There is not enough memory to read it.";
    case json_error_unknown:
    case json_error_cannot_open_file:
    case json_error_invalid_argument:
    case json_error_invalid_format:
    case json_error_wrong_type:
    case json_error_null_value:
    case json_error_item_not_found:
    case json_error_index_out_of_range:
    case json_error_invalid_syntax:
        break;
    }
    return "This is not JSON. Look for a missing quote, comma or bracket.";
}

status json_fail_syntax(const json_error_t *e, struct json_fault *ret)
{
    (void)json_fail_whole(E_FORM, syntax_sentence(json_error_code(e)), ret);
    if (json_error_code(e) == json_error_stack_overflow)
        ret->rule = rule_of(E_LIMIT);
    ret->line = e->line > 0 ? e->line : 0;
    ret->column = e->column > 0 ? e->column : 0;
    return json_error_code(e) == json_error_out_of_memory ? E_MEMORY : E_FORM;
}

status json_fail_mistaken(const char *sentence, struct json_fault *ret)
{
    (void)json_fail_whole(E_FORM, sentence, ret);
    ret->line = 1;
    ret->column = 1;
    return E_FORM;
}

status json_fail_foreign(struct bytes text, struct json_fault *ret)
{
    return json_fail_mistaken(text_foreign(text), ret);
}

struct bytes json_skip_mark(struct bytes text)
{
    static const uint8_t mark[] = {0xef, 0xbb, 0xbf};

    if (text.size >= sizeof mark && memcmp(text.at, mark, sizeof mark) == 0)
        return bytes_from(text, sizeof mark);
    return text;
}
