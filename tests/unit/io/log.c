/* What a peer or a person supplies must not become a line, a field or a control sequence.
 */

#include "log.h"
#include "check.h"

#include <unistd.h>

enum { LINE_ROOM = 32768 };

/* Runs one log_event with standard error in a pipe; `ret` is what came, from the level on.
 */
static void logged(enum log_level level, const struct log_field *fields, size_t count,
                   char ret[LINE_ROOM])
{
    static char line[LINE_ROOM];
    int ends[2];
    const int terminal = dup(STDERR_FILENO);

    (void)fflush(stderr);
    CHECK(terminal >= 0 && pipe(ends) == 0);
    CHECK(dup2(ends[1], STDERR_FILENO) == STDERR_FILENO);
    log_event(level, "peer.rejected", fields, count);
    CHECK(dup2(terminal, STDERR_FILENO) == STDERR_FILENO);
    CHECK(close(terminal) == 0 && close(ends[1]) == 0);
    const ssize_t size = read(ends[0], line, sizeof line - 1);
    CHECK(size >= 0);
    line[size] = '\0';
    CHECK(close(ends[0]) == 0);
    if (size == 0) {
        ret[0] = '\0';
        return;
    }
    CHECK(strncmp(line, "ts=2", 4) == 0);
    const char *const from = strstr(line, " level=");
    CHECK(from != NULL);
    CHECK_INT(from - line, strlen("ts=2026-11-23T22:09:25Z"));
    memcpy(ret, from, strlen(from) + 1);
}

static void check_value(const char *value, const char *shown)
{
    static char line[LINE_ROOM];
    static char wanted[LINE_ROOM];
    const struct log_field field = {"peer", value, 0};

    logged(LOG_WARN, &field, 1, line);
    CHECK(snprintf(wanted, sizeof wanted, " level=warn event=peer.rejected peer=%s\n",
                   shown) > 0);
    CHECK_TEXT(line, wanted);
}

static void a_line_is_one_event_with_its_fields(void)
{
    static char line[LINE_ROOM];
    const struct log_field fields[] = {
        {"peer", "F50", 0}, {"lane", "routine", 0}, {"size", NULL, UINT64_MAX}};

    logged(LOG_ERROR, fields, COUNT_OF(fields), line);
    CHECK_TEXT(line, " level=error event=peer.rejected peer=F50 lane=routine "
                     "size=18446744073709551615\n");
    logged(LOG_INFO, NULL, 0, line);
    CHECK_TEXT(line, " level=info event=peer.rejected\n");
}

static void a_value_cannot_become_a_line_or_a_field(void)
{
    check_value("plain-1.0:/x", "plain-1.0:/x");
    check_value("", "\"\"");
    check_value("two words", "\"two words\"");
    check_value("a=b", "\"a=b\"");
    check_value("say \"x\" \\", "\"say \\\"x\\\" \\\\\"");
    check_value("x\nts=2026 level=info", "\"x\\nts=2026 level=info\"");
    check_value("\r\t\x1b[2J\x7f", "\"\\x0d\\x09\\x1b[2J\\x7f\"");
    check_value("\xe2\x80\xae", "\"\\xe2\\x80\\xae\"");
}

static void a_long_value_is_cut_short(void)
{
    static char value[2000];
    static char shown[2000];

    memset(value, 'x', 192);
    check_value(value, value);
    memset(value, 'x', sizeof value - 1);
    CHECK(snprintf(shown, sizeof shown, "\"%.192s...\"", value) > 0);
    check_value(value, shown);
}

static void the_longest_line_is_whole(void)
{
    static char value[1000];
    static char line[LINE_ROOM];
    struct log_field fields[16];

    memset(value, '\x01', sizeof value - 1);
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        fields[i] = (struct log_field){"a_name_of_thirty_two_characters_", value, 0};
    logged(LOG_WARN, fields, COUNT_OF(fields), line);
    CHECK_TEXT(line + strlen(line) - 5, "...\"\n");
}

static void lines_under_the_level_are_left_out(void)
{
    static char line[LINE_ROOM];

    log_set_level(LOG_WARN);
    logged(LOG_INFO, NULL, 0, line);
    CHECK_TEXT(line, "");
    logged(LOG_WARN, NULL, 0, line);
    CHECK_TEXT(line, " level=warn event=peer.rejected\n");
    log_set_level(LOG_INFO);
}

CASES(CASE(a_line_is_one_event_with_its_fields),
      CASE(a_value_cannot_become_a_line_or_a_field), CASE(a_long_value_is_cut_short),
      CASE(the_longest_line_is_whole), CASE(lines_under_the_level_are_left_out))
