/* Start-up of a Cortex-M3 and semihosting, by which QEMU prints and ends. */
#include "board.h"

extern uint32_t data_start[], data_end[], data_from[], bss_start[], bss_end[], stack_top[];

static int semihosting(int operation, const void *argument)
{
    register int r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

static void end(int good)
{
    semihosting(0x18, (const void *)(uintptr_t)(good ? 0x20026 : 0x20023));
    for (;;) {}
}

void print(const char *text)
{
    semihosting(4, text);
}

void print_number(uint32_t number)
{
    char text[11], *at = text + 10;
    *at = 0;
    do *--at = (char)('0' + number % 10); while ((number /= 10) != 0);
    print(at);
}

void print_hex(const uint8_t *bytes, size_t length)
{
    for (size_t at = 0; at < length; at++) {
        char pair[3] = { "0123456789abcdef"[bytes[at] >> 4], "0123456789abcdef"[bytes[at] & 15], 0 };
        print(pair);
    }
}

static uint32_t *stack_pointer(void)
{
    uint32_t *pointer;
    __asm__ volatile("mov %0, sp" : "=r"(pointer));
    return pointer;
}

static const uint32_t *stack_base;

void stack_from(const void *frame)
{
    stack_base = frame;
}

void stack_paint(void)
{
    for (volatile uint32_t *at = bss_end; at < stack_pointer(); at++) *at = 0xa5a5a5a5;
}

uint32_t stack_used(void)
{
    const uint32_t *at = bss_end;
    while (*at == 0xa5a5a5a5) at++;
    return (uint32_t)((stack_base - at) * sizeof *at);
}

void reset(void)
{
    for (uint32_t *to = data_start, *from = data_from; to < data_end;) *to++ = *from++;
    for (uint32_t *to = bss_start; to < bss_end;) *to++ = 0;
    end(main() == 0);
}

static void fault(void)
{
    print("FAULT\n");
    end(0);
}

typedef union vector {
    const uint32_t *stack;
    void (*handler)(void);
} vector;

__attribute__((section(".vectors"), used)) static const vector vectors[16] = {
    { .stack = stack_top }, { .handler = reset }, { .handler = fault }, { .handler = fault },
    { .handler = fault }, { .handler = fault }, { .handler = fault },
};
