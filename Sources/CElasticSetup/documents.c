// The documents of `setup` as constants of the binary, as they lie in Sources/ElasticSetup/Documents.
#include "CElasticSetup.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char index_template[] = {
#embed "../ElasticSetup/Documents/index-template.json"
};
static const unsigned char ilm_policy[] = {
#embed "../ElasticSetup/Documents/ilm-policy.json"
};
static const unsigned char ism_policy[] = {
#embed "../ElasticSetup/Documents/ism-policy.json"
};
static const unsigned char data_view[] = {
#embed "../ElasticSetup/Documents/data-view.json"
};
static const unsigned char search_trace[] = {
#embed "../ElasticSetup/Documents/search-trace.json"
};
static const unsigned char search_errors[] = {
#embed "../ElasticSetup/Documents/search-errors.json"
};
static const unsigned char lens_level[] = {
#embed "../ElasticSetup/Documents/lens-level.json"
};
static const unsigned char lens_service[] = {
#embed "../ElasticSetup/Documents/lens-service.json"
};
static const unsigned char lens_top_services[] = {
#embed "../ElasticSetup/Documents/lens-top-services.json"
};
static const unsigned char dashboard[] = {
#embed "../ElasticSetup/Documents/dashboard.json"
};

#define DOCUMENT(name, bytes) {name, bytes, sizeof bytes}

static const struct nt_setup_document documents[] = {
    DOCUMENT("index-template", index_template),
    DOCUMENT("ilm-policy", ilm_policy),
    DOCUMENT("ism-policy", ism_policy),
    DOCUMENT("data-view", data_view),
    DOCUMENT("search-trace", search_trace),
    DOCUMENT("search-errors", search_errors),
    DOCUMENT("lens-level", lens_level),
    DOCUMENT("lens-service", lens_service),
    DOCUMENT("lens-top-services", lens_top_services),
    DOCUMENT("dashboard", dashboard),
};

const unsigned long nt_setup_document_count = sizeof documents / sizeof documents[0];

struct nt_setup_document nt_setup_document_at(unsigned long index) {
    return documents[index];
}
