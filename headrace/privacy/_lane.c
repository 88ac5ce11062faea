/* The fast lane: interactions pass as the bytes they came in.

   `Lane.outcomes` takes raw records and gives each its clean record, made of the record's own bytes, or None where it
   is not certain that decoding, checking, sanitizing and encoding it would give just that: the thorough way then decides
   (consumers/sanitizer/transform.py). So nothing is refused here. What changes is put in between the bytes: hashes of
   ids, the producer's number, and the texts in which Python, asked about the places where values may be, has found some.
   `Lane.is_harmless` says of an event's bytes alone that no rule finds anything.

   A record is read once, token by token, against a table of fields in the order in which they are written (lane.py makes
   it from the event's type). What is unknown, out of order, not plain, a default or out of its limits is not certain.
   Reading touches no Python object. Where the bytes will differ from the record's, an Edit says how. */

#include "_scan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../_extension.h"
#include "../_msgpack.h"

#define MOST_EDITS 32
#define MOST_TEXTS 64         /* Of an event in which values may be. */
#define MOST_NUMBERS 16       /* Of metadata, that are read as text. */
#define NUMBER_CHARACTERS 24
#define MOST_KEYS 32          /* Of a map: each is compared with those before it. */
#define DEEPEST 32
#define SMALLEST_NUMBER 1000000 /* That is read as text: fewer digits name nobody. */
#define ROOM_A_BYTE 3         /* Characters that a byte of msgpack can become: a number of five bytes has ten digits. */
#define MOST_EXACT 9007199254740992.0 /* 2^53: integers up to it are floats without rounding. */
#define CLOCK_SKEW_MS 300000
#define LARGEST_SEQ (1LL << 62)
#define LONGEST_SEQ 19
#define UUID_CHARACTERS 36
#define MAP_OF_SEVEN 0x87
#define MAP_OF_EIGHT 0x88

/* In the order of lane.py's `FieldKind`. */
enum { TAG, TIME, NAME, SESSION, USER, ID, TEXT, SPEECH, NUMBER, COUNT, TEXTS, NUMBERS, SCORES, GROUP, ANYTHING, LEDGER, REFUSED };
enum { TENANT, AGENT, VERSION, NAMES };

typedef struct { const uint8_t *bytes; size_t size; } Slice;
typedef struct Field Field;
struct Field {
    int kind, name_of, is_required;
    const char *name, *absent;      /* `absent` is how the default is written. */
    Py_ssize_t name_size, absent_size, longest;
    double low, high;
    Field *fields;                  /* Of a GROUP. */
    Py_ssize_t field_count;
};

/* What is written around the values that are put in: keys, and the envelope's ends. */
enum { PRODUCER_KEY, SEQ_KEY, BEFORE_EVENT, BEFORE_FINDINGS, FINDINGS_KEY, BEFORE_PARTITION, BEFORE_OFFSET, BEFORE_APPENDED,
       PARTS };

/* What makes an outcome: parts and headers' names, and callables: from ids and a header to their pseudonyms, from a
   tenant, texts, places and whether they may be disguised to clean texts and the findings as they are written, and from
   a key and a value to the outcome. */
typedef struct {
    PyObject *session, *user, *producer, *clean, *outcome, *producer_header, *seq_header;
    Slice part[PARTS];
    size_t parts_size;
    Py_ssize_t longest_record;
} Envelope;

typedef struct {
    PyObject_HEAD
    PyObject *made_of;              /* Keeps alive what the rest points to. */
    PyObject *are_names;            /* From tenant, agent and version to whether they are fine. */
    const Scanner *scanner;
    Envelope envelope;              /* Without an `outcome`, where the lane makes none. */
    Field event;
} Lane;

/* Names of a record's attributes. */
static PyObject *VALUE, *HEADERS, *PARTITION, *OFFSET, *APPENDED_MS;

/* A text that the rules read: where it stands in the record with its head, and whether another may take its place. */
typedef struct { const uint8_t *at; size_t size; Slice text; int is_value; } Text;

typedef struct { const uint8_t *at; size_t removed; int kind; double number; Slice text; } Edit;

typedef struct {
    Reader in;
    const uint8_t *token_start;
    Look *look;
    int64_t at_us;
    Slice names[NAMES], session, user;
    int speaks, has_other_texts;
    size_t edit_count, text_count, number_count;
    Edit edits[MOST_EDITS];
    Text texts[MOST_TEXTS];
    char digits[MOST_NUMBERS][NUMBER_CHARACTERS];
} Passing;

/* ---- reading ---- */

static int add_edit(Passing *passing, Edit edit) {
    if (passing->edit_count == MOST_EDITS) return 0;
    passing->edits[passing->edit_count++] = edit;
    return 1;
}

