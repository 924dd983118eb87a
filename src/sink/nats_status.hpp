// What libnats says of a failure, as a refusal.
#pragma once

#include "sink/receipt.hpp"

#include <nats/nats.h>

#include <string>

namespace simsync
{

// `what` failed with this status, in the calling thread: libnats keeps its words for each thread.
Refusal refusal_of(natsStatus status, const std::string& what);

} // namespace simsync
