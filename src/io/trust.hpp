// Whom TLS connections trust, behind a header without OpenSSL. Defined in tls.cpp.
#pragma once

#include <memory>
#include <string>

namespace simsync
{

// The system's authorities and those of a file. Shared by the connections of an account.
class Trust
{
public:
    // `ca_file` may be empty. Where it cannot be read, every TLS connection fails with `tls` and says so.
    explicit Trust(const std::string& ca_file);
    ~Trust();
    Trust(const Trust&) = delete;
    Trust& operator=(const Trust&) = delete;

    struct Impl;
    Impl& impl() const { return *impl_; }

private:
    std::unique_ptr<Impl> impl_;
};

} // namespace simsync
