/* Records of msgpack maps to columns: each record is walked through once, and what is wanted of it is appended.

   Which fields are wanted, and as what, is a tree (columns.py): a node has a name, nodes below it, and columns that take
   its value. A record whose fields are not of the wanted kinds, or that lacks one that it has to have, is odd: it leaves
   no row, and its place among the records is told, so that somebody else reads it. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdlib.h>

#include "../../headrace/_extension.h"
#include "../../headrace/_msgpack.h"

#define DEEPEST 16
#define SHARED_TEXTS 1024
#define LONGEST_SHARED 64

/* In the order of columns.py's `Kind`. */
typedef enum { AS_TAG, AS_TEXT, AS_STRING, AS_SHARED, AS_NUMBER, AS_INTEGER, AS_TIME, AS_RAW, AS_LENGTH, AS_SIZE,
               AS_GREATEST } Want;

typedef struct {
    Want kind;
    int is_required, takes_any;     /* `takes_any`: what is no string is none. */
    const char *absent;             /* What a text is where the field is not there: NULL is none. */
    Py_ssize_t absent_size, longest;
    PyObject *absent_string;
} Column;

typedef struct Node Node;
struct Node {
    const char *name;
    Py_ssize_t name_size, below_count, column_count;
    Node *below;
    int *columns;
};

/* Room for texts, kept from call to call: as much as the largest call needed. */
typedef struct { uint8_t *bytes; size_t size; } Room;

typedef struct {
    PyObject_HEAD
    PyObject *made_of;
    Column *columns;
    Room *rooms;            /* Of each column; NULL bytes while a call uses it. */
    Py_ssize_t column_count;
    Node root;
    PyObject *shared[SHARED_TEXTS];
} Reader_;

/* What a column has taken so far. */
typedef struct {
    PyObject *cells;        /* A list, or bytes of eight for each row. */
    uint8_t *is_known;      /* A byte for each row. */
    uint8_t *text;
    size_t text_size, text_room;
    int32_t *ends;
    int seen;               /* In this record. */
} Taken;

typedef struct {
    Reader_ *reader;
    Reader in;
    Taken *taken;
    Py_ssize_t row;
} Walk;

enum { ODD = 0, TAKEN = 1, FAILED = -1 };

/* ---- texts ---- */

static int is_utf8(const uint8_t *text, size_t size) {
    size_t i = 0;
    for (uint64_t eight; i + sizeof eight <= size; i += sizeof eight) {
        memcpy(&eight, text + i, sizeof eight);
        if (eight & 0x8080808080808080) break;
    }
    while (i < size) {
        const uint8_t lead = text[i];
        if (lead < 0x80) {
            i++;
            continue;
        }
        const size_t length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
        if (!length || length > size - i) return 0;
        const uint8_t second = text[i + 1];
        if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) || (lead == 0xf0 && second < 0x90) ||
            (lead == 0xf4 && second > 0x8f))
            return 0;
        for (size_t j = 1; j < length; j++)
            if ((text[i + j] & 0xc0) != 0x80) return 0;
        i += length;
    }
    return 1;
}

static size_t characters(const Token *text) {
    size_t count = 0;
    for (size_t i = 0; i < text->size; i++) count += (text->bytes[i] & 0xc0) != 0x80;
    return count;
}

/* The bytes of at most so many characters. */
static size_t cut(const Token *text, Py_ssize_t most) {
    if (text->size <= (size_t)most) return text->size;
    size_t i = 0;
    for (Py_ssize_t count = 0; i < text->size; i++)
        if ((text->bytes[i] & 0xc0) != 0x80 && ++count > most) break;
    return i;
}

static PyObject *string_of(const uint8_t *bytes, size_t size) {
    return PyUnicode_DecodeUTF8((const char *)bytes, (Py_ssize_t)size, NULL);
}

