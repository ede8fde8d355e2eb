/* What the examples need of the board: words for the debugger, and an end. */
#ifndef BOARD_H
#define BOARD_H

#include <stddef.h>
#include <stdint.h>

void print(const char *text);
void print_number(uint32_t number);
void print_hex(const uint8_t *bytes, size_t length);

/* Fills the free stack with a pattern, and says how much below `frame` was used since. */
void stack_from(const void *frame);
void stack_paint(void);
uint32_t stack_used(void);

int main(void);

#endif
