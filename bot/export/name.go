package export

import (
	"strings"
	"unicode"
)

// maxName is the longest part of a file name that comes from outside, in characters.
const maxName = 40

// FileName joins parts to the name of a file, without its ending: letters, digits, dots and lines stay, anything else becomes
// a line, and the name never begins with a dot or a line.
func FileName(parts ...string) string {
	list := make([]string, 0, len(parts))
	for _, part := range parts {
		if part = safe(part); part != "" {
			list = append(list, part)
		}
	}
	if len(list) == 0 {
		return "export"
	}
	return strings.Join(list, "_")
}

func safe(part string) string {
	var b strings.Builder
	n := 0
	for _, r := range strings.ToValidUTF8(part, "") {
		n++
		if n > maxName {
			break
		}
		if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '.' || r == '-') {
			b.WriteRune(r)
			continue
		}
		b.WriteByte('-')
	}
	return strings.Trim(b.String(), ".-")
}
