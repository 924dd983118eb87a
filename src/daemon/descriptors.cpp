#include "daemon/descriptors.hpp"

#include "daemon/capacity.hpp"

#include <sys/resource.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace simsync
{

void have_descriptors_for(const Config& config)
{
    const auto needed = descriptors_needed(config);
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed)
        return; // who may not ask finds out when there are none left
    if (auto fault = fault_in_descriptors(needed, limit.rlim_max))
        throw ConfigError({std::move(*fault)});
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        throw ConfigError(
            {{"what is configured takes up to " + std::to_string(needed) +
                  " file descriptors, and the limit cannot be raised: " + std::strerror(errno),
              "LimitNOFILE=" + std::to_string(needed) + " or more in its unit"}});
}

} // namespace simsync
