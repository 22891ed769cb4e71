/* stop.h - an end that is asked for by SIGINT or SIGTERM: what is being done is finished or left out, nothing is cut.
 */
#ifndef RM_CMD_STOP_H
#define RM_CMD_STOP_H

#include <stdbool.h>

#include <signal.h>

/* The first signal sets the flag, the second ends the program as usual. */
volatile sig_atomic_t *stop_on_signals(void);

#endif
