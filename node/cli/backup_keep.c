#include "backup_keep.h"

#include "text.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    STAMP_SIZE = 16, /* "20261128T003000Z" */
    SET_SHOWN = 4,   /* bytes: two backups of one second are not of one name */
    SET_DIGITS = 2 * SET_SHOWN,
    SET_EPOCH = 8,  /* where a tail has its epoch */
    DRAFT_SIZE = 7, /* ".XXXXXX" of a draft */
};

static const char *part_word(enum backup_part part)
{
    return part == BACKUP_KEYS ? "keys" : part == BACKUP_TAIL ? "tail" : "journal";
}

/* "2026-11-28T00:30:00Z" without what stands between its digits. */
void backup_name(const struct backup_header *h, char ret[BACKUP_NAME_ROOM])
{
    char time[TIME_TEXT_ROOM];
    char stamp[TIME_TEXT_ROOM] = "";
    char set[SET_DIGITS + 1];
    size_t size = 0;

    hex_encode(bytes_of(h->set, SET_SHOWN), set);
    time_write(h->made, time);
    for (const char *at = time; *at != '\0'; at++) {
        if (*at != '-' && *at != ':')
            stamp[size++] = *at;
    }
    (void)snprintf(ret, BACKUP_NAME_ROOM, "%s-%s-%s-%s.backup", h->agency.text, stamp, set,
                   part_word(h->part));
}

void backup_set_epoch(struct backup_header *tail, const struct epoch *epoch)
{
    MUST(SET_EPOCH + sizeof epoch->random == sizeof tail->set);
    memcpy(tail->set + SET_EPOCH, epoch->random, sizeof epoch->random);
}

/* What follows agency, time and set in the name, or NULL: another's. */
static const char *name_end(const struct agency_id *agency, const char *name)
{
    const size_t size = strlen(agency->text);

    if (strncmp(name, agency->text, size) != 0 || name[size] != '-')
        return NULL;
    name += size + 1;
    /* An agency's id may go on after a hyphen, but not as a time does. */
    if (strspn(name, "0123456789TZ") != STAMP_SIZE || name[8] != 'T' ||
        name[STAMP_SIZE - 1] != 'Z' || name[STAMP_SIZE] != '-')
        return NULL;
    name += STAMP_SIZE + 1;
    return strspn(name, "0123456789abcdef") == SET_DIGITS ? name + SET_DIGITS : NULL;
}

/* What a maker that was killed had not finished. */
static bool is_draft(const char *end)
{
    const char *const dot = strstr(end, ".backup.");

    return dot != NULL && strlen(dot) == sizeof ".backup" - 1 + DRAFT_SIZE;
}

static bool read_header(int folder_fd, const char *name, struct backup_header *ret)
{
    uint8_t header[BACKUP_HEADER_SIZE];
    const int fd = openat(folder_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    if (fd < 0)
        return false;
    const status s = file_read_exactly(fd, header, sizeof header);
    (void)close(fd); /* only read */
    return s == OK && backup_header_read(bytes_of(header, sizeof header), ret) == OK;
}

/* All of it is in what was made after it, in the same epoch; of another one nobody knows
 * whether it was ever taken in. */
static bool is_of_no_use(const struct backup_header *tail, const struct backup_keeping *by)
{
    const struct backup_header *const newest = by->newest;

    if (memcmp(tail->set, newest->set, sizeof tail->set) == 0 ||
        memcmp(tail->recovery, newest->recovery, sizeof tail->recovery) != 0 ||
        tail->made > newest->made)
        return false;
    return memcmp(tail->set + SET_EPOCH, by->epoch->random, sizeof by->epoch->random) ==
               0 ||
           newest->made - tail->made > by->tails_ms;
}

static void look_at_tail(int folder_fd, const char *name, const struct backup_keeping *by,
                         struct backup_kept *k)
{
    struct backup_header h;

    if (read_header(folder_fd, name, &h) && h.part == BACKUP_TAIL &&
        agency_id_equal(&h.agency, &by->newest->agency) && is_of_no_use(&h, by))
        k->removed += unlinkat(folder_fd, name, 0) == 0 ? 1 : 0;
}

static void look_at(int folder_fd, const char *name, const struct backup_keeping *by,
                    struct backup_kept *k)
{
    const struct backup_header *const newest = by->newest;
    const char *const end = name_end(&newest->agency, name);
    struct backup_header h;

    if (end == NULL)
        return;
    if (is_draft(end)) {
        k->removed += unlinkat(folder_fd, name, 0) == 0 ? 1 : 0;
        return;
    }
    if (strcmp(end, "-tail.backup") == 0)
        look_at_tail(folder_fd, name, by, k);
    if (strcmp(end, "-keys.backup") != 0 || !read_header(folder_fd, name, &h) ||
        h.part != BACKUP_KEYS || !agency_id_equal(&h.agency, &newest->agency) ||
        memcmp(h.set, newest->set, sizeof h.set) == 0)
        return;
    if (h.expires < newest->made)
        k->removed += unlinkat(folder_fd, name, 0) == 0 ? 1 : 0;
    else if (h.expires > k->until)
        k->until = h.expires;
}

struct backup_kept backup_keep(const char *folder, const struct backup_keeping *keeping)
{
    struct backup_kept k = {0};
    DIR *const d = opendir(folder);

    if (d == NULL)
        return k;
    for (const struct dirent *e = readdir(d); e != NULL; e = readdir(d))
        look_at(dirfd(d), e->d_name, keeping, &k);
    (void)closedir(d); /* only read */
    return k;
}
