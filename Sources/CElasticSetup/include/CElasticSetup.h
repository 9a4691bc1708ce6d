#pragma once

/// One document that `setup` loads, as it lies in Sources/ElasticSetup/Documents.
struct nt_setup_document {
    /// Its name without `.json`, in ASCII, ended by NUL.
    const char *name;
    const unsigned char *bytes;
    unsigned long size;
};

extern const unsigned long nt_setup_document_count;

/// The one with that number, from 0.
struct nt_setup_document nt_setup_document_at(unsigned long index);
