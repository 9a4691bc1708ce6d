#pragma once

/// One file of the collector's page, as it lies in Sources/Collector/Page.
struct nt_page_asset {
    /// Its name, in ASCII, ended by NUL.
    const char *name;
    const unsigned char *bytes;
    unsigned long size;
};

/// All of them; `index.html` is the first.
extern const unsigned long nt_page_asset_count;

/// The one with that number, from 0.
struct nt_page_asset nt_page_asset_at(unsigned long index);
