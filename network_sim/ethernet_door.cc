#include "network_sim/ethernet_door.h"
