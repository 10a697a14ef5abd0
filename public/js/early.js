// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { begin, graphPath, overviewPath, picturePath } from "./ahead.js";
import { graphQuery, isForeseen, parse } from "./state.js";

/** Asks what the address says while the other modules come: it runs before them and needs two only. */

const state = parse(location.search);
const query = graphQuery(state);
// The graph first: the server answers in turn, and this is what everything waits for.
begin(graphPath(query));
if (isForeseen(state)) begin(picturePath(query));
begin(overviewPath);
