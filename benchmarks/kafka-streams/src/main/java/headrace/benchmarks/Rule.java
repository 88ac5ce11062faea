package headrace.benchmarks;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** As {@code headrace.privacy.rules.Rule}: where to look, a pattern that is matched there, and a check. */
record Rule(Places places, Pattern pattern, Check check, String placeholder) {

    /** Characters {@code start} to {@code end} (excluded) of a text; without a placeholder they are passed over. */
    record Span(int start, int end, String placeholder) {}

    /** The bounds of the value around a match, or null where it only looks like one; empty bounds pass over it. */
    interface Check {
        int[] bounds(Matcher match, String text);
    }

    /** The value or passed-over stretch at a place, or null. */
    Span at(String text, int place) {
        Matcher match = pattern.matcher(text).useTransparentBounds(true).useAnchoringBounds(false);
        if (!match.region(place, text.length()).lookingAt()) {
            return null;
        }
        int[] bounds = check.bounds(match, text);
        return bounds == null ? null : new Span(bounds[0], bounds[1], placeholder);
    }
}