static int is_plain(const Token *token, Kind kind) { return token->kind == kind && token->plain; }

static int read_time(Passing *passing) {
    const Token token = next_token(&passing->in);
    if (!is_plain(&token, EXTENSION)) return 0;
    if (token.size > 8 || !is_moment(&token, &passing->at_us)) return 0;
    const int could_be_short = passing->at_us % 1000000 == 0 && passing->at_us / 1000000 <= UINT32_MAX;
    return token.size == 4 || !could_be_short;
}

/* Has the rules read a text, of which it says how many characters it has; less than 0 where that is not certain. */
static Py_ssize_t add_text(Passing *passing, const Token *token, int is_value) {
    if (passing->text_count < MOST_TEXTS) {
        const Slice text = {token->bytes, token->size};
        const uint8_t *start = passing->token_start;
        passing->texts[passing->text_count++] = (Text){start, (size_t)(passing->in.at - start), text, is_value};
    } else {
        passing->has_other_texts = 1;
    }
    return look_add(passing->look, token->bytes, token->size);
}

static Token read_token(Passing *passing) {
    passing->token_start = passing->in.at;
    return next_token(&passing->in);
}

static Py_ssize_t read_text(Passing *passing, Token *token) {
    *token = read_token(passing);
    return is_plain(token, STRING) ? add_text(passing, token, 1) : -1;
}

static int is_spoken(const Token *token) {
    for (size_t i = 0; i < token->size; i++)
        if (token->bytes[i] > ' ' && token->bytes[i] < 0x7f) return 1;
    return 0;
}

static int is_uuid7(const Token *token) {
    static const char SHAPE[] = "xxxxxxxx-xxxx-7xxx-Nxxx-xxxxxxxxxxxx";
    if (token->size != UUID_CHARACTERS) return 0;
    for (int i = 0; i < UUID_CHARACTERS; i++) {
        const uint8_t c = token->bytes[i];
        const int is_hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        if (SHAPE[i] == 'x' ? !is_hex : SHAPE[i] == 'N' ? !(c == '8' || c == '9' || c == 'a' || c == 'b') : c != SHAPE[i])
            return 0;
    }
    return 1;
}

static int read_slice(Passing *passing, Slice *slice) {
    const Token token = next_token(&passing->in);
    *slice = (Slice){token.bytes, token.size};
    return is_plain(&token, STRING) && token.size > 0;
}

static int read_id(Passing *passing, Slice *slice, int kind) {
    const uint8_t *start = passing->in.at;
    return read_slice(passing, slice) && add_edit(passing, (Edit){start, (size_t)(passing->in.at - start), kind, 0.0, {0}});
}

/* A float, or an integer that is to become one. */
static int read_number(Passing *passing, double low, double high) {
    const uint8_t *start = passing->in.at;
    const Token token = next_token(&passing->in);
    double number = token.number;
    if (is_plain(&token, INTEGER)) {
        number = (double)token.integer;
        if (token.is_huge || fabs(number) > MOST_EXACT) return 0;
        if (!add_edit(passing, (Edit){start, (size_t)(passing->in.at - start), NUMBER, number, {0}})) return 0;
    } else if (!is_plain(&token, FLOAT)) {
        return 0;
    }
    return isfinite(number) && number >= low && number <= high;
}

static int read_count(Passing *passing, double low, double high) {
    const Token token = next_token(&passing->in);
    return is_plain(&token, INTEGER) && !token.is_huge && token.integer >= (int64_t)low && token.integer <= (int64_t)high;
}

static int read_list(Passing *passing, const Field *field, size_t *items) {
    const Token head = next_token(&passing->in);
    *items = head.size;
    if (!is_plain(&head, ARRAY)) return 0;
    for (size_t i = 0; i < head.size; i++) {
        Token token;
        if (field->kind == TEXTS ? read_text(passing, &token) < 0 : !read_number(passing, field->low, field->high)) return 0;
    }
    return 1;
}

/* The next key of a map, a text unlike those before it. */
static int read_key(Passing *passing, Slice *keys, size_t count) {
    const Token token = read_token(passing);
    if (count == MOST_KEYS || !is_plain(&token, STRING) || add_text(passing, &token, 0) < 0) return 0;
    for (size_t i = 0; i < count; i++)
        if (keys[i].size == token.size && !memcmp(keys[i].bytes, token.bytes, token.size)) return 0;
    keys[count] = (Slice){token.bytes, token.size};
    return 1;
}

