// The standard library as nearly every unit includes it: precompiled, for reading it is a third of what
// compiling takes. A unit still includes what it uses; this file only makes that cheap (see
// precompile.cmake).
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <ranges>
#include <set>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>
