#include "network_sim/tcp_stack.h"