static int read_scores(Passing *passing, const Field *field) {
    Slice keys[MOST_KEYS];
    const Token head = next_token(&passing->in);
    if (!is_plain(&head, MAP)) return 0;
    for (size_t i = 0; i < head.size; i++)
        if (!read_key(passing, keys, i) || !read_number(passing, field->low, field->high)) return 0;
    return 1;
}

static int read_anything(Passing *passing, int depth);

static int read_map(Passing *passing, size_t pairs, int depth) {
    Slice keys[MOST_KEYS];
    for (size_t i = 0; i < pairs; i++)
        if (!read_key(passing, keys, i) || !read_anything(passing, depth)) return 0;
    return 1;
}

/* Has the rules read a number as text. */
static int add_digits(Passing *passing, int64_t number) {
    if (passing->number_count == MOST_NUMBERS) return 0;
    char *digits = passing->digits[passing->number_count++];
    const int size = PyOS_snprintf(digits, NUMBER_CHARACTERS, "%lld", (long long)number);
    const Token token = {.kind = STRING, .bytes = (const uint8_t *)digits, .size = (size_t)size};
    return add_text(passing, &token, 0) >= 0;
}

/* A value of free-form metadata, whose texts, keys and long numbers the rules read. */
static int read_anything(Passing *passing, int depth) {
    const Token token = read_token(passing);
    if (!token.plain || depth == DEEPEST) return 0;
    switch (token.kind) {
    case NIL: case BOOLEAN: return 1;
    case STRING: return add_text(passing, &token, 1) >= 0;
    case INTEGER:
        if (token.is_huge) return 0;
        return (token.integer > -SMALLEST_NUMBER && token.integer < SMALLEST_NUMBER) || add_digits(passing, token.integer);
    case FLOAT: return isfinite(token.number) && (fabs(token.number) < SMALLEST_NUMBER || token.number != floor(token.number));
    case MAP: return read_map(passing, token.size, depth + 1);
    case ARRAY:
        for (size_t i = 0; i < token.size; i++)
            if (!read_anything(passing, depth + 1)) return 0;
        return 1;
    default: return 0;
    }
}

static int read_fields(Passing *passing, const Field *group);

static int read_value(Passing *passing, const Field *field, size_t *items) {
    Token token;
    switch (field->kind) {
    case TAG: token = next_token(&passing->in); return says(&token, field->absent, (size_t)field->absent_size);
    case TIME: return read_time(passing);
    case NAME: return read_slice(passing, &passing->names[field->name_of]);
    case SESSION: return read_id(passing, &passing->session, SESSION);
    case USER: return read_id(passing, &passing->user, USER);
    case ID: token = next_token(&passing->in); return is_plain(&token, STRING) && is_uuid7(&token);
    case TEXT: case SPEECH: {
        const Py_ssize_t characters = read_text(passing, &token);
        if (characters >= 0 && field->kind == SPEECH) passing->speaks |= is_spoken(&token);
        return characters >= 0 && characters <= field->longest;
    }
    case NUMBER: return read_number(passing, field->low, field->high);
    case COUNT: return read_count(passing, field->low, field->high);
    case TEXTS: case NUMBERS: return read_list(passing, field, items);
    case SCORES: return read_scores(passing, field);
    case GROUP: return read_fields(passing, field);
    case ANYTHING: token = next_token(&passing->in); return is_plain(&token, MAP) && read_map(passing, token.size, 0);
    default: return 0;
    }
}

static int is_default(const Field *field, const uint8_t *start, const uint8_t *end) {
    return field->kind != TAG && field->absent && end - start == field->absent_size &&
           !memcmp(start, field->absent, (size_t)field->absent_size);
}

/* Our encoder writes the head of a map of fields for all that there are, before it knows which of them it leaves out. */
static int is_head(const Field *group, const uint8_t *start) {
    return group->field_count < 16 ? (*start & 0xf0) == 0x80 : *start == 0xde;
}

/* A map of the fields, in their order, each at most once; where there are lists, they are of one length. */
static int read_fields(Passing *passing, const Field *group) {
    const uint8_t *start = passing->in.at;
    const Token head = next_token(&passing->in);
    const Field *field = group->fields, *end = field + group->field_count;
    size_t parallel = 0;
    if (head.kind != MAP || !is_head(group, start)) return 0;
    for (size_t i = 0; i < head.size; i++, field++) {
        const uint8_t *key_start = passing->in.at;
        const Token key = next_token(&passing->in);
        if (!is_plain(&key, STRING)) return 0;
        while (field < end && !says(&key, field->name, (size_t)field->name_size)) {
            if (field->is_required) return 0;
            if (field->kind == LEDGER && !add_edit(passing, (Edit){key_start, 0, LEDGER, 0.0, {0}})) return 0;
            field++;
        }
        start = passing->in.at;
        size_t items = 0;
        if (field == end || !read_value(passing, field, &items) || is_default(field, start, passing->in.at)) return 0;
        if (items && parallel && items != parallel) return 0;
        if (items) parallel = items;
    }
    for (; field < end; field++)
        if (field->is_required || field->kind == LEDGER) return 0;
    return 1;
}

