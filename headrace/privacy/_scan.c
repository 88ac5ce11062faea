/* The accelerator: where in a text values may be, in one call.

   What is looked for comes from the rule table (native.py compiles it into the tables below); nothing here knows a
   rule. Three things hold for every input, and the rest follows from them:

   * A text is first copied into one byte a character (`bytes`: ASCII as it is, OTHER or OTHER_SPACE for all else) and
     one symbol a character (`symbols`: lower case, the alphabet of the words), each of exactly `length` items. So an
     index is a character's offset, whatever the text holds, lone surrogates too; and every read is behind a check
     against `length` (or, backwards, against 0).
   * Tables are checked once, when a Scanner is made: sizes agree, and every state, word and prefix that a table
     names exists. So no walk through them leaves them.
   * A set of rules has SET_WORDS * 64 bits; a place whose set becomes empty is dropped.

   * What is counted against a limit is counted before anything is dropped: Python counts the same.

   Most of a text is passed over: numbers, codes, literals and disguises are looked for from its marks (digits and
   signs) on, and the words that rules want only around the places of these rules. Work is linear in the text, but for
   the words near a place, of which there are at most WORDS_NEAR each. */

#include "_scan.h"

#include <stdlib.h>
#include <string.h>

#include "../_extension.h"

#define CODE_POINTS 0x10000
#define COMMON 32         /* Symbols below are letters, and some of the marks. */
#define LETTERS 26        /* Symbols 1 to 26 are the letters a to z; 0 is what stands in no word. */
#define OTHER 0x80        /* Characters beyond ASCII, */
#define OTHER_SPACE 0x81  /* and those of them that are white. */
#define LONGEST_TEXT UINT32_MAX
#define MOST_STRANGERS 10000 /* Of more, the view's own limit has to be asked. */
#define GONE 1            /* Looks like nothing, where a look-alike is asked for. */
#define MOST_GROUPS 7
#define FEWEST_DIGITS 6
#define SHORTEST_RUN 16
#define LONGEST_PREFIX 24
#define MOST_PREFIXES 256
#define MOST_TRIES_A_CHARACTER 1
#define CONTEXT_BEFORE 64
#define CONTEXT_AFTER 32
#define WORDS_NEAR 256
#define OFFSETS 16        /* From the character before a place on. */

typedef struct { uint16_t length, keyword; uint8_t is_spoken, unused; } Sign;
typedef struct { uint16_t length; uint8_t is_short, unused; } Word;
typedef struct { uint16_t first_step, steps, length, anchor; uint8_t text[24]; Set rules; } Seed;
typedef struct { uint16_t fewest, most, unused[2]; uint8_t has[256]; } Step;

enum { SYMBOLS, STRANGE, RARE, SIGN_NEXT, SIGN_OUT, SIGN_SUFFIX, SIGN_AT, SIGNS, KEYWORDS, NEXT, OUT, SUFFIX, WORD_AT,
       WORDS, SPEAKS_FOR, ALWAYS, REACHES, COUNTS, LENGTHS, TRIE, PREFIX_AT, PREFIXES, INSIDE, SEEDS, STEPS, BYTE_CLASS,
       OPENINGS, TABLES };

/* An automaton of Aho and Corasick: what is in NEXT, cut to the common symbols (a cache line a state), and the rest. */
typedef struct {
    size_t states, alphabet;
    const uint16_t *next, *out, *suffix, *word_at;
    uint16_t *near_states;
} Automaton;

struct Scanner {
    PyObject_HEAD
    PyObject *tables[TABLES];   /* bytes */
    const void *data[TABLES];
    size_t items[TABLES];
    PyObject *numbers[SET_WORDS * 64];
    long most_tries;
    size_t alphabet;
    int ready;                  /* Whether the tables were found to be sound. */
    Automaton signs, words;
    uint8_t classes[256];       /* CLASSES, and which bytes are anchors and marks. */
    uint8_t seeds_from[256][2]; /* First and past-last seed with this anchor. */
    size_t byte_classes;
};

#define TABLE(type, scanner, name) ((const type *)(scanner)->data[name])

/* ---- small things ---- */

enum { DIGIT = 1, LETTER = 2, RUN = 4, SEPARATOR = 8, HEX = 16, SUSPECT = 32, ANCHOR = 64, MARK = 128 };
static uint8_t CLASSES[256];

/* SUSPECT begins what may be a disguise; ANCHOR is a seed's rarest character; MARK is a digit or one of these. */
static void fill_classes(void) {
    for (int c = 0; c < 128; c++) {
        int digit = c >= '0' && c <= '9', letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        int hex = digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        int run = digit || letter || c == '_' || c == '-';
        int separator = c && strchr(" .-()/", c), suspect = digit || (c && strchr("%\\=\n@&([{<", c));
        CLASSES[c] = (uint8_t)((digit ? DIGIT : 0) | (letter ? LETTER : 0) | (run ? RUN : 0) |
                               (separator ? SEPARATOR : 0) | (hex ? HEX : 0) | (suspect ? SUSPECT : 0));
    }
}

static int is_digit(uint8_t c) { return CLASSES[c] & DIGIT; }
static int is_letter(uint8_t c) { return CLASSES[c] & LETTER; }
static int is_alnum(uint8_t c) { return CLASSES[c] & (DIGIT | LETTER); }
static int is_run(uint8_t c) { return CLASSES[c] & RUN; }
static int is_separator(uint8_t c) { return CLASSES[c] & SEPARATOR; }
static int is_hex(uint8_t c) { return CLASSES[c] & HEX; }
static int is_letter_symbol(uint8_t symbol) { return symbol >= 1 && symbol <= LETTERS; }

