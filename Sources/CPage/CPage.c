// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
#include "CPage.h"

// #embed is C23; the compiler has it in every mode and says so.
#pragma clang diagnostic ignored "-Wc23-extensions"

#define HTML "text/html; charset=utf-8"
#define STYLE "text/css; charset=utf-8"
#define SCRIPT "text/javascript; charset=utf-8"
#define PICTURE "image/svg+xml; charset=utf-8"
#define DOCUMENT "application/json"

// A file of public/ needs an array here and a line in the table below; a test compares both
// with the folder.
static const unsigned char index_html[] = {
#embed "../../public/index.html"
};
static const unsigned char favicon_svg[] = {
#embed "../../public/favicon.svg"
};
static const unsigned char openapi_json[] = {
#embed "../../public/openapi.json"
};
static const unsigned char style_css[] = {
#embed "../../public/style.css"
};
static const unsigned char map_css[] = {
#embed "../../public/map.css"
};
static const unsigned char panel_css[] = {
#embed "../../public/panel.css"
};
static const unsigned char print_css[] = {
#embed "../../public/print.css"
};
static const unsigned char query_css[] = {
#embed "../../public/query.css"
};
static const unsigned char table_css[] = {
#embed "../../public/table.css"
};
static const unsigned char time_css[] = {
#embed "../../public/time.css"
};
static const unsigned char js_ahead_js[] = {
#embed "../../public/js/ahead.js"
};
static const unsigned char js_api_js[] = {
#embed "../../public/js/api.js"
};
static const unsigned char js_coverage_js[] = {
#embed "../../public/js/coverage.js"
};
static const unsigned char js_crowd_js[] = {
#embed "../../public/js/crowd.js"
};
static const unsigned char js_dom_js[] = {
#embed "../../public/js/dom.js"
};
static const unsigned char js_early_js[] = {
#embed "../../public/js/early.js"
};
static const unsigned char js_events_js[] = {
#embed "../../public/js/events.js"
};
static const unsigned char js_exports_js[] = {
#embed "../../public/js/exports.js"
};
static const unsigned char js_format_js[] = {
#embed "../../public/js/format.js"
};
static const unsigned char js_help_js[] = {
#embed "../../public/js/help.js"
};
static const unsigned char js_loader_js[] = {
#embed "../../public/js/loader.js"
};
static const unsigned char js_login_js[] = {
#embed "../../public/js/login.js"
};
static const unsigned char js_main_js[] = {
#embed "../../public/js/main.js"
};
static const unsigned char js_model_js[] = {
#embed "../../public/js/model.js"
};
static const unsigned char js_narrowing_js[] = {
#embed "../../public/js/narrowing.js"
};
static const unsigned char js_notice_js[] = {
#embed "../../public/js/notice.js"
};
static const unsigned char js_pickers_js[] = {
#embed "../../public/js/pickers.js"
};
static const unsigned char js_state_js[] = {
#embed "../../public/js/state.js"
};
static const unsigned char js_strings_js[] = {
#embed "../../public/js/strings.js"
};
static const unsigned char js_sums_js[] = {
#embed "../../public/js/sums.js"
};
static const unsigned char js_map_arranging_js[] = {
#embed "../../public/js/map/arranging.js"
};
static const unsigned char js_map_bundles_js[] = {
#embed "../../public/js/map/bundles.js"
};
static const unsigned char js_map_figures_js[] = {
#embed "../../public/js/map/figures.js"
};
static const unsigned char js_map_folding_js[] = {
#embed "../../public/js/map/folding.js"
};
static const unsigned char js_map_gestures_js[] = {
#embed "../../public/js/map/gestures.js"
};
static const unsigned char js_map_legend_js[] = {
#embed "../../public/js/map/legend.js"
};
static const unsigned char js_map_lines_js[] = {
#embed "../../public/js/map/lines.js"
};
static const unsigned char js_map_looks_js[] = {
#embed "../../public/js/map/looks.js"
};
static const unsigned char js_map_minimap_js[] = {
#embed "../../public/js/map/minimap.js"
};
static const unsigned char js_map_names_js[] = {
#embed "../../public/js/map/names.js"
};
static const unsigned char js_map_order_js[] = {
#embed "../../public/js/map/order.js"
};
static const unsigned char js_map_parts_js[] = {
#embed "../../public/js/map/parts.js"
};
static const unsigned char js_map_picture_js[] = {
#embed "../../public/js/map/picture.js"
};
static const unsigned char js_map_places_js[] = {
#embed "../../public/js/map/places.js"
};
static const unsigned char js_map_scene_js[] = {
#embed "../../public/js/map/scene.js"
};
static const unsigned char js_map_search_js[] = {
#embed "../../public/js/map/search.js"
};
static const unsigned char js_map_sheets_js[] = {
#embed "../../public/js/map/sheets.js"
};
static const unsigned char js_map_signs_js[] = {
#embed "../../public/js/map/signs.js"
};
static const unsigned char js_map_svg_js[] = {
#embed "../../public/js/map/svg.js"
};
static const unsigned char js_map_turns_js[] = {
#embed "../../public/js/map/turns.js"
};
static const unsigned char js_map_veil_js[] = {
#embed "../../public/js/map/veil.js"
};
static const unsigned char js_map_viewport_js[] = {
#embed "../../public/js/map/viewport.js"
};
static const unsigned char js_panel_chart_js[] = {
#embed "../../public/js/panel/chart.js"
};
static const unsigned char js_panel_command_js[] = {
#embed "../../public/js/panel/command.js"
};
static const unsigned char js_panel_edge_js[] = {
#embed "../../public/js/panel/edge.js"
};
static const unsigned char js_panel_identity_js[] = {
#embed "../../public/js/panel/identity.js"
};
static const unsigned char js_panel_lines_js[] = {
#embed "../../public/js/panel/lines.js"
};
static const unsigned char js_panel_node_js[] = {
#embed "../../public/js/panel/node.js"
};
static const unsigned char js_panel_operations_js[] = {
#embed "../../public/js/panel/operations.js"
};
static const unsigned char js_panel_panel_js[] = {
#embed "../../public/js/panel/panel.js"
};
static const unsigned char js_panel_parts_js[] = {
#embed "../../public/js/panel/parts.js"
};
static const unsigned char js_panel_resource_js[] = {
#embed "../../public/js/panel/resource.js"
};
static const unsigned char js_panel_samples_js[] = {
#embed "../../public/js/panel/samples.js"
};
static const unsigned char js_panel_series_js[] = {
#embed "../../public/js/panel/series.js"
};
static const unsigned char js_panel_value_js[] = {
#embed "../../public/js/panel/value.js"
};
static const unsigned char js_query_bar_js[] = {
#embed "../../public/js/query/bar.js"
};
static const unsigned char js_query_box_js[] = {
#embed "../../public/js/query/box.js"
};
static const unsigned char js_query_clauses_js[] = {
#embed "../../public/js/query/clauses.js"
};
static const unsigned char js_query_complete_js[] = {
#embed "../../public/js/query/complete.js"
};
static const unsigned char js_query_fields_js[] = {
#embed "../../public/js/query/fields.js"
};
static const unsigned char js_query_seen_js[] = {
#embed "../../public/js/query/seen.js"
};
static const unsigned char js_table_columns_js[] = {
#embed "../../public/js/table/columns.js"
};
static const unsigned char js_table_csv_js[] = {
#embed "../../public/js/table/csv.js"
};
static const unsigned char js_table_table_js[] = {
#embed "../../public/js/table/table.js"
};
static const unsigned char js_transactions_list_js[] = {
#embed "../../public/js/transactions/list.js"
};
static const unsigned char js_transactions_transaction_js[] = {
#embed "../../public/js/transactions/transaction.js"
};
static const unsigned char js_time_bar_js[] = {
#embed "../../public/js/time/bar.js"
};
static const unsigned char js_time_chart_js[] = {
#embed "../../public/js/time/chart.js"
};
static const unsigned char js_time_compare_js[] = {
#embed "../../public/js/time/compare.js"
};
static const unsigned char js_time_ranges_js[] = {
#embed "../../public/js/time/ranges.js"
};
static const unsigned char js_time_replay_js[] = {
#embed "../../public/js/time/replay.js"
};
static const unsigned char js_time_timeline_js[] = {
#embed "../../public/js/time/timeline.js"
};