static int has_suspects(const Look *look) { return look->disguised || look->place_count; }

/* Reads an event and has it looked through: FINE, NO_MEMORY, or TOO_MANY where it may not pass. */
static int read_event(const Lane *lane, Passing *passing, Look *look, const uint8_t *bytes, size_t size) {
    memset(passing, 0, offsetof(Passing, edits));
    passing->in = (Reader){bytes, bytes + size};
    passing->look = look;
    int outcome = look_begin(look, lane->scanner, size * ROOM_A_BYTE);
    if (outcome) return outcome;
    if (!read_fields(passing, &lane->event) || passing->in.at != passing->in.end || !passing->speaks) return TOO_MANY;
    if ((outcome = look_through(look))) return outcome;
    return has_suspects(look) && passing->has_other_texts ? TOO_MANY : FINE;
}

/* ---- writing ---- */

typedef struct { uint8_t *bytes; size_t size; } Out;

static void put(Out *out, const void *bytes, size_t size) {
    if (size) memcpy(out->bytes + out->size, bytes, size);
    out->size += size;
}

static void put_slice(Out *out, Slice slice) { put(out, slice.bytes, slice.size); }

static void put_big_endian(Out *out, uint8_t head, uint64_t value, int size) {
    out->bytes[out->size++] = head;
    for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) out->bytes[out->size++] = (uint8_t)(value >> shift);
}

static void put_count(Out *out, uint64_t value) {
    if (value < 0x80) out->bytes[out->size++] = (uint8_t)value;
    else if (value < 0x100) put_big_endian(out, 0xcc, value, 1);
    else if (value < 0x10000) put_big_endian(out, 0xcd, value, 2);
    else if (value < 0x100000000) put_big_endian(out, 0xce, value, 4);
    else put_big_endian(out, 0xcf, value, 8);
}

static void put_float(Out *out, double number) {
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    put_big_endian(out, 0xcb, bits, 8);
}

static void put_text(Out *out, Slice text) {
    if (text.size < 32) out->bytes[out->size++] = (uint8_t)(0xa0 | text.size);
    else if (text.size < 0x100) put_big_endian(out, 0xd9, text.size, 1);
    else if (text.size < 0x10000) put_big_endian(out, 0xda, text.size, 2);
    else put_big_endian(out, 0xdb, text.size, 4);
    put_slice(out, text);
}

static void put_time(Out *out, int64_t milliseconds) {
    const uint64_t seconds = (uint64_t)milliseconds / 1000, nanoseconds = (uint64_t)milliseconds % 1000 * 1000000;
    const int is_short = nanoseconds == 0 && seconds <= UINT32_MAX;
    out->bytes[out->size++] = is_short ? 0xd6 : 0xd7;
    put_big_endian(out, 0xff, is_short ? seconds : nanoseconds << 34 | seconds, is_short ? 4 : 8);
}

/* What Python has said about one event. */
typedef struct { Slice session, user, producer, findings; int64_t seq, partition, offset, appended_ms; } Said;

/* Bytes that a clean record has at most. */
static size_t room_for(const Lane *lane, const Passing *passing, const Said *said, size_t raw) {
    size_t room = raw + lane->envelope.parts_size + said->producer.size + said->findings.size + 64; /* maps, four numbers */
    for (const Edit *edit = passing->edits; edit < passing->edits + passing->edit_count; edit++) room += edit->text.size + 9;
    return room;
}

static void put_edit(Out *out, const Edit *edit, const Lane *lane, const Said *said) {
    switch (edit->kind) {
    case NUMBER: put_float(out, edit->number); break;
    case LEDGER:
        put_slice(out, lane->envelope.part[PRODUCER_KEY]);
        put_text(out, said->producer);
        put_slice(out, lane->envelope.part[SEQ_KEY]);
        put_count(out, (uint64_t)said->seq);
        break;
    default: put_text(out, edit->text);
    }
}

/* The head of the event's map, which is to have two pairs more; where its first pair begins. */
static const uint8_t *put_event_head(Out *out, const uint8_t *bytes) {
    if (*bytes != 0xde) {
        out->bytes[out->size++] = (uint8_t)(*bytes + 2);
        return bytes + 1;
    }
    put_big_endian(out, 0xde, big_endian(bytes + 1, 2) + 2, 2);
    return bytes + 3;
}

