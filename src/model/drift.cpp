// The back-off of unknown fields.
#include "model/drift.hpp"

namespace simsync
{

bool Drift::asks_again()
{
    if (left_out_.empty())
        return false;
    if (sweeps_to_wait_ == 0)
        return true;
    --sweeps_to_wait_;
    return false;
}

void Drift::known() noexcept
{
    left_out_.clear();
    failures_ = 0;
}

void Drift::unknown(std::set<std::string> fields)
{
    left_out_.merge(fields);
    sweeps_to_wait_ = failures_++ == 0 ? 0 : 1;
}

} // namespace simsync
