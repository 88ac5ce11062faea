/* Guesses of languages (languages.py), a text at a time: what the arrays of that file work out, with the same tables. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

#include "../../headrace/_extension.h"

#define WIDTH 8
#define POINTS 0x10000
#define MOST_NAMES 64
#define MOST_SCRIPTS 256
#define OTHER_LETTER 255

/* Tables as they come, in this order; each is checked for its size. */
enum { LETTERS, SCRIPTS, KEYS, WORD_VOTES, LETTER_VOTES, RELATED, BY_SCRIPT, WEIGHTS, TABLES };

typedef struct {
    PyObject_HEAD
    Py_buffer tables[TABLES];
    const uint8_t *letters, *scripts, *related, *by_script;
    const uint64_t *keys;
    const int64_t *word_votes, *letter_votes, *weights;
    Py_ssize_t names, script_count, key_count, most;
    int latin, han, kana, plain;
    uint32_t *buckets;      /* Place of a key, plus 1. */
    size_t bucket_count;
} Guesser;

typedef struct { int64_t votes[MOST_NAMES], scripts[MOST_SCRIPTS]; } Counts;

static void add_votes(const Guesser *guesser, Counts *counts, const int64_t *votes) {
    for (Py_ssize_t i = 0; i < guesser->names; i++) counts->votes[i] += votes[i];
}

static size_t bucket_of(const Guesser *guesser, uint64_t word) {
    size_t bucket = (size_t)((word * 0x9E3779B97F4A7C15u) >> 32) & (guesser->bucket_count - 1);
    while (guesser->buckets[bucket] && guesser->keys[guesser->buckets[bucket] - 1] != word)
        bucket = (bucket + 1) & (guesser->bucket_count - 1);
    return bucket;
}

static void end_word(const Guesser *guesser, Counts *counts, uint64_t word, Py_ssize_t length) {
    if (!length || length > WIDTH) return;
    const uint32_t found = guesser->buckets[bucket_of(guesser, word)];
    if (found) add_votes(guesser, counts, guesser->word_votes + (found - 1) * guesser->names);
}

static void count(const Guesser *guesser, Counts *counts, PyObject *text) {
    const int kind = PyUnicode_KIND(text);
    const void *characters = PyUnicode_DATA(text);
    const Py_ssize_t whole = PyUnicode_GET_LENGTH(text), size = whole < guesser->most ? whole : guesser->most;
    uint64_t word = 0;
    Py_ssize_t length = 0;
    for (Py_ssize_t i = 0; i < size; i++) {
        const Py_UCS4 character = PyUnicode_READ(kind, characters, i), point = character < POINTS ? character : POINTS - 1;
        const uint8_t letter = guesser->letters[point], script = guesser->scripts[point];
        if (script) counts->scripts[script]++, counts->scripts[guesser->latin]--;
        if (!letter) {
            end_word(guesser, counts, word, length);
            word = 0;
            length = 0;
            continue;
        }
        counts->scripts[guesser->latin]++;
        if (length < WIDTH) word |= (uint64_t)letter << 8 * length;
        length++;
        if (letter > guesser->plain && letter < OTHER_LETTER)
            add_votes(guesser, counts, guesser->letter_votes + letter * guesser->names);
    }
    end_word(guesser, counts, word, length);
}

static Py_ssize_t script_of(const Guesser *guesser, Counts *counts) {
    if (counts->scripts[guesser->kana] > 0) counts->scripts[guesser->kana] += counts->scripts[guesser->han];
    Py_ssize_t most = 0;
    for (Py_ssize_t i = 1; i < guesser->script_count; i++)
        if (counts->scripts[i] * guesser->weights[i] > counts->scripts[most] * guesser->weights[most]) most = i;
    return most;
}

static uint8_t guess(const Guesser *guesser, PyObject *text) {
    Counts counts;
    memset(&counts, 0, sizeof counts);
    count(guesser, &counts, text);
    const Py_ssize_t script = script_of(guesser, &counts);
    const uint8_t *related = guesser->related + script * guesser->names;
    Py_ssize_t best = -1;
    for (Py_ssize_t i = 0; i < guesser->names; i++)
        if (related[i] && counts.votes[i] && (best < 0 || counts.votes[i] > counts.votes[best])) best = i;
    return best < 0 ? guesser->by_script[script] : (uint8_t)best;
}

static PyObject *guesser_guess(PyObject *self, PyObject *texts) {
    if (!PyList_Check(texts)) return PyErr_Format(PyExc_TypeError, "texts have to be a list");
    const Py_ssize_t size = PyList_GET_SIZE(texts);
    PyObject *places = PyBytes_FromStringAndSize(NULL, size);
    for (Py_ssize_t i = 0; places && i < size; i++) {
        PyObject *text = PyList_GET_ITEM(texts, i);
        if (PyUnicode_Check(text)) {
            PyBytes_AS_STRING(places)[i] = (char)guess((Guesser *)self, text);
        } else {
            PyErr_SetString(PyExc_TypeError, "a text has to be a string");
            Py_CLEAR(places);
        }
    }
    return places;
}

