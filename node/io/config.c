#include "config_value.h"

#include "text.h"
#include "words.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    QUOTE_BYTES_MAX = 32, /* of the operator's own text, shown back */
    QUOTE_ROOM = QUOTE_BYTES_MAX + 4,
};

/* The operator's own text, cut short and made safe for a terminal. */
static void quote(struct bytes b, char ret[QUOTE_ROOM])
{
    const size_t size = b.size < QUOTE_BYTES_MAX ? b.size : QUOTE_BYTES_MAX;

    for (size_t i = 0; i < size; i++) {
        ret[i] = '?';
        if (b.at[i] >= ' ' && b.at[i] < 0x7f)
            memcpy(ret + i, b.at + i, 1);
    }
    (void)snprintf(ret + size, QUOTE_ROOM - size, "%s", b.size > size ? "..." : "");
}

__attribute__((format(printf, 3, 4))) static status
fault_at(struct config_fault *f, size_t column, const char *format, ...)
{
    va_list arguments;

    f->column = (uint32_t)column;
    va_start(arguments, format);
    (void)vsnprintf(f->sentence, sizeof f->sentence, format, arguments);
    va_end(arguments);
    return E_CONFIG;
}

static status fault_unknown_key(struct bytes word, size_t column, struct config_fault *f)
{
    const char *nearest = NULL;
    size_t nearest_distance = 3; /* two slips of a finger */
    char shown[QUOTE_ROOM];

    for (size_t i = 0; i < CONFIG_KEYS; i++) {
        const size_t d = word_distance(word, bytes_of_text(config_keys[i].word));
        if (d < nearest_distance) {
            nearest = config_keys[i].word;
            nearest_distance = d;
        }
    }
    quote(word, shown);
    if (nearest == NULL)
        return fault_at(f, column, "\"%s\" is not a known key", shown);
    return fault_at(f, column, "\"%s\" is not a known key; did you mean \"%s\"?", shown,
                    nearest);
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static struct bytes trimmed(struct bytes b)
{
    while (b.size > 0 && is_blank(b.at[0]))
        b = bytes_from(b, 1);
    while (b.size > 0 && is_blank(b.at[b.size - 1]))
        b.size--;
    return b;
}

/* `#` begins a comment at the start of a line or after white space, so that it may stand
 * inside a word. */
static struct bytes without_comment(struct bytes line)
{
    for (size_t i = 0; i < line.size; i++) {
        if (line.at[i] == '#' && (i == 0 || is_blank(line.at[i - 1])))
            return bytes_of(line.at, i);
    }
    return line;
}

static size_t find_key(struct bytes word)
{
    size_t i = 0;

    while (i < CONFIG_KEYS && !text_is(word, config_keys[i].word))
        i++;
    return i;
}

/* `seen` holds for each key the line where it stood. */
static status read_line(struct bytes line, struct config *c, uint32_t seen[CONFIG_KEYS],
                        struct config_fault *f)
{
    struct bytes rest = trimmed(without_comment(line));
    struct bytes word = {0};
    char shown[QUOTE_ROOM];

    if (rest.size == 0)
        return OK;
    const size_t column = (size_t)(rest.at - line.at) + 1;
    if (!text_cut(&rest, '=', &word))
        return fault_at(f, column, "a line reads: key = value");
    const uint8_t *const equals = word.at + word.size;
    word = trimmed(word);
    const struct bytes value = trimmed(rest);
    /* An empty value is missing after the equals sign. */
    const size_t value_column =
        value.size > 0 ? (size_t)(value.at - line.at) + 1 : (size_t)(equals - line.at) + 2;
    const size_t i = find_key(word);
    if (i == CONFIG_KEYS)
        return fault_unknown_key(word, column, f);
    if (seen[i] != 0)
        return fault_at(f, column, "\"%s\" stands already on line %u", config_keys[i].word,
                        seen[i]);
    seen[i] = f->line;
    if (config_keys[i].read(value, c) == OK)
        return OK;
    quote(value, shown);
    return fault_at(f, value_column, "\"%s\" is not %s", shown, config_keys[i].expected);
}

status config_read(struct bytes text, struct config *ret, struct config_fault *ret_fault)
{
    struct config c = config_default;
    struct config_fault fault = {0};
    uint32_t seen[CONFIG_KEYS] = {0};
    status s = OK;

    for (struct bytes rest = text; rest.size > 0 && s == OK;) {
        struct bytes line = rest;
        if (!text_cut(&rest, '\n', &line))
            rest = bytes_from(rest, rest.size);
        fault.line++;
        s = utf8_is_valid(line) ? read_line(line, &c, seen, &fault)
                                : fault_at(&fault, 1, "this line is not text in UTF-8");
    }
    if (s == OK)
        fault.line++; /* what is missing, is missing at the end */
    for (size_t i = 0; i < CONFIG_KEYS && s == OK; i++) {
        if (config_keys[i].required && seen[i] == 0)
            s = fault_at(&fault, 1, "\"%s\" is missing: %s", config_keys[i].word,
                         config_keys[i].expected);
    }
    if (s != OK) {
        *ret_fault = fault;
        return s;
    }
    *ret = c;
    return OK;
}
