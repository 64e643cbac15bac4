#include "force.h"

#include "text.h"
#include "words.h"

bool force_code_is(struct bytes code)
{
    return code.size == 2 && code.at[0] >= '0' && code.at[0] <= '9' && code.at[1] >= '0' &&
           code.at[1] <= '9';
}

/*
 * R14: codes that still stand in old records.  02 is the second code of the Metropolitan
 * Police; 70 to 87 are the Scottish forces before 2013 and 96 their common services agency
 * (PNC numbering: STATS19 uses 91 to 98 for other forces and must not be read as this one).
 */
struct bytes force_code_now(struct bytes code)
{
    static const char *const scottish[] = {"70", "74", "76", "78", "80",
                                           "82", "84", "87", "96"};

    if (text_is(code, "02"))
        return bytes_of_text("01");
    for (size_t i = 0; i < COUNT_OF(scottish); i++) {
        if (text_is(code, scottish[i]))
            return bytes_of_text("90");
    }
    return code;
}

struct bytes force_of_urn(struct bytes urn)
{
    struct bytes rest = word_trim(urn);
    struct bytes code = {0};
    struct bytes kind = {0};

    if (text_cut(&rest, '-', &code) && force_code_is(code) && text_cut(&rest, '-', &kind) &&
        word_same(kind, bytes_of_text("IR")))
        return code;
    return (struct bytes){0};
}
