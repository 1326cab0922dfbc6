package stdlib

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

var encodingTable = vm.Library{
	"EncodingUtil.base64Encode": func(t thread, _ val, a vals) val { required(t, a[0], ""); return vm.Str(base64Text(a[0].Text())) },
	"EncodingUtil.base64Decode": func(t thread, _ val, a vals) val {
		s := str(t, a[0])
		raw, ok := decodeBase64(s)
		if !ok {
			bad := strings.IndexFunc(s, func(c rune) bool { return c > unicode.MaxASCII || !isBase64(byte(c)) })
			if bad < 0 {
				t.Throw("System.StringException", "Unable to decode the base64 text")
			}
			c, _ := utf8.DecodeRuneInString(s[bad:])
			t.Throwf("System.StringException", "Unrecognized base64 character: %c", c)
		}
		return vm.Blob(raw)
	},
	"EncodingUtil.convertToHex": func(t thread, _ val, a vals) val {
		required(t, a[0], "")
		return vm.Str(hex.EncodeToString([]byte(a[0].Text())))
	},
	"EncodingUtil.convertFromHex": func(t thread, _ val, a vals) val {
		raw, err := hex.DecodeString(str(t, a[0]))
		if err != nil {
			t.Throw("System.InvalidParameterValueException", "Invalid hexadecimal text")
		}
		return vm.Blob(string(raw))
	},
	"EncodingUtil.urlEncode": func(t thread, _ val, a vals) val {
		return vm.Str(escapeQuery(str(t, a[0])))
	},
	"EncodingUtil.urlDecode": func(t thread, _ val, a vals) val {
		s, err := url.QueryUnescape(str(t, a[0]))
		if err != nil {
			t.Throw("System.IllegalArgumentException", "URLDecoder: Illegal hex characters in escape (%) pattern")
		}
		return vm.Str(s)
	},
}

// escapeQuery is java.net.URLEncoder.
func escapeQuery(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "%2A", "*") }

func base64Text(raw string) string { return base64.StdEncoding.EncodeToString([]byte(raw)) }

// decodeBase64 decodes as the platform does, which takes a text without its
// padding, spaces and line breaks in it, and bits at its end that make no byte.
func decodeBase64(s string) (string, bool) {
	s = strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) {
			return -1
		}
		return c
	}, s)
	s = strings.TrimRight(s, "=")
	if len(s)%4 == 1 {
		s = s[:len(s)-1]
	}
	raw, err := base64.RawStdEncoding.DecodeString(s)
	return string(raw), err == nil
}

func isBase64(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("+/= \t\r\n", c) >= 0
}

var digests = map[string]func() hash.Hash{"md5": md5.New, "sha1": sha1.New, "sha-1": sha1.New, "sha256": sha256.New,
	"sha-256": sha256.New, "sha512": sha512.New, "sha-512": sha512.New, "sha3-256": nil}

func digestOf(t *vm.Thread, name string) func() hash.Hash {
	key := strings.TrimPrefix(strings.ToLower(name), "hmac")
	h := digests[key]
	if h == nil {
		t.Throwf("System.SecurityException", "Algorithm %s not available", name)
	}
	return h
}

var cryptoTable = vm.Library{
	"Crypto.generateDigest": func(t thread, _ val, a vals) val {
		required(t, a[1], "")
		h := digestOf(t, str(t, a[0]))()
		h.Write([]byte(a[1].Text()))
		return vm.Blob(string(h.Sum(nil)))
	},
	"Crypto.generateMac": func(t thread, _ val, a vals) val {
		required(t, a[1], "")
		required(t, a[2], "")
		h := hmac.New(digestOf(t, str(t, a[0])), []byte(a[2].Text()))
		h.Write([]byte(a[1].Text()))
		return vm.Blob(string(h.Sum(nil)))
	},
	"Crypto.getRandomInteger": func(t thread, _ val, a vals) val { return vm.Int(int64(int32(t.Host().Random()))) },
	"Crypto.getRandomLong":    func(t thread, _ val, a vals) val { return vm.Long(int64(t.Host().Random())) },
	"Crypto.generateAesKey": func(t thread, _ val, a vals) val {
		b := make([]byte, 0, 32)
		for int64(len(b)) < num(t, a[0])/8 {
			r := t.Host().Random()
			for i := range 8 {
				b = append(b, byte(r>>(8*i)))
			}
		}
		return vm.Blob(string(b))
	},
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
