/* What every extension module of ours does. */

#ifndef HEADRACE_EXTENSION_H
#define HEADRACE_EXTENSION_H

#include <Python.h>

/* Makes a type and gives it to its module; less than 0 with an exception where that fails. */
static inline int add_type(PyObject *module, PyType_Spec *spec, const char *name) {
    PyObject *type = PyType_FromSpec(spec);
    const int outcome = type ? PyModule_AddObjectRef(module, name, type) : -1;
    Py_XDECREF(type);
    return outcome;
}

#endif
