// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
#pragma once
#include <zlib.h>