/* Equal short texts as one object, mostly. */
static PyObject *shared_string(Reader_ *reader, const Token *text) {
    if (text->size > LONGEST_SHARED) return string_of(text->bytes, text->size);
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < text->size; i++) hash = (hash ^ text->bytes[i]) * 16777619u;
    PyObject **slot = &reader->shared[hash % SHARED_TEXTS];
    if (*slot) {
        Py_ssize_t size;
        const char *known = PyUnicode_AsUTF8AndSize(*slot, &size);
        if (!known) return NULL;
        if ((size_t)size == text->size && !memcmp(known, text->bytes, text->size)) return Py_NewRef(*slot);
    }
    PyObject *string = string_of(text->bytes, text->size);
    if (string) Py_XSETREF(*slot, Py_NewRef(string));
    return string;
}

/* ---- cells ---- */

static int add_bytes(Taken *taken, const void *bytes, size_t size) {
    if (taken->text_size + size > INT32_MAX) return PyErr_NoMemory(), 0;
    if (taken->text_size + size > taken->text_room) {
        const size_t room = 2 * taken->text_room + size + 1024;
        uint8_t *more = realloc(taken->text, room);
        if (!more) return PyErr_NoMemory(), 0;
        taken->text = more;
        taken->text_room = room;
    }
    if (size) memcpy(taken->text + taken->text_size, bytes, size);
    taken->text_size += size;
    return 1;
}

static void set_eight(Taken *taken, Py_ssize_t row, const void *eight) {
    memcpy(PyBytes_AS_STRING(taken->cells) + 8 * row, eight, 8);
    if (taken->is_known) taken->is_known[row] = 1;
}

static int set_number(Taken *taken, Py_ssize_t row, double number) {
    set_eight(taken, row, &number);
    return TAKEN;
}

static int set_object(Taken *taken, Py_ssize_t row, PyObject *object) {
    if (!object) {
        if (!PyErr_ExceptionMatches(PyExc_UnicodeDecodeError)) return FAILED;
        PyErr_Clear();
        return ODD;
    }
    Py_SETREF(PyList_GET_ITEM(taken->cells, row), object);
    return TAKEN;
}

static int take_time(Taken *taken, Py_ssize_t row, const Token *token) {
    int64_t microseconds;
    if (!is_moment(token, &microseconds)) return ODD;
    set_eight(taken, row, &microseconds);
    return TAKEN;
}

static double number_of(const Token *token) {
    if (token->kind == FLOAT) return token->number;
    return token->is_huge ? (double)(uint64_t)token->integer : (double)token->integer;
}

/* The greatest of a list of numbers, none of an empty one; moves past it. */
static int take_greatest(Walk *walk, Taken *taken, size_t items) {
    double greatest = NAN;
    for (size_t i = 0; i < items; i++) {
        const Token item = next_token(&walk->in);
        if (item.kind != FLOAT && item.kind != INTEGER) return ODD;
        const double number = number_of(&item);
        if (isnan(number)) return ODD;
        if (!(number <= greatest)) greatest = number;
    }
    return set_number(taken, walk->row, greatest);
}

static int take_text(Walk *walk, const Column *column, Taken *taken, const Token *token) {
    if (!is_utf8(token->bytes, token->size)) return ODD;
    if (column->kind == AS_LENGTH) return set_number(taken, walk->row, (double)characters(token));
    taken->is_known[walk->row] = 1;
    return add_bytes(taken, token->bytes, token->size) ? TAKEN : FAILED;
}

/* Takes a value that is no list or map. */
static int take_value(Walk *walk, const Column *column, Taken *taken, const Token *token) {
    const int is_string = token->kind == STRING, is_number = token->kind == FLOAT || token->kind == INTEGER;
    switch (column->kind) {
    case AS_TAG: return says(token, column->absent, (size_t)column->absent_size);
    case AS_TEXT: case AS_LENGTH: return is_string ? take_text(walk, column, taken, token) : ODD;
    case AS_STRING:
        if (!is_string) return column->takes_any ? TAKEN : ODD;
        return set_object(taken, walk->row, string_of(token->bytes, cut(token, column->longest)));
    case AS_SHARED: return is_string ? set_object(taken, walk->row, shared_string(walk->reader, token)) : ODD;
    case AS_NUMBER:
        return is_number && !isnan(number_of(token)) ? set_number(taken, walk->row, number_of(token)) : ODD;
    case AS_INTEGER:
        if (token->kind != INTEGER || token->is_huge) return ODD;
        set_eight(taken, walk->row, &token->integer);
        return TAKEN;
    case AS_TIME: return take_time(taken, walk->row, token);
    case AS_RAW: return TAKEN;
    default: return ODD;
    }
}

