// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
#pragma once
#include <graphviz/gvc.h>
