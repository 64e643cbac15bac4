#include "rule.h"
#include "text.h"
#include "words.h"

bool date_is_sound(struct partial_date d)
{
    static const uint8_t days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = d.year % 4 == 0 && (d.year % 100 != 0 || d.year % 400 == 0);

    if (d.year < 1800 || d.year > 9999 || d.month > 12 || (d.month == 0 && d.day != 0))
        return false;
    if (d.month == 0)
        return true;
    return d.day <= days[d.month - 1] && !(d.month == 2 && d.day == 29 && !leap);
}

static uint32_t digits(const char *text, size_t count)
{
    uint32_t v = 0;

    for (size_t i = 0; i < count; i++)
        v = v * 10 + (uint32_t)(text[i] - '0');
    return v;
}

struct partial_date date_of(millis t)
{
    char text[TIME_TEXT_ROOM];

    time_write(t, text);
    return (struct partial_date){
        .year = digits(text, 4), .month = digits(text + 5, 2), .day = digits(text + 8, 2)};
}

bool date_is_after(struct partial_date d, struct partial_date day)
{
    if (d.year != day.year)
        return d.year > day.year;
    if (d.month != day.month)
        return d.month > day.month; /* month 0: not given, so not certainly after */
    return d.day > day.day;
}

static status number(struct bytes text, size_t size, uint32_t *ret)
{
    uint32_t v = 0;

    ENSURE(text.size == size, E_VALUE);
    for (size_t i = 0; i < size; i++) {
        ENSURE(word_is_digit(text.at[i]), E_VALUE);
        v = v * 10 + (uint32_t)(text.at[i] - '0');
    }
    *ret = v;
    return OK;
}

status date_read(struct bytes text, struct partial_date *ret)
{
    struct bytes year = text;
    struct bytes month = {0};
    struct bytes rest = text;

    if (text_cut(&rest, '-', &year)) {
        const bool has_day = text_cut(&rest, '-', &month);
        TRY(number(has_day ? month : rest, 2, &ret->month));
        if (has_day)
            TRY(number(rest, 2, &ret->day));
        ENSURE(ret->month != 0 && (!has_day || ret->day != 0), E_VALUE);
    }
    TRY(number(year, 4, &ret->year));
    return date_is_sound(*ret) ? OK : E_VALUE;
}
