#include "status.h"

#include <stdio.h>
#include <stdlib.h>

struct row {
    const char *word;
    const char *sentence;
    enum reject reject;
};

static const struct row rows[] = {
#define STATUS_ROW(name, word, sentence, reject) [name] = {word, sentence, reject},
    STATUS_MAP(STATUS_ROW)
#undef STATUS_ROW
};

const char *status_sentence(status s)
{
    MUST(s < STATUS_COUNT);
    return rows[s].sentence;
}

const char *status_word(status s)
{
    MUST(s < STATUS_COUNT);
    return rows[s].word;
}

enum reject status_reject(status s)
{
    MUST(s < STATUS_COUNT);
    return rows[s].reject;
}

void must_fail(const char *file, int line, const char *condition)
{
    (void)fprintf(stderr, "flagpost: bug at %s:%d: %s\n", file, line, condition);
    abort();
}
