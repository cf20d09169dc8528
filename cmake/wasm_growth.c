/* Called by Emscripten's allocator after memory grew; by default an import. Our host looks at memory.buffer itself. */
#include <stddef.h>

void emscripten_notify_memory_growth(size_t index) {
  (void)index;
}
