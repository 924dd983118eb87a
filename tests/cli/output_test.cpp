// Results on stdout, whatever stands at its other end.
#include "cli/output.hpp"

#include <gmock/gmock.h>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <system_error>
#include <thread>

namespace simsync::cli
{
namespace
{

// stdout goes elsewhere as long as this lives.
class Redirected
{
public:
    explicit Redirected(int descriptor) : kept_(dup(STDOUT_FILENO))
    {
        dup2(descriptor, STDOUT_FILENO);
        close(descriptor);
    }
    ~Redirected()
    {
        dup2(kept_, STDOUT_FILENO);
        close(kept_);
    }
    Redirected(const Redirected&) = delete;
    Redirected& operator=(const Redirected&) = delete;

private:
    int kept_;
};

struct Pipe
{
    Pipe()
    {
        std::array<int, 2> ends{};
        if (pipe(ends.data()) != 0)
            throw std::system_error(errno, std::generic_category(), "pipe");
        out = ends[0];
        in = ends[1];
    }
    int out = -1;
    int in = -1;
};

std::string read_all(int descriptor)
{
    std::string text;
    std::array<char, 4096> buffer{};
    for (ssize_t n = 0; (n = read(descriptor, buffer.data(), buffer.size())) > 0;)
        text.append(buffer.data(), static_cast<std::size_t>(n));
    close(descriptor);
    return text;
}

// Non-blocking, as another program that shares the pipe may have left it: only a part fits at a time.
TEST(Print, WritesAllOfATextThatIsLargerThanThePipe)
{
    const std::string text(1'000'000, 'x');
    const Pipe pipe;
    fcntl(pipe.in, F_SETFL, O_NONBLOCK);
    std::string received;
    std::thread reader([&] { received = read_all(pipe.out); });
    {
        const Redirected stdout_{pipe.in};
        EXPECT_TRUE(print(text));
    }
    reader.join();
    EXPECT_EQ(received, text);
}

TEST(Print, EndsQuietlyWhenTheReaderHasGone)
{
    std::signal(SIGPIPE, SIG_IGN); // as main does
    const Pipe pipe;
    close(pipe.out);
    const Redirected stdout_{pipe.in};
    EXPECT_FALSE(print("to nobody\n"));
}

TEST(Print, ComplainsOfAFullDisk)
{
    const Redirected stdout_{open("/dev/full", O_WRONLY | O_CLOEXEC)};
    try
    {
        print("lost\n");
        FAIL() << "nobody noticed";
    }
    catch (const std::system_error& error)
    {
        EXPECT_EQ(error.code(), std::errc::no_space_on_device);
        EXPECT_THAT(error.what(), testing::StartsWith("writing to stdout: "));
    }
}

TEST(Print, OfNothingWritesNothing)
{
    const Redirected stdout_{open("/dev/full", O_WRONLY | O_CLOEXEC)};
    EXPECT_TRUE(print(""));
}

} // namespace
} // namespace simsync::cli
