#include "room/rendezvous_client.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace grove::room {

namespace rendezvous = wire::rendezvous;
using base::Duration;
using base::Instant;

void RendezvousClient::start(Instant now) {
  if (phase_ == Phase::kIdle || phase_ == Phase::kStopped) connect(now);
}

void RendezvousClient::stop() {
  const bool has_socket = phase_ == Phase::kConnecting || phase_ == Phase::kJoining || phase_ == Phase::kJoined;
  phase_ = Phase::kStopped;
  deadline_ = Instant::never();
  if (has_socket) emit(Close{});
}

void RendezvousClient::relay(ConnectionNumber to, base::Bytes blob) {
  if (phase_ != Phase::kJoined) return;
  emit(Send{rendezvous::encode(rendezvous::FromClient(rendezvous::Relay{to, std::move(blob)}))});
}

void RendezvousClient::handle_open(Instant now) {
  if (phase_ != Phase::kConnecting) return;
  phase_ = Phase::kJoining;
  deadline_ = now + kOpenTimeout;
  emit(Send{rendezvous::encode(rendezvous::FromClient(rendezvous::Join{room_}))});
}

bool RendezvousClient::handle_message(base::ByteView message, Instant) {
  if (phase_ != Phase::kJoining && phase_ != Phase::kJoined) return true;  // still in the pipe of a closed connection
  auto decoded = rendezvous::decode_from_server(message);
  if (!decoded) return false;

  if (auto* refused = std::get_if<rendezvous::Refused>(&*decoded)) {
    on_refused(*refused);
    return true;
  }
  if (auto* welcome = std::get_if<rendezvous::Welcome>(&*decoded)) {
    if (phase_ != Phase::kJoining) return false;
    phase_ = Phase::kJoined;
    deadline_ = Instant::never();
    backoff_ = kRetryFirst;
    refusal_.reset();
    emit(StateChanged{State::kOpen, {}, {}});
    emit(std::move(*welcome));
    return true;
  }
  if (phase_ != Phase::kJoined) return false;
  if (auto* entered = std::get_if<rendezvous::Entered>(&*decoded)) emit(*entered);
  if (auto* gone = std::get_if<rendezvous::Gone>(&*decoded)) emit(*gone);
  if (auto* relayed = std::get_if<rendezvous::Relayed>(&*decoded)) emit(std::move(*relayed));
  return true;
}

void RendezvousClient::handle_closed(Instant now) {
  if (phase_ == Phase::kStopped || phase_ == Phase::kWaiting || phase_ == Phase::kIdle) return;
  wait(now);
}

void RendezvousClient::handle_time(Instant now) {
  if (now < deadline_) return;
  if (phase_ == Phase::kWaiting) {
    connect(now);
  } else if (phase_ == Phase::kConnecting || phase_ == Phase::kJoining) {
    emit(Close{});
    wait(now);
  }
}

std::optional<RendezvousClient::Output> RendezvousClient::poll() {
  if (outputs_.empty()) return std::nullopt;
  Output output = std::move(outputs_.front());
  outputs_.pop_front();
  return output;
}

void RendezvousClient::connect(Instant now) {
  phase_ = Phase::kConnecting;
  deadline_ = now + kOpenTimeout;
  if (!refusal_) emit(StateChanged{State::kConnecting, {}, {}});
  emit(Open{});
}

void RendezvousClient::wait(Instant now) {
  phase_ = Phase::kWaiting;
  // ±25 %, so that a room does not come back as one.
  const auto delay = Duration::us(static_cast<std::int64_t>(static_cast<double>(backoff_.in_us()) * (0.75 + random_.unit() / 2)));
  backoff_ = std::min(backoff_ * 2, kRetryMax);
  deadline_ = now + delay;
  if (refusal_) {
    emit(StateChanged{State::kRefused, delay, *refusal_});
  } else {
    emit(StateChanged{State::kWaiting, delay, {}});
  }
}

// The server closes after this; a full room may have a place later, so we keep trying, slowly.
void RendezvousClient::on_refused(const rendezvous::Refused& refused) {
  if (refused.code == rendezvous::RefusalCode::kGoingDown) return;
  refusal_ = refused.reason;
  backoff_ = kRetryMax;
}

void RendezvousClient::emit(Output output) {
  GROVE_ASSERT(outputs_.size() < kOutputsMax);
  outputs_.push_back(std::move(output));
}

}  // namespace grove::room
