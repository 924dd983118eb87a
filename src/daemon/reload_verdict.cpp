#include "daemon/reload_verdict.hpp"

#include <boost/json.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>

namespace simsync
{
namespace
{

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr const char* file_name = "reload.json";

json::object document(const ReloadVerdict& verdict)
{
    json::array diagnostics;
    for (const auto& diagnostic : verdict.diagnostics)
        diagnostics.push_back(json::object{{"what", diagnostic.what}, {"hint", diagnostic.hint}});
    json::value begun = nullptr;
    if (verdict.begun)
        begun = verdict.begun->time_since_epoch().count();
    return {
        {"pid", static_cast<std::int64_t>(verdict.daemon)},
        {"begun", std::move(begun)},
        {"mistakes", std::move(diagnostics)}};
}

ReloadVerdict verdict_of(const json::object& object)
{
    ReloadVerdict verdict;
    verdict.daemon = static_cast<pid_t>(object.at("pid").as_int64());
    if (const auto& begun = object.at("begun"); !begun.is_null())
        verdict.begun = ReloadVerdict::Time(ReloadVerdict::Time::duration(begun.as_int64()));
    for (const auto& diagnostic : object.at("mistakes").as_array())
        verdict.diagnostics.push_back(
            {std::string(diagnostic.as_object().at("what").as_string()),
             std::string(diagnostic.as_object().at("hint").as_string())});
    return verdict;
}

} // namespace

bool ReloadVerdict::operator==(const ReloadVerdict& other) const
{
    return document(*this) == document(other);
}

std::optional<fs::path> runtime_folder()
{
    const char* folders = std::getenv("RUNTIME_DIRECTORY");
    if (folders == nullptr || *folders == '\0')
        return std::nullopt;
    const std::string_view all = folders;
    return fs::path(all.substr(0, all.find(':')));
}

void write_verdict(const fs::path& folder, const ReloadVerdict& verdict)
{
    const auto file = folder / file_name;
    auto fresh = file;
    fresh += ".new";
    const auto text = json::serialize(document(verdict)) + '\n';
    const int descriptor = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const bool written =
        descriptor >= 0 && ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    const int error = errno;
    if (descriptor >= 0)
        ::close(descriptor);
    if (!written)
        throw std::system_error(error, std::generic_category(), "cannot write " + fresh.string());
    fs::rename(fresh, file);
}

std::optional<ReloadVerdict> read_verdict(const fs::path& folder)
{
    std::ifstream stream(folder / file_name, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    try
    {
        return verdict_of(json::parse(text).as_object());
    }
    catch (const std::exception&) // another program's file, or none
    {
        return std::nullopt;
    }
}

void remove_verdict(const fs::path& folder) noexcept
{
    std::error_code ignored;
    fs::remove(folder / file_name, ignored);
}

} // namespace simsync
