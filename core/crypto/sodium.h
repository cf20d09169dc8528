// libsodium's start. Every class of this folder that needs it calls it; only the first call does anything.
#pragma once

namespace grove::crypto {

void start_sodium();

}  // namespace grove::crypto
