#include "load_row.h"

#include <stdio.h>
#include <string.h>

enum { DATE_ROOM = 12 };

static const char *marking_word(const struct record *r)
{
    return r->label.marking == MARKING_OFFICIAL ? "OFFICIAL" : "OFFICIAL-SENSITIVE";
}

static const char *handling_word(const struct record *r)
{
    return r->label.handling == HANDLING_P ? "P" : "C";
}

/* "2026", "2026-11", "2026-11-28" or nothing. */
static struct bytes date_text(struct partial_date d, char room[DATE_ROOM])
{
    const unsigned year = d.year % 10000u;
    const unsigned month = d.month % 100u;
    int size = 0;

    if (d.day != 0)
        size = snprintf(room, DATE_ROOM, "%04u-%02u-%02u", year, month, d.day % 100u);
    else if (d.month != 0)
        size = snprintf(room, DATE_ROOM, "%04u-%02u", year, month);
    else if (d.year != 0)
        size = snprintf(room, DATE_ROOM, "%04u", year);
    return bytes_of(room, size < 0 ? 0 : (size_t)size);
}

static struct bytes flags_text(const struct record *r, struct arena *a)
{
    const struct text_list *const flags = &r->facts.flags;
    size_t room = 1;

    for (size_t i = 0; i < flags->count; i++)
        room += flags->at[i].size + 1;
    struct writer w = writer_over(arena_take(a, room), room);
    for (size_t i = 0; w.at != NULL && i < flags->count; i++) {
        write_text(&w, i == 0 ? "" : " ");
        write_bytes(&w, flags->at[i]);
    }
    return writer_bytes(&w);
}

/* --- CSV: RFC 4180, CRLF, cells exactly as they are: a machine reads them --- */

static void put_cell(struct writer *w, struct bytes cell)
{
    write_text(w, "\"");
    for (size_t i = 0; i < cell.size; i++) {
        if (cell.at[i] == '"')
            write_u8(w, '"');
        write_u8(w, cell.at[i]);
    }
    write_text(w, "\"");
}

enum { CELL_OF_RECORD = 7, CELLS = 15 }; /* the first that is not of the row itself */

static void record_cells(const struct load_row *row, struct arena *a,
                         struct bytes cells[CELLS])
{
    const struct record *const r = row->r;
    char *const dates = arena_take(a, (size_t)2 * DATE_ROOM);
    const struct bytes all[] = {
        r->facts.crime_code,
        flags_text(r, a),
        bytes_of_text(marking_word(r)),
        bytes_of_text(handling_word(r)),
        dates == NULL ? bytes_of(NULL, 0) : date_text(r->facts.date_of_intelligence, dates),
        dates == NULL ? bytes_of(NULL, 0)
                      : date_text(r->facts.date_created, dates + DATE_ROOM),
        r->report.title,
        row->json};

    _Static_assert(CELL_OF_RECORD + COUNT_OF(all) == CELLS, "each cell has its column");
    memcpy(cells + CELL_OF_RECORD, all, sizeof all);
}

static status write_csv(const struct load_row *row, struct arena *a, struct bytes *ret)
{
    size_t room = 2;
    struct bytes cells[CELLS] = {row->operation, row->reference, row->force,    row->urn,
                                 row->version,   row->record,    row->publisher};

    if (row->r != NULL)
        record_cells(row, a, cells);
    for (size_t i = 0; i < CELLS; i++)
        room += 3 + 2 * cells[i].size;
    struct writer w = writer_over(arena_take(a, room), room);
    ENSURE(w.at != NULL, E_MEMORY);
    for (size_t i = 0; i < CELLS; i++) {
        write_text(&w, i == 0 ? "" : ",");
        put_cell(&w, cells[i]);
    }
    write_text(&w, "\r\n");
    MUST(!w.bad);
    *ret = writer_bytes(&w);
    return OK;
}

/* --- XML 1.0 --- */

/* What one character becomes, at most: "&quot;". */
enum { XML_GROWTH = 6, XML_FIXED = 1024, XML_OF_TEXT = 64 };

/* U+FFFE and U+FFFF: valid UTF-8, and no character of XML 1.0 (production 2). */
static bool is_no_character(struct bytes at)
{
    return at.size >= 3 && at.at[0] == 0xef && at.at[1] == 0xbf && at.at[2] >= 0xbe;
}

/* Written as attribute and element alike.  What is no character of XML 1.0 is a question
 * mark: the whole record stands in its JSON (put_json). */
static void put_xml(struct writer *w, struct bytes text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (is_no_character(bytes_from(text, i))) {
            write_text(w, "?");
            i += 2;
            continue;
        }
        const uint8_t c = text.at[i];
        if (c == '&')
            write_text(w, "&amp;");
        else if (c == '<')
            write_text(w, "&lt;");
        else if (c == '>')
            write_text(w, "&gt;");
        else if (c == '"')
            write_text(w, "&quot;");
        else if (c == '\t' || c == '\n' || c == '\r')
            write_text(w, c == '\t' ? "&#9;" : c == '\n' ? "&#10;" : "&#13;");
        else
            write_u8(w, c < ' ' || c == 0x7f ? '?' : c);
    }
}

static void put_attribute(struct writer *w, const char *name, struct bytes value)
{
    write_text(w, " ");
    write_text(w, name);
    write_text(w, "=\"");
    put_xml(w, value);
    write_text(w, "\"");
}