static void unite(Set *set, const Set *other) {
    for (int i = 0; i < SET_WORDS; i++) set->words[i] |= other->words[i];
}

static int is_empty(const Set *set) {
    uint64_t any = 0;
    for (int i = 0; i < SET_WORDS; i++) any |= set->words[i];
    return any == 0;
}

static int count_common(const Set *set, const Set *other) {
    int count = 0;
    for (int i = 0; i < SET_WORDS; i++)
        for (uint64_t bits = set->words[i] & other->words[i]; bits; bits &= bits - 1) count++;
    return count;
}

/* The character at an index, 0 outside of the text. */
static uint8_t at(const Look *look, Py_ssize_t index) {
    return index >= 0 && index < look->length ? look->bytes[index] : 0;
}

/* The next mark of a class, from an index on; `mark` goes with it. The text's length where there is none. */
static Py_ssize_t next_of(const Look *look, Py_ssize_t index, uint8_t class, size_t *mark) {
    for (; *mark < look->mark_count; ++*mark) {
        Py_ssize_t i = look->marks[*mark];
        if (i >= index && look->scanner->classes[look->bytes[i]] & class) return i;
    }
    return look->length;
}

static void *grown(void *items, size_t *room, size_t size) {
    size_t wanted = *room ? *room * 2 : 64;
    void *more = wanted > SIZE_MAX / size ? NULL : realloc(items, wanted * size);
    if (more) *room = wanted;
    return more;
}

static void intersect(Set *set, const Set *other) {
    for (int i = 0; i < SET_WORDS; i++) set->words[i] &= other->words[i];
}

/* Takes from a set the rules of which no match can begin here. */
static void keep_opened(const Look *look, Py_ssize_t index, Set *rules) {
    const uint8_t *class_of = TABLE(uint8_t, look->scanner, BYTE_CLASS);
    const Set *openings = TABLE(Set, look->scanner, OPENINGS);
    const size_t classes = look->scanner->byte_classes;
    for (int offset = 0; offset < OFFSETS && !is_empty(rules); offset++)
        intersect(rules, &openings[(size_t)offset * classes + class_of[at(look, index - 1 + offset)]]);
}

static int add_place(Look *look, Py_ssize_t at_index, const Set *asked) {
    Set rules = *asked;
    keep_opened(look, at_index, &rules);
    if (is_empty(&rules)) return FINE;
    if (look->place_count == look->place_room) {
        Place *more = grown(look->places, &look->place_room, sizeof(Place));
        if (!more) return NO_MEMORY;
        look->places = more;
    }
    Place *place = &look->places[look->place_count];
    place->at = at_index;
    place->order = look->place_count++;
    place->rules = rules;
    return FINE;
}

/* Adds a place, and what it costs to ask there to `tries`. */
static int add_tried(Look *look, Py_ssize_t at_index, const Set *rules, long *tries) {
    *tries += 1 + count_common(rules, TABLE(Set, look->scanner, ALWAYS));
    return *tries > look->scanner->most_tries ? TOO_MANY : add_place(look, at_index, rules);
}

/* ---- numbers ---- */

/* The number of one or two digits at an index, 0 if there are more; `end` is moved behind it. */
static int small_number(const Look *look, Py_ssize_t index, Py_ssize_t *end) {
    int value = 0;
    Py_ssize_t i = index;
    for (; i < index + 2 && is_digit(at(look, i)); i++) value = value * 10 + at(look, i) - '0';
    *end = i;
    return is_digit(at(look, i)) ? 0 : value;
}

static int is_year(const Look *look, Py_ssize_t i) {
    uint8_t a = at(look, i), b = at(look, i + 1);
    return ((a == '1' && b == '9') || (a == '2' && b == '0')) && is_digit(at(look, i + 2)) && is_digit(at(look, i + 3));
}

static int is_date_mark(uint8_t c) { return c == '-' || c == '.' || c == '/'; }

/* Where a date that begins here ends: 2026-01-31, 31.1.2026; 0 if none does. */
static Py_ssize_t date_end(const Look *look, Py_ssize_t i) {
    Py_ssize_t end;
    uint8_t mark;
    if (is_year(look, i) && is_date_mark(mark = at(look, i + 4))) {
        int month = small_number(look, i + 5, &end);
        if (month < 1 || month > 12 || at(look, end) != mark) return 0;
        int day = small_number(look, end + 1, &end);
        if (day < 1 || day > 31) return 0;
    } else {
        int first = small_number(look, i, &end);
        mark = at(look, end);
        if (first < 1 || first > 31 || !is_date_mark(mark)) return 0;
        int second = small_number(look, end + 1, &end);
        if (second < 1 || second > 31 || at(look, end) != mark || !is_year(look, end + 1)) return 0;
        end += 5;
        if (is_digit(at(look, end))) return 0;
    }
    uint8_t behind = at(look, end);
    return (behind == '-' || behind == '/') && is_digit(at(look, end + 1)) ? 0 : end;
}

/* The group of digits from `start` on ends at the returned index. */
static Py_ssize_t group_end(const Look *look, Py_ssize_t start) {
    while (is_digit(at(look, start))) start++;
    return start;
}

/* Where the next group of the row begins behind a group that ends at `end`, or -1: up to three separators part them. */
static Py_ssize_t next_group(const Look *look, Py_ssize_t end) {
    for (Py_ssize_t i = end; i <= end + 3; i++) {
        uint8_t c = at(look, i);
        if (is_digit(c)) return i;
        if (!is_separator(c)) return -1;
    }
    return -1;
}

