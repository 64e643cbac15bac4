#include "confine.h"
#include "csv_source.h"
#include "intake.h"

#include "check.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/*
 * A reader that its file took over, or that hangs: whatever it does, it is ended, and a
 * person is told what happened and what to do.  The reader is the real one up to where it
 * would parse.
 */

enum { SECONDS_MAX = 20 };

/* The linker's names: the reader, confined, parses here. */
status __wrap_csv_source_read(struct bytes text, char delimiter, /* NOLINT */
                              struct arena *a, csv_each each, void *context,
                              struct csv_fault *ret_fault);
/* And is begun here. */
pid_t __real_fork(void); /* NOLINT */
pid_t __wrap_fork(void); /* NOLINT */

static volatile pid_t reader;

pid_t __wrap_fork(void) /* NOLINT */
{
    const pid_t child = __real_fork();

    if (child > 0)
        reader = child;
    return child;
}

static void (*misbehave)(void);

status __wrap_csv_source_read(struct bytes text, char delimiter, /* NOLINT */
                              struct arena *a, csv_each each, void *context,
                              struct csv_fault *ret_fault)
{
    (void)text, (void)delimiter, (void)a, (void)each, (void)context, (void)ret_fault;
    misbehave();
    return OK;
}

static struct intake_end end;

static bool each(void *context, const struct parcel *p)
{
    (void)context;
    CHECK(p->kind != PARCEL_ROW); /* it gave none */
    return true;
}

/* What is said of the file when its reader does `work`. */
static void check_told(void (*work)(void), const char *rule, const char *sentence,
                       const char *mend)
{
    static const char text[] = "system: test\nformat: csv\nheader: yes\npublish: "
                               "row-by-row\nkey: [ref]\nfields:\n  - {to: urn, column: "
                               "ref}\n";
    const struct intake_file file = {.text = bytes_of_text("ref\nA1\n")};
    struct mapping *map = NULL;
    struct mapping_fault fault = {0};
    const time_t start = time(NULL);

    misbehave = work;
    CHECK_OK(mapping_read(bytes_of_text(text), &map, &fault));
    CHECK_OK(intake_read(map, &file, each, NULL, &end));
    map = mapping_free(map);
    CHECK(time(NULL) - start <= SECONDS_MAX);
    CHECK(!end.whole);
    const struct import_finding *const f = &end.fault.findings[0];
    CHECK_TEXT(import_rule_word(f->rule), rule);
    CHECK_BYTES(f->sentence, bytes_of_text(sentence));
    CHECK_BYTES(f->mend, bytes_of_text(mend));
}

static void spin(void)
{
    for (volatile unsigned long n = 0;; n++)
        ;
}

/* Of the half minute of processor that the confined reader has, it is left one second. */
static void shorten(int signal)
{
    const struct rlimit second = {.rlim_cur = 1, .rlim_max = 2};
    struct rlimit has = {0};

    (void)signal;
    if (prlimit(reader, RLIMIT_CPU, NULL, &has) == 0 && has.rlim_cur == CONFINE_CPU_SECONDS)
        (void)prlimit(reader, RLIMIT_CPU, &second, NULL); /* else the next time */
}

static void one_that_spins_is_ended(void)
{
    const struct itimerval often = {.it_interval.tv_usec = 50000,
                                    .it_value.tv_usec = 50000};
    const struct itimerval never = {0};
    const struct sigaction act = {.sa_handler = shorten};

    CHECK_INT(sigaction(SIGALRM, &act, NULL), 0);
    CHECK_INT(setitimer(ITIMER_REAL, &often, NULL), 0);
    check_told(spin, "I2", "Reading this file takes too long: it was stopped.",
               "Split the file.");
    CHECK_INT(setitimer(ITIMER_REAL, &never, NULL), 0);
}

static void call_home(void)
{
    (void)socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static void one_that_opens_a_connection_is_ended(void)
{
    check_told(call_home, "I9",
               "Reading this file made the reader do what it may not: it was stopped.",
               "Keep the file, do not open it, and tell whoever looks after security.");
}

static void crash(void)
{
    __builtin_trap();
}

static void one_that_crashes_is_told(void)
{
    check_told(crash, "I9", "The reader failed on this file.",
               "Keep the file, and tell whoever looks after Flagpost.");
}

static void leave(void)
{
    _exit(0);
}

static void one_that_leaves_before_the_end_has_not_read_the_file(void)
{
    check_told(leave, "I9", "The reader failed on this file.",
               "Keep the file, and tell whoever looks after Flagpost.");
}

CASES(CASE(one_that_spins_is_ended), CASE(one_that_opens_a_connection_is_ended),
      CASE(one_that_crashes_is_told),
      CASE(one_that_leaves_before_the_end_has_not_read_the_file))
