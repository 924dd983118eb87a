// A real pgbouncer in front of a Cluster.
#pragma once

#include "harness/cluster.hpp"
#include "harness/process.hpp"

#include <string>

namespace simsync::test
{

class Pooler
{
public:
    // `mode`: session, transaction or statement, as in pool_mode.
    Pooler(const Cluster& cluster, const std::string& mode);

    static bool is_installed();

    // The URL of a database of the cluster (as Cluster gives it), through the pooler.
    std::string url_of(const std::string& url) const;

private:
    Folder folder_;
    Process process_;
};

} // namespace simsync::test
