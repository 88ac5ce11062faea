package headrace.benchmarks;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** As {@code headrace.privacy.Sanitizer}: passes over a text until no rule finds anything more in it. */
final class TextSanitizer {
    private static final int MAX_PASSES = 8;

    private final Map<Places, List<Rule>> rulesByPlaces = new LinkedHashMap<>();

    TextSanitizer(List<Rule> rules) {
        for (Rule rule : rules) {
            rulesByPlaces.computeIfAbsent(rule.places(), places -> new ArrayList<>()).add(rule);
        }
    }

    /** The text with placeholders; the very same object if there is nothing to replace. */
    String sanitize(String text) {
        List<Rule.Span> spans = new ArrayList<>();
        String masked = text;
        for (int pass = 0; pass < MAX_PASSES; pass++) {
            int before = spans.size();
            masked = pass(masked, spans);
            if (spans.size() == before) {
                spans.sort(Comparator.comparingInt(Rule.Span::start));
                return spans.isEmpty() ? text : replace(text, spans, Rule.Span::placeholder);
            }
        }
        return "[REDACTED]";
    }

    private String pass(String text, List<Rule.Span> spans) {
        String classes = Places.classMap(text);
        for (Map.Entry<Places, List<Rule>> group : rulesByPlaces.entrySet()) {
            int[] places = group.getKey().in(text, classes);
            List<Rule.Span> hits = places.length == 0 ? List.of() : confirmed(text, places, group.getValue());
            if (!hits.isEmpty()) {
                spans.addAll(hits);
                text = replace(text, hits, span -> "]".repeat(span.end() - span.start()));
                classes = Places.classMap(text);
            }
        }
        return text;
    }

    private static List<Rule.Span> confirmed(String text, int[] places, List<Rule> rules) {
        List<Rule.Span> hits = new ArrayList<>();
        int floor = 0;
        for (int place : places) {
            Rule.Span found = place < floor ? null : first(text, place, rules);
            if (found != null) {
                if (found.start() < found.end()) {
                    hits.add(new Rule.Span(Math.max(found.start(), floor), found.end(), found.placeholder()));
                }
                floor = found.end();
            }
        }
        return hits;
    }

    private static Rule.Span first(String text, int place, List<Rule> rules) {
        for (Rule rule : rules) {
            Rule.Span found = rule.at(text, place);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static String replace(String text, List<Rule.Span> spans, Function<Rule.Span, String> replacement) {
        StringBuilder replaced = new StringBuilder(text.length());
        int position = 0;
        for (Rule.Span span : spans) {
            replaced.append(text, position, span.start()).append(replacement.apply(span));
            position = span.end();
        }
        return replaced.append(text, position, text.length()).toString();
    }
}