static void put_element(struct writer *w, const char *name, struct bytes value)
{
    if (value.size == 0)
        return;
    write_text(w, "<");
    write_text(w, name);
    write_text(w, ">");
    put_xml(w, value);
    write_text(w, "</");
    write_text(w, name);
    write_text(w, ">");
}

/* Control characters are escaped in it already (RFC 8259 section 7); these two need not be
 * there, and have to be here. */
static void put_json(struct writer *w, struct bytes json)
{
    size_t from = 0;

    write_text(w, "<json>");
    for (size_t i = 0; i < json.size; i++) {
        if (!is_no_character(bytes_from(json, i)))
            continue;
        put_xml(w, (struct bytes){json.at + from, i - from});
        write_text(w, json.at[i + 2] == 0xbe ? "\\ufffe" : "\\uffff");
        i += 2;
        from = i + 1;
    }
    put_xml(w, bytes_from(json, from));
    write_text(w, "</json>");
}

/* A text without a grade has none here either, and the schema tells the loader. */
static void put_grade(struct writer *w, const struct grade *g)
{
    static const char *const assessments[] = {"", "A", "B", "C", "D", "E"};
    char grade[3] = {0};

    if (g->source == 0 || g->source > 3 || g->assessment == 0 ||
        g->assessment >= COUNT_OF(assessments))
        return;
    grade[0] = (char)('0' + (int)g->source);
    grade[1] = assessments[g->assessment][0];
    put_attribute(w, "grade", bytes_of_text(grade));
}

static void put_graded(struct writer *w, const char *name, const struct graded_text *t)
{
    write_text(w, "<");
    write_text(w, name);
    put_grade(w, &t->grade);
    if (t->basis != 0)
        put_attribute(w, "basis",
                      bytes_of_text(t->basis == BASIS_FACT ? "fact" : "opinion"));
    write_text(w, ">");
    put_xml(w, t->text);
    write_text(w, "</");
    write_text(w, name);
    write_text(w, ">");
}

static size_t xml_room(const struct load_row *row, struct bytes flags)
{
    const struct record *const r = row->r;
    size_t size = row->operation.size + row->reference.size + row->force.size +
                  row->urn.size + row->version.size + row->record.size +
                  row->publisher.size;

    if (r == NULL)
        return XML_GROWTH * size + XML_FIXED;
    size += row->json.size + r->facts.crime_code.size + flags.size + r->report.title.size +
            r->provenance.text.size;
    for (size_t i = 0; i < r->text_count; i++)
        size += r->texts[i].text.size + XML_OF_TEXT;
    return XML_GROWTH * size + XML_FIXED;
}

static void put_key(struct writer *w, const struct load_row *row)
{
    if (row->reference.size > 0)
        put_attribute(w, "reference", row->reference);
    put_attribute(w, "force", row->force);
    put_attribute(w, "urn", row->urn);
    put_attribute(w, "version", row->version);
    put_attribute(w, "record", row->record);
    put_attribute(w, "publisher", row->publisher);
}

static void put_deletion(struct writer *w, const struct load_row *row)
{
    write_text(w, "<delete");
    put_key(w, row);
    write_text(w, "/>\n");
}

static void put_record(struct writer *w, const struct load_row *row, struct bytes flags)
{
    const struct record *const r = row->r;
    char intelligence[DATE_ROOM];
    char created[DATE_ROOM];

    write_text(w, "<record");
    put_attribute(w, "operation", row->operation);
    put_key(w, row);
    write_text(w, ">");
    put_element(w, "crimeCode", r->facts.crime_code);
    put_element(w, "flags", flags);
    put_element(w, "marking", bytes_of_text(marking_word(r)));
    put_element(w, "handling", bytes_of_text(handling_word(r)));
    put_element(w, "dateOfIntelligence",
                date_text(r->facts.date_of_intelligence, intelligence));
    put_element(w, "dateCreated", date_text(r->facts.date_created, created));
    put_element(w, "title", r->report.title);
    if (r->provenance.text.size > 0)
        put_graded(w, "provenance", &r->provenance);
    for (size_t i = 0; i < r->text_count; i++)
        put_graded(w, "text", &r->texts[i]);
    put_json(w, row->json);
    write_text(w, "</record>\n");
}

static status write_xml(const struct load_row *row, struct arena *a, struct bytes *ret)
{
    const struct bytes flags = row->r == NULL ? bytes_of(NULL, 0) : flags_text(row->r, a);
    const size_t room = xml_room(row, flags);
    struct writer w = writer_over(arena_take(a, room), room);

    ENSURE(w.at != NULL, E_MEMORY);
    if (row->r == NULL)
        put_deletion(&w, row);
    else
        put_record(&w, row, flags);
    MUST(!w.bad);
    *ret = writer_bytes(&w);
    return OK;
}

static const struct load_form forms[] = {
    {"csv", "records.csv",
     "operation,reference,force,urn,version,record,publisher,crime_code,flags,marking,"
     "handling,date_of_intelligence,date_created,title,json\r\n",
     "", write_csv},
    {"xml", "records.xml",
     "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<batch xmlns=\"urn:flagpost:load:1\">\n",
     "</batch>\n", write_xml},
};

const struct load_form *load_form_find(const char *name)
{
    if (name == NULL)
        return &forms[0];
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        if (strcmp(forms[i].name, name) == 0)
            return &forms[i];
    }
    return NULL;
}

const char *load_form_file(size_t number)
{
    return number < COUNT_OF(forms) ? forms[number].file : NULL;
}
