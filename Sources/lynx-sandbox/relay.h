/* Relays connections from a socket that listens in another network to a port of this one. */
#ifndef LYNX_RELAY_H
#define LYNX_RELAY_H

/*
 * `told` brings the listening socket first, if port is not 0, and then a wait status (an int). Returns 1 with the status once that
 * has come, or 0 when the other end is closed without one.
 */
int lynx_relay(int told, unsigned short port, int *status);

#endif
