// The partner's API on a real GraphQL server (main.mjs), as a child of the test.
#pragma once

#include "harness/process.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>

namespace simsync::test
{

// This server wants a newer Node than there is.
struct NotOnThisNode : std::runtime_error
{
    using std::runtime_error::runtime_error;
};

class RealApi
{
public:
    // `kind`: "apollo", "yoga" or "mercurius". Throws where it does not come to listen: its packages are not
    // there (install.sh), or its log says why; NotOnThisNode where that is why.
    RealApi(const std::string& kind, std::size_t sims);

    std::string url() const { return "http://127.0.0.1:" + port_; }

    // What partner.mjs lets a test set; what it tells of itself.
    boost::json::object control(const std::string& wishes);
    std::int64_t logins() { return control("{}").at("logins").as_int64(); }
    std::int64_t queries() { return control("{}").at("queries").as_int64(); }

private:
    Folder folder_;
    Process process_;
    std::string port_;
};

} // namespace simsync::test
