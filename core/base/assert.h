// Assertions for programmer errors, kept in production. Never for what came from the network.
#pragma once

#define GROVE_ASSERT(condition) \
  do {                          \
    if (!(condition)) __builtin_trap(); \
  } while (false)
