// A disk that can be full: a tmpfs of a few megabytes.
#pragma once

#include "harness/process.hpp"

#include <cstddef>
#include <filesystem>

namespace simsync::test
{

// Needs root. Only this thread and the processes that it starts afterwards see the disk, and it goes with
// them, so nothing stays mounted when a test is killed. Make it before the Cluster that shall write to it.
class SmallDisk
{
public:
    explicit SmallDisk(std::size_t megabytes);
    ~SmallDisk();
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    // A folder on it that the database server may write.
    std::filesystem::path folder() const { return folder_ / "data"; }

    void fill() const; // to the last byte
    void relieve() const;

private:
    std::filesystem::path ballast() const { return folder_ / "ballast"; }

    Folder folder_;
};

} // namespace simsync::test
