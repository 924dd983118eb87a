// What every session of ours begins with, whichever it is: a writer, a reader, a sink, a migrator, a command.
#pragma once

#include <string>

namespace simsync
{

// SET statements that undo whatever a role, a database or PGOPTIONS has set of that which our statements rely
// on. A session that needs something else sets it afterwards.
extern const std::string session_settings;

} // namespace simsync
