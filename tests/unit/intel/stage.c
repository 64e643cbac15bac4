#include "stage.h"
#include "check.h"

/* The way of a report through its bureau: every step from every state. */

static const enum stage stages[] = {STAGE_DRAFT, STAGE_ASSESSED, STAGE_SANITISED,
                                    STAGE_RELEASED};
static const enum stage_step steps[] = {STEP_DRAFT, STEP_ASSESS, STEP_SANITISE, STEP_REWORK,
                                        STEP_RELEASE};

/* 0: not now.  Rows by state, columns by step, as the two lists above. */
static const enum stage wanted[COUNT_OF(stages)][COUNT_OF(steps)] = {
    {0, STAGE_ASSESSED, 0, 0, 0},
    {0, STAGE_ASSESSED, STAGE_SANITISED, STAGE_DRAFT, 0},
    {0, 0, 0, STAGE_DRAFT, STAGE_RELEASED},
    {0, 0, 0, 0, 0},
};

static void check_step(size_t i, size_t k)
{
    enum stage to = 0;
    const status s = stage_next(stages[i], steps[k], &to);

    CHECK_STATUS(s, wanted[i][k] == 0 ? E_ORDER : OK);
    CHECK_INT(to, wanted[i][k]);
}

static void has_each_step_in_its_turn_alone(void)
{
    for (size_t i = 0; i < COUNT_OF(stages); i++) {
        for (size_t k = 0; k < COUNT_OF(steps); k++)
            check_step(i, k);
    }
}

static void has_a_word_for_each_state_and_step(void)
{
    for (size_t i = 0; i < COUNT_OF(stages); i++) {
        CHECK(stage_word(stages[i])[0] != '\0');
        CHECK(stage_todo(stages[i])[0] != '\0');
    }
    for (size_t k = 0; k < COUNT_OF(steps); k++)
        CHECK(step_word(steps[k])[0] != '\0');
}

CASES(CASE(has_each_step_in_its_turn_alone), CASE(has_a_word_for_each_state_and_step))