/* The rules of `Digits` at the first digit of a group. */
static int add_number(Look *look, Py_ssize_t place, Py_ssize_t end, Py_ssize_t *left) {
    const Set *counts = TABLE(Set, look->scanner, COUNTS), *always = TABLE(Set, look->scanner, ALWAYS);
    Py_ssize_t most = (Py_ssize_t)look->scanner->items[COUNTS] - 1, count = 0, start = place;
    Set rules = {{0}};
    for (int group = 0; group < MOST_GROUPS; group++) {
        count += end - start;
        if (count > most) break;
        if (!is_empty(&counts[count])) {
            unite(&rules, &counts[count]);
            *left -= 1 + count_common(&counts[count], always);
        }
        if ((start = next_group(look, end)) < 0) break;
        end = group_end(look, start);
    }
    if (*left < 0) return TOO_MANY;
    return is_empty(&rules) ? FINE : add_place(look, place, &rules);
}

static int look_for_numbers(Look *look) {
    Py_ssize_t left = look->scanner->most_tries + MOST_TRIES_A_CHARACTER * look->length;
    size_t mark = 0;
    for (Py_ssize_t i = 0; (i = next_of(look, i, DIGIT, &mark)) < look->length;) {
        Py_ssize_t digits = 0, end = i, start = i;
        while (start >= 0) {
            end = group_end(look, start);
            digits += end - start;
            start = next_group(look, end);
        }
        Py_ssize_t row_end = end, date = 0;
        for (start = i; digits >= FEWEST_DIGITS && start >= 0 && start < row_end; start = next_group(look, end)) {
            end = group_end(look, start);
            if (start < date) continue;
            Py_ssize_t following = next_group(look, end);
            if (end - start == 1 && following >= 0 && group_end(look, following) - following == 1) continue;
            if (end - start <= 4) {
                Py_ssize_t past = date_end(look, start);
                if (past) {
                    date = past;
                    continue;
                }
            }
            int outcome = add_number(look, start, end, &left);
            if (outcome) return outcome;
        }
        i = row_end;
    }
    return FINE;
}

/* ---- words of letters and digits, and long runs ---- */

/* `11th`, `7pm`, `2019s`. */
static int is_measure(const Look *look, Py_ssize_t start, Py_ssize_t end) {
    Py_ssize_t letters = group_end(look, start);
    if (letters - start < 1 || letters - start > 4 || end - letters < 1 || end - letters > 2) return 0;
    for (Py_ssize_t i = letters; i < end; i++)
        if (look->bytes[i] < 'a' || look->bytes[i] > 'z') return 0;
    return 1;
}

static int look_for_codes(Look *look) {
    const Set *lengths = TABLE(Set, look->scanner, LENGTHS);
    Py_ssize_t longest = (Py_ssize_t)look->scanner->items[LENGTHS] - 1;
    long tries = 0;
    size_t mark = 0;
    for (Py_ssize_t i = 0; (i = next_of(look, i, DIGIT, &mark)) < look->length;) {
        Py_ssize_t start = i;
        while (is_alnum(at(look, start - 1))) start--;
        int letters = start < i;
        for (; is_alnum(at(look, i)); i++) letters |= is_letter(look->bytes[i]);
        if (!letters || i - start > longest) continue;
        if (is_empty(&lengths[i - start]) || is_measure(look, start, i)) continue;
        int outcome = add_tried(look, start, &lengths[i - start], &tries);
        if (outcome) return outcome;
    }
    return FINE;
}

/* The longest prefix that begins at an index and ends before `end`, from 1 on; 0 if none does. */
static uint16_t prefix_at(const Look *look, Py_ssize_t index, Py_ssize_t end) {
    const uint16_t *trie = TABLE(uint16_t, look->scanner, TRIE), *ends = TABLE(uint16_t, look->scanner, PREFIX_AT);
    uint16_t node = 0, longest = 0;
    for (; index < end && look->bytes[index] < 128; index++) {
        if (!(node = trie[(size_t)node * 128 + look->bytes[index]])) break;
        if (ends[node]) longest = ends[node];
    }
    return longest;
}

/* Every run that is long enough holds one of any SHORTEST_RUN characters in a row. */
static int look_for_prefixes(Look *look) {
    const Set *anywhere = TABLE(Set, look->scanner, PREFIXES), *inside = TABLE(Set, look->scanner, INSIDE);
    Py_ssize_t previous_end = 0;
    for (Py_ssize_t i = SHORTEST_RUN - 1; i < look->length; i += SHORTEST_RUN) {
        if (!is_run(look->bytes[i])) continue;
        Py_ssize_t start = i;
        while (is_run(at(look, start - 1))) start--;
        while (is_run(at(look, i))) i++;
        if (i - start < SHORTEST_RUN) continue;
        Py_ssize_t from = start - LONGEST_PREFIX < previous_end ? previous_end : start - LONGEST_PREFIX;
        int found = 0;
        for (Py_ssize_t place = from; place < i; place++) {
            uint16_t prefix = prefix_at(look, place, i);
            if (!prefix) continue;
            const Set *rules = &(is_alnum(at(look, place - 1)) ? inside : anywhere)[prefix - 1];
            if (is_empty(rules)) continue;
            if (++found > MOST_PREFIXES) return TOO_MANY;
            if (add_place(look, place, rules)) return NO_MEMORY;
        }
        previous_end = i;
    }
    return FINE;
}

/* ---- literals ---- */

static int seed_stands(const Look *look, const Seed *seed, Py_ssize_t index) {
    if (seed->length > look->length - index || look->bytes[index] != seed->text[0]) return 0;
    if (memcmp(look->bytes + index, seed->text, seed->length)) return 0;
    index += seed->length;
    const Step *step = TABLE(Step, look->scanner, STEPS) + seed->first_step;
    for (const Step *last = step + seed->steps; step < last; step++) {
        int read = 0;
        for (; read < step->most && index < look->length && step->has[look->bytes[index]]; read++) index++;
        if (read < step->fewest) return 0;
    }
    return 1;
}