/* The clean record: the event's bytes with their edits, in their envelope. */
static void put_clean(Out *out, const Lane *lane, const Passing *passing, const uint8_t *bytes, const Said *said) {
    const Slice *part = lane->envelope.part;
    out->bytes[out->size++] = said->findings.size ? MAP_OF_EIGHT : MAP_OF_SEVEN;
    put_slice(out, part[BEFORE_EVENT]);
    const uint8_t *from = put_event_head(out, bytes);
    for (const Edit *edit = passing->edits; edit < passing->edits + passing->edit_count; edit++) {
        put(out, from, (size_t)(edit->at - from));
        put_edit(out, edit, lane, said);
        from = edit->at + edit->removed;
    }
    put(out, from, (size_t)(passing->in.end - from));
    put_slice(out, part[BEFORE_FINDINGS]);
    if (said->findings.size) put_slice(out, part[FINDINGS_KEY]);
    put_slice(out, said->findings);
    put_slice(out, part[BEFORE_PARTITION]);
    put_count(out, (uint64_t)said->partition);
    put_slice(out, part[BEFORE_OFFSET]);
    put_count(out, (uint64_t)said->offset);
    put_slice(out, part[BEFORE_APPENDED]);
    put_time(out, said->appended_ms);
}

/* ---- what Python says ---- */

static PyObject *decoded(Slice text) {
    return PyUnicode_DecodeUTF8((const char *)text.bytes, (Py_ssize_t)text.size, NULL);
}

/* The UTF-8 of a text, which lives as long as it does; 0 for what is empty, or no text. */
static int encoded(PyObject *text, Slice *slice) {
    Py_ssize_t size;
    if (!text || !PyUnicode_Check(text)) return 0;
    slice->bytes = (const uint8_t *)PyUnicode_AsUTF8AndSize(text, &size);
    slice->size = (size_t)size;
    return slice->bytes && size > 0;
}

static int names_are_fine(const Lane *lane, const Passing *passing) {
    PyObject *names[NAMES], *answer = NULL;
    int complete = 1, are_fine = 0;
    for (int i = 0; i < NAMES; i++) {
        names[i] = passing->names[i].bytes ? decoded(passing->names[i]) : Py_NewRef(Py_None);
        complete &= names[i] != NULL;
    }
    if (complete) answer = PyObject_Vectorcall(lane->are_names, names, NAMES, NULL);
    for (int i = 0; i < NAMES; i++) Py_XDECREF(names[i]);
    if (answer) are_fine = PyObject_IsTrue(answer) == 1;
    Py_XDECREF(answer);
    return are_fine;
}

/* Puts an id's pseudonym, a new reference, in its place; where the event has no such id, nothing is wrong. */
static int take_pseudonym(Passing *passing, int kind, PyObject *pseudonym, Slice id, Slice *said, PyObject **text) {
    if (!id.bytes) return 1;
    PyObject *own = decoded(id);
    *text = own ? PyObject_CallOneArg(pseudonym, own) : NULL;
    Py_XDECREF(own);
    if (!encoded(*text, said)) return 0;
    for (size_t i = 0; i < passing->edit_count; i++)
        if (passing->edits[i].kind == kind) passing->edits[i].text = *said;
    return 1;
}

static PyObject *texts_of(const Passing *passing) {
    PyObject *texts = PyList_New((Py_ssize_t)passing->text_count);
    for (size_t i = 0; texts && i < passing->text_count; i++) {
        PyObject *text = decoded(passing->texts[i].text);
        if (text) PyList_SET_ITEM(texts, (Py_ssize_t)i, text);
        else Py_CLEAR(texts);
    }
    return texts;
}

static int by_position(const void *one, const void *other) {
    const uint8_t *a = ((const Edit *)one)->at, *b = ((const Edit *)other)->at;
    return (a > b) - (a < b);
}

static int is_same(PyObject *before, PyObject *now) {
    return before == now || (PyUnicode_Check(now) && !PyUnicode_Compare(before, now));
}

/* Puts clean texts in the place of those that had values in them. */
static int edit_texts(Passing *passing, PyObject *texts, PyObject *clean) {
    if (PySequence_Fast_GET_SIZE(clean) != (Py_ssize_t)passing->text_count) return 0;
    for (size_t i = 0; i < passing->text_count; i++) {
        const Text *text = &passing->texts[i];
        PyObject *now = PySequence_Fast_GET_ITEM(clean, (Py_ssize_t)i);
        if (is_same(PyList_GET_ITEM(texts, (Py_ssize_t)i), now)) continue;
        Edit edit = {text->at, text->size, TEXT, 0.0, {0}};
        if (!text->is_value || !encoded(now, &edit.text) || !add_edit(passing, edit)) return 0;
    }
    qsort(passing->edits, passing->edit_count, sizeof(Edit), by_position);
    return 1;
}