#define FILE_ENTRY(path, type, bytes) {path, type, bytes, sizeof bytes}

static const struct svcmap_page_file files[] = {
    FILE_ENTRY("index.html", HTML, index_html),
    FILE_ENTRY("favicon.svg", PICTURE, favicon_svg),
    FILE_ENTRY("openapi.json", DOCUMENT, openapi_json),
    FILE_ENTRY("style.css", STYLE, style_css),
    FILE_ENTRY("map.css", STYLE, map_css),
    FILE_ENTRY("panel.css", STYLE, panel_css),
    FILE_ENTRY("print.css", STYLE, print_css),
    FILE_ENTRY("query.css", STYLE, query_css),
    FILE_ENTRY("table.css", STYLE, table_css),
    FILE_ENTRY("time.css", STYLE, time_css),
    FILE_ENTRY("js/ahead.js", SCRIPT, js_ahead_js),
    FILE_ENTRY("js/api.js", SCRIPT, js_api_js),
    FILE_ENTRY("js/coverage.js", SCRIPT, js_coverage_js),
    FILE_ENTRY("js/crowd.js", SCRIPT, js_crowd_js),
    FILE_ENTRY("js/dom.js", SCRIPT, js_dom_js),
    FILE_ENTRY("js/early.js", SCRIPT, js_early_js),
    FILE_ENTRY("js/events.js", SCRIPT, js_events_js),
    FILE_ENTRY("js/exports.js", SCRIPT, js_exports_js),
    FILE_ENTRY("js/format.js", SCRIPT, js_format_js),
    FILE_ENTRY("js/help.js", SCRIPT, js_help_js),
    FILE_ENTRY("js/loader.js", SCRIPT, js_loader_js),
    FILE_ENTRY("js/login.js", SCRIPT, js_login_js),
    FILE_ENTRY("js/main.js", SCRIPT, js_main_js),
    FILE_ENTRY("js/model.js", SCRIPT, js_model_js),
    FILE_ENTRY("js/narrowing.js", SCRIPT, js_narrowing_js),
    FILE_ENTRY("js/notice.js", SCRIPT, js_notice_js),
    FILE_ENTRY("js/pickers.js", SCRIPT, js_pickers_js),
    FILE_ENTRY("js/state.js", SCRIPT, js_state_js),
    FILE_ENTRY("js/strings.js", SCRIPT, js_strings_js),
    FILE_ENTRY("js/sums.js", SCRIPT, js_sums_js),
    FILE_ENTRY("js/map/arranging.js", SCRIPT, js_map_arranging_js),
    FILE_ENTRY("js/map/bundles.js", SCRIPT, js_map_bundles_js),
    FILE_ENTRY("js/map/figures.js", SCRIPT, js_map_figures_js),
    FILE_ENTRY("js/map/folding.js", SCRIPT, js_map_folding_js),
    FILE_ENTRY("js/map/gestures.js", SCRIPT, js_map_gestures_js),
    FILE_ENTRY("js/map/legend.js", SCRIPT, js_map_legend_js),
    FILE_ENTRY("js/map/lines.js", SCRIPT, js_map_lines_js),
    FILE_ENTRY("js/map/looks.js", SCRIPT, js_map_looks_js),
    FILE_ENTRY("js/map/minimap.js", SCRIPT, js_map_minimap_js),
    FILE_ENTRY("js/map/names.js", SCRIPT, js_map_names_js),
    FILE_ENTRY("js/map/order.js", SCRIPT, js_map_order_js),
    FILE_ENTRY("js/map/parts.js", SCRIPT, js_map_parts_js),
    FILE_ENTRY("js/map/picture.js", SCRIPT, js_map_picture_js),
    FILE_ENTRY("js/map/places.js", SCRIPT, js_map_places_js),
    FILE_ENTRY("js/map/scene.js", SCRIPT, js_map_scene_js),
    FILE_ENTRY("js/map/search.js", SCRIPT, js_map_search_js),
    FILE_ENTRY("js/map/sheets.js", SCRIPT, js_map_sheets_js),
    FILE_ENTRY("js/map/signs.js", SCRIPT, js_map_signs_js),
    FILE_ENTRY("js/map/svg.js", SCRIPT, js_map_svg_js),
    FILE_ENTRY("js/map/turns.js", SCRIPT, js_map_turns_js),
    FILE_ENTRY("js/map/veil.js", SCRIPT, js_map_veil_js),
    FILE_ENTRY("js/map/viewport.js", SCRIPT, js_map_viewport_js),
    FILE_ENTRY("js/panel/chart.js", SCRIPT, js_panel_chart_js),
    FILE_ENTRY("js/panel/command.js", SCRIPT, js_panel_command_js),
    FILE_ENTRY("js/panel/edge.js", SCRIPT, js_panel_edge_js),
    FILE_ENTRY("js/panel/identity.js", SCRIPT, js_panel_identity_js),
    FILE_ENTRY("js/panel/lines.js", SCRIPT, js_panel_lines_js),
    FILE_ENTRY("js/panel/node.js", SCRIPT, js_panel_node_js),
    FILE_ENTRY("js/panel/operations.js", SCRIPT, js_panel_operations_js),
    FILE_ENTRY("js/panel/panel.js", SCRIPT, js_panel_panel_js),
    FILE_ENTRY("js/panel/parts.js", SCRIPT, js_panel_parts_js),
    FILE_ENTRY("js/panel/resource.js", SCRIPT, js_panel_resource_js),
    FILE_ENTRY("js/panel/samples.js", SCRIPT, js_panel_samples_js),
    FILE_ENTRY("js/panel/series.js", SCRIPT, js_panel_series_js),
    FILE_ENTRY("js/panel/value.js", SCRIPT, js_panel_value_js),
    FILE_ENTRY("js/query/bar.js", SCRIPT, js_query_bar_js),
    FILE_ENTRY("js/query/box.js", SCRIPT, js_query_box_js),
    FILE_ENTRY("js/query/clauses.js", SCRIPT, js_query_clauses_js),
    FILE_ENTRY("js/query/complete.js", SCRIPT, js_query_complete_js),
    FILE_ENTRY("js/query/fields.js", SCRIPT, js_query_fields_js),
    FILE_ENTRY("js/query/seen.js", SCRIPT, js_query_seen_js),
    FILE_ENTRY("js/table/columns.js", SCRIPT, js_table_columns_js),
    FILE_ENTRY("js/table/csv.js", SCRIPT, js_table_csv_js),
    FILE_ENTRY("js/table/table.js", SCRIPT, js_table_table_js),
    FILE_ENTRY("js/transactions/list.js", SCRIPT, js_transactions_list_js),
    FILE_ENTRY("js/transactions/transaction.js", SCRIPT, js_transactions_transaction_js),
    FILE_ENTRY("js/time/bar.js", SCRIPT, js_time_bar_js),
    FILE_ENTRY("js/time/chart.js", SCRIPT, js_time_chart_js),
    FILE_ENTRY("js/time/compare.js", SCRIPT, js_time_compare_js),
    FILE_ENTRY("js/time/ranges.js", SCRIPT, js_time_ranges_js),
    FILE_ENTRY("js/time/replay.js", SCRIPT, js_time_replay_js),
    FILE_ENTRY("js/time/timeline.js", SCRIPT, js_time_timeline_js),
};

size_t svcmap_page_file_count(void) { return sizeof files / sizeof files[0]; }

const struct svcmap_page_file *svcmap_page_file(size_t index) {
    return index < svcmap_page_file_count() ? &files[index] : NULL;
}
