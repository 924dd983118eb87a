// Mounts in a namespace of its own.
#include "harness/small_disk.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <array>
#include <string>
#include <system_error>

namespace simsync::test
{
namespace
{

void require(int result, const char* what)
{
    if (result != 0)
        throw std::system_error(errno, std::generic_category(), what);
}

} // namespace

SmallDisk::SmallDisk(std::size_t megabytes)
{
    require(unshare(CLONE_NEWNS), "unshare");
    require(mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "mount namespace");
    const auto options = "mode=0755,size=" + std::to_string(megabytes) + "m";
    require(mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, options.c_str()), "mount tmpfs");
    std::filesystem::create_directory(folder());
    const auto* user = getpwnam("postgres");
    require(user ? chown(folder().c_str(), user->pw_uid, user->pw_gid) : -1, "chown");
}

SmallDisk::~SmallDisk()
{
    umount2(folder_.path().c_str(), MNT_DETACH);
}

void SmallDisk::fill() const
{
    const int file = open(ballast().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const std::array<char, 4'096> block{};
    while (write(file, block.data(), block.size()) > 0)
        ;
    close(file);
}

void SmallDisk::relieve() const
{
    std::filesystem::remove(ballast());
}

} // namespace simsync::test
