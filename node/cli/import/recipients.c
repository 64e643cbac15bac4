#include "recipients.h"

#include "text.h"

#include <stdio.h>

static void add_one(struct recipients *r, struct bytes name)
{
    struct agency_id agency;
    size_t i = 0;

    if (agency_id_read(name, &agency) != OK)
        return;
    while (i < r->count && !agency_id_equal(&r->at[i].agency, &agency))
        i++;
    if (i == AGENCIES_MAX)
        return;
    if (i == r->count)
        r->at[r->count++] = (struct recipient_tally){.agency = agency};
    r->at[i].records++;
}

void recipients_add(struct recipients *r, struct bytes to)
{
    struct bytes one = {0};

    while (text_cut(&to, ' ', &one))
        add_one(r, one);
    add_one(r, to);
}

void recipients_print(const struct recipients *r)
{
    for (size_t i = 0; i < r->count; i++)
        (void)printf("%s%s %zu", i == 0 ? "to " : ", ", r->at[i].agency.text,
                     r->at[i].records);
    if (r->count > 0)
        (void)printf("\n");
}

void recipients_print_json(const struct recipients *r)
{
    (void)printf(",\"to\":{");
    for (size_t i = 0; i < r->count; i++)
        (void)printf("%s\"%s\":%zu", i == 0 ? "" : ",", r->at[i].agency.text,
                     r->at[i].records);
    (void)printf("}");
}