static int take_whole(Walk *walk, const Column *column, Taken *taken, const Token *head, const uint8_t *start) {
    if (column->kind == AS_RAW)
        return set_object(taken, walk->row, PyBytes_FromStringAndSize((const char *)start, walk->in.at - start));
    if (column->kind == AS_SIZE) return set_number(taken, walk->row, (double)head->size);
    return column->kind == AS_STRING && column->takes_any ? TAKEN : ODD;
}

/* ---- records ---- */

static int walk_map(Walk *walk, const Node *node, size_t pairs, int depth);

static int walk_value(Walk *walk, const Node *node, int depth) {
    const uint8_t *start = walk->in.at;
    const Token token = next_token(&walk->in);
    const int is_list = token.kind == ARRAY, is_whole = is_list || token.kind == MAP;
    const Reader behind_head = walk->in;
    int outcome = TAKEN;
    if (token.kind == BROKEN) return ODD;
    if (token.kind == MAP && node->below_count) outcome = walk_map(walk, node, token.size, depth + 1);
    else if (node->below_count && token.kind != NIL) return ODD;
    else if (is_whole && !skip_values(&walk->in, is_list ? token.size : 2 * (uint64_t)token.size)) return ODD;
    for (Py_ssize_t i = 0; outcome == TAKEN && i < node->column_count; i++) {
        const Column *column = &walk->reader->columns[node->columns[i]];
        Taken *taken = &walk->taken[node->columns[i]];
        if (taken->seen++) return ODD;
        if (token.kind == NIL && column->kind != AS_TAG) {
            taken->seen = 0;
        } else if (is_list && column->kind == AS_GREATEST) {
            Walk again = *walk;
            again.in = behind_head;
            outcome = take_greatest(&again, taken, token.size);
        } else if (is_whole || column->kind == AS_RAW) {
            outcome = take_whole(walk, column, taken, &token, start);
        } else {
            outcome = take_value(walk, column, taken, &token);
        }
    }
    return outcome;
}

/* The node of a key, most often the one behind the last. */
static const Node *below(const Node *node, const Token *key, Py_ssize_t *next) {
    for (Py_ssize_t tried = 0; tried < node->below_count; tried++) {
        const Py_ssize_t i = *next + tried < node->below_count ? *next + tried : *next + tried - node->below_count;
        if (says(key, node->below[i].name, (size_t)node->below[i].name_size)) {
            *next = i + 1;
            return &node->below[i];
        }
    }
    return NULL;
}

static int walk_map(Walk *walk, const Node *node, size_t pairs, int depth) {
    Py_ssize_t next = 0;
    if (depth > DEEPEST) return ODD;
    for (size_t i = 0; i < pairs; i++) {
        const Token key = next_token(&walk->in);
        const Node *child = key.kind == STRING ? below(node, &key, &next) : NULL;
        if (!child) {
            if (key.kind != STRING || !skip_values(&walk->in, 1)) return ODD;
            continue;
        }
        const int outcome = walk_value(walk, child, depth);
        if (outcome != TAKEN) return outcome;
    }
    return TAKEN;
}

/* Fills in what a record did not have. */
static int fill_absent(Walk *walk) {
    for (Py_ssize_t i = 0; i < walk->reader->column_count; i++) {
        const Column *column = &walk->reader->columns[i];
        Taken *taken = &walk->taken[i];
        if (!taken->seen && column->is_required) return ODD;
        if (!taken->seen && column->absent) {
            if (column->kind == AS_TEXT && !add_bytes(taken, column->absent, (size_t)column->absent_size)) return FAILED;
            if (column->kind == AS_TEXT) taken->is_known[walk->row] = 1;
            if (column->kind == AS_LENGTH) set_number(taken, walk->row, (double)column->absent_size);
            if (column->absent_string) set_object(taken, walk->row, Py_NewRef(column->absent_string));
        }
        if (taken->ends) taken->ends[walk->row + 1] = (int32_t)taken->text_size;
    }
    return TAKEN;
}

