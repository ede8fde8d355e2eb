#include "flash.h"

enum { START = 0x38000, PAGES = 4, PAGE = 1024, WORD = 4 };

static uint8_t bytes[PAGES * PAGE];

static int flash_read(void *context, uint32_t address, uint8_t *to, size_t length)
{
    (void)context;
    for (size_t at = 0; at < length; at++) to[at] = bytes[address - START + at];
    return 0;
}

/* Refuses what real flash could not do: a word that is not erased. */
static int flash_write(void *context, uint32_t address, const uint8_t *from, size_t length)
{
    (void)context;
    uint8_t *to = bytes + (address - START);
    for (size_t at = 0; at < length; at++)
        if (to[at] != 0xff) return 1;
    for (size_t at = 0; at < length; at++) to[at] = from[at];
    return 0;
}

static int flash_erase(void *context, uint32_t address)
{
    (void)context;
    for (size_t at = 0; at < PAGE; at++) bytes[address - START + at] = 0xff;
    return 0;
}

const increp_flash flash = { NULL, flash_read, flash_write, flash_erase, START, PAGES, PAGE, WORD };
