#include "retention.h"

const char *const retention_questions[RETENTION_QUESTIONS] = {
    "capability for harm",
    "concerns about children or vulnerable adults",
    "breach of trust",
    "links to organised crime or terrorism",
    "behaviour that raises further concern",
    "a pattern of offending or of concern",
};

const char *retention_state_word(enum retention_state s)
{
    switch (s) {
    case RETENTION_STANDING:
        return "standing";
    case RETENTION_TO_DISPOSE:
        return "to be disposed of";
    case RETENTION_IS_PROPOSED:
        return "proposed";
    case RETENTION_IS_APPROVED:
        return "approved";
    case RETENTION_ERASING:
        return "being erased";
    case RETENTION_DISPOSED:
        return "disposed of";
    }
    return "";
}

const char *retention_what_word(enum retention_what w)
{
    switch (w) {
    case RETENTION_OPENED:
        return "opened";
    case RETENTION_ADDED:
        return "record added";
    case RETENTION_REMOVED:
        return "record taken out";
    case RETENTION_NOTICED:
        return "came to notice";
    case RETENTION_GROUPED:
        return "group changed";
    case RETENTION_HELD:
        return "legal hold";
    case RETENTION_RELEASED:
        return "hold released";
    case RETENTION_KEPT:
        return "reviewed: kept";
    case RETENTION_CONDEMNED:
        return "reviewed: to be disposed of";
    case RETENTION_PROPOSED:
        return "disposal proposed";
    case RETENTION_APPROVED:
        return "disposal approved";
    case RETENTION_UNDONE:
        return "disposal undone";
    case RETENTION_ERASED:
        return "record erased";
    }
    return "";
}
