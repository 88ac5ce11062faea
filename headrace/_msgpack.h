/* msgpack, token by token. Nothing is read at or past `end`: what would be is BROKEN, and so is the byte 0xc1.

   A token is `plain` where it is written as Headrace's own encoder writes it: numbers and lengths in as few bytes as
   they take, floats in eight. So plain tokens can be copied as bytes where decoding and encoding would give them again. */

#ifndef HEADRACE_MSGPACK_H
#define HEADRACE_MSGPACK_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef enum { BROKEN, NIL, BOOLEAN, INTEGER, FLOAT, STRING, BINARY, ARRAY, MAP, EXTENSION } Kind;

typedef struct { const uint8_t *at, *end; } Reader;

typedef struct {
    Kind kind;
    int plain;
    int is_huge;            /* An INTEGER beyond int64, which `integer` then holds cut. */
    int64_t integer;        /* Also 0 or 1 of a BOOLEAN, and the code of an EXTENSION. */
    double number;
    const uint8_t *bytes;   /* Of a STRING, BINARY or EXTENSION. */
    size_t size;            /* Their bytes; the items of an ARRAY, the pairs of a MAP. */
} Token;

static inline uint64_t big_endian(const uint8_t *bytes, size_t size) {
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++) value = value << 8 | bytes[i];
    return value;
}

/* Moves past `size` bytes and returns where they begin, NULL if there are not so many. */
static inline const uint8_t *taken(Reader *in, size_t size) {
    const uint8_t *bytes = in->at;
    if ((size_t)(in->end - in->at) < size) return NULL;
    in->at += size;
    return bytes;
}

static inline void take_number(Reader *in, Token *token, uint8_t head) {
    const size_t size = (size_t)1 << (head & 3); /* cc to cf and d0 to d3: 1, 2, 4, 8 bytes */
    const uint8_t *bytes = taken(in, size);
    if (!bytes) return;
    const uint64_t value = big_endian(bytes, size);
    token->kind = INTEGER;
    if (head < 0xd0) {
        static const uint64_t BELOW[] = {0x80, 0x100, 0x10000, 0x100000000};
        token->integer = (int64_t)value;
        token->is_huge = value > INT64_MAX;
        token->plain = value >= BELOW[head & 3];
    } else {
        static const int64_t ABOVE[] = {-32, -128, -32768, -2147483648LL};
        const int unused = 64 - 8 * (int)size;
        token->integer = (int64_t)(value << unused) >> unused;
        token->plain = token->integer < ABOVE[head & 3];
    }
}

static inline void take_float(Reader *in, Token *token, size_t size) {
    const uint8_t *bytes = taken(in, size);
    if (!bytes) return;
    const uint64_t bits = big_endian(bytes, size);
    token->kind = FLOAT;
    token->plain = size == 8;
    if (size == 8) {
        memcpy(&token->number, &bits, sizeof token->number);
    } else {
        const uint32_t short_bits = (uint32_t)bits;
        float number;
        memcpy(&number, &short_bits, sizeof number);
        token->number = number;
    }
}

/* A length of 1 << `width` bytes, which is plain from `fewest` on. */
static inline int take_length(Reader *in, Token *token, int width, size_t fewest) {
    const uint8_t *bytes = taken(in, (size_t)1 << width);
    if (!bytes) return 0;
    token->size = (size_t)big_endian(bytes, (size_t)1 << width);
    token->plain = token->size >= fewest;
    return 1;
}

static inline void take_bytes(Reader *in, Token *token, Kind kind) {
    if ((token->bytes = taken(in, token->size))) token->kind = kind;
}

static inline void take_extension(Reader *in, Token *token) {
    const uint8_t *code = taken(in, 1);
    if (!code) return;
    token->integer = (int8_t)*code;
    take_bytes(in, token, EXTENSION);
}

