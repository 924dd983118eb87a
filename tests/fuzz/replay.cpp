// Feeds every file of the corpus to its target, without a fuzzer: what was found once stays found, in every
// build. Names each file first, so that the last one named is the culprit.
#include "fuzz/targets.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

namespace simsync::fuzz
{
namespace
{

namespace fs = std::filesystem;

std::string bytes_of(const fs::path& file)
{
    std::ifstream stream{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{stream}, {}};
}

std::vector<fs::path> files_in(const fs::path& folder)
{
    std::vector<fs::path> files;
    if (fs::is_directory(folder))
        for (const auto& entry : fs::directory_iterator{folder})
            files.push_back(entry.path());
    std::ranges::sort(files);
    return files;
}

// A target without a corpus would pass in silence.
bool replay(const Target& target, const fs::path& corpus)
{
    const auto files = files_in(corpus / target.name);
    for (const auto& file : files)
    {
        std::cout << target.name << ' ' << file.string() << std::endl;
        target.run(bytes_of(file));
    }
    if (files.empty())
        std::cerr << "no corpus for " << target.name << " in " << corpus << '\n';
    return !files.empty();
}

bool replay_all(const fs::path& corpus)
{
    return std::ranges::all_of(targets, [&](const Target& target) { return replay(target, corpus); });
}

} // namespace
} // namespace simsync::fuzz

int main(int argc, char** argv)
{
    if (argc != 2)
    {
        std::cerr << "usage: fuzz_replay CORPUS\n";
        return 64;
    }
    return simsync::fuzz::replay_all(argv[1]) ? EXIT_SUCCESS : EXIT_FAILURE;
}