static int look_for_seeds(Look *look) {
    const Seed *seeds = TABLE(Seed, look->scanner, SEEDS);
    Py_ssize_t free_from[256] = {0};
    long tries[256] = {0};
    size_t mark = 0;
    for (Py_ssize_t i = 0; (i = next_of(look, i, ANCHOR, &mark)) < look->length; i++) {
        const uint8_t *range = look->scanner->seeds_from[look->bytes[i]];
        for (size_t s = range[0]; s < range[1]; s++) {
            Py_ssize_t start = i - seeds[s].anchor;
            if (start < free_from[s] || !seed_stands(look, &seeds[s], start)) continue;
            free_from[s] = start + seeds[s].length;
            int outcome = add_tried(look, start, &seeds[s].rules, &tries[s]);
            if (outcome) return outcome;
        }
    }
    return FINE;
}

/* ---- words ---- */

static int add_hit(Look *look, Py_ssize_t start, Py_ssize_t end, uint16_t word) {
    if (look->hit_count == look->hit_room) {
        Hit *more = grown(look->hits, &look->hit_room, sizeof(Hit));
        if (!more) return NO_MEMORY;
        look->hits = more;
    }
    Hit *hit = &look->hits[look->hit_count++];
    hit->start = start;
    hit->end = end;
    hit->word = word;
    const int is_short = TABLE(Word, look->scanner, WORDS)[word].is_short;
    hit->goes_on_left = is_short && start > 0 && is_letter_symbol(look->symbols[start - 1]);
    hit->goes_on_right = is_short && end < look->length && is_letter_symbol(look->symbols[end]);
    if (hit->goes_on_left && hit->goes_on_right) look->hit_count--; /* no window's edge can cut it free on both sides */
    return FINE;
}

static size_t next_state(const Automaton *automaton, size_t state, uint8_t symbol) {
    return symbol < COMMON ? automaton->near_states[state * COMMON + symbol]
                           : automaton->next[state * automaton->alphabet + symbol];
}

static int is_gap(uint8_t c) { return c == ' ' || c == '_'; }

/* A keyword does not overlap itself: `cvcvc` holds one `cvc`. */
static int look_for_signs(Look *look) {
    const Automaton *automaton = &look->scanner->signs;
    const Sign *signs = TABLE(Sign, look->scanner, SIGNS);
    const Set *keywords = TABLE(Set, look->scanner, KEYWORDS);
    Py_ssize_t free_from[256] = {0};
    long tries = 0;
    size_t state = 0;
    const uint8_t *symbols = look->symbols;
    for (Py_ssize_t i = 0, length = look->length; i < length; i++) {
        state = next_state(automaton, state, symbols[i]);
        for (uint16_t found = automaton->out[state]; found; found = automaton->out[automaton->suffix[found]]) {
            const Sign *sign = &signs[automaton->word_at[found]];
            Py_ssize_t start = i + 1 - sign->length;
            if (sign->is_spoken && is_gap(at(look, start - 1)) && is_gap(at(look, i + 1))) look->disguised = 1;
            if (sign->keyword && start >= free_from[sign->keyword]) {
                free_from[sign->keyword] = i + 1;
                int outcome = add_tried(look, start, &keywords[sign->keyword], &tries);
                if (outcome) return outcome;
            }
        }
    }
    return FINE;
}

static int wants_word(const Look *look, const Place *place) {
    const Set *always = TABLE(Set, look->scanner, ALWAYS);
    uint64_t wanting = 0;
    for (int i = 0; i < SET_WORDS; i++) wanting |= place->rules.words[i] & ~always->words[i];
    return wanting != 0;
}

/* The words around the places, which have to be in order. */
static int look_for_words(Look *look) {
    const Automaton *automaton = &look->scanner->words;
    const Word *words = TABLE(Word, look->scanner, WORDS);
    const Py_ssize_t far = (Py_ssize_t)look->scanner->items[REACHES] - 1;
    Py_ssize_t i = 0;
    size_t state = 0;
    for (const Place *place = look->places; place < look->places + look->place_count; place++) {
        if (!wants_word(look, place)) continue;
        if (i < place->at - CONTEXT_BEFORE) {
            i = place->at - CONTEXT_BEFORE;
            state = 0;
        }
        for (; i < look->length && i < place->at + far; i++) {
            state = next_state(automaton, state, look->symbols[i]);
            for (uint16_t found = automaton->out[state]; found; found = automaton->out[automaton->suffix[found]]) {
                uint16_t word = automaton->word_at[found];
                if (add_hit(look, i + 1 - words[word].length, i + 1, word)) return NO_MEMORY;
            }
        }
    }
    return FINE;
}

/* Whether a word stands, as far as one can say before the match is known, in a window of the place: wholly before it, or
   behind it. A short word that goes on counts where the window's edge may cut it free: the match would have to end
   right before it, or CONTEXT_AFTER before its end. */
static int may_be_near(const Hit *hit, Py_ssize_t place) {
    if (hit->end <= place)
        return hit->start >= place - CONTEXT_BEFORE && (!hit->goes_on_left || hit->start == place - CONTEXT_BEFORE) &&
               (!hit->goes_on_right || hit->end == place);
    return hit->start >= place && (!hit->goes_on_right || hit->end - CONTEXT_AFTER >= place);
}

