#pragma once

// Debian keeps libpq's headers in a folder of their own.
#if __has_include(<postgresql/libpq-fe.h>)
#include <postgresql/libpq-fe.h>
#else
#include <libpq-fe.h>
#endif

/// Loads libpq unless it is loaded. To be called, with success, before anything else of libpq.
///
/// Returns NULL, or why it cannot be loaded.
const char *_Nullable lynx_load_libpq(void);
