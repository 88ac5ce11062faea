package headrace.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.MapValue;
import org.msgpack.value.Value;
import org.msgpack.value.ValueFactory;

/** Decodes an event from msgpack, sanitizes every text in it at any depth, keys too, and encodes it. */
final class EventSanitizer {
    private final TextSanitizer texts;
    private final Set<String> typedFields;

    EventSanitizer(Policy policy) {
        this.texts = new TextSanitizer(policy.rules());
        this.typedFields = policy.typedFields();
    }

    byte[] sanitize(byte[] payload) {
        try (MessageUnpacker unpacker = MessagePack.newDefaultUnpacker(payload);
                MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            packer.packValue(event(unpacker.unpackValue().asMapValue()));
            return packer.toByteArray();
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    private Value event(MapValue fields) {
        Value[] entries = fields.getKeyValueArray().clone();
        for (int i = 0; i < entries.length; i += 2) {
            if (!typedFields.contains(entries[i].asStringValue().asString())) {
                entries[i + 1] = value(entries[i + 1]);
            }
        }
        return ValueFactory.newMap(entries, true);
    }

    private Value value(Value value) {
        return switch (value.getValueType()) {
            case STRING -> text(value);
            case ARRAY -> ValueFactory.newArray(values(value.asArrayValue().list().toArray(Value[]::new)), true);
            case MAP -> ValueFactory.newMap(values(value.asMapValue().getKeyValueArray().clone()), true);
            default -> value;
        };
    }

    private Value[] values(Value[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = value(values[i]);
        }
        return values;
    }

    private Value text(Value value) {
        String text = value.asStringValue().asString();
        String sanitized = texts.sanitize(text);
        return sanitized == text ? value : ValueFactory.newString(sanitized);
    }
}
