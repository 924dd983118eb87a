// The program under test as a child process: run to its end, or left running.
#pragma once

#include "harness/process.hpp"

#include <string>
#include <vector>

namespace simsync::test
{

using Strings = std::vector<std::string>;

struct Result
{
    int code = 0;
    std::string out; // stdout
    std::string err; // stderr
};

// Runs `simsync` with these arguments in this folder; `environment` holds NAME=VALUE.
Result run_program(const Folder& folder, const Strings& arguments, const Strings& environment = {});

// `simsync` left running; its output grows in two files of the folder.
class Program
{
public:
    Program(
        const Folder& folder, const std::string& name, const Strings& arguments,
        const Strings& environment = {});

    Process& process() noexcept { return process_; }
    std::string out() const;
    std::string err() const;

    // Until a line of the output holds the text; the line. Throws where the program ends before, or half a
    // minute passes.
    std::string await_out(const std::string& text);
    std::string await_err(const std::string& text);

private:
    std::string await(const std::filesystem::path& file, const std::string& text);

    std::filesystem::path out_;
    std::filesystem::path err_;
    Process process_;
};

// How often the text holds the part.
std::size_t occurrences(const std::string& text, const std::string& part);

// Where `simsync run` serves health and metrics, once it does.
std::string http_port(Program& daemon);

} // namespace simsync::test
