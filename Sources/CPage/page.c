// The files of the page as constants of the binary. `#embed` takes them as they are, in no time, and the compiler tells
// the build when one of them changed; SwiftPM's own embedding writes each byte as a Swift literal, which took it 13 s of
// compiling (27 s optimised) for 120 kB.
#include "CPage.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char index_html[] = {
#embed "../Collector/Page/index.html"
};
static const unsigned char api_js[] = {
#embed "../Collector/Page/api.js"
};
static const unsigned char app_js[] = {
#embed "../Collector/Page/app.js"
};
static const unsigned char dom_js[] = {
#embed "../Collector/Page/dom.js"
};
static const unsigned char empty_js[] = {
#embed "../Collector/Page/empty.js"
};
static const unsigned char event_js[] = {
#embed "../Collector/Page/event.js"
};
static const unsigned char facets_js[] = {
#embed "../Collector/Page/facets.js"
};
static const unsigned char fields_js[] = {
#embed "../Collector/Page/fields.js"
};
static const unsigned char histogram_js[] = {
#embed "../Collector/Page/histogram.js"
};
static const unsigned char icon_svg[] = {
#embed "../Collector/Page/icon.svg"
};
static const unsigned char lanes_js[] = {
#embed "../Collector/Page/lanes.js"
};
static const unsigned char levels_js[] = {
#embed "../Collector/Page/levels.js"
};
static const unsigned char lines_js[] = {
#embed "../Collector/Page/lines.js"
};
static const unsigned char list_js[] = {
#embed "../Collector/Page/list.js"
};
static const unsigned char query_js[] = {
#embed "../Collector/Page/query.js"
};
static const unsigned char searchbox_js[] = {
#embed "../Collector/Page/searchbox.js"
};
static const unsigned char spans_js[] = {
#embed "../Collector/Page/spans.js"
};
static const unsigned char state_js[] = {
#embed "../Collector/Page/state.js"
};
static const unsigned char status_js[] = {
#embed "../Collector/Page/status.js"
};
static const unsigned char style_css[] = {
#embed "../Collector/Page/style.css"
};
static const unsigned char tail_js[] = {
#embed "../Collector/Page/tail.js"
};
static const unsigned char theme_js[] = {
#embed "../Collector/Page/theme.js"
};
static const unsigned char time_js[] = {
#embed "../Collector/Page/time.js"
};
static const unsigned char trace_js[] = {
#embed "../Collector/Page/trace.js"
};
static const unsigned char trouble_js[] = {
#embed "../Collector/Page/trouble.js"
};

#define ASSET(name, bytes) {name, bytes, sizeof bytes}

static const struct nt_page_asset assets[] = {
    ASSET("index.html", index_html),
    ASSET("api.js", api_js),
    ASSET("app.js", app_js),
    ASSET("dom.js", dom_js),
    ASSET("empty.js", empty_js),
    ASSET("event.js", event_js),
    ASSET("facets.js", facets_js),
    ASSET("fields.js", fields_js),
    ASSET("histogram.js", histogram_js),
    ASSET("icon.svg", icon_svg),
    ASSET("lanes.js", lanes_js),
    ASSET("levels.js", levels_js),
    ASSET("lines.js", lines_js),
    ASSET("list.js", list_js),
    ASSET("query.js", query_js),
    ASSET("searchbox.js", searchbox_js),
    ASSET("spans.js", spans_js),
    ASSET("state.js", state_js),
    ASSET("status.js", status_js),
    ASSET("style.css", style_css),
    ASSET("tail.js", tail_js),
    ASSET("theme.js", theme_js),
    ASSET("time.js", time_js),
    ASSET("trace.js", trace_js),
    ASSET("trouble.js", trouble_js),
};

const unsigned long nt_page_asset_count = sizeof assets / sizeof assets[0];

struct nt_page_asset nt_page_asset_at(unsigned long index) {
    return assets[index];
}