/* Takes back what an odd record has left. */
static void clear_row(Walk *walk) {
    static const double NOT_A_NUMBER = NAN;
    for (Py_ssize_t i = 0; i < walk->reader->column_count; i++) {
        Taken *taken = &walk->taken[i];
        if (taken->ends) taken->text_size = (size_t)taken->ends[walk->row];
        if (taken->cells && PyList_Check(taken->cells)) set_object(taken, walk->row, Py_NewRef(Py_None));
        else if (taken->cells) set_eight(taken, walk->row, &NOT_A_NUMBER);
        if (taken->is_known) taken->is_known[walk->row] = 0;
        taken->seen = 0;
    }
}

static int read_record(Walk *walk, PyObject *value) {
    if (!PyBytes_Check(value)) return PyErr_SetString(PyExc_TypeError, "a record has to be bytes"), FAILED;
    const uint8_t *bytes = (const uint8_t *)PyBytes_AS_STRING(value);
    walk->in = (Reader){bytes, bytes + PyBytes_GET_SIZE(value)};
    for (Py_ssize_t i = 0; i < walk->reader->column_count; i++) walk->taken[i].seen = 0;
    const Token head = next_token(&walk->in);
    int outcome = head.kind == MAP ? walk_map(walk, &walk->reader->root, head.size, 0) : ODD;
    if (outcome == TAKEN && walk->in.at != walk->in.end) outcome = ODD;
    return outcome == TAKEN ? fill_absent(walk) : outcome;
}

/* ---- columns ---- */

static int has_list(Want kind) { return kind == AS_STRING || kind == AS_SHARED || kind == AS_RAW; }
static int has_bits(Want kind) { return kind == AS_TEXT || kind == AS_INTEGER; }

static PyObject *nones(Py_ssize_t rows) {
    PyObject *list = PyList_New(rows);
    for (Py_ssize_t i = 0; list && i < rows; i++) PyList_SET_ITEM(list, i, Py_NewRef(Py_None));
    return list;
}

static PyObject *eights(Py_ssize_t rows) {
    static const double NOT_A_NUMBER = NAN;
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, 8 * rows);
    for (Py_ssize_t i = 0; bytes && i < rows; i++) memcpy(PyBytes_AS_STRING(bytes) + 8 * i, &NOT_A_NUMBER, 8);
    return bytes;
}

static int begin_column(const Column *column, Taken *taken, Py_ssize_t rows) {
    if (has_bits(column->kind) && !(taken->is_known = calloc((size_t)rows + 1, 1))) return PyErr_NoMemory(), 0;
    if (column->kind == AS_TEXT && !(taken->ends = calloc((size_t)rows + 1, sizeof(int32_t)))) return PyErr_NoMemory(), 0;
    if (column->kind == AS_TEXT || column->kind == AS_TAG) return 1;
    return (taken->cells = has_list(column->kind) ? nones(rows) : eights(rows)) != NULL;
}

/* A bit for each row, None where all are known. */
static PyObject *bits_of(const uint8_t *is_known, Py_ssize_t rows) {
    if (!memchr(is_known, 0, (size_t)rows)) return Py_NewRef(Py_None);
    PyObject *bits = PyBytes_FromStringAndSize(NULL, (rows + 7) / 8);
    if (!bits) return NULL;
    uint8_t *bytes = (uint8_t *)PyBytes_AS_STRING(bits);
    memset(bytes, 0, (size_t)(rows + 7) / 8);
    for (Py_ssize_t i = 0; i < rows; i++) bytes[i / 8] |= (uint8_t)(is_known[i] << (i % 8));
    return bits;
}

static PyObject *ended_column(const Column *column, Taken *taken, Py_ssize_t rows) {
    if (column->kind == AS_TAG) return Py_NewRef(Py_None);
    if (column->kind == AS_TEXT) {
        PyObject *bits = bits_of(taken->is_known, rows);
        return bits ? Py_BuildValue("(Ny#y#)", bits, taken->ends, (Py_ssize_t)sizeof(int32_t) * (rows + 1),
                                    taken->text ? taken->text : (const uint8_t *)"", (Py_ssize_t)taken->text_size)
                    : NULL;
    }
    PyObject *cells = taken->cells;
    taken->cells = NULL;
    if (has_list(column->kind)) {
        if (PyList_SetSlice(cells, rows, PyList_GET_SIZE(cells), NULL)) Py_CLEAR(cells);
        return cells;
    }
    if (_PyBytes_Resize(&cells, 8 * rows)) return NULL;
    if (column->kind != AS_INTEGER) return cells;
    PyObject *bits = bits_of(taken->is_known, rows);
    return bits ? Py_BuildValue("(NN)", bits, cells) : (Py_DECREF(cells), NULL);
}