/* Asks about the places where values may be; what is found are bytes, none where nothing is. */
static int take_clean(const Lane *lane, Passing *passing, Slice *findings, PyObject **clean) {
    if (!has_suspects(passing->look)) return 1;
    PyObject *tenant = passing->names[TENANT].bytes ? decoded(passing->names[TENANT]) : Py_NewRef(Py_None);
    PyObject *texts = texts_of(passing), *places = look_places(passing->look), *found = NULL;
    int is_taken = 0;
    if (tenant && texts && places) {
        *clean = PyObject_CallFunctionObjArgs(lane->envelope.clean, tenant, texts, places,
                                              passing->look->disguised ? Py_True : Py_False, NULL);
        if (*clean && PyTuple_Check(*clean) && PyTuple_GET_SIZE(*clean) == 2) found = PyTuple_GET_ITEM(*clean, 1);
    }
    if (found && PyBytes_Check(found) && PyList_Check(PyTuple_GET_ITEM(*clean, 0))) {
        *findings = (Slice){(const uint8_t *)PyBytes_AS_STRING(found), (size_t)PyBytes_GET_SIZE(found)};
        is_taken = edit_texts(passing, texts, PyTuple_GET_ITEM(*clean, 0));
    }
    Py_XDECREF(tenant);
    Py_XDECREF(texts);
    Py_XDECREF(places);
    return is_taken;
}

static int take_seq(PyObject *header, int64_t *seq) {
    if (!PyBytes_Check(header) || PyBytes_GET_SIZE(header) == 0 || PyBytes_GET_SIZE(header) > LONGEST_SEQ) return 0;
    *seq = 0;
    for (Py_ssize_t i = 0; i < PyBytes_GET_SIZE(header); i++) {
        const char c = PyBytes_AS_STRING(header)[i];
        if (c < '0' || c > '9') return 0;
        *seq = *seq * 10 + (c - '0');
    }
    return *seq > 0 && *seq <= LARGEST_SEQ;
}

/* The ledger's pair, if a record's headers hold it once. */
static int take_headers(const Lane *lane, PyObject *headers, Said *said, PyObject **producer) {
    int seqs = 0;
    if (!PyList_Check(headers)) return 0;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(headers); i++) {
        PyObject *header = PyList_GET_ITEM(headers, i);
        if (!PyTuple_Check(header) || PyTuple_GET_SIZE(header) != 2 || !PyUnicode_Check(PyTuple_GET_ITEM(header, 0))) return 0;
        PyObject *name = PyTuple_GET_ITEM(header, 0), *value = PyTuple_GET_ITEM(header, 1);
        if (PyUnicode_Compare(name, lane->envelope.producer_header) == 0) {
            if (*producer || !(*producer = PyObject_CallOneArg(lane->envelope.producer, value))) return 0;
        } else if (PyUnicode_Compare(name, lane->envelope.seq_header) == 0) {
            if (seqs++ || !take_seq(value, &said->seq)) return 0;
        }
    }
    return seqs == 1 && encoded(*producer, &said->producer);
}

static int asked_number(PyObject *record, PyObject *name, int64_t *number) {
    PyObject *value = PyObject_GetAttr(record, name);
    *number = value && PyLong_Check(value) ? PyLong_AsLongLong(value) : -1;
    Py_XDECREF(value);
    return *number >= 0;
}

/* ---- records ---- */

/* What Python has answered, new references. */
typedef struct { PyObject *headers, *producer, *session, *user, *clean; } Answers;

/* Asks all that has to be asked about a record; 0 where it may not pass, or an exception is set. */
static int ask(const Lane *lane, Passing *passing, PyObject *record, Said *said, Answers *answers) {
    const Envelope *envelope = &lane->envelope;
    answers->headers = PyObject_GetAttr(record, HEADERS);
    return answers->headers && asked_number(record, PARTITION, &said->partition) &&
           asked_number(record, OFFSET, &said->offset) && asked_number(record, APPENDED_MS, &said->appended_ms) &&
           said->appended_ms < LAST_SECOND * 1000 && passing->at_us <= (said->appended_ms + CLOCK_SKEW_MS) * 1000 &&
           take_headers(lane, answers->headers, said, &answers->producer) && names_are_fine(lane, passing) &&
           take_pseudonym(passing, SESSION, envelope->session, passing->session, &said->session, &answers->session) &&
           take_pseudonym(passing, USER, envelope->user, passing->user, &said->user, &answers->user) &&
           take_clean(lane, passing, &said->findings, &answers->clean);
}

