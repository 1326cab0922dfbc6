package source

import "strings"

// ParseSpec splits "PATH@REF:FOLDER". The '@' that counts is the last one whose
// right side can be a ref; a PATH that has an '@' of its own and no REF is
// written with a trailing '@'. A colon counts only after the '@'.
func ParseSpec(s string) (path, ref, folder string) {
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return s, "", ""
	}
	path = s[:at]
	ref, folder, _ = strings.Cut(s[at+1:], ":")
	return path, ref, folder
}
