package headrace.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Where in a text a value may be, left to right; the functions of {@code headrace.privacy.rules} by their names. */
interface Places {
    int[] NONE = {};

    /** The places, given the text's {@link #classMap}. */
    int[] in(String text, String classes);

    static Places of(Map<String, String> description) {
        return switch (description.get("name")) {
            case "_at" -> literal(description.get("literal"));
            case "_at_digits" -> digits(Pattern.compile(description.get("_digit_runs")));
            case "_at_colons" -> colons(Pattern.compile(description.get("_colon_pairs")));
            case "_at_key_prefixes" -> keyPrefixes(
                    Pattern.compile(description.get("_dashed_key")),
                    Pattern.compile(description.get("_capital_key")),
                    Pattern.compile(description.get("_key_starts")));
            default -> throw new IllegalArgumentException(
                    "headrace.privacy.rules." + description.get("name") + " is not ported to Places.java");
        };
    }

    private static Places literal(String literal) {
        return (text, classes) -> {
            IntStream.Builder places = IntStream.builder();
            int place = text.indexOf(literal);
            if (place < 0) {
                return NONE;
            }
            for (; place >= 0; place = text.indexOf(literal, place + literal.length())) {
                places.add(place);
            }
            return places.build().toArray();
        };
    }

    private static Places digits(Pattern runs) {
        return (text, classes) -> starts(runs, classes);
    }

    private static Places colons(Pattern pairs) {
        return (text, classes) -> text.indexOf(':') < 0
                ? NONE
                : IntStream.of(starts(pairs, text))
                        .flatMap(colon -> IntStream.of(hexGroupStart(text, colon), colon + 1))
                        .toArray();
    }

    private static int hexGroupStart(String text, int colon) {
        int start = colon;
        while (start > Math.max(0, colon - 4) && "0123456789abcdefABCDEF".indexOf(text.charAt(start - 1)) >= 0) {
            start--;
        }
        return start;
    }

    private static Places keyPrefixes(Pattern dashed, Pattern capital, Pattern starts) {
        return (text, classes) -> text.indexOf('_') >= 0
                        || (text.indexOf('-') >= 0 && dashed.matcher(text).find())
                        || capital.matcher(text).find()
                ? starts(starts, text)
                : NONE;
    }

    private static int[] starts(Pattern pattern, String text) {
        Matcher match = pattern.matcher(text);
        if (!match.find()) {
            return NONE;
        }
        IntStream.Builder places = IntStream.builder();
        do {
            places.add(match.start());
        } while (match.find());
        return places.build().toArray();
    }

    /** One character each: d for a digit, . for a dot, s for what else parts a number, x for the rest. */
    static String classMap(String text) {
        byte[] classes = new byte[text.length()];
        for (int i = 0; i < classes.length; i++) {
            char character = text.charAt(i);
            classes[i] = (byte) (character >= '0' && character <= '9' ? 'd'
                    : character == '.' ? '.'
                    : character == ' ' || character == '-' || character == '(' || character == ')' ? 's'
                    : 'x');
        }
        return new String(classes, StandardCharsets.ISO_8859_1);
    }
}