/* The next token; of an array or a map its head. */
static inline Token next_token(Reader *in) {
    static const size_t FEWEST_BYTES[] = {0, 0x100, 0x10000};
    Token token = {BROKEN, 1, 0, 0, 0.0, NULL, 0};
    const uint8_t *first = taken(in, 1);
    if (!first) return token;
    const uint8_t head = *first;
    if (head < 0x80 || head >= 0xe0) {
        token.kind = INTEGER;
        token.integer = (int8_t)head;
    } else if (head < 0x90 || (head >= 0xde && head <= 0xdf)) {
        token.size = head & 15;
        if (head < 0x90 || take_length(in, &token, head - 0xdd, head == 0xde ? 16 : 0x10000)) token.kind = MAP;
    } else if (head < 0xa0 || head >= 0xdc) {
        token.size = head & 15;
        if (head < 0xa0 || take_length(in, &token, head - 0xdb, head == 0xdc ? 16 : 0x10000)) token.kind = ARRAY;
    } else if (head < 0xc0) {
        token.size = head & 31;
        take_bytes(in, &token, STRING);
    } else if (head >= 0xd9) {
        if (take_length(in, &token, head - 0xd9, head == 0xd9 ? 32 : FEWEST_BYTES[head - 0xd9]))
            take_bytes(in, &token, STRING);
    } else if (head >= 0xd4) {
        token.size = (size_t)1 << (head - 0xd4);
        take_extension(in, &token);
    } else if (head >= 0xcc) {
        take_number(in, &token, head);
    } else if (head >= 0xca) {
        take_float(in, &token, head == 0xca ? 4 : 8);
    } else if (head >= 0xc7) {
        if (take_length(in, &token, head - 0xc7, FEWEST_BYTES[head - 0xc7])) take_extension(in, &token);
        token.plain &= token.size > 16 || (token.size & (token.size - 1)) != 0; /* 1, 2, 4, 8 and 16 have heads */
    } else if (head >= 0xc4) {
        if (take_length(in, &token, head - 0xc4, FEWEST_BYTES[head - 0xc4])) take_bytes(in, &token, BINARY);
    } else if (head != 0xc1) {
        token.kind = head == 0xc0 ? NIL : BOOLEAN;
        token.integer = head == 0xc3;
    }
    return token;
}

/* Moves past so many values, whatever is in them; 0 if one of them is broken. */
static inline int skip_values(Reader *in, uint64_t values) {
    for (; values; values--) {
        const Token token = next_token(in);
        if (token.kind == BROKEN) return 0;
        if (token.kind == ARRAY) values += token.size;
        if (token.kind == MAP) values += 2 * (uint64_t)token.size;
        if (values > (uint64_t)(in->end - in->at) + 1) return 0; /* a value takes a byte: no loop beyond the bytes */
    }
    return 1;
}

#define FIRST_SECOND (-62135596800LL) /* The year 1, */
#define LAST_SECOND 253402300800LL    /* and the year 10000, of which there is no moment in Python any more. */

/* Whether it is a timestamp in whole microseconds that Python has too; sets the microseconds since 1970. */
static inline int is_moment(const Token *token, int64_t *at_us) {
    int64_t seconds;
    uint64_t nanoseconds = 0;
    if (token->kind != EXTENSION || token->integer != -1) return 0;
    if (token->size == 4) {
        seconds = (int64_t)big_endian(token->bytes, 4);
    } else if (token->size == 8) {
        const uint64_t both = big_endian(token->bytes, 8);
        nanoseconds = both >> 34;
        seconds = (int64_t)(both & 0x3ffffffff);
    } else if (token->size == 12) {
        nanoseconds = big_endian(token->bytes, 4);
        seconds = (int64_t)big_endian(token->bytes + 4, 8);
    } else {
        return 0;
    }
    if (nanoseconds >= 1000000000 || nanoseconds % 1000 || seconds < FIRST_SECOND || seconds >= LAST_SECOND) return 0;
    *at_us = seconds * 1000000 + (int64_t)nanoseconds / 1000;
    return 1;
}

static inline int says(const Token *token, const char *text, size_t size) {
    return token->kind == STRING && token->size == size && !memcmp(token->bytes, text, size);
}

#endif
