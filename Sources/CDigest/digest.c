#include "digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>

/*
 * OpenSSL is initialised without the system's configuration, which another library of this process may want to load, and
 * without its exit handler, which would free its state while other threads still use it.
 */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static OSSL_LIB_CTX *library;
static EVP_MD *algorithm;

static void start(void) {
    OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL);
    library = OSSL_LIB_CTX_new();
    algorithm = EVP_MD_fetch(library, "SHA256", NULL);
}

static EVP_MD_CTX *context(const lynx_sha256 *hash) { return (EVP_MD_CTX *)hash; }

lynx_sha256 *lynx_sha256_new(void) {
    pthread_once(&once, start);
    EVP_MD_CTX *new = EVP_MD_CTX_new();
    if (new && EVP_DigestInit_ex2(new, algorithm, NULL) == 1) return (lynx_sha256 *)new;
    EVP_MD_CTX_free(new);
    return NULL;
}

lynx_sha256 *lynx_sha256_copy(const lynx_sha256 *hash) {
    EVP_MD_CTX *new = EVP_MD_CTX_new();
    if (new && EVP_MD_CTX_copy_ex(new, context(hash)) == 1) return (lynx_sha256 *)new;
    EVP_MD_CTX_free(new);
    return NULL;
}

void lynx_sha256_free(lynx_sha256 *hash) { EVP_MD_CTX_free(context(hash)); }

void lynx_sha256_update(lynx_sha256 *hash, const void *bytes, size_t count) {
    if (count > 0) EVP_DigestUpdate(context(hash), bytes, count);
}

void lynx_sha256_finish(lynx_sha256 *hash, uint8_t digest[LYNX_SHA256_SIZE]) {
    EVP_DigestFinal_ex(context(hash), digest, NULL);
}

int lynx_hmac_sha256(
    const void *key, size_t key_size, const void *message, size_t message_size, uint8_t code[LYNX_SHA256_SIZE]) {
    pthread_once(&once, start);
    size_t size = 0;
    return EVP_Q_mac(
               library, "HMAC", NULL, "SHA256", NULL, key, key_size, message, message_size, code, LYNX_SHA256_SIZE, &size) &&
           size == LYNX_SHA256_SIZE;
}
