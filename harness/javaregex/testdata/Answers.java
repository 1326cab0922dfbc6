import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.util.*;
import java.util.regex.*;

/**
 * Answers.java says what java.util.regex answers to the cases in cases.txt: for
 * each of them a line of JSON in java.json. Run it with `java Answers.java` in
 * this folder. A case is a line: pattern, text and (where there is one)
 * replacement, apart by tabs. In them ~n, ~r, ~t and ~uXXXX stand for characters
 * and ~~ for a tilde.
 */
public class Answers {
    public static void main(String[] args) throws Exception {
        StringBuilder out = new StringBuilder();
        for (String line : Files.readAllLines(Path.of("cases.txt"), StandardCharsets.UTF_8)) {
            if (line.isEmpty() || line.startsWith("## ")) continue;
            String[] part = line.split("\t", -1);
            String text = part.length > 1 ? plain(part[1]) : "";
            String with = part.length > 2 ? plain(part[2]) : "<$0>";
            out.append(answer(plain(part[0]), text, with)).append("\n");
        }
        Files.writeString(Path.of("java.json"), out.toString(), StandardCharsets.UTF_8);
    }

    static String answer(String pattern, String text, String with) {
        StringBuilder b = new StringBuilder("{\"pattern\":" + json(pattern) + ",\"text\":" + json(text) + ",\"with\":" + json(with));
        Pattern p;
        try {
            p = Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            return b + ",\"error\":" + json(e.getMessage().replace(System.lineSeparator(), "\n")) + "}";
        }
        Matcher m = p.matcher(text);
        b.append(",\"matches\":" + m.matches() + ",\"hitEnd\":" + m.hitEnd() + ",\"requireEnd\":" + (m.hitEnd() && m.requireEnd()));
        b.append(",\"lookingAt\":" + m.lookingAt());
        b.append(",\"found\":[");
        m.reset();
        String comma = "";
        for (int n = 0; n < 20 && m.find(); n++) {
            b.append(comma + "[");
            for (int g = 0; g <= m.groupCount(); g++) b.append((g > 0 ? "," : "") + m.start(g) + "," + m.end(g));
            b.append("]");
            comma = ",";
        }
        b.append("],\"split\":" + list(p.split(text)) + ",\"split2\":" + list(p.split(text, 2)) + ",\"splitAll\":" + list(p.split(text, -1)));
        try {
            b.append(",\"replaced\":" + json(p.matcher(text).replaceAll(with)));
        } catch (RuntimeException e) {
            b.append(",\"replaceError\":" + json(e.getMessage()));
        }
        return b.append("}").toString();
    }

    static String list(String[] parts) {
        StringBuilder b = new StringBuilder("[");
        for (String s : parts) b.append(b.length() > 1 ? "," : "").append(json(s));
        return b.append("]").toString();
    }

    static String json(String s) {
        StringBuilder b = new StringBuilder("\"");
        for (char c : s.toCharArray()) {
            if (c == '"' || c == '\\') b.append('\\').append(c);
            else if (c < ' ' || c > '~') b.append(String.format("\\u%04x", (int) c));
            else b.append(c);
        }
        return b.append('"').toString();
    }

    /** A field of a case as it is meant. */
    static String plain(String s) {
        StringBuilder b = new StringBuilder();
        for (int i = 0; i < s.length(); i++) {
            if (s.charAt(i) != '~' || i + 1 == s.length()) { b.append(s.charAt(i)); continue; }
            char c = s.charAt(++i);
            if (c == 'u') { b.append((char) Integer.parseInt(s.substring(i + 1, i + 5), 16)); i += 4; }
            else b.append(c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c);
        }
        return b.toString();
    }
}
