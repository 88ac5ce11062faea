/* Sums of rows of float16, each row widened and added in order: what numpy's `take`, `astype` and `reduceat` give, without
   the rows in between. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

/* Exact for zeros, subnormal and normal numbers: the bits of float16 moved to where float32 has them, and the difference
   of the exponents' biases made up for by a power of two. Not for infinity and NaN. */
static inline float widened(uint16_t half) {
    const uint32_t bits = (uint32_t)(half & 0x7fff) << 13;
    const uint32_t sign = (uint32_t)(half & 0x8000) << 16;
    float number;
    memcpy(&number, &bits, sizeof number);
    number *= 0x1p112f;
    uint32_t signed_bits;
    memcpy(&signed_bits, &number, sizeof signed_bits);
    signed_bits |= sign;
    memcpy(&number, &signed_bits, sizeof number);
    return number;
}

static void add_row(float *restrict sums, const uint16_t *restrict row, Py_ssize_t width) {
    for (Py_ssize_t i = 0; i < width; i++) sums[i] += widened(row[i]);
}

/* Adds to each row of `sums` the table's rows that its ids name; 0 for an id that the table has not. */
static int add_all(float *sums, Py_ssize_t texts, const uint16_t *table, Py_ssize_t rows, Py_ssize_t width,
                   const int32_t *ids, const int64_t *ends) {
    int64_t at = 0;
    for (Py_ssize_t text = 0; text < texts; text++)
        for (; at < ends[text]; at++) {
            if (ids[at] < 0 || ids[at] >= rows) return 0;
            add_row(sums + text * width, table + (Py_ssize_t)ids[at] * width, width);
        }
    return 1;
}

static int fits(Py_ssize_t texts, const int64_t *ends, Py_ssize_t ids) {
    for (Py_ssize_t i = 0; i < texts; i++)
        if (ends[i] < (i ? ends[i - 1] : 0) || ends[i] > ids) return 0;
    return 1;
}

static PyObject *add_rows(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer sums, table, ids, ends;
    Py_ssize_t width;
    if (!PyArg_ParseTuple(arguments, "w*y*y*y*n", &sums, &table, &ids, &ends, &width)) return NULL;
    const Py_ssize_t texts = ends.len / 8;
    int is_done = width > 0 && sums.len == texts * width * 4 && fits(texts, ends.buf, ids.len / 4);
    Py_BEGIN_ALLOW_THREADS
    is_done = is_done && add_all(sums.buf, texts, table.buf, table.len / 2 / width, width, ids.buf, ends.buf);
    Py_END_ALLOW_THREADS
    PyBuffer_Release(&sums);
    PyBuffer_Release(&table);
    PyBuffer_Release(&ids);
    PyBuffer_Release(&ends);
    if (is_done) Py_RETURN_NONE;
    PyErr_SetString(PyExc_ValueError, "sums, table, ids and ends do not agree");
    return NULL;
}

static PyMethodDef METHODS[] = {
    {"add_rows", add_rows, METH_VARARGS, "Adds to each row of float32 sums the rows of a float16 table that ids name."},
    {NULL, NULL, 0, NULL}};
static PyModuleDef_Slot SLOTS[] = {{0, NULL}};
static PyModuleDef MODULE = {PyModuleDef_HEAD_INIT, "_sums", NULL, 0, METHODS, SLOTS, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__sums(void) { return PyModuleDef_Init(&MODULE); }
