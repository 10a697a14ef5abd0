// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { byId, el, render } from "./dom.js";
import { strings } from "./strings.js";
import { exportPath } from "./api.js";

/** What the same graph can be had as, from the server: exactly what is shown. */

const formats = /** @type {const} */ (["svg", "png", "pdf", "dot", "json", "mmd", "csv", "graphml"]);

/** @param {string} query of the graph */
export function showExports(query) {
  render(/** @type {HTMLElement} */ (byId("export").querySelector(".sheet")),
    ...formats.map((format) => el("a", {
      id: `export-${format}`, href: exportPath(format, query), download: `svcmap.${format}`,
    }, strings.exports[format])), el("p", { class: "quiet" }, strings.exports.note));
}
