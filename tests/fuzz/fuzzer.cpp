// One target for libFuzzer, which has the main(). CMake names the target.
#include "fuzz/targets.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    simsync::fuzz::SIMSYNC_FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
    return 0;
}
