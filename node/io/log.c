#include "log.h"

#include "clock.h"
#include "text.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum {
    FIELDS_MAX = 16,
    NAME_BYTES_MAX = 32,
    VALUE_BYTES_MAX = 192, /* of the value as given; escaping makes it four times as long */
    LINE_BYTES_MAX = 128 + FIELDS_MAX * (NAME_BYTES_MAX + 4 * VALUE_BYTES_MAX + 8),
};

static enum log_level level_least = LOG_INFO;

void log_set_level(enum log_level level)
{
    level_least = level;
}

static const char *const level_words[] = {"info", "warn", "error"};

/* Characters that stand for themselves also without quotes. */
static bool is_plain(uint8_t c)
{
    return c > ' ' && c < 0x7f && c != '"' && c != '\\' && c != '=';
}

static bool needs_quotes(struct bytes value)
{
    for (size_t i = 0; i < value.size; i++) {
        if (!is_plain(value.at[i]))
            return true;
    }
    return value.size == 0;
}

/* Everything outside printable ASCII leaves as \xNN: a terminal or a log reader is shown
 * no control sequence and no direction mark of a peer's choosing. */
static void write_escaped(struct writer *w, uint8_t c)
{
    static const char digits[] = "0123456789abcdef";

    if (c == '"' || c == '\\') {
        write_u8(w, '\\');
        write_u8(w, c);
    } else if (c == '\n') {
        write_text(w, "\\n");
    } else if (c < ' ' || c >= 0x7f) {
        write_text(w, "\\x");
        write_u8(w, (uint8_t)digits[c >> 4]);
        write_u8(w, (uint8_t)digits[c & 15]);
    } else {
        write_u8(w, c);
    }
}

static void write_value(struct writer *w, const char *text)
{
    const size_t size = strnlen(text, VALUE_BYTES_MAX);
    const struct bytes value = bytes_of(text, size);
    const bool cut = text[size] != '\0';
    const bool quotes = cut || needs_quotes(value);

    if (quotes)
        write_u8(w, '"');
    for (size_t i = 0; i < value.size; i++)
        write_escaped(w, value.at[i]);
    if (cut)
        write_text(w, "...");
    if (quotes)
        write_u8(w, '"');
}

static void write_field(struct writer *w, const struct log_field *f)
{
    MUST(strnlen(f->name, NAME_BYTES_MAX + 1) <= NAME_BYTES_MAX);
    write_u8(w, ' ');
    write_text(w, f->name);
    write_u8(w, '=');
    if (f->text == NULL)
        write_decimal(w, f->number);
    else
        write_value(w, f->text);
}

void log_event(enum log_level level, const char *event, const struct log_field *fields,
               size_t count)
{
    uint8_t line[LINE_BYTES_MAX];
    struct writer w = writer_over(line, sizeof line);
    char time[TIME_TEXT_ROOM];

    if (level < level_least)
        return;
    MUST(level <= LOG_ERROR && count <= FIELDS_MAX);
    MUST(strnlen(event, NAME_BYTES_MAX + 1) <= NAME_BYTES_MAX);
    time_write(clock_wall(), time);
    write_text(&w, "ts=");
    write_text(&w, time);
    write_text(&w, " level=");
    write_text(&w, level_words[level]);
    write_text(&w, " event=");
    write_text(&w, event);
    for (size_t i = 0; i < count; i++)
        write_field(&w, &fields[i]);
    write_u8(&w, '\n');
    MUST(!w.bad);
    /* One write a line, so that lines of several processes do not mix.  Where standard
     * error cannot be written there is nowhere to say so. */
    while (write(STDERR_FILENO, line, w.size) < 0 && errno == EINTR)
        ;
}
