#include "intake.h"

#include "merkle.h"
#include "reader.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void close_fd(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd); /* only read from */
}

static status read_whole(int fd, uint8_t *to, size_t size)
{
    for (size_t done = 0; done < size;) {
        const ssize_t n = read(fd, to + done, size - done);
        if (n < 0 && errno == EINTR)
            continue;
        ENSURE(n > 0, E_IO);
        done += (size_t)n;
    }
    return OK;
}

status intake_open(const char *path, struct intake_file *ret)
{
    const int fd DEFER(close_fd) = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat st = {0};

    ENSURE(fd >= 0, errno == ENOENT ? E_UNKNOWN : errno == EACCES ? E_DENIED : E_IO);
    ENSURE(fstat(fd, &st) == 0 && S_ISREG(st.st_mode), E_IO);
    ENSURE(st.st_size > 0, E_FORM);
    ENSURE(st.st_size <= INTAKE_FILE_MAX, E_LIMIT);
    const size_t size = (size_t)st.st_size;
    uint8_t *const at = malloc(size);
    ENSURE(at != NULL, E_MEMORY);
    if (read_whole(fd, at, size) != OK) {
        free(at);
        return E_IO;
    }
    ret->text = bytes_of(at, size);
    ret->digest = merkle_leaf(ret->text); /* SHA-256 */
    return OK;
}

void intake_close(struct intake_file *f)
{
    union {
        const uint8_t *borrowed;
        void *ours;
    } memory = {.borrowed = f->text.at};

    if (memory.ours != NULL)
        explicit_bzero(memory.ours, f->text.size);
    free(memory.ours);
    *f = (struct intake_file){0};
}

/* The reader and what it said last. */
struct listening {
    int fd;
    pid_t child;
    uint8_t *buffers[2]; /* the parcel in hand, and the one held back */
    size_t hand;
    struct parcel parcel;
    bool holds; /* findings that may be the end of the file */
    struct parcel held;
    uint32_t last; /* row */
};

static void set_fault(struct intake_end *end, enum import_rule rule, const char *sentence,
                      const char *mend)
{
    end->whole = false;
    end->fault = (struct parcel){.kind = PARCEL_FINDINGS, .finding_count = 1};
    end->fault.findings[0] = (struct import_finding){
        .rule = rule, .sentence = bytes_of_text(sentence), .mend = bytes_of_text(mend)};
}

static status receive(struct listening *l, uint8_t *to, size_t size, bool *ret_end)
{
    for (size_t done = 0; done < size;) {
        struct pollfd p = {.fd = l->fd, .events = POLLIN};
        const int ready = poll(&p, 1, INTAKE_SILENCE_MS);
        if (ready < 0 && errno == EINTR)
            continue;
        ENSURE(ready > 0, E_EXPIRED);
        const ssize_t n = read(l->fd, to + done, size - done);
        if (n < 0 && errno == EINTR)
            continue;
        *ret_end = n == 0 && done == 0;
        ENSURE(n > 0, E_IO);
        done += (size_t)n;
    }
    return OK;
}

/* The size is judged before a byte is taken. */
static status next_parcel(struct listening *l, bool *ret_end)
{
    uint8_t length[4];
    struct reader r = {.rest = bytes_of(length, sizeof length)};
    uint8_t *const at = l->buffers[l->hand];
    bool cut = false;

    TRY(receive(l, length, sizeof length, ret_end));
    const uint32_t size = read_u32(&r);
    ENSURE(size > 0 && size <= PARCEL_BYTES_MAX, E_FORM);
    TRY(receive(l, at, size, &cut));
    return parcel_decode(bytes_of(at, size), &l->parcel);
}

/* Rows come in order and once; only a header's fault has no row. */
static bool is_in_order(struct listening *l)
{
    const struct parcel *const p = &l->parcel;

    if (p->kind == PARCEL_END)
        return p->rows >= l->last;
    if (p->row == 0)
        return p->kind == PARCEL_FINDINGS && l->last == 0 && !l->holds;
    if (p->row <= l->last)
        return false;
    l->last = p->row;
    return true;
}

/* Keeps the parcel in hand; the other buffer is for the next. */
static void hold(struct listening *l)
{
    l->held = l->parcel;
    l->holds = true;
    l->hand = 1 - l->hand;
}

static void copy_text(struct writer *w, struct bytes *text)
{
    const size_t at = w->size;

    write_bytes(w, *text);
    *text = w->bad ? (struct bytes){0} : bytes_of(w->at + at, text->size);
}

/* The fault outlives the buffers. */
static void take_fault(const struct listening *l, struct intake_end *end)
{
    struct writer w = writer_over(end->room, sizeof end->room);

    if (!l->holds) {
        set_fault(end, IMPORT_STOPPED, "The reader stopped without saying why.",
                  "Tell whoever looks after Flagpost.");
        return;
    }
    end->fault = l->held;
    copy_text(&w, &end->fault.key);
    for (size_t i = 0; i < end->fault.finding_count; i++) {
        struct import_finding *const f = &end->fault.findings[i];
        copy_text(&w, &f->column);
        copy_text(&w, &f->field);
        copy_text(&w, &f->sentence);
        copy_text(&w, &f->mend);
    }
}

