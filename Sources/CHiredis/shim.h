#ifndef STEPSTREAM_CHIREDIS_SHIM_H
#define STEPSTREAM_CHIREDIS_SHIM_H

// hiredis' reply parser, and nothing else of hiredis: async.h aborts the process on a reply nobody asked for, and the
// blocking API would park a thread. The parser builds replies through a table of functions; ours append to one flat
// tape (tokens, and a slab with the bytes of strings), so a reply of a thousand elements costs no allocation per element.

#include <hiredis/read.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    STEPSTREAM_NULL = 0,
    STEPSTREAM_INTEGER = 1,
    STEPSTREAM_STATUS = 2,
    STEPSTREAM_STRING = 3,
    STEPSTREAM_ARRAY = 4,
    STEPSTREAM_ERROR = 5,
};

// Why the tape refused a value; 0 as long as it did not.
enum {
    STEPSTREAM_REFUSED_BYTES = 1,
    STEPSTREAM_REFUSED_ELEMENTS = 2,
    STEPSTREAM_REFUSED_NESTING = 3,
    STEPSTREAM_REFUSED_MEMORY = 4,
};

// hiredis 0.14 stops at 9 levels; releases without that limit never get past max_nesting, which is at most this.
#define STEPSTREAM_DEEPEST 9

typedef struct stepstream_token {
    int64_t value;      // the integer; the offset of a string's bytes in the slab
    uint32_t length;    // bytes of a string, children of an array
    uint32_t span_kind; // tokens of this value with everything below it << 3 | kind
} stepstream_token;

#define STEPSTREAM_MOST_TOKENS ((1u << 29) - 1)

typedef struct stepstream_tape {
    stepstream_token *tokens;
    uint32_t token_count, token_capacity;
    uint8_t *bytes;
    size_t byte_count, byte_capacity;

    // Where the reply under construction began, and its arrays that still wait for children.
    uint32_t reply_token;
    size_t reply_byte;
    uint32_t depth;
    uint32_t open[STEPSTREAM_DEEPEST];
    uint32_t missing[STEPSTREAM_DEEPEST];

    // Limits for one reply.
    size_t max_bytes;
    uint32_t max_elements;
    uint32_t max_nesting;
    int refused;
} stepstream_tape;

typedef struct stepstream_parser {
    redisReplyObjectFunctions functions;
    redisReader *reader;
    stepstream_tape tape;
} stepstream_parser;

static inline uint32_t stepstream_token_kind(stepstream_token token) { return token.span_kind & 7u; }
static inline uint32_t stepstream_token_span(stepstream_token token) { return token.span_kind >> 3; }

static inline stepstream_token *stepstream_append(stepstream_tape *tape, uint32_t kind) {
    if (tape->token_count - tape->reply_token >= tape->max_elements || tape->token_count >= STEPSTREAM_MOST_TOKENS) {
        tape->refused = STEPSTREAM_REFUSED_ELEMENTS;
        return NULL;
    }
    if (tape->token_count == tape->token_capacity) {
        uint32_t capacity = tape->token_capacity < 16 ? 16 : tape->token_capacity * 2;
        stepstream_token *grown = (stepstream_token *)realloc(tape->tokens, capacity * sizeof(stepstream_token));
        if (grown == NULL) {
            tape->refused = STEPSTREAM_REFUSED_MEMORY;
            return NULL;
        }
        tape->tokens = grown;
        tape->token_capacity = capacity;
    }
    stepstream_token *token = &tape->tokens[tape->token_count++];
    token->value = 0;
    token->length = 0;
    token->span_kind = (1u << 3) | kind;
    return token;
}

// A value is complete, and with it perhaps the arrays it was the last child of.
static inline void stepstream_complete(stepstream_tape *tape) {
    while (tape->depth > 0) {
        uint32_t level = tape->depth - 1;
        if (--tape->missing[level] > 0) return;
        uint32_t array = tape->open[level];
        tape->tokens[array].span_kind = ((tape->token_count - array) << 3) | STEPSTREAM_ARRAY;
        tape->depth = level;
    }
}

static inline bool stepstream_reserve_bytes(stepstream_tape *tape, size_t length) {
    size_t used = tape->byte_count - tape->reply_byte;
    if (used > tape->max_bytes || length > tape->max_bytes - used || length > UINT32_MAX) {
        tape->refused = STEPSTREAM_REFUSED_BYTES;
        return false;
    }
    size_t needed = tape->byte_count + length;
    if (needed <= tape->byte_capacity) return true;
    size_t capacity = tape->byte_capacity < 256 ? 256 : tape->byte_capacity * 2;
    if (capacity < needed) capacity = needed;
    uint8_t *grown = (uint8_t *)realloc(tape->bytes, capacity);
    if (grown == NULL) {
        tape->refused = STEPSTREAM_REFUSED_MEMORY;
        return false;
    }
    tape->bytes = grown;
    tape->byte_capacity = capacity;
    return true;
}

