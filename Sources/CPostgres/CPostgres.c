/// libpq, loaded by the first who needs it. Linked to the program it would bring Kerberos, LDAP and GnuTLS with it, twenty
/// libraries, into each start of a command that never speaks to PostgreSQL.
#include "CPostgres.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static void *library;
static char reason[512];

static void load(void) {
    library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        snprintf(reason, sizeof reason, "%s", dlerror());
    } else if (dlsym(library, "PQenterPipelineMode") == NULL) {
        // The youngest function below.
        snprintf(reason, sizeof reason, "libpq.so.5 is older than version 14");
        library = NULL;
    }
}

const char *lynx_load_libpq(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return library == NULL ? reason : NULL;
}

static void *find(const char *name) {
    void *function = library == NULL ? NULL : dlsym(library, name);
    if (function == NULL) {
        fprintf(stderr, "libpq lacks %s\n", name);
        abort();
    }
    return function;
}

/// A function of libpq that calls the loaded one. Hidden, lest libpq's own calls come here.
#define FORWARD(Result, name, parameters, arguments)                                                                             \
    __attribute__((visibility("hidden"))) Result name parameters {                                                               \
        static void *_Atomic function;                                                                                           \
        if (function == NULL) function = find(#name);                                                                            \
        return ((Result(*) parameters)(void *)function)arguments;                                                                \
    }

FORWARD(int, PQbackendPID, (const PGconn *connection), (connection))
FORWARD(void, PQclear, (PGresult *result), (result))
FORWARD(char *, PQcmdStatus, (PGresult *result), (result))
FORWARD(char *, PQcmdTuples, (PGresult *result), (result))
FORWARD(PGconn *, PQconnectdb, (const char *url), (url))
FORWARD(PGconn *, PQconnectdbParams, (const char *const *keywords, const char *const *values, int expand),
        (keywords, values, expand))
FORWARD(void, PQconninfoFree, (PQconninfoOption *options), (options))
FORWARD(PQconninfoOption *, PQconninfoParse, (const char *url, char **message), (url, message))
FORWARD(int, PQconsumeInput, (PGconn *connection), (connection))
FORWARD(int, PQenterPipelineMode, (PGconn *connection), (connection))
FORWARD(char *, PQerrorMessage, (const PGconn *connection), (connection))
FORWARD(PGresult *, PQexec, (PGconn *connection, const char *query), (connection, query))
FORWARD(int, PQexitPipelineMode, (PGconn *connection), (connection))
FORWARD(void, PQfinish, (PGconn *connection), (connection))
FORWARD(int, PQflush, (PGconn *connection), (connection))
FORWARD(char *, PQfname, (const PGresult *result, int field), (result, field))
FORWARD(void, PQfreemem, (void *memory), (memory))
FORWARD(Oid, PQftype, (const PGresult *result, int field), (result, field))
FORWARD(PGresult *, PQgetResult, (PGconn *connection), (connection))
FORWARD(int, PQgetisnull, (const PGresult *result, int row, int field), (result, row, field))
FORWARD(char *, PQgetvalue, (const PGresult *result, int row, int field), (result, row, field))
FORWARD(int, PQisBusy, (PGconn *connection), (connection))
FORWARD(int, PQnfields, (const PGresult *result), (result))
FORWARD(PGnotify *, PQnotifies, (PGconn *connection), (connection))
FORWARD(int, PQntuples, (const PGresult *result), (result))
FORWARD(PGpipelineStatus, PQpipelineStatus, (const PGconn *connection), (connection))
FORWARD(int, PQpipelineSync, (PGconn *connection), (connection))
FORWARD(char *, PQresultErrorField, (const PGresult *result, int field), (result, field))
FORWARD(char *, PQresultErrorMessage, (const PGresult *result), (result))
FORWARD(ExecStatusType, PQresultStatus, (const PGresult *result), (result))
FORWARD(int, PQsendPrepare,
        (PGconn *connection, const char *name, const char *query, int count, const Oid *types),
        (connection, name, query, count, types))
FORWARD(int, PQsendQuery, (PGconn *connection, const char *query), (connection, query))
FORWARD(int, PQsendQueryPrepared,
        (PGconn *connection, const char *name, int count, const char *const *values, const int *lengths, const int *formats, int form),
        (connection, name, count, values, lengths, formats, form))
FORWARD(PQnoticeProcessor, PQsetNoticeProcessor, (PGconn *connection, PQnoticeProcessor processor, void *context),
        (connection, processor, context))
FORWARD(int, PQsetnonblocking, (PGconn *connection, int nonblocking), (connection, nonblocking))
FORWARD(int, PQsocket, (const PGconn *connection), (connection))
FORWARD(ConnStatusType, PQstatus, (const PGconn *connection), (connection))
FORWARD(unsigned char *, PQunescapeBytea, (const unsigned char *text, size_t *length), (text, length))
