package plain

import "strings"

// special are the characters that mean something within a line of Markdown: marks
// of emphasis, code and links, cells of tables, and HTML with its entities.
var special = strings.NewReplacer("\\", "\\\\", "|", "\\|", "<", "&lt;", "&", "&amp;", "*", "\\*", "_", "\\_",
	"`", "\\`", "[", "\\[", "#", "\\#", "~", "\\~")

// Markdown is a text in which no character means something to Markdown.
func Markdown(s string) string { return special.Replace(s) }
