#include "check.h"

#include <dirent.h>

/* The saved inputs once through a target, in builds without libFuzzer: replay FOLDER. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 1 << 20 };

static uint8_t input[INPUT_MAX];

static void replay(const char *folder, const char *name)
{
    char path[1024];

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *const f = fopen(path, "rb");
    CHECK(f != NULL);
    const size_t size = fread(input, 1, sizeof input, f);
    CHECK(size < sizeof input && ferror(f) == 0);
    CHECK_INT(fclose(f), 0);
    CHECK_INT(LLVMFuzzerTestOneInput(input, size), 0);
}

int main(int argc, char **argv)
{
    size_t count = 0;

    CHECK_INT(argc, 2);
    DIR *const d = opendir(argv[1]);
    CHECK(d != NULL);
    for (const struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
        if (e->d_name[0] == '.')
            continue;
        replay(argv[1], e->d_name);
        count++;
    }
    CHECK_INT(closedir(d), 0);
    CHECK(count > 0);
    (void)printf("%zu saved inputs\n", count);
    return 0;
}
