// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { byId, el, render } from "./dom.js";
import { strings } from "./strings.js";
import { exportPath } from "./api.js";

/** What the same graph can be had as, from the server: exactly what is shown. */

const formats = /** @type {const} */ (["svg", "png", "pdf", "dot", "json", "mmd", "csv", "graphml"]);

/** @param {string} query of the graph @param {string} picture the server's name of the picture that stands; empty without one */
export function showExports(query, picture) {
  render(/** @type {HTMLElement} */ (byId("export").querySelector(".sheet")),
    ...formats.map((format) => el("a", {
      id: `export-${format}`, href: exportPath(format, query) + (["svg", "png", "pdf"].includes(format) && picture !== "" ? `&keep=${picture}` : ""), download: `svcmap.${format}`,
    }, strings.exports[format])), el("p", { class: "quiet" }, strings.exports.note));
}
