// What a process holds, over its life.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <vector>

namespace simsync::test
{

struct Health
{
    std::size_t resident = 0;    // bytes
    std::size_t descriptors = 0; // open ones
};

// As /proc tells; zeros where there is no such process any more.
Health health_of(pid_t process);

// The lives of one program after another, a sample now and then.
class Lives
{
public:
    void begin() { lives_.emplace_back(); }
    void note(const Health& health) { lives_.back().push_back(health); }

    // What grew, or was too much; empty where nothing did. A life too short to be judged is not.
    // `most_resident` in bytes.
    std::string complaints(std::size_t most_resident) const;

private:
    std::vector<std::vector<Health>> lives_;
};

} // namespace simsync::test
