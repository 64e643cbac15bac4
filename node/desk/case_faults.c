#include "case_desk.h"

status case_faults_init(struct case_faults *f, struct arena *a)
{
    *f = (struct case_faults){.at = arena_array(a, CASE_FAULTS_MAX, sizeof *f->at)};
    return f->at == NULL ? E_MEMORY : OK;
}

void case_faults_add(struct case_faults *f, uint32_t line, const struct finding *one)
{
    if (f->count++ < CASE_FAULTS_MAX)
        f->at[f->kept++] = (struct case_fault){line, *one};
}

void case_faults_give(const struct case_faults *f, struct rows *r)
{
    for (size_t i = 0; i < f->kept; i++) {
        const struct finding *const one = &f->at[i].finding;
        rows_next(r, 6);
        rows_text(r, "row", "finding");
        rows_number(r, "line", f->at[i].line);
        rows_text(r, "column", one->field);
        rows_text(r, "rule", one->rule);
        rows_text(r, "sentence", one->sentence);
        rows_text(r, "mend", one->mend);
    }
}
