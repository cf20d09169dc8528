// Between the words of one who speaks.
#pragma once

#include "base/time.h"

namespace grove::overlay {

// For so long after its last frame a voice may go on any moment: its tree is kept, and whoever hangs below somebody who fails
// meanwhile looks for another. After a longer silence it is planned anew before its first word. A guess.
inline constexpr base::Duration kAwakeFor = base::Duration::s(10);

}  // namespace grove::overlay
