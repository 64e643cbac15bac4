#include "ingest_trouble.h"

bool ingest_is_trouble(status s)
{
    static const status trouble[] = {E_BUSY,    E_FENCED, E_EXPIRED, E_REVOKED,
                                     E_STORAGE, E_DENIED, E_IO,      E_SPACE,
                                     E_MEMORY,  E_OFTEN,  E_DAMAGED};

    for (size_t i = 0; i < COUNT_OF(trouble); i++) {
        if (s == trouble[i])
            return true;
    }
    return false;
}