static inline stepstream_tape *stepstream_tape_of(const redisReadTask *task) {
    return (stepstream_tape *)task->privdata;
}

static inline void *stepstream_create_string(const redisReadTask *task, char *text, size_t length) {
    stepstream_tape *tape = stepstream_tape_of(task);
    if (!stepstream_reserve_bytes(tape, length)) return NULL;
    uint32_t kind = task->type == REDIS_REPLY_ERROR ? STEPSTREAM_ERROR
                    : task->type == REDIS_REPLY_STATUS ? STEPSTREAM_STATUS : STEPSTREAM_STRING;
    stepstream_token *token = stepstream_append(tape, kind);
    if (token == NULL) return NULL;
    token->value = (int64_t)tape->byte_count;
    token->length = (uint32_t)length;
    if (length > 0) memcpy(tape->bytes + tape->byte_count, text, length);
    tape->byte_count += length;
    stepstream_complete(tape);
    return tape;
}

static inline void *stepstream_begin_array(const redisReadTask *task, unsigned long long children) {
    stepstream_tape *tape = stepstream_tape_of(task);
    if (tape->depth >= tape->max_nesting || tape->depth >= STEPSTREAM_DEEPEST) {
        tape->refused = STEPSTREAM_REFUSED_NESTING;
        return NULL;
    }
    // A header can promise billions of children in twelve bytes: refuse what could not be kept before it is read.
    if (children > tape->max_elements - (tape->token_count - tape->reply_token)) {
        tape->refused = STEPSTREAM_REFUSED_ELEMENTS;
        return NULL;
    }
    stepstream_token *token = stepstream_append(tape, STEPSTREAM_ARRAY);
    if (token == NULL) return NULL;
    token->length = (uint32_t)children;
    if (children == 0) {
        stepstream_complete(tape);
        return tape;
    }
    tape->open[tape->depth] = tape->token_count - 1;
    tape->missing[tape->depth] = (uint32_t)children;
    tape->depth++;
    return tape;
}

static inline void *stepstream_create_integer(const redisReadTask *task, long long value) {
    stepstream_tape *tape = stepstream_tape_of(task);
    stepstream_token *token = stepstream_append(tape, STEPSTREAM_INTEGER);
    if (token == NULL) return NULL;
    token->value = value;
    stepstream_complete(tape);
    return tape;
}

static inline void *stepstream_create_null(const redisReadTask *task) {
    stepstream_tape *tape = stepstream_tape_of(task);
    if (stepstream_append(tape, STEPSTREAM_NULL) == NULL) return NULL;
    stepstream_complete(tape);
    return tape;
}

// Everything lives in the tape, which has its own owner.
static inline void stepstream_free_nothing(void *object) { (void)object; }

// HIREDIS_MAJOR is defined in hiredis.h, which stays out; the RESP3 types came to read.h with the same release, 1.0, that
// widened the element count.
#ifdef REDIS_REPLY_MAP
static inline void *stepstream_create_array(const redisReadTask *task, size_t children) {
    return stepstream_begin_array(task, children);
}
// RESP3 is never asked for (no HELLO is sent), so these values are a protocol violation: refuse them.
static inline void *stepstream_refuse_double(const redisReadTask *task, double value, char *text, size_t length) {
    (void)task; (void)value; (void)text; (void)length;
    return NULL;
}
static inline void *stepstream_refuse_bool(const redisReadTask *task, int value) {
    (void)task; (void)value;
    return NULL;
}
#else
static inline void *stepstream_create_array(const redisReadTask *task, int children) {
    return stepstream_begin_array(task, children < 0 ? 0 : (unsigned long long)children);
}
#endif

static inline redisReader *stepstream_new_reader(stepstream_parser *parser) {
    redisReader *reader = redisReaderCreateWithFunctions(&parser->functions);
    if (reader == NULL) return NULL;
    reader->privdata = &parser->tape;
    // The default of 16 KB makes hiredis free and regrow its buffer at every feed of a busy connection.
    reader->maxbuf = 1024 * 1024;
    return reader;
}