static PyObject *made_outcome(const Lane *lane, const Passing *passing, PyObject *value, const Said *said) {
    const Slice by = passing->session.bytes ? said->session : said->producer;
    PyObject *outcome = NULL, *key = NULL, *clean = NULL;
    Out out = {malloc(room_for(lane, passing, said, (size_t)PyBytes_GET_SIZE(value))), 0};
    if (!out.bytes) return PyErr_NoMemory();
    put_clean(&out, lane, passing, (const uint8_t *)PyBytes_AS_STRING(value), said);
    if ((Py_ssize_t)out.size <= lane->envelope.longest_record) {
        key = PyBytes_FromStringAndSize((const char *)by.bytes, (Py_ssize_t)by.size);
        clean = PyBytes_FromStringAndSize((const char *)out.bytes, (Py_ssize_t)out.size);
    }
    if (key && clean) outcome = PyObject_CallFunctionObjArgs(lane->envelope.outcome, key, clean, Py_None, NULL);
    free(out.bytes);
    Py_XDECREF(key);
    Py_XDECREF(clean);
    return outcome;
}

/* The outcome of a record whose bytes may pass; NULL where they may not, or an exception is set. */
static PyObject *passed(const Lane *lane, Passing *passing, PyObject *record, PyObject *value) {
    Said said = {{0}};
    Answers answers = {NULL};
    PyObject *outcome = ask(lane, passing, record, &said, &answers) ? made_outcome(lane, passing, value, &said) : NULL;
    for (size_t i = 0; i < sizeof answers / sizeof(PyObject *); i++) Py_XDECREF(((PyObject **)&answers)[i]);
    return outcome;
}

/* The record's outcome or None; NULL with an exception that ends everything. */
static PyObject *outcome_of(const Lane *lane, Look *look, PyObject *record) {
    Passing passing;
    PyObject *value = PyObject_GetAttr(record, VALUE), *outcome = NULL;
    if (value && PyBytes_Check(value)) {
        const int read =
            read_event(lane, &passing, look, (const uint8_t *)PyBytes_AS_STRING(value), (size_t)PyBytes_GET_SIZE(value));
        if (read == NO_MEMORY) PyErr_NoMemory();
        else if (read == FINE) outcome = passed(lane, &passing, record, value);
    }
    Py_XDECREF(value);
    if (!outcome && PyErr_Occurred()) {
        if (!PyErr_ExceptionMatches(PyExc_Exception) || PyErr_ExceptionMatches(PyExc_MemoryError)) return NULL;
        PyErr_Clear(); /* The thorough way meets the same, and says what it means. */
    }
    return outcome ? outcome : Py_NewRef(Py_None);
}

static PyObject *lane_outcomes(PyObject *self, PyObject *records) {
    const Lane *lane = (Lane *)self;
    if (!lane->envelope.outcome) return PyErr_Format(PyExc_ValueError, "a lane without an envelope makes no outcomes");
    PyObject *all = PySequence_Fast(records, "records have to be a sequence");
    PyObject *outcomes = all ? PyList_New(PySequence_Fast_GET_SIZE(all)) : NULL;
    Look look = {0};
    for (Py_ssize_t i = 0; outcomes && i < PySequence_Fast_GET_SIZE(all); i++) {
        PyObject *outcome = outcome_of(lane, &look, PySequence_Fast_GET_ITEM(all, i));
        if (outcome) PyList_SET_ITEM(outcomes, i, outcome);
        else Py_CLEAR(outcomes);
    }
    look_end(&look);
    Py_XDECREF(all);
    return outcomes;
}

static PyObject *lane_is_harmless(PyObject *self, PyObject *value) {
    const Lane *lane = (Lane *)self;
    if (!PyBytes_Check(value)) return PyErr_Format(PyExc_TypeError, "an event's bytes have to be bytes");
    Look look = {0};
    Passing passing;
    int read;
    Py_BEGIN_ALLOW_THREADS
    read = read_event(lane, &passing, &look, (const uint8_t *)PyBytes_AS_STRING(value), (size_t)PyBytes_GET_SIZE(value));
    if (read == FINE && has_suspects(&look)) read = TOO_MANY;
    look_end(&look);
    Py_END_ALLOW_THREADS
    if (read == NO_MEMORY) return PyErr_NoMemory();
    const int is_harmless = read == FINE && names_are_fine(lane, &passing);
    return PyErr_Occurred() ? NULL : PyBool_FromLong(is_harmless);
}

/* ---- the table of fields ---- */