static int has_fitting_tables(const Guesser *guesser) {
    const Py_buffer *tables = guesser->tables;
    const Py_ssize_t names = guesser->names, scripts = guesser->script_count;
    int fits = names > 0 && names <= MOST_NAMES && scripts > 0 && scripts <= MOST_SCRIPTS && guesser->most >= 0;
    fits = fits && tables[LETTERS].len == POINTS && tables[SCRIPTS].len == POINTS && tables[BY_SCRIPT].len == scripts;
    fits = fits && tables[WORD_VOTES].len == guesser->key_count * names * 8 && tables[LETTER_VOTES].len == 256 * names * 8;
    fits = fits && tables[RELATED].len == scripts * names && tables[WEIGHTS].len == scripts * 8;
    for (int i = 0; fits && i < 3; i++) {
        const int script = i == 0 ? guesser->latin : i == 1 ? guesser->han : guesser->kana;
        fits = script >= 0 && script < scripts;
    }
    for (Py_ssize_t i = 0; fits && i < scripts; i++) fits = guesser->by_script[i] < names;
    return fits;
}

static int fill_buckets(Guesser *guesser) {
    for (guesser->bucket_count = 16; guesser->bucket_count < 4 * (size_t)guesser->key_count;) guesser->bucket_count *= 2;
    if (!(guesser->buckets = PyMem_Calloc(guesser->bucket_count, sizeof(uint32_t)))) return PyErr_NoMemory(), 0;
    for (Py_ssize_t i = 0; i < guesser->key_count; i++)
        guesser->buckets[bucket_of(guesser, guesser->keys[i])] = (uint32_t)i + 1;
    return 1;
}

/* From (letters, scripts, keys, word votes, letter votes, related, by script, weights), the number of names, the scripts
   Latin, Han and kana, the last plain letter, and the most characters. */
static int guesser_init(PyObject *self, PyObject *arguments, PyObject *keywords) {
    Guesser *guesser = (Guesser *)self;
    Py_buffer *t = guesser->tables;
    if (guesser->tables[0].obj || keywords) return PyErr_SetString(PyExc_TypeError, "a guesser is made once, by places"), -1;
    if (!PyArg_ParseTuple(arguments, "(y*y*y*y*y*y*y*y*)n(iii)in", &t[0], &t[1], &t[2], &t[3], &t[4], &t[5], &t[6], &t[7],
                          &guesser->names, &guesser->latin, &guesser->han, &guesser->kana, &guesser->plain, &guesser->most))
        return -1;
    guesser->letters = t[LETTERS].buf;
    guesser->scripts = t[SCRIPTS].buf;
    guesser->keys = t[KEYS].buf;
    guesser->word_votes = t[WORD_VOTES].buf;
    guesser->letter_votes = t[LETTER_VOTES].buf;
    guesser->related = t[RELATED].buf;
    guesser->by_script = t[BY_SCRIPT].buf;
    guesser->weights = t[WEIGHTS].buf;
    guesser->script_count = t[BY_SCRIPT].len;
    guesser->key_count = t[KEYS].len / 8;
    if (!has_fitting_tables(guesser)) return PyErr_SetString(PyExc_ValueError, "the tables do not fit each other"), -1;
    return fill_buckets(guesser) ? 0 : -1;
}

static void guesser_dealloc(PyObject *self) {
    Guesser *guesser = (Guesser *)self;
    PyTypeObject *type = Py_TYPE(self);
    for (int i = 0; i < TABLES; i++) PyBuffer_Release(&guesser->tables[i]);
    PyMem_Free(guesser->buckets);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMethodDef METHODS[] = {{"guess", guesser_guess, METH_O, "The place of each text's language among the names."},
                                {NULL, NULL, 0, NULL}};
static PyType_Slot SLOTS[] = {{Py_tp_init, guesser_init}, {Py_tp_new, PyType_GenericNew}, {Py_tp_dealloc, guesser_dealloc},
                              {Py_tp_methods, METHODS}, {0, NULL}};
static PyType_Spec SPEC = {"consumers.digester._languages.Guesser", sizeof(Guesser), 0, Py_TPFLAGS_DEFAULT, SLOTS};

static int add_guesser(PyObject *module) {
    return add_type(module, &SPEC, "Guesser");
}

static PyModuleDef_Slot MODULE_SLOTS[] = {{Py_mod_exec, add_guesser}, {0, NULL}};
static PyModuleDef MODULE = {PyModuleDef_HEAD_INIT, "_languages", NULL, 0, NULL, MODULE_SLOTS, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__languages(void) { return PyModuleDef_Init(&MODULE); }
