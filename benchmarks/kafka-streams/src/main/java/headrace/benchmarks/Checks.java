package headrace.benchmarks;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** As {@code headrace.privacy.checks}: what a pattern cannot say about a match. */
final class Checks {
    static final Map<String, Rule.Check> BY_NAME = Map.of(
            "whole", (match, text) -> whole(match),
            "email", Checks::email,
            "ipv4", Checks::ipv4,
            "ipv6", Checks::ipv6,
            "credit_card", Checks::creditCard,
            "international_phone", Checks::internationalPhone,
            "us_phone", Checks::usPhone);

    private static final int LOCAL_PART_CHARACTERS = 64;
    private static final Pattern DIGITS = Pattern.compile("[0-9]+");
    private static final Pattern COLON = Pattern.compile(":");
    private static final Pattern LEAD = Pattern.compile("(?:(?<![0-9])1[ .-]?)?\\(?\\z");
    private static final Pattern INSIDE_NUMBER = Pattern.compile("[0-9][.-]\\z");
    private static final Map<Pattern, int[]> CARD_LENGTHS = new LinkedHashMap<>();

    static {
        CARD_LENGTHS.put(Pattern.compile("3[47]"), new int[] {15});
        CARD_LENGTHS.put(Pattern.compile("3(?:0[0-5]|[689])"), new int[] {14, 16});
        CARD_LENGTHS.put(Pattern.compile("4"), new int[] {16, 19, 13});
        CARD_LENGTHS.put(Pattern.compile("5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)"), new int[] {16});
        CARD_LENGTHS.put(Pattern.compile("6(?:011|4[4-9]|5)|35(?:2[89]|[3-8])|62"), new int[] {16, 19, 18, 17});
        CARD_LENGTHS.put(Pattern.compile("5[0678]|6"), new int[] {16, 18, 19, 17, 15, 14, 13});
    }

    private Checks() {}

    private static int[] whole(Matcher match) {
        return new int[] {match.start(), match.end()};
    }

    private static int[] email(Matcher match, String text) {
        int at = match.start();
        int start = at;
        while (start > Math.max(0, at - LOCAL_PART_CHARACTERS) && mayBeLocal(text.charAt(start - 1))) {
            start--;
        }
        while (start < at && !isWord(text.charAt(start))) {
            start++;
        }
        return start < at ? new int[] {start, match.end()} : null;
    }

    private static boolean mayBeLocal(char character) {
        return Character.isLetterOrDigit(character) || "._%+'-".indexOf(character) >= 0;
    }

    private static boolean isWord(char character) {
        return Character.isLetterOrDigit(character) || character == '_';
    }

    private static int[] ipv4(Matcher match, String text) {
        for (String part : match.group().split("\\.")) {
            if (Integer.parseInt(part) > 255) {
                return null;
            }
        }
        return whole(match);
    }

    private static int[] ipv6(Matcher match, String text) {
        String candidate = match.group().replaceAll("[.:]+$", "");
        long groups = COLON.splitAsStream(candidate).filter(group -> !group.isEmpty()).count();
        if (groups > 1 && candidate.chars().anyMatch(Character::isDigit) && isIpv6(candidate)) {
            return new int[] {match.start(), match.start() + candidate.length()};
        }
        return new int[] {match.end(), match.end()};
    }

    private static boolean isIpv6(String candidate) {
        try {
            InetAddress.getByName("[" + candidate + "]");
            return true;
        } catch (UnknownHostException notAnAddress) {
            return false;
        }
    }

    private static int[] creditCard(Matcher match, String text) {
        int[] ends = new int[match.end() - match.start()];
        StringBuilder digits = new StringBuilder();
        for (int i = match.start(); i < match.end(); i++) {
            if (Character.isDigit(text.charAt(i))) {
                ends[digits.length()] = i + 1;
                digits.append(text.charAt(i));
            }
        }
        for (int length : cardLengths(digits)) {
            if (length <= digits.length() && luhn(digits.substring(0, length))) {
                int end = ends[length - 1];
                if (end == text.length() || !Character.isDigit(text.charAt(end))) {
                    return new int[] {match.start(), end};
                }
            }
        }
        return null;
    }

    private static int[] cardLengths(CharSequence digits) {
        for (Map.Entry<Pattern, int[]> issuer : CARD_LENGTHS.entrySet()) {
            if (issuer.getKey().matcher(digits).lookingAt()) {
                return issuer.getValue();
            }
        }
        return new int[0];
    }

    private static boolean luhn(String digits) {
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(digits.length() - 1 - i) - '0';
            sum += i % 2 == 0 ? digit : 2 * digit / 10 + 2 * digit % 10;
        }
        return sum % 10 == 0;
    }

    private static int[] internationalPhone(Matcher match, String text) {
        int most = 0;
        int count = 0;
        int end = 0;
        for (MatchResult group : (Iterable<MatchResult>) DIGITS.matcher(match.group()).results()::iterator) {
            most = most == 0 ? (group.group().startsWith("1") ? 11 : 15) : most;
            if (count + group.group().length() > most) {
                break;
            }
            count += group.group().length();
            end = group.end();
        }
        return count >= 8 ? new int[] {match.start(), match.start() + end} : null;
    }

    private static int[] usPhone(Matcher match, String text) {
        String before = text.substring(Math.max(0, match.start() - 4), match.start());
        Matcher lead = LEAD.matcher(before);
        boolean bracketed = match.group("closing") != null;
        if (!lead.find() || INSIDE_NUMBER.matcher(before.substring(0, lead.start())).find()
                || bracketed != lead.group().endsWith("(")) {
            return null;
        }
        String first = match.group("first");
        String second = match.group("second");
        boolean dotted = (bracketed || isMark(first)) && isMark(second);
        boolean glued = !bracketed && first.isEmpty() && second.isEmpty();
        boolean plausible = isAssignable(match) && !(glued && touchesWord(match, text));
        return dotted || plausible ? new int[] {match.start() - lead.group().length(), match.end()} : null;
    }

    private static boolean isAssignable(Matcher match) {
        String area = match.group("area");
        return area.charAt(0) >= '2' && match.group("exchange").charAt(0) >= '2' && !area.endsWith("11");
    }

    private static boolean isMark(String separator) {
        return separator.equals(".") || separator.equals("-");
    }

    private static boolean touchesWord(Matcher match, String text) {
        return (match.start() > 0 && isAsciiWord(text.charAt(match.start() - 1)))
                || (match.end() < text.length() && isAsciiWord(text.charAt(match.end())));
    }

    private static boolean isAsciiWord(char character) {
        return character < 128 && isWord(character);
    }
}
