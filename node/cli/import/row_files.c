#include "row_files.h"

#include "attach.h"
#include "attached.h"
#include "record.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM = 4 * 1024 * 1024, FIELD_ROOM = 48 };

status row_files_open(struct row_files *w, struct cli *c, const struct mapping *m,
                      const char *folder)
{
    *w = (struct row_files){.cli = c, .mapping = m, .folder = folder};
    void *const room = malloc(ROOM);
    w->file = malloc(sizeof *w->file);
    arena_init(&w->arena, room, room == NULL ? 0 : ROOM);
    return room != NULL && w->file != NULL ? OK : E_MEMORY;
}

void row_files_done(struct row_files *w)
{
    arena_reset(&w->arena);
    free(w->arena.at);
    free(w->file);
    *w = (struct row_files){0};
}

/* Only a plain name within the folder: whoever wrote the row must not make this process
 * read whatever file it names. */
static const char *open_file(struct row_files *w, struct bytes name)
{
    const char *const text = arena_text(&w->arena, name);
    const size_t room = strlen(w->folder) + name.size + 2;
    char *const path = arena_take(&w->arena, room);

    if (text == NULL || path == NULL)
        return "there is not enough memory";
    if (!attached_name_is_safe(name))
        return "this is not the plain name of a file";
    (void)snprintf(path, room, "%s/%s", w->folder, text);
    const status s = attach_file_read(path, true, w->file);
    return s == OK ? NULL : attach_file_sentence(s);
}

/* --- before the row is sent --- */

/* The item keeps what the file's own memory held. */
static status fill_from_file(struct row_files *w, struct item_attachment *x)
{
    TRY(attach_file_fill(w->file, x));
    TRY(arena_copy(&w->arena, x->digest, &x->digest));
    TRY(arena_copy(&w->arena, x->root, &x->root));
    return arena_copy(&w->arena, x->media_type, &x->media_type);
}

static const char *fill_one(struct row_files *w, struct item_attachment *x)
{
    const char *const why = open_file(w, x->name);

    if (why != NULL)
        return why;
    const status s = fill_from_file(w, x);
    attach_file_close(w->file);
    if (s == E_HASH)
        return "this is not the file that the row means: its digest is another";
    return s == OK ? NULL : status_sentence(s);
}

static void add_finding(struct row_files *w, size_t i, const char *why, struct parcel *ret)
{
    char *const field = arena_take(&w->arena, FIELD_ROOM);

    if (field == NULL || ret->finding_count == PARCEL_FINDINGS_MAX)
        return;
    (void)snprintf(field, FIELD_ROOM, "attachments[%zu].name", i);
    ret->findings[ret->finding_count++] = (struct import_finding){
        .rule = IMPORT_ATTACHED,
        .column = bytes_of_text(mapping_column(w->mapping, field)),
        .field = bytes_of_text(field),
        .sentence = bytes_of_text(why),
        .mend = bytes_of_text("Put the file into the folder of attachments under the name "
                              "that the row gives, and hand the row in again.")};
}

status row_files_fill(struct row_files *w, const struct parcel *row, struct parcel *ret)
{
    arena_reset(&w->arena);
    struct record *const r = arena_take(&w->arena, sizeof *r);

    *ret = *row;
    ENSURE(r != NULL, E_MEMORY);
    /* What cannot be read is the node's to refuse. */
    if (record_unpack(row->record, &w->arena, r) != OK)
        return OK;
    for (size_t i = 0; i < r->attachment_count; i++) {
        const char *const why = fill_one(w, &r->attachments[i]);
        if (why != NULL)
            add_finding(w, i, why, ret);
    }
    if (ret->finding_count > 0)
        ret->kind = PARCEL_FINDINGS;
    return r->attachment_count == 0 ? OK : record_pack(r, &w->arena, &ret->record);
}

/* --- once its record is in the log --- */

/* Published it is, and its file is not: a person has to know. */
static void tell_unsent(struct row_files *w, struct outcome *o, const char *why)
{
    static const char field[] = "attachments";

    if (o->finding_count == OUTCOME_FINDINGS_MAX)
        return;
    o->findings[o->finding_count++] = (struct outcome_finding){
        .rule = bytes_of_text(import_rule_word(IMPORT_ATTACHED)),
        .severity = bytes_of_text("advise"),
        .column = bytes_of_text(mapping_column(w->mapping, "attachments[0].name")),
        .field = bytes_of_text(field),
        .sentence = bytes_of_text(why),
        .mend = bytes_of_text("The record is published without all of its files: put them "
                              "right and import the row again, or use `flagpost attach`.")};
}

static int send_one(struct row_files *w, const struct item_attachment *x, struct outcome *o)
{
    const char *const id = arena_text(&w->arena, o->id);
    const char *const why = open_file(w, x->name);

    if (why != NULL || id == NULL) {
        tell_unsent(w, o, why != NULL ? why : status_sentence(E_MEMORY));
        return EXIT_REFUSED;
    }
    /* Names are what a record says, and a drop folder's words go to a system's log. */
    w->file->untold = true;
    const int code = attach_send(w->cli, id, w->file);
    attach_file_close(w->file);
    if (code == EXIT_REFUSED)
        tell_unsent(w, o,
                    "the node did not take the file: the record does not name it as it is "
                    "now");
    return code;
}

int row_files_send(struct row_files *w, struct outcome *o)
{
    int code = EXIT_DONE;

    /* What lies there already is the next row, which waits for these to be sent. */
    const size_t mark = arena_mark(&w->arena);
    struct record *const r = arena_take(&w->arena, sizeof *r);
    if (r == NULL || record_unpack(o->record, &w->arena, r) != OK) {
        tell_unsent(w, o, status_sentence(E_MEMORY)); /* the node has read the record */
        arena_rewind(&w->arena, mark);
        return EXIT_REFUSED;
    }
    /* Without the node, or against its will, the others need not be tried. */
    for (size_t i = 0;
         i < r->attachment_count && (code == EXIT_DONE || code == EXIT_REFUSED); i++) {
        const int one = send_one(w, &r->attachments[i], o);
        code = one == EXIT_DONE ? code : one;
    }
    arena_rewind(&w->arena, mark);
    return code;
}
