// `simsync run` over a setting, as a service manager starts it.
#pragma once

#include "e2e/notify_socket.hpp"
#include "e2e/testbed.hpp"

#include <csignal>
#include <string>
#include <utility>

namespace simsync::test
{

// Started when a test has made the setting ready. Two of one setting need different names.
class Daemon
{
public:
    explicit Daemon(Testbed& testbed, Strings environment = {}, const std::string& name = "daemon")
        : socket_(testbed.folder(), name + ".notify"),
          program_(
              testbed.folder(), name, {"--config", testbed.config_file(), "run"},
              with(std::move(environment), socket_.variable()))
    {
        socket_.await("READY=1");
    }

    // After a sweep that ended so.
    std::string await_sweep(const std::string& outcome, const std::string& account = "main")
    {
        std::string status;
        while (status.find(outcome) == std::string::npos)
            status = socket_.await("STATUS=" + account + ": sweep ");
        return status;
    }

    HttpAnswer get(const std::string& path)
    {
        if (port_.empty())
            port_ = http_port(program_);
        return http_get(port_, path);
    }

    int stop(int signal = SIGTERM)
    {
        kill(program_.process().id(), signal);
        return program_.process().wait();
    }

    void send_signal(int signal) { kill(program_.process().id(), signal); }
    NotifySocket& socket() noexcept { return socket_; }
    Program& program() noexcept { return program_; }

private:
    static Strings with(Strings environment, std::string variable)
    {
        environment.push_back(std::move(variable));
        return environment;
    }

    NotifySocket socket_;
    Program program_;
    std::string port_;
};

} // namespace simsync::test