/* Takes from a place the rules that want a word, and have none near. */
static void keep_spoken_for(const Look *look, Place *place, size_t *first) {
    const Set *always = TABLE(Set, look->scanner, ALWAYS), *speaks_for = TABLE(Set, look->scanner, SPEAKS_FOR);
    const Set *reaches = TABLE(Set, look->scanner, REACHES);
    const Py_ssize_t far = (Py_ssize_t)look->scanner->items[REACHES] - 1;
    if (!wants_word(look, place)) return;
    Set allowed = *always;
    while (*first < look->hit_count && look->hits[*first].end <= place->at - CONTEXT_BEFORE) (*first)++;
    size_t seen = 0;
    for (const Hit *hit = look->hits + *first; hit < look->hits + look->hit_count; hit++) {
        Py_ssize_t behind = hit->end - place->at;
        if (behind > far) break;
        if (++seen > WORDS_NEAR) return;
        if (!may_be_near(hit, place->at)) continue;
        const Set *reach = &reaches[behind > 0 ? behind : 0];
        for (int i = 0; i < SET_WORDS; i++) allowed.words[i] |= speaks_for[hit->word].words[i] & reach->words[i];
    }
    intersect(&place->rules, &allowed);
}

/* ---- disguises: whether `needs_view` is worth asking ---- */

static int is_bracketed_word(const Look *look, Py_ssize_t i) {
    i += at(look, i + 1) == ' ' ? 2 : 1;
    int read = 0;
    while (read < 8 && (is_letter(at(look, i)) || at(look, i) >= OTHER || at(look, i) == '@' || at(look, i) == '.')) i++, read++;
    i += at(look, i) == ' ';
    uint8_t c = at(look, i);
    return read > 0 && (c == ')' || c == ']' || c == '}' || c == '>');
}

static int is_one_by_one(const Look *look, Py_ssize_t i) {
    for (int read = 0; read < 7; read++) {
        uint8_t c = at(look, i + 2 * read + 2);
        if (at(look, i + 2 * read + 1) != ' ' || !(is_digit(c) || c == '.')) return 0;
    }
    return 1;
}

static int goes_on(const Look *look, Py_ssize_t i) {
    Py_ssize_t before = at(look, i - 1) == '\r' ? i - 2 : i - 1;
    uint8_t c = at(look, before);
    if (c == '@' || c == '-' || c == '=') return 1;
    if (!is_digit(c) && !(c == '.' && is_digit(at(look, before - 1)))) return 0;
    for (i++; at(look, i) == ' ' || at(look, i) == '\t'; i++) continue;
    return is_digit(at(look, i)) || at(look, i) == '(';
}

static int may_disguise(const Look *look, Py_ssize_t i) {
    uint8_t second = at(look, i + 1);
    switch (look->bytes[i]) {
    case '%': return second >= '2' && second <= '7' && is_hex(at(look, i + 2));
    case '\\': return second != 0 && strchr("uxnrt/\"'@.-", second) != NULL;
    case '=': return second == '4' && at(look, i + 2) == '0';
    case '\n': return goes_on(look, i);
    case '@': return second == ' ' && at(look, i - 1) == ' ';
    case '&': return second == '#' || is_letter(second);
    case '(': case '[': case '{': case '<': return is_bracketed_word(look, i);
    default: return is_digit(look->bytes[i]) && second == ' ' && is_one_by_one(look, i);
    }
}

static void look_for_disguises(Look *look) {
    size_t mark = 0;
    for (Py_ssize_t i = 0; !look->disguised && (i = next_of(look, i, SUSPECT, &mark)) < look->length; i++)
        look->disguised = may_disguise(look, i);
}

/* ---- a text's characters ---- */

int look_begin(Look *look, const Scanner *scanner, size_t characters) {
    look->scanner = scanner;
    look->length = 0;
    look->text_count = look->mark_count = look->stranger_count = look->hit_count = look->place_count = 0;
    look->disguised = 0;
    if (look->bytes && (size_t)look->room >= characters) return FINE;
    look_end(look);
    if (characters > LONGEST_TEXT) return TOO_MANY;
    look->marks = malloc((characters + 1) * sizeof(uint32_t));
    look->bytes = malloc(2 * characters + 1);
    if (!look->marks || !look->bytes) return NO_MEMORY;
    look->symbols = look->bytes + characters;
    look->room = (Py_ssize_t)characters;
    return FINE;
}

void look_end(Look *look) {
    free(look->bytes);
    free(look->marks);
    free(look->strangers);
    free(look->hits);
    free(look->places);
    *look = (Look){.scanner = look->scanner};
}

static void add_ascii(Look *look, const uint8_t *text, size_t length) {
    const uint8_t *symbol_of = TABLE(uint8_t, look->scanner, SYMBOLS), *classes = look->scanner->classes;
    const size_t first = (size_t)look->length;
    uint8_t *symbols = look->symbols + first;
    uint32_t *marks = look->marks + look->mark_count;
    memcpy(look->bytes + first, text, length);
    for (size_t i = 0; i < length; i++) {
        symbols[i] = symbol_of[text[i]];
        *marks = (uint32_t)(first + i);
        marks += classes[text[i]] / MARK;
    }
    look->length += (Py_ssize_t)length;
    look->mark_count = (size_t)(marks - look->marks);
}

static int add_stranger(Look *look, uint8_t look_alike) {
    if (look->stranger_count == look->stranger_room) {
        Stranger *more = grown(look->strangers, &look->stranger_room, sizeof(Stranger));
        if (!more) return NO_MEMORY;
        look->strangers = more;
    }
    look->strangers[look->stranger_count++] = (Stranger){look->length, look_alike};
    return FINE;
}

static int is_rare(const Scanner *scanner, Py_UCS4 c) {
    const uint32_t *ranges = TABLE(uint32_t, scanner, RARE);
    for (size_t i = 0; i + 1 < scanner->items[RARE]; i += 2)
        if (c >= ranges[i] && c <= ranges[i + 1]) return 1;
    return 0;
}