static void free_fields(Field *field) {
    for (Py_ssize_t i = 0; i < field->field_count; i++) free_fields(&field->fields[i]);
    free(field->fields);
}

/* From (kind, name, absent, is_required, name_of, longest, low, high, fields); `absent` is None where there is no default. */
static int take_field(PyObject *spec, Field *field) {
    PyObject *fields;
    if (!PyTuple_Check(spec) ||
        !PyArg_ParseTuple(spec, "iy#z#pinddO!", &field->kind, &field->name, &field->name_size, &field->absent,
                          &field->absent_size, &field->is_required, &field->name_of, &field->longest, &field->low,
                          &field->high, &PyTuple_Type, &fields))
        return 0;
    if (field->name_of < 0 || field->name_of >= NAMES) return PyErr_Format(PyExc_ValueError, "no such name"), 0;
    const Py_ssize_t count = PyTuple_GET_SIZE(fields);
    if (count && !(field->fields = calloc((size_t)count, sizeof(Field)))) return PyErr_NoMemory(), 0;
    field->field_count = count;
    for (Py_ssize_t i = 0; i < count; i++)
        if (!take_field(PyTuple_GET_ITEM(fields, i), &field->fields[i])) return 0;
    return 1;
}

static int take_envelope(PyObject *given, Envelope *envelope) {
    PyObject *parts;
    if (given == Py_None) return 1;
    if (!PyTuple_Check(given) ||
        !PyArg_ParseTuple(given, "O!nOOOOOUU", &PyTuple_Type, &parts, &envelope->longest_record, &envelope->session,
                          &envelope->user, &envelope->producer, &envelope->clean, &envelope->outcome, &envelope->producer_header,
                          &envelope->seq_header))
        return 0;
    for (int i = 0; i < PARTS; i++) {
        PyObject *part = PyTuple_GET_SIZE(parts) == PARTS ? PyTuple_GET_ITEM(parts, i) : NULL;
        if (!part || !PyBytes_Check(part)) return 0;
        envelope->part[i] = (Slice){(const uint8_t *)PyBytes_AS_STRING(part), (size_t)PyBytes_GET_SIZE(part)};
        envelope->parts_size += envelope->part[i].size;
    }
    return 1;
}

static int lane_init(PyObject *self, PyObject *arguments, PyObject *keywords) {
    Lane *lane = (Lane *)self;
    PyObject *fields, *scanner, *envelope;
    if (lane->made_of) return PyErr_Format(PyExc_TypeError, "a lane is made once"), -1;
    if (keywords || !PyArg_ParseTuple(arguments, "OOOO", &fields, &scanner, &lane->are_names, &envelope)) {
        if (!PyErr_Occurred()) PyErr_SetString(PyExc_TypeError, "fields, scanner, names, envelope");
        return -1;
    }
    lane->made_of = Py_NewRef(arguments);
    if (!(lane->scanner = scanner_of(scanner))) return PyErr_Format(PyExc_TypeError, "a lane needs a scanner"), -1;
    if (take_envelope(envelope, &lane->envelope) && take_field(fields, &lane->event)) return 0;
    if (!PyErr_Occurred()) PyErr_SetString(PyExc_TypeError, "an envelope, or a field, of other things than a lane is made of");
    free_fields(&lane->event);
    lane->event = (Field){0};
    return -1;
}

static void lane_dealloc(PyObject *self) {
    Lane *lane = (Lane *)self;
    PyTypeObject *type = Py_TYPE(self);
    free_fields(&lane->event);
    Py_XDECREF(lane->made_of);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMethodDef METHODS[] = {
    {"outcomes", lane_outcomes, METH_O, "The outcomes of raw records, None for those that may not pass."},
    {"is_harmless", lane_is_harmless, METH_O, "Whether an event's bytes may stay as they are."},
    {NULL, NULL, 0, NULL}};
static PyType_Slot SLOTS[] = {{Py_tp_init, lane_init}, {Py_tp_new, PyType_GenericNew}, {Py_tp_dealloc, lane_dealloc},
                              {Py_tp_methods, METHODS}, {0, NULL}};
static PyType_Spec SPEC = {"headrace.privacy._scan.Lane", sizeof(Lane), 0, Py_TPFLAGS_DEFAULT, SLOTS};

int add_lane(PyObject *module) {
    if (!(VALUE = PyUnicode_InternFromString("value")) || !(HEADERS = PyUnicode_InternFromString("headers")) ||
        !(PARTITION = PyUnicode_InternFromString("partition")) || !(OFFSET = PyUnicode_InternFromString("offset")) ||
        !(APPENDED_MS = PyUnicode_InternFromString("appended_ms")))
        return -1;
    return add_type(module, &SPEC, "Lane");
}
