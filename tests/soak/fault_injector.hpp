// A host, a database and an operator on a bad day.
#pragma once

#include "e2e/testbed.hpp"
#include "soak/health.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

namespace simsync::test
{

// `simsync run`, which is started again whenever it has ended.
class Service
{
public:
    explicit Service(Testbed& testbed) : testbed_(testbed) { start(); }

    pid_t id() { return program_->process().id(); }
    void signal(int signal);
    void end(int signal); // and starts another
    int stop();           // for good; its exit code

    std::string log() const { return program_->err(); }
    Lives& lives() noexcept { return lives_; }

private:
    void start();

    Testbed& testbed_;
    std::optional<Program> program_;
    Lives lives_;
    int started_ = 0;
};

class FaultInjector
{
public:
    FaultInjector(Testbed& testbed, Cluster& cluster, Service& service, unsigned seed);

    // Does one of them; its name.
    std::string_view strike();

private:
    std::vector<std::pair<std::string_view, std::function<void()>>> deeds_;
    std::minstd_rand chance_;
};

} // namespace simsync::test
