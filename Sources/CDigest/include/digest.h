#pragma once

#include <stddef.h>
#include <stdint.h>

/* SHA-256 by OpenSSL, whose headers would bring much of the system's into each Swift module that sees them. */

#define LYNX_SHA256_SIZE 32

typedef struct lynx_sha256 lynx_sha256;

/* Returns NULL if OpenSSL has no SHA-256 or no memory. */
lynx_sha256 *lynx_sha256_new(void);
lynx_sha256 *lynx_sha256_copy(const lynx_sha256 *hash);
void lynx_sha256_free(lynx_sha256 *hash);

void lynx_sha256_update(lynx_sha256 *hash, const void *bytes, size_t count);
/* Finishes the hash; afterwards it can only be freed. */
void lynx_sha256_finish(lynx_sha256 *hash, uint8_t digest[LYNX_SHA256_SIZE]);

/* Computes HMAC-SHA-256 (RFC 2104). Returns false if OpenSSL does not have it. */
int lynx_hmac_sha256(
    const void *key, size_t key_size, const void *message, size_t message_size, uint8_t code[LYNX_SHA256_SIZE]);
