# Reads a report of the xunit runner. what=totals: "passed failed skipped"; what=skips: "count<TAB>test<TAB>reason" a line.
BEGIN { RS = "<(test|assembly) " }

function attribute(name,    found) {
    if (!match(" " $0, " " name "=\"[^\"]*\""))
        return ""
    found = substr(" " $0, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
    return found
}

function reason(    text) {
    if (!match($0, /<reason>.*<\/reason>/))
        return "no reason given"
    text = substr($0, RSTART + 8, RLENGTH - 17)
    gsub(/<!\[CDATA\[|\]\]>/, "", text)
    gsub(/[\t\r\n]+/, " ", text)
    return text
}

what == "totals" && attribute("test-framework") != "" {
    passed += attribute("passed")
    failed += attribute("failed") + attribute("errors")
    skipped += attribute("skipped")
}

what == "skips" && attribute("result") == "Skip" { count[attribute("type") "." attribute("method") "\t" reason()]++ }

END {
    if (what == "totals")
        print passed + 0, failed + 0, skipped + 0
    for (skip in count)
        print count[skip] "\t" skip
}