static PyObject *columns_of(const Walk *walk) {
    PyObject *columns = PyTuple_New(walk->reader->column_count);
    for (Py_ssize_t i = 0; columns && i < walk->reader->column_count; i++) {
        PyObject *column = ended_column(&walk->reader->columns[i], &walk->taken[i], walk->row);
        if (column) PyTuple_SET_ITEM(columns, i, column);
        else Py_CLEAR(columns);
    }
    return columns;
}

/* The places of odd records; NULL with an exception. */
static PyObject *read_all(Walk *walk, PyObject *values) {
    PyObject *odd = PyList_New(0);
    for (Py_ssize_t i = 0; odd && i < PyList_GET_SIZE(values); i++) {
        const int outcome = read_record(walk, PyList_GET_ITEM(values, i));
        if (outcome == TAKEN) {
            walk->row++;
            continue;
        }
        clear_row(walk);
        PyObject *place = outcome == ODD ? PyLong_FromSsize_t(i) : NULL;
        if (!place || PyList_Append(odd, place)) Py_CLEAR(odd);
        Py_XDECREF(place);
    }
    return odd;
}

static PyObject *reader_read(PyObject *self, PyObject *values) {
    Reader_ *reader = (Reader_ *)self;
    if (!PyList_Check(values)) return PyErr_Format(PyExc_TypeError, "records have to be a list");
    const size_t count = (size_t)reader->column_count;
    Walk walk = {reader, {NULL, NULL}, calloc(count + 1, sizeof(Taken)), 0};
    PyObject *odd = NULL, *columns = NULL;
    int is_begun = walk.taken != NULL;
    for (size_t i = 0; is_begun && i < count; i++) {
        is_begun = begin_column(&reader->columns[i], &walk.taken[i], PyList_GET_SIZE(values));
        walk.taken[i].text = reader->rooms[i].bytes;
        walk.taken[i].text_room = walk.taken[i].text ? reader->rooms[i].size : 0;
        reader->rooms[i].bytes = NULL;
    }
    if (is_begun && (odd = read_all(&walk, values))) columns = columns_of(&walk);
    for (size_t i = 0; walk.taken && i < count; i++) {
        Py_XDECREF(walk.taken[i].cells);
        free(walk.taken[i].is_known);
        free(reader->rooms[i].bytes);
        reader->rooms[i] = (Room){walk.taken[i].text, walk.taken[i].text_room};
        free(walk.taken[i].ends);
    }
    free(walk.taken);
    PyObject *answer = columns ? PyTuple_Pack(2, odd, columns) : NULL;
    Py_XDECREF(odd);
    Py_XDECREF(columns);
    return answer || PyErr_Occurred() ? answer : PyErr_NoMemory();
}

/* ---- what a reader is made of ---- */

static void free_node(Node *node) {
    for (Py_ssize_t i = 0; i < node->below_count; i++) free_node(&node->below[i]);
    free(node->below);
    free(node->columns);
}

/* From (name, columns, nodes below). */
static int take_node(const Reader_ *reader, PyObject *spec, Node *node) {
    PyObject *columns, *nodes;
    if (!PyTuple_Check(spec) || !PyArg_ParseTuple(spec, "y#O!O!", &node->name, &node->name_size, &PyTuple_Type, &columns,
                                                  &PyTuple_Type, &nodes))
        return 0;
    node->columns = calloc((size_t)PyTuple_GET_SIZE(columns) + 1, sizeof(int));
    node->below = calloc((size_t)PyTuple_GET_SIZE(nodes) + 1, sizeof(Node));
    if (!node->columns || !node->below) return PyErr_NoMemory(), 0;
    for (; node->column_count < PyTuple_GET_SIZE(columns); node->column_count++) {
        const long column = PyLong_AsLong(PyTuple_GET_ITEM(columns, node->column_count));
        if (column < 0 || column >= reader->column_count) return 0;
        node->columns[node->column_count] = (int)column;
    }
    while (node->below_count < PyTuple_GET_SIZE(nodes)) {
        const Py_ssize_t next = node->below_count++;
        if (!take_node(reader, PyTuple_GET_ITEM(nodes, next), &node->below[next])) return 0;
    }
    return 1;
}

