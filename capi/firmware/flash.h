/* The flash of the example: RAM that behaves like it, since QEMU's machine has none that can be written. */
#ifndef FLASH_H
#define FLASH_H

#include "increp.h"

extern const increp_flash flash;

#endif
