/* Prints of texts (prints.py), a text at a time: what the arrays of that file work out, with the same tables. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

#define WIDTH 8
#define STEM 5
#define PIECES 2
#define MULTIPLIER 0x9E3779B97F4A7C15u
#define HASH_SHIFT (64 - 7)
#define BUCKETS 1024

typedef struct { const uint64_t *codes; Py_ssize_t count; } Codes;

typedef struct {
    const uint8_t *lower;   /* Of each ASCII character: its word character in lower case, 0 between words. */
    Codes common, telling, leading, following;
    uint64_t commons[BUCKETS];
} Tables;

typedef struct { uint64_t bits[PIECES]; int16_t words; uint8_t complains; } Print;

static uint64_t cut(uint64_t word, int letters) {
    return letters >= WIDTH ? word : word & (((uint64_t)1 << 8 * letters) - 1);
}

static int is_in(const Codes *codes, uint64_t word) {
    for (Py_ssize_t i = 0; i < codes->count; i++)
        if (codes->codes[i] == word) return 1;
    return 0;
}

static uint64_t *bucket_of(Tables *tables, uint64_t word) {
    size_t bucket = (size_t)(word * MULTIPLIER >> 54);
    while (tables->commons[bucket] && tables->commons[bucket] != word) bucket = (bucket + 1) % BUCKETS;
    return &tables->commons[bucket];
}

static int is_followed(const Tables *tables, uint64_t word) {
    return is_in(&tables->following, cut(word, 2)) || is_in(&tables->following, cut(word, STEM - 1)) ||
           is_in(&tables->following, cut(word, STEM));
}

/* Takes a word; `before` is the one before it, and `may_complain` says whether that one waits for what follows. */
static void take_word(Tables *tables, Print *print, uint64_t word, Py_ssize_t length, uint64_t before, int *may_complain) {
    const uint64_t stem = cut(word, STEM);
    if (length > WIDTH || !*bucket_of(tables, word)) {
        const uint64_t hash = stem * MULTIPLIER >> HASH_SHIFT;
        print->bits[hash >> 6] |= (uint64_t)1 << (hash & 63);
        print->words++;
    }
    if (*may_complain && is_followed(tables, word)) print->complains = 1;
    *may_complain = is_in(&tables->telling, stem) || is_in(&tables->telling, cut(word, STEM - 1));
    if (*may_complain && is_in(&tables->leading, before)) print->complains = 1;
}

static Print print_of(Tables *tables, PyObject *text, Py_ssize_t most) {
    Print print = {{0, 0}, 0, 0};
    if (!PyUnicode_IS_ASCII(text)) {
        print.words = -1;
        print.complains = 1;
        return print;
    }
    const uint8_t *characters = PyUnicode_1BYTE_DATA(text);
    const Py_ssize_t whole = PyUnicode_GET_LENGTH(text), size = whole < most ? whole : most;
    uint64_t word = 0, before = 0;
    Py_ssize_t length = 0;
    int may_complain = 0;
    for (Py_ssize_t i = 0; i <= size; i++) {
        const uint8_t letter = i < size ? tables->lower[characters[i]] : 0;
        if (letter) {
            if (length < WIDTH) word |= (uint64_t)letter << 8 * length;
            length++;
        } else if (length) {
            take_word(tables, &print, word, length, before, &may_complain);
            before = word;
            word = 0;
            length = 0;
        }
    }
    return print;
}

static Codes codes_of(const Py_buffer *buffer) { return (Codes){buffer->buf, buffer->len / 8}; }

/* (texts, most characters, lower, common, telling, leading, following) to (bits, words, complains). */
static PyObject *prints_of(PyObject *module, PyObject *arguments) {
    (void)module;
    PyObject *texts;
    Py_ssize_t most;
    Py_buffer lower, common, telling, leading, following;
    if (!PyArg_ParseTuple(arguments, "O!ny*y*y*y*y*", &PyList_Type, &texts, &most, &lower, &common, &telling, &leading,
                          &following))
        return NULL;
    const Py_ssize_t count = PyList_GET_SIZE(texts);
    PyObject *bits = PyBytes_FromStringAndSize(NULL, 8 * PIECES * count), *words = PyBytes_FromStringAndSize(NULL, 2 * count),
             *complains = PyBytes_FromStringAndSize(NULL, count), *answer = NULL;
    Tables tables = {lower.buf, codes_of(&common), codes_of(&telling), codes_of(&leading), codes_of(&following), {0}};
    int fits = lower.len == 128 && tables.common.count < BUCKETS / 2 && most >= 0 && most <= INT16_MAX;
    for (Py_ssize_t i = 0; fits && i < count; i++) fits = PyUnicode_Check(PyList_GET_ITEM(texts, i));
    if (!fits) PyErr_SetString(PyExc_ValueError, "texts and tables do not fit");
    for (Py_ssize_t i = 0; fits && i < tables.common.count; i++)
        *bucket_of(&tables, tables.common.codes[i]) = tables.common.codes[i];
    for (Py_ssize_t i = 0; fits && bits && words && complains && i < count; i++) {
        const Print print = print_of(&tables, PyList_GET_ITEM(texts, i), most);
        memcpy(PyBytes_AS_STRING(bits) + 8 * PIECES * i, print.bits, 8 * PIECES);
        memcpy(PyBytes_AS_STRING(words) + 2 * i, &print.words, 2);
        PyBytes_AS_STRING(complains)[i] = (char)print.complains;
    }
    if (fits && bits && words && complains) answer = PyTuple_Pack(3, bits, words, complains);
    Py_XDECREF(bits);
    Py_XDECREF(words);
    Py_XDECREF(complains);
    PyBuffer_Release(&lower);
    PyBuffer_Release(&common);
    PyBuffer_Release(&telling);
    PyBuffer_Release(&leading);
    PyBuffer_Release(&following);
    return answer;
}

static PyMethodDef METHODS[] = {{"prints_of", prints_of, METH_VARARGS, "Bits, words and complaints of texts."},
                                {NULL, NULL, 0, NULL}};
static PyModuleDef_Slot SLOTS[] = {{0, NULL}};
static PyModuleDef MODULE = {PyModuleDef_HEAD_INIT, "_prints", NULL, 0, METHODS, SLOTS, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__prints(void) { return PyModuleDef_Init(&MODULE); }