static inline stepstream_parser *stepstream_parser_create(size_t max_bytes, uint32_t max_elements, uint32_t max_nesting) {
    stepstream_parser *parser = (stepstream_parser *)calloc(1, sizeof(stepstream_parser));
    if (parser == NULL) return NULL;
    parser->functions.createString = stepstream_create_string;
    parser->functions.createArray = stepstream_create_array;
    parser->functions.createInteger = stepstream_create_integer;
    parser->functions.createNil = stepstream_create_null;
    parser->functions.freeObject = stepstream_free_nothing;
#ifdef REDIS_REPLY_MAP
    parser->functions.createDouble = stepstream_refuse_double;
    parser->functions.createBool = stepstream_refuse_bool;
#endif
    parser->tape.max_bytes = max_bytes;
    parser->tape.max_elements = max_elements;
    parser->tape.max_nesting = max_nesting;
    parser->reader = stepstream_new_reader(parser);
    if (parser->reader == NULL) {
        free(parser);
        return NULL;
    }
    return parser;
}

static inline void stepstream_parser_free(stepstream_parser *parser) {
    redisReaderFree(parser->reader);
    free(parser->tape.tokens);
    free(parser->tape.bytes);
    free(parser);
}

// 1: a reply was completed; 0: more bytes are needed; -1: the stream is broken, see stepstream_parser_error.
static inline int stepstream_parser_next(stepstream_parser *parser) {
    void *reply = NULL;
    if (redisReaderGetReply(parser->reader, &reply) != REDIS_OK) return -1;
    if (reply == NULL) return 0;
    parser->tape.reply_token = parser->tape.token_count;
    parser->tape.reply_byte = parser->tape.byte_count;
    return 1;
}

static inline const char *stepstream_parser_error(const stepstream_parser *parser) { return parser->reader->errstr; }

// Bytes that were fed and are not parsed yet: all of them belong to one unfinished reply.
static inline size_t stepstream_parser_pending(const stepstream_parser *parser) {
    return parser->reader->len - parser->reader->pos;
}

// The unfinished value starts with a line (a header or the value itself). hiredis searches it anew at each feed, so a
// line without end would cost quadratic time long before the byte limit: true if no end is in the first `limit` bytes.
static inline bool stepstream_parser_endless_line(const stepstream_parser *parser, size_t limit) {
    size_t pending = stepstream_parser_pending(parser);
    return pending > limit && memchr(parser->reader->buf + parser->reader->pos, '\n', limit) == NULL;
}

// The buffer grown for an outsized reply would stay for good: start over between two replies.
static inline bool stepstream_parser_renew(stepstream_parser *parser) {
    if (parser->tape.depth > 0 || stepstream_parser_pending(parser) > 0) return true;
    redisReader *reader = stepstream_new_reader(parser);
    if (reader == NULL) return false;
    redisReaderFree(parser->reader);
    parser->reader = reader;
    return true;
}

// Hands the completed replies out (the caller owns both blocks from here on) and keeps an unfinished one, moved to a
// fresh tape. False when memory ran out; then nothing was handed out.
static inline bool stepstream_parser_take(stepstream_parser *parser, stepstream_token **tokens, uint8_t **bytes) {
    stepstream_tape *tape = &parser->tape;
    uint32_t token_rest = tape->token_count - tape->reply_token;
    size_t byte_rest = tape->byte_count - tape->reply_byte;
    stepstream_token *rest_tokens = NULL;
    uint8_t *rest_bytes = NULL;
    if (token_rest > 0) {
        rest_tokens = (stepstream_token *)malloc(token_rest * sizeof(stepstream_token));
        if (rest_tokens == NULL) return false;
        memcpy(rest_tokens, tape->tokens + tape->reply_token, token_rest * sizeof(stepstream_token));
    }
    if (byte_rest > 0) {
        rest_bytes = (uint8_t *)malloc(byte_rest);
        if (rest_bytes == NULL) {
            free(rest_tokens);
            return false;
        }
        memcpy(rest_bytes, tape->bytes + tape->reply_byte, byte_rest);
    }
    for (uint32_t index = 0; index < token_rest; index++) {
        uint32_t kind = stepstream_token_kind(rest_tokens[index]);
        if (kind == STEPSTREAM_STRING || kind == STEPSTREAM_STATUS || kind == STEPSTREAM_ERROR)
            rest_tokens[index].value -= (int64_t)tape->reply_byte;
    }
    for (uint32_t level = 0; level < tape->depth; level++) tape->open[level] -= tape->reply_token;
    *tokens = tape->tokens;
    *bytes = tape->bytes;
    tape->tokens = rest_tokens;
    tape->token_count = tape->token_capacity = token_rest;
    tape->bytes = rest_bytes;
    tape->byte_count = tape->byte_capacity = byte_rest;
    tape->reply_token = 0;
    tape->reply_byte = 0;
    return true;
}

#endif
