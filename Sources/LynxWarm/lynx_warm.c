#include "lynx_warm.h"

const char lynx_engine_part = 1;
