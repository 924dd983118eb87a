// What nearly every test includes, precompiled. See src/std_pch.hpp.
#pragma once

#include "../src/std_pch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
