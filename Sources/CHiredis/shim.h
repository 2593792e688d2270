#ifndef STEPSTREAM_CHIREDIS_SHIM_H
#define STEPSTREAM_CHIREDIS_SHIM_H

// Only the reply parser: the connection code of hiredis 0.14 raises SIGPIPE, aborts on unsolicited replies and knows no TLS.
#include <hiredis/read.h>
#include <hiredis/hiredis.h>
#include <stddef.h>

typedef void *(*stepstream_on_string)(const redisReadTask *, char *, size_t);
#if HIREDIS_MAJOR >= 1
typedef size_t stepstream_count;
#else
typedef int stepstream_count;
#endif
typedef void *(*stepstream_on_array)(const redisReadTask *, stepstream_count);
typedef void *(*stepstream_on_integer)(const redisReadTask *, long long);
typedef void *(*stepstream_on_nil)(const redisReadTask *);
typedef void (*stepstream_on_free)(void *);

// The table's signatures changed in hiredis 1.0 (array counts became size_t, doubles and booleans came): filled here, so that Swift need not know.
static inline void stepstream_fill_functions(
    redisReplyObjectFunctions *functions,
    stepstream_on_string on_string,
    stepstream_on_array on_array,
    stepstream_on_integer on_integer,
    stepstream_on_nil on_nil,
    stepstream_on_free on_free
) {
    *functions = (redisReplyObjectFunctions){0};
    functions->createString = on_string;
    functions->createArray = on_array;
    functions->createInteger = on_integer;
    functions->createNil = on_nil;
    functions->freeObject = on_free;
}

static inline void *stepstream_private_data(const redisReadTask *task) { return task->privdata; }
static inline int stepstream_type(const redisReadTask *task) { return task->type; }

#endif
