#include "asking.h"

/* Without a consent that is needed, nobody acts; with a code that permits, nobody asks. */
static const char *act_needless(const struct label *l)
{
    switch (l->action) {
    case ACTION_A1:
        return NULL;
    case ACTION_A2:
        return "A2 permits covert action without asking, as long as source, technique and "
               "wider capability stay protected and it is not the sole basis for evidence, "
               "proceedings or arrest; no overt action may be taken on it: for that the "
               "owner has to publish a version with A3 (R13)";
    case ACTION_A3:
        return "A3 permits overt action without asking, used as the owner specifies: "
               "`flagpost show` has its words (R13)";
    case ACTION_NONE:
        break;
    }
    return "handling P has no condition on action: nobody needs to be asked (R13)";
}

static const char *sanitise_needless(const struct label *l)
{
    switch (l->sanitisation) {
    case SANITISATION_S2:
        return NULL;
    case SANITISATION_S1:
        return "S1 permits a sanitised copy without asking: `flagpost republish` (R12)";
    case SANITISATION_NONE:
        break;
    }
    return "handling P has no condition on sanitising: `flagpost republish` makes the copy "
           "without asking (R12)";
}

const char *asking_needless(const struct label *l, enum request_for wants)
{
    switch (wants) {
    case REQUEST_MORE:
        return NULL;
    case REQUEST_ACT:
        return act_needless(l);
    case REQUEST_SANITISE:
        return sanitise_needless(l);
    }
    return NULL;
}

const char *asking_word(enum request_for wants)
{
    switch (wants) {
    case REQUEST_MORE:
        return "more";
    case REQUEST_ACT:
        return "act";
    case REQUEST_SANITISE:
        return "sanitise";
    }
    return "?";
}
