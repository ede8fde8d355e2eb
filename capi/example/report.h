/* The report that the example makes: a monitor hears explosions. */
#include "increp.h"

/* Fills `report`, which needs no text of anybody else's and so may go anywhere. */
void heard_explosions(increp_report *report);
