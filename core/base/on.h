// What std::visit does with each kind: one lambda for each alternative.
#pragma once

namespace grove::base {

template <typename... Cases>
struct On : Cases... {
  using Cases::operator()...;
};
template <typename... Cases>
On(Cases...) -> On<Cases...>;

}  // namespace grove::base
