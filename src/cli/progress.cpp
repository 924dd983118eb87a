// The progress bar.
#include "cli/progress.hpp"

#include "cli/text.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace simsync::cli
{
namespace
{

constexpr std::chrono::milliseconds shortest_redraw{100};
constexpr std::size_t bar_width = 24;

std::size_t terminal_width()
{
    winsize size{};
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return 80;
    return size.ws_col;
}

// A dumb terminal would print the codes that wipe a line.
bool stderr_can_redraw()
{
    const char* terminal = std::getenv("TERM");
    return isatty(STDERR_FILENO) == 1 && (terminal == nullptr || std::string_view(terminal) != "dumb");
}

std::string bar(std::int64_t done, std::int64_t expected)
{
    const double share = std::clamp(static_cast<double>(done) / static_cast<double>(expected), 0.0, 1.0);
    const auto full = static_cast<std::size_t>(share * static_cast<double>(bar_width));
    std::string text = "[";
    text.append(full, '#').append(bar_width - full, '-').append("] ");
    const auto percent = std::to_string(static_cast<int>(share * 100)) + "%";
    return text.append(4 - std::min<std::size_t>(percent.size(), 4), ' ') + percent;
}

} // namespace

std::string progress_line(
    const std::string& name, std::int64_t done, std::int64_t expected, std::chrono::milliseconds elapsed,
    std::size_t width, const std::string& unit)
{
    std::string line = name + "  ";
    if (expected > 0)
        line += bar(done, expected) + "  ";
    line += grouped(done) + ' ' + unit + "  " + seconds_text(elapsed);
    if (line.size() > width)
        line.resize(width);
    return line;
}

ProgressBar::ProgressBar(std::string name, std::string unit)
    : name_(std::move(name)),
      unit_(std::move(unit)),
      terminal_(stderr_can_redraw())
{
}

ProgressBar::~ProgressBar()
{
    if (drawn_)
        std::fputs("\r\033[K", stderr);
}

void ProgressBar::show(std::int64_t done, std::int64_t expected)
{
    done_ = done;
    expected_ = expected;
    show_time();
}

void ProgressBar::show_time()
{
    const auto now = SteadyClock::now();
    if (!terminal_ || (drawn_ && now - last_drawn_ < shortest_redraw))
        return;
    const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - started_);
    const auto line = progress_line(name_, done_, expected_, elapsed, terminal_width() - 1, unit_);
    std::fprintf(stderr, "\r\033[K%s", line.c_str());
    std::fflush(stderr);
    drawn_ = true;
    last_drawn_ = now;
}

} // namespace simsync::cli
