// What this host is called by others.
#pragma once

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <array>
#include <memory>
#include <string>

namespace simsync::test
{

// An address of this host that others could have reached it by; empty: it has none.
inline std::string address_for_others()
{
    ifaddrs* listed = nullptr;
    if (getifaddrs(&listed) != 0)
        return {};
    const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner{listed, &freeifaddrs};
    for (const auto* each = listed; each != nullptr; each = each->ifa_next)
        if (each->ifa_addr != nullptr && each->ifa_addr->sa_family == AF_INET &&
            (each->ifa_flags & IFF_LOOPBACK) == 0)
        {
            std::array<char, INET_ADDRSTRLEN> text{};
            const auto* address = reinterpret_cast<const sockaddr_in*>(each->ifa_addr);
            return inet_ntop(AF_INET, &address->sin_addr, text.data(), text.size());
        }
    return {};
}

} // namespace simsync::test
