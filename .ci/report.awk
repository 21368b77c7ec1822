# Reads a report of the xunit runner. what=totals: "passed failed skipped"; what=skips: "count<TAB>test<TAB>reason" a line;
# what=failures: "test: its message in one line" a line.
BEGIN { RS = "<(test|assembly|error) " }

function attribute(name,    found) {
    if (!match(" " $0, " " name "=\"[^\"]*\""))
        return ""
    found = substr(" " $0, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
    return found
}

function element(name, without,    text) {
    if (!match($0, "<" name ">.*</" name ">"))
        return without
    text = substr($0, RSTART + length(name) + 2, RLENGTH - 2 * length(name) - 5)
    gsub(/<!\[CDATA\[|\]\]>/, "", text)
    return line(text)
}

function line(text) {
    gsub(/[ \t\r\n]+/, " ", text)
    return text
}

function plain(text) {
    gsub(/&quot;/, "\"", text)
    gsub(/&apos;/, "'", text)
    gsub(/&lt;/, "<", text)
    gsub(/&gt;/, ">", text)
    gsub(/&#x[0-9A-F]+;/, " ", text)
    gsub(/&amp;/, "\\&", text)
    return line(text)
}

# Type and method, and the name that is shown where it says something else. An error outside of tests has no method.
function test(    full, shown) {
    full = attribute("type") (attribute("method") == "" ? "" : "." attribute("method"))
    shown = attribute("name")
    return plain(index(shown, full) == 1 ? shown : full " " shown)
}

what == "totals" && attribute("test-framework") != "" {
    passed += attribute("passed")
    failed += attribute("failed") + attribute("errors")
    skipped += attribute("skipped")
}

what == "skips" && attribute("result") == "Skip" { count[attribute("type") "." attribute("method") "\t" element("reason", "no reason given")]++ }

what == "failures" && (attribute("result") == "Fail" || attribute("result") == "" && /<failure/) {
    print test() ": " substr(element("message", "no message"), 1, 300)
}

END {
    if (what == "totals")
        print passed + 0, failed + 0, skipped + 0
    for (skip in count)
        print count[skip] "\t" skip
}