/* A character beyond ASCII. */
static int add_other(Look *look, Py_UCS4 c) {
    const uint8_t look_alike = c < CODE_POINTS ? TABLE(uint8_t, look->scanner, STRANGE)[c] : 0;
    if (look_alike && add_stranger(look, look_alike)) return NO_MEMORY;
    look->disguised |= c >= CODE_POINTS && is_rare(look->scanner, c);
    look->bytes[look->length] = Py_UNICODE_ISSPACE(c) ? OTHER_SPACE : OTHER;
    look->symbols[look->length++] = c < CODE_POINTS ? TABLE(uint8_t, look->scanner, SYMBOLS)[c] : 0;
    return FINE;
}

static int add_text(Look *look, PyObject *text) {
    const Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    const int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    if (PyUnicode_IS_ASCII(text)) {
        add_ascii(look, data, (size_t)length);
        return FINE;
    }
    for (Py_ssize_t i = 0; i < length; i++) {
        const Py_UCS4 c = PyUnicode_READ(kind, data, i);
        const uint8_t plain = (uint8_t)c;
        if (c < 128) add_ascii(look, &plain, 1);
        else if (add_other(look, c)) return NO_MEMORY;
    }
    return FINE;
}

static size_t ascii_run(const uint8_t *text, size_t size) {
    size_t run = 0;
    for (uint64_t eight; run + sizeof eight <= size; run += sizeof eight) {
        memcpy(&eight, text + run, sizeof eight);
        if (eight & 0x8080808080808080) break;
    }
    while (run < size && text[run] < 128) run++;
    return run;
}

/* The character beyond ASCII that begins at `text`, and its bytes; 0 where that is no valid UTF-8. */
static size_t read_other(const uint8_t *text, size_t size, Py_UCS4 *c) {
    const uint8_t lead = text[0];
    const size_t length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    if (length == 0 || length > size) return 0;
    *c = lead & (0x7f >> length);
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80) return 0;
        *c = *c << 6 | (text[i] & 0x3f);
    }
    if ((length == 3 && (*c < 0x800 || (*c >= 0xd800 && *c < 0xe000))) || (length == 4 && (*c < 0x10000 || *c > 0x10ffff)))
        return 0;
    return length;
}

Py_ssize_t look_add(Look *look, const uint8_t *text, size_t size) {
    if (look->text_count++) add_ascii(look, (const uint8_t *)"", 1);
    const Py_ssize_t first = look->length;
    for (size_t at_byte = 0, run; at_byte < size; at_byte += run) {
        if (text[at_byte] < 128) {
            run = ascii_run(text + at_byte, size - at_byte);
            add_ascii(look, text + at_byte, run);
        } else {
            Py_UCS4 c;
            if (!(run = read_other(text + at_byte, size - at_byte, &c))) return NOT_UTF8;
            if (add_other(look, c)) return NO_MEMORY;
        }
    }
    return look->length - first;
}

/* Puts what the strangers look like in their place. */
static void see_through(Look *look) {
    const Py_ssize_t length = look->length;
    const Stranger *stranger = look->strangers, *last = stranger + look->stranger_count;
    Py_ssize_t i = look->length = stranger->at;
    while (look->mark_count && look->marks[look->mark_count - 1] >= i) look->mark_count--;
    for (; i < length; i++) {
        const int is_strange = stranger < last && stranger->at == i;
        const uint8_t c = is_strange ? stranger++->look_alike : look->bytes[i];
        if (c < 128 && !(is_strange && c == GONE)) {
            add_ascii(look, &c, 1);
        } else if (!is_strange) {
            look->symbols[look->length] = look->symbols[i];
            look->bytes[look->length++] = c;
        }
    }
}

/* ---- one look ---- */

