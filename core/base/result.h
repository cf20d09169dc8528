// A value, or the reason why there is none. (clang 14 has no std::expected.)
#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "base/assert.h"

namespace grove::base {

// Why input was refused. The text is a literal: a refusal never allocates, however much garbage arrives.
struct Refusal {
  std::string_view why;
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}
  Result(Refusal refusal) : refusal_(refusal) {}

  explicit operator bool() const { return value_.has_value(); }

  T& operator*() {
    GROVE_ASSERT(value_);
    return *value_;
  }
  const T& operator*() const {
    GROVE_ASSERT(value_);
    return *value_;
  }
  T* operator->() { return &**this; }
  const T* operator->() const { return &**this; }

  std::string_view why() const {
    GROVE_ASSERT(!value_);
    return refusal_.why;
  }
  Refusal refusal() const { return {why()}; }

 private:
  std::optional<T> value_;
  Refusal refusal_{};
};

}  // namespace grove::base
