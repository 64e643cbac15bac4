#include "server_dial.h"

#include "server.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* Who is at the other end, as the kernel and this machine's directory say. */

enum { PASSWD_ROOM = 4096 };

/* Printable ASCII only: the name goes to terminals and into the audit stream. */
static void person_name(struct person *p, const char *name)
{
    size_t at = strlen(p->text);

    p->text[at++] = ' ';
    for (; *name != '\0' && at < sizeof p->text - 1; name++) {
        if (*name > ' ' && *name < 0x7f)
            p->text[at++] = *name;
    }
    p->text[at] = '\0';
}

status server_person(int fd, struct person *ret)
{
    struct ucred who = {0};
    socklen_t size = sizeof who;
    struct person p = {0};
    struct passwd entry = {0};
    struct passwd *found = NULL;
    char memory[PASSWD_ROOM];

    ENSURE(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0, E_DENIED);
    p.uid = who.uid;
    (void)snprintf(p.text, sizeof p.text, "uid:%u", p.uid);
    if (getpwuid_r(who.uid, &entry, memory, sizeof memory, &found) == 0 && found != NULL)
        person_name(&p, found->pw_name);
    *ret = p;
    return OK;
}

status server_user(const char *name, uint32_t *ret)
{
    char room[PASSWD_ROOM];
    struct passwd entry;
    struct passwd *p = NULL;

    ENSURE(getpwnam_r(name, &entry, room, sizeof room, &p) == 0 && p != NULL, E_CONFIG);
    *ret = p->pw_uid;
    return OK;
}