/* From (kind, required?, takes any?, default, longest). */
static int take_column(PyObject *spec, Column *column) {
    int kind;
    if (!PyTuple_Check(spec) || !PyArg_ParseTuple(spec, "ippz#n", &kind, &column->is_required, &column->takes_any,
                                                  &column->absent, &column->absent_size, &column->longest))
        return 0;
    column->kind = (Want)kind;
    if (kind < AS_TAG || kind > AS_GREATEST || column->longest < 0) return 0;
    if (column->absent && (kind == AS_STRING || kind == AS_SHARED))
        return (column->absent_string = string_of((const uint8_t *)column->absent, (size_t)column->absent_size)) != NULL;
    return 1;
}

static int reader_init(PyObject *self, PyObject *arguments, PyObject *keywords) {
    Reader_ *reader = (Reader_ *)self;
    PyObject *columns, *root;
    if (reader->made_of) return PyErr_Format(PyExc_TypeError, "a reader is made once"), -1;
    if (keywords || !PyArg_ParseTuple(arguments, "O!O", &PyTuple_Type, &columns, &root)) {
        if (!PyErr_Occurred()) PyErr_SetString(PyExc_TypeError, "columns, root");
        return -1;
    }
    reader->made_of = Py_NewRef(arguments);
    const size_t count = (size_t)PyTuple_GET_SIZE(columns) + 1;
    reader->columns = calloc(count, sizeof(Column));
    reader->rooms = calloc(count, sizeof(Room));
    if (!reader->columns || !reader->rooms) return PyErr_NoMemory(), -1;
    int is_taken = 1;
    while (is_taken && reader->column_count < PyTuple_GET_SIZE(columns)) {
        const Py_ssize_t next = reader->column_count++;
        is_taken = take_column(PyTuple_GET_ITEM(columns, next), &reader->columns[next]);
    }
    if (is_taken && take_node(reader, root, &reader->root)) return 0;
    if (!PyErr_Occurred()) PyErr_SetString(PyExc_ValueError, "columns and nodes do not agree");
    reader->column_count = 0;
    return -1;
}

static void reader_dealloc(PyObject *self) {
    Reader_ *reader = (Reader_ *)self;
    PyTypeObject *type = Py_TYPE(self);
    free_node(&reader->root);
    for (Py_ssize_t i = 0; i < reader->column_count; i++) {
        Py_XDECREF(reader->columns[i].absent_string);
        free(reader->rooms[i].bytes);
    }
    free(reader->columns);
    free(reader->rooms);
    for (int i = 0; i < SHARED_TEXTS; i++) Py_XDECREF(reader->shared[i]);
    Py_XDECREF(reader->made_of);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMethodDef METHODS[] = {{"read", reader_read, METH_O, "The places of odd records, and the columns of all others."},
                                {NULL, NULL, 0, NULL}};
static PyType_Slot SLOTS[] = {{Py_tp_init, reader_init}, {Py_tp_new, PyType_GenericNew}, {Py_tp_dealloc, reader_dealloc},
                              {Py_tp_methods, METHODS}, {0, NULL}};
static PyType_Spec SPEC = {"consumers.clean._columns.Reader", sizeof(Reader_), 0, Py_TPFLAGS_DEFAULT, SLOTS};

static int add_reader(PyObject *module) {
    return add_type(module, &SPEC, "Reader");
}

static PyModuleDef_Slot MODULE_SLOTS[] = {{Py_mod_exec, add_reader}, {0, NULL}};
static PyModuleDef MODULE = {PyModuleDef_HEAD_INIT, "_columns", NULL, 0, NULL, MODULE_SLOTS, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__columns(void) { return PyModuleDef_Init(&MODULE); }