static int by_place(const void *one, const void *other) {
    const Place *a = one, *b = other;
    if (a->at != b->at) return a->at < b->at ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

static int find_places(Look *look) {
    int outcome;
    look->hit_count = look->place_count = 0;
    if ((outcome = look_for_numbers(look)) || (outcome = look_for_codes(look)) || (outcome = look_for_prefixes(look)) ||
        (outcome = look_for_seeds(look)) || (outcome = look_for_signs(look)))
        return outcome;
    look_for_disguises(look);
    if (look->place_count > 1) qsort(look->places, look->place_count, sizeof(Place), by_place);
    if (look_for_words(look)) return NO_MEMORY;
    size_t first = 0, kept = 0;
    for (size_t i = 0; i < look->place_count; i++) {
        keep_spoken_for(look, &look->places[i], &first);
        if (!is_empty(&look->places[i].rules)) look->places[kept++] = look->places[i];
    }
    look->place_count = kept;
    return FINE;
}

/* A text with strangers in it is not disguised where it shows nothing as it stands, nor as it looks. */
int look_through(Look *look) {
    const int outcome = find_places(look);
    if (outcome || !look->stranger_count) return outcome;
    if (!look->disguised && !look->place_count && look->stranger_count <= MOST_STRANGERS) {
        see_through(look);
        const int seen = find_places(look);
        if (seen == NO_MEMORY) return NO_MEMORY;
        look->disguised |= seen == TOO_MANY || look->place_count > 0;
        look->place_count = 0;
    } else {
        look->disguised = 1;
    }
    return FINE;
}

static int scanner_init(PyObject *self, PyObject *arguments, PyObject *keywords);

const Scanner *scanner_of(PyObject *object) {
    const Scanner *scanner = (Scanner *)object;
    return object && Py_TYPE(object)->tp_init == scanner_init && scanner->ready ? scanner : NULL;
}

static PyObject *indexes_of(const Scanner *scanner, const Set *rules) {
    PyObject *indexes = PyTuple_New(count_common(rules, rules));
    Py_ssize_t filled = 0;
    for (int i = 0; indexes && i < SET_WORDS * 64; i++) {
        uint64_t word = rules->words[i / 64] >> (i % 64);
        if (word == 0) {
            i |= 63;
        } else if (word & 1) {
            Py_INCREF(scanner->numbers[i]);
            PyTuple_SET_ITEM(indexes, filled++, scanner->numbers[i]);
        }
    }
    return indexes;
}

PyObject *look_places(const Look *look) {
    PyObject *places = PyList_New((Py_ssize_t)look->place_count);
    for (size_t i = 0; places && i < look->place_count; i++) {
        const Place *place = &look->places[i];
        PyObject *indexes = indexes_of(look->scanner, &place->rules);
        PyObject *pair = indexes ? Py_BuildValue("(nN)", place->at, indexes) : NULL;
        if (pair) PyList_SET_ITEM(places, (Py_ssize_t)i, pair);
        else Py_CLEAR(places);
    }
    return places;
}

static PyObject *scan(PyObject *self, PyObject *text) {
    if (!PyUnicode_Check(text)) return PyErr_Format(PyExc_TypeError, "a text has to be a str");
    Look look = {0};
    int outcome = look_begin(&look, (Scanner *)self, (size_t)PyUnicode_GET_LENGTH(text));
    if (!outcome && !(outcome = add_text(&look, text))) outcome = look_through(&look);
    PyObject *answer = NULL;
    if (outcome == NO_MEMORY) {
        PyErr_NoMemory();
    } else if (outcome == TOO_MANY) {
        answer = Py_BuildValue("(Oi)", Py_None, 1); /* it was not read to its end */
    } else {
        PyObject *places = look_places(&look);
        if (places) answer = Py_BuildValue("(Ni)", places, look.disguised);
    }
    look_end(&look);
    return answer;
}

/* ---- the tables ---- */

static const size_t ITEM_SIZES[TABLES] = {
    [SYMBOLS] = 1, [STRANGE] = 1, [RARE] = 4, [SIGN_NEXT] = 2, [SIGN_OUT] = 2, [SIGN_SUFFIX] = 2, [SIGN_AT] = 2,
    [SIGNS] = sizeof(Sign), [KEYWORDS] = sizeof(Set), [NEXT] = 2, [OUT] = 2, [SUFFIX] = 2, [WORD_AT] = 2,
    [WORDS] = sizeof(Word), [SPEAKS_FOR] = sizeof(Set), [ALWAYS] = sizeof(Set), [REACHES] = sizeof(Set),
    [COUNTS] = sizeof(Set), [LENGTHS] = sizeof(Set), [TRIE] = 2, [PREFIX_AT] = 2, [PREFIXES] = sizeof(Set),
    [INSIDE] = sizeof(Set), [SEEDS] = sizeof(Seed), [STEPS] = sizeof(Step), [BYTE_CLASS] = 1, [OPENINGS] = sizeof(Set)};

static int all_below(const uint16_t *numbers, size_t items, size_t limit) {
    for (size_t i = 0; i < items; i++)
        if (numbers[i] >= limit) return 0;
    return 1;
}

/* Takes the tables NEXT, OUT, SUFFIX and WORD_AT, which stand in this order from `first` on; 0 if they are not sound. */
static int take_automaton(const Scanner *scanner, int first, size_t words, Automaton *automaton) {
    const size_t *items = scanner->items + first, states = items[1];
    *automaton = (Automaton){states, scanner->alphabet, TABLE(uint16_t, scanner, first), TABLE(uint16_t, scanner, first + 1),
                             TABLE(uint16_t, scanner, first + 2), TABLE(uint16_t, scanner, first + 3), NULL};
    if (states == 0 || items[0] != states * scanner->alphabet || items[2] != states || items[3] != states) return 0;
    for (size_t i = 0; i < states; i++) /* both lead to earlier states, so that the walk over suffixes ends */
        if (automaton->suffix[i] >= states || automaton->out[i] > i || (i > 0 && automaton->suffix[i] >= i)) return 0;
    return all_below(automaton->next, items[0], states) && all_below(automaton->word_at, states, words);
}

static int words_are_sound(Scanner *scanner) {
    const size_t *items = scanner->items;
    if (items[SYMBOLS] != CODE_POINTS || items[STRANGE] != CODE_POINTS || scanner->alphabet < COMMON ||
        items[SPEAKS_FOR] != items[WORDS] || items[KEYWORDS] == 0 || items[KEYWORDS] > 256)
        return 0;
    for (size_t i = 0; i < CODE_POINTS; i++)
        if (TABLE(uint8_t, scanner, SYMBOLS)[i] >= scanner->alphabet) return 0;
    for (size_t i = 0; i < items[SIGNS]; i++)
        if (TABLE(Sign, scanner, SIGNS)[i].keyword >= items[KEYWORDS]) return 0;
    return take_automaton(scanner, SIGN_NEXT, items[SIGNS], &scanner->signs) &&
           take_automaton(scanner, NEXT, items[WORDS], &scanner->words);
}

static int seeds_are_sound(const Scanner *scanner) {
    for (size_t i = 0; i < scanner->items[SEEDS]; i++) {
        const Seed *seed = &TABLE(Seed, scanner, SEEDS)[i];
        if (seed->length == 0 || seed->length > sizeof seed->text || seed->anchor >= seed->length ||
            seed->first_step + seed->steps > scanner->items[STEPS])
            return 0;
    }
    return 1;
}

static int openings_are_sound(Scanner *scanner) {
    scanner->byte_classes = scanner->items[OPENINGS] / OFFSETS;
    if (scanner->items[BYTE_CLASS] != 256 || scanner->items[OPENINGS] % OFFSETS) return 0;
    for (size_t i = 0; i < 256; i++)
        if (TABLE(uint8_t, scanner, BYTE_CLASS)[i] >= scanner->byte_classes) return 0;
    return 1;
}

static int tables_are_sound(Scanner *scanner) {
    const size_t *items = scanner->items, nodes = items[PREFIX_AT];
    if (items[ALWAYS] != 1 || items[REACHES] == 0 || items[COUNTS] == 0 || items[LENGTHS] == 0 || nodes == 0 ||
        items[TRIE] != nodes * 128 || items[PREFIXES] != items[INSIDE] || items[SEEDS] > 255)
        return 0;
    return seeds_are_sound(scanner) && openings_are_sound(scanner) && words_are_sound(scanner) &&
           all_below(TABLE(uint16_t, scanner, TRIE), items[TRIE], nodes) &&
           all_below(TABLE(uint16_t, scanner, PREFIX_AT), nodes, items[PREFIXES] + 1);
}

/* Seeds are sorted by their anchor. */
static void index_seeds(Scanner *scanner) {
    memcpy(scanner->classes, CLASSES, sizeof CLASSES);
    for (int c = 0; c < 256; c++) scanner->classes[c] |= CLASSES[c] & (DIGIT | SUSPECT) ? MARK : 0;
    for (size_t i = 0; i < scanner->items[SEEDS]; i++) {
        const Seed *seed = &TABLE(Seed, scanner, SEEDS)[i];
        uint8_t anchor = seed->text[seed->anchor], *range = scanner->seeds_from[anchor];
        scanner->classes[anchor] |= ANCHOR | MARK;
        if (range[1] == 0) range[0] = (uint8_t)i;
        range[1] = (uint8_t)(i + 1);
    }
}

static int cut_rows(Automaton *automaton) {
    if (!(automaton->near_states = malloc(automaton->states * COMMON * sizeof(uint16_t)))) return 0;
    for (size_t state = 0; state < automaton->states; state++)
        memcpy(automaton->near_states + state * COMMON, automaton->next + state * automaton->alphabet,
               COMMON * sizeof(uint16_t));
    return 1;
}

static int take_tables(Scanner *scanner, PyObject *tables) {
    for (int name = 0; name < TABLES; name++) {
        PyObject *table = PyTuple_GET_ITEM(tables, name);
        if (!PyBytes_Check(table) || (size_t)PyBytes_GET_SIZE(table) % ITEM_SIZES[name]) return 0;
        scanner->tables[name] = Py_NewRef(table);
        scanner->data[name] = PyBytes_AS_STRING(table);
        scanner->items[name] = (size_t)PyBytes_GET_SIZE(table) / ITEM_SIZES[name];
    }
    return tables_are_sound(scanner);
}

static int scanner_init(PyObject *self, PyObject *arguments, PyObject *keywords) {
    Scanner *scanner = (Scanner *)self;
    PyObject *tables;
    Py_ssize_t alphabet;
    if (scanner->tables[0]) return PyErr_Format(PyExc_TypeError, "a scanner is made once"), -1;
    if (keywords || !PyArg_ParseTuple(arguments, "O!nl", &PyTuple_Type, &tables, &alphabet, &scanner->most_tries)) {
        if (!PyErr_Occurred()) PyErr_SetString(PyExc_TypeError, "tables, alphabet, most tries");
        return -1;
    }
    scanner->alphabet = alphabet > 0 ? (size_t)alphabet : 0;
    for (int i = 0; i < SET_WORDS * 64; i++)
        if (!(scanner->numbers[i] = PyLong_FromLong(i))) return -1;
    if (PyTuple_GET_SIZE(tables) != TABLES || !take_tables(scanner, tables))
        return PyErr_Format(PyExc_ValueError, "the tables of a scanner do not agree"), -1;
    if (!cut_rows(&scanner->signs) || !cut_rows(&scanner->words)) return PyErr_NoMemory(), -1;
    index_seeds(scanner);
    scanner->ready = 1;
    return 0;
}

static PyObject *scanner_scan(PyObject *self, PyObject *text) {
    if (!((Scanner *)self)->ready) return PyErr_Format(PyExc_ValueError, "a scanner without tables");
    return scan(self, text);
}

static void scanner_dealloc(PyObject *self) {
    Scanner *scanner = (Scanner *)self;
    PyTypeObject *type = Py_TYPE(self);
    for (int name = 0; name < TABLES; name++) Py_XDECREF(scanner->tables[name]);
    for (int i = 0; i < SET_WORDS * 64; i++) Py_XDECREF(scanner->numbers[i]);
    free(scanner->signs.near_states);
    free(scanner->words.near_states);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMethodDef METHODS[] = {
    {"scan", scanner_scan, METH_O, "The places of a text, None where they are too many, and whether it may be disguised."},
    {NULL, NULL, 0, NULL}};
static PyType_Slot SLOTS[] = {{Py_tp_init, scanner_init}, {Py_tp_new, PyType_GenericNew}, {Py_tp_dealloc, scanner_dealloc},
                              {Py_tp_methods, METHODS}, {0, NULL}};
static PyType_Spec SPEC = {"headrace.privacy._scan.Scanner", sizeof(Scanner), 0, Py_TPFLAGS_DEFAULT, SLOTS};

static int add_scanner(PyObject *module) {
    return add_type(module, &SPEC, "Scanner");
}

static PyModuleDef_Slot MODULE_SLOTS[] = {{Py_mod_exec, add_scanner}, {Py_mod_exec, add_lane}, {0, NULL}};
static PyModuleDef MODULE = {PyModuleDef_HEAD_INIT, "_scan", NULL, 0, NULL, MODULE_SLOTS, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__scan(void) {
    fill_classes();
    return PyModuleDef_Init(&MODULE);
}
