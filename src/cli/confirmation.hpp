// Asking before something is done that cannot be taken back.
#pragma once

namespace simsync::cli
{

// Returns where `yes` was given, or where a person at a terminal says so. Throws UsageError for anybody else,
// and for one who says no: nothing is to be done then.
void require_confirmation(bool yes);

} // namespace simsync::cli