/* OK: the reader said that it has ended; E_BUSY: `each` wants no more. */
static status listen_to(struct listening *l, intake_each each, void *context,
                        struct intake_end *end)
{
    bool ended = false;

    for (;;) {
        TRY(next_parcel(l, &ended));
        ENSURE(is_in_order(l), E_FORM);
        const bool is_end = l->parcel.kind == PARCEL_END;
        if (l->holds && !(is_end && !l->parcel.whole)) {
            ENSURE(each(context, &l->held), E_BUSY);
            l->holds = false;
        }
        if (is_end)
            break;
        if (l->parcel.kind == PARCEL_FINDINGS)
            hold(l);
        else
            ENSURE(each(context, &l->parcel), E_BUSY);
    }
    end->rows = l->parcel.rows;
    end->whole = l->parcel.whole;
    if (!end->whole)
        take_fault(l, end);
    return OK;
}

/* What the kernel says of a reader that did not end as it should. */
static void judge_death(int state, struct intake_end *end)
{
    if (WIFSIGNALED(state) && WTERMSIG(state) == SIGSYS)
        set_fault(end, IMPORT_STOPPED,
                  "Reading this file made the reader do what it may not: it was stopped.",
                  "Keep the file, do not open it, and tell whoever looks after security.");
    else if (WIFSIGNALED(state) &&
             (WTERMSIG(state) == SIGXCPU || WTERMSIG(state) == SIGKILL))
        set_fault(end, IMPORT_LIMIT, "Reading this file takes too long: it was stopped.",
                  "Split the file.");
    else if (WIFEXITED(state) && WEXITSTATUS(state) == READER_NOT_CONFINED)
        set_fault(end, IMPORT_STOPPED,
                  "This system cannot confine the reader, so nothing is read.",
                  "Seccomp and resource limits are needed; see deploy/README.md.");
    else
        set_fault(end, IMPORT_STOPPED, "The reader failed on this file.",
                  "Keep the file, and tell whoever looks after Flagpost.");
}

static int bury(pid_t child)
{
    int state = 0;

    while (waitpid(child, &state, 0) < 0 && errno == EINTR)
        continue;
    return state;
}

static status start(const struct mapping *m, const struct intake_file *f,
                    struct listening *l)
{
    const struct reader_setup setup = {.mapping = m, .text = f->text, .digest = f->digest};
    int pair[2];

    ENSURE(pipe2(pair, O_CLOEXEC) == 0, E_IO);
    l->child = fork();
    if (l->child == 0)
        reader_run(&setup, pair[1]);
    (void)close(pair[1]); /* the child's end */
    l->fd = pair[0];
    if (l->child > 0)
        return OK;
    (void)close(pair[0]);
    l->fd = -1;
    return E_IO;
}

/* After E_IO the other end is closed: the reader is dead or dying by itself. */
static status run(struct listening *l, intake_each each, void *context,
                  struct intake_end *ret)
{
    const status s = listen_to(l, each, context, ret);

    if (s != OK && s != E_IO)
        (void)kill(l->child, SIGKILL);
    (void)close(l->fd);
    const int state = bury(l->child);
    if (s == E_BUSY)
        return E_BUSY;
    if (s == E_EXPIRED)
        set_fault(ret, IMPORT_LIMIT, "Reading this file takes too long: it was stopped.",
                  "Split the file.");
    else if (s != OK && s != E_IO)
        set_fault(ret, IMPORT_STOPPED,
                  "The reader said what no reader says: it was stopped.",
                  "Keep the file, do not open it, and tell whoever looks after security.");
    else if (s == E_IO || !WIFEXITED(state) || WEXITSTATUS(state) != READER_DONE)
        judge_death(state, ret);
    return OK;
}

status intake_read(const struct mapping *m, const struct intake_file *f, intake_each each,
                   void *context, struct intake_end *ret)
{
    struct listening l = {.fd = -1};
    status s = E_MEMORY;

    *ret = (struct intake_end){0};
    l.buffers[0] = malloc(PARCEL_BYTES_MAX);
    l.buffers[1] = malloc(PARCEL_BYTES_MAX);
    if (l.buffers[0] != NULL && l.buffers[1] != NULL)
        s = start(m, f, &l);
    if (s == OK)
        s = run(&l, each, context, ret);
    for (size_t i = 0; i < COUNT_OF(l.buffers); i++) {
        if (l.buffers[i] != NULL)
            explicit_bzero(l.buffers[i], PARCEL_BYTES_MAX);
        free(l.buffers[i]);
    }
    return s;
}
