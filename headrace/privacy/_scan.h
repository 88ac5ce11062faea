/* A look through one text, or through several with a 0 between them: what `_scan.c` offers to other files. */

#ifndef HEADRACE_SCAN_H
#define HEADRACE_SCAN_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>

#define SET_WORDS 8

typedef struct Scanner Scanner;
typedef struct { uint64_t words[SET_WORDS]; } Set;
typedef struct { Py_ssize_t start, end; uint16_t word; uint8_t goes_on_left, goes_on_right; } Hit;
typedef struct { Py_ssize_t at; size_t order; Set rules; } Place;
typedef struct { Py_ssize_t at; uint8_t look_alike; } Stranger;

enum { FINE = 0, NO_MEMORY = -1, TOO_MANY = -2, NOT_UTF8 = -3 };

typedef struct {
    const Scanner *scanner;
    Py_ssize_t length, room;
    size_t text_count;
    uint8_t *bytes, *symbols;
    uint32_t *marks;
    size_t mark_count;
    Stranger *strangers;    /* Characters that look like others, or like nothing. */
    size_t stranger_count, stranger_room;
    Hit *hits;
    size_t hit_count, hit_room;
    Place *places;          /* After `look_through`: left to right, each with a rule that may find something there. */
    size_t place_count, place_room;
    int disguised;          /* Something may be found when the text is looked at through a view. */
} Look;

/* The scanner that an object is, NULL (and no exception) if it is none, or not ready. */
const Scanner *scanner_of(PyObject *object);

/* Room for so many characters in all, of which none is there yet; FINE or NO_MEMORY. */
int look_begin(Look *look, const Scanner *scanner, size_t characters);

/* Puts UTF-8 behind the texts that are there, and a 0, which has to fit; how many characters it has, or NOT_UTF8 or
   NO_MEMORY. */
Py_ssize_t look_add(Look *look, const uint8_t *text, size_t size);

/* Where values may be; FINE, NO_MEMORY or TOO_MANY. */
int look_through(Look *look);

/* The places as Python has them: a list of (character, rules), or NULL with an exception. */
PyObject *look_places(const Look *look);

void look_end(Look *look);

/* Adds the type that `_lane.c` defines to the module. */
int add_lane(PyObject *module);

#endif
