#include "config/handed_over.hpp"

#include "config/secret_file.hpp"
#include "model/escape.hpp"

#include <climits>

namespace simsync
{

HandedOver::HandedOver(const Config& at_start, Rights rights) : rights_(rights)
{
    for (const auto& file : secret_files(at_start))
        marks_.emplace(file.path, file.mark);
}

// One that no account named at the start has no mark from then: its copy tells when that was.
bool HandedOver::is_current(const SecretFile& file) const
{
    if (!file.mark) // deleted, or out of our sight: what we were given is all there is
        return true;
    if (const auto found = marks_.find(file.path); found != marks_.end())
        return found->second == file.mark;
    const auto copy = mark_of(file.path);
    return !copy || (file.mark->modified <= copy->modified && file.mark->size == copy->size);
}

void HandedOver::require_current(const Config& next) const
{
    std::vector<ConfigDiagnostic> diagnostics;
    for (const auto& file : secret_files(next))
    {
        const bool copied = !file.original.empty();
        if ((copied || rights_ == Rights::given_up) && !is_current(file))
            diagnostics.push_back(
                {"the password file " + escape((copied ? file.original : file.path).string(), PATH_MAX) +
                     " was written anew since the daemon was started, which has what it held then",
                 "a reload cannot hand it over: systemctl restart simsync"});
    }
    if (!diagnostics.empty())
        throw ConfigError(std::move(diagnostics));
}

} // namespace simsync
