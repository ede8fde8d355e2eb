/* Ends the program with 1 at the first thing that is wrong. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>

#include "increp.h"

extern int checks, lines;

#define CHECK(condition) \
    do { \
        checks++; \
        if (!(condition)) { \
            fprintf(stderr, "%s:%d: vector %d: %s\n", __FILE__, __LINE__, lines, #condition); \
            exit(1); \
        } \
    } while (0)

/* The bytes in a block of exactly their size, so that a sanitizer sees a step beyond. */
uint8_t *exact(const uint8_t *bytes, size_t length);

/* A batch, to be followed by its reports as they are packed alone; and its end. */
void batch_begins(const increp_profile *profile, const uint8_t *bytes, size_t length);
void batch_has(const uint8_t *alone, size_t length);
void batch_ends(void);
void batch_misuse(void);

/* The journal, with power cut at every step of every call; and the ring. */
void stores(void);

#endif
