#include "config.h"

#include "text.h"

#include <stdio.h>
#include <string.h>

/* The file of a new node. */

static void write_key(struct writer *w, const char *comment, const char *key,
                      const char *value)
{
    write_text(w, "\n# ");
    write_text(w, comment);
    write_text(w, "\n");
    write_text(w, key);
    write_text(w, " = ");
    write_text(w, value);
    write_text(w, "\n");
}

static bool config_equal(const struct config *a, const struct config *b)
{
    return agency_id_equal(&a->agency, &b->agency) && strcmp(a->name, b->name) == 0 &&
           hash_equal(&a->realm, &b->realm) && strcmp(a->listen, b->listen) == 0 &&
           a->hello_ms == b->hello_ms && a->require_purpose == b->require_purpose &&
           a->second_person == b->second_person &&
           strcmp(a->desk_group, b->desk_group) == 0 && strcmp(a->gateway, b->gateway) == 0;
}

status config_write(const struct config *c, struct arena *a, struct bytes *ret)
{
    enum { ROOM = 4096 };
    char realm[2 * HASH_SIZE + 1];
    char number[16];
    struct config again = {0};
    struct config_fault fault = {0};
    uint8_t *const at = arena_take(a, ROOM);

    ENSURE(at != NULL, E_MEMORY);
    struct writer w = writer_over(at, ROOM);
    hex_encode(bytes_of(c->realm.bytes, sizeof c->realm.bytes), realm);
    (void)snprintf(number, sizeof number, "%u", c->hello_ms);
    write_text(&w, "# Flagpost node.  key = value; each key once; # starts a comment.\n");
    write_key(&w, "Our id in the roster.", "agency", c->agency.text);
    write_key(&w, "Our name, as people read it.", "name", c->name);
    write_key(&w, "The deployment: SHA-256 of the text of its first root document.",
              "realm", realm);
    write_key(&w, "Where peers connect to; tcp://*:port listens on every address.",
              "listen", c->listen);
    write_key(&w, "Milliseconds between greetings to each peer, 100 to 10000.", "hello_ms",
              number);
    write_key(&w, "1: who reads a record must name a purpose.  0: need not.",
              "require_purpose", c->require_purpose == 0 ? "0" : "1");
    write_key(&w,
              "1: a report is released by somebody else than who drafted or sanitised it.  "
              "0: anybody.",
              "second_person", c->second_person == 0 ? "0" : "1");
    if (c->desk_group[0] != '\0')
        write_key(&w, "Whose members may use the control socket, if the home lets them in.",
                  "desk_group", c->desk_group);
    if (c->gateway[0] != '\0')
        write_key(&w, "The user that flagpost http runs as.", "gateway", c->gateway);
    /* As comments: nobody has laid these hours down, and the force decides on its own. */
    write_text(
        &w,
        "\n# After a call to immigration enforcement: hours until its intelligence "
        "document, until\n# the bureau's answer, and before either for a reminder.  "
        "Our proposal, not law.\n"
        "# case_officer_hours = 24\n# case_bureau_hours = 48\n"
        "# case_remind_hours = 4\n"
        "\n# Minutes until the publisher of an urgent record is told to telephone, and "
        "its recipient\n# to reach its alternates.\n"
        "# acknowledge_minutes = 15\n"
        "\n# Hours in which a disposal that was approved can be undone.\n"
        "# dispose_undo_hours = 72\n"
        "\n# What the owners of records are told of their handling here, by class of "
        "purpose and never\n# with a person: opened, copied, shared, or nothing.  And the "
        "minutes between two tellings.\n"
        "# handling_told = opened, copied, shared\n# handling_minutes = 60\n"
        "\n# When somebody's reading is a to-do for who reads the log: more records within "
        "an hour,\n# or outside these hours (UTC).\n"
        "# reading_hour_max = 60\n# reading_hours = 00-24\n"
        "\n# Whom to reach when nobody here has acknowledged an urgent record.\n"
        "# alternates = duty inspector ext. 4411, control room ext. 4400\n"
        "\n# MiB free on this disk, under which nothing is taken or published; a quarter "
        "of it is\n# kept as a ballast.\n"
        "# disk_low_mib = 256\n");
    ENSURE(!w.bad, E_LIMIT);
    /* A name with " #" in it would come back cut short: what is written must read back. */
    ENSURE(config_read(writer_bytes(&w), &again, &fault) == OK && config_equal(c, &again),
           E_VALUE);
    *ret = writer_bytes(&w);
    return OK;
}
