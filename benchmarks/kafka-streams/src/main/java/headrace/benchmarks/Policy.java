package headrace.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.Value;
import org.msgpack.value.ValueFactory;

/** The rule table that Python wrote, so that both read the same patterns; fields that hold ids and names, not text. */
record Policy(List<Rule> rules, Set<String> typedFields) {

    static Policy read(Path file) throws IOException {
        try (MessageUnpacker unpacker = MessagePack.newDefaultUnpacker(Files.readAllBytes(file))) {
            Map<Value, Value> policy = unpacker.unpackValue().asMapValue().map();
            Map<Map<String, String>, Places> known = new HashMap<>();
            List<Rule> rules = new ArrayList<>();
            for (Value rule : get(policy, "rules").asArrayValue()) {
                rules.add(rule(rule.asMapValue().map(), known));
            }
            return new Policy(rules, new HashSet<>(texts(get(policy, "typed_fields"))));
        }
    }

    private static Rule rule(Map<Value, Value> rule, Map<Map<String, String>, Places> known) {
        Map<String, String> places = new HashMap<>();
        get(rule, "places").asMapValue().entrySet().forEach(
                part -> places.put(part.getKey().asStringValue().asString(), part.getValue().asStringValue().asString()));
        return new Rule(
                known.computeIfAbsent(places, Places::of),
                Pattern.compile(text(rule, "pattern"), Pattern.UNICODE_CHARACTER_CLASS),
                check(text(rule, "confirm")),
                text(rule, "placeholder"));
    }

    private static Rule.Check check(String name) {
        Rule.Check check = Checks.BY_NAME.get(name);
        if (check == null) {
            throw new IllegalArgumentException("headrace.privacy.checks." + name + " is not ported to Checks.java");
        }
        return check;
    }

    private static Value get(Map<Value, Value> map, String name) {
        return map.get(ValueFactory.newString(name));
    }

    private static String text(Map<Value, Value> map, String name) {
        return get(map, name).asStringValue().asString();
    }

    private static List<String> texts(Value array) {
        return array.asArrayValue().list().stream().map(item -> item.asStringValue().asString()).toList();
    }
}
