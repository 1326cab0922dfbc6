// Command genlib turns the index of the Apex standard library into the table
// that package types embeds.
//
//	go run ./harness/apex/types/genlib -index harness/facts/apex-stdlib-index.md -out harness/apex/types/library.txt
//
// It keeps kinds, names, supertypes and signatures, drops parameter names and
// what every class has, and writes the types in the order of the index, so
// that the same index gives the same table.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"log"
	"os"
	"strings"
)

func main() {
	log.SetFlags(0)
	index := flag.String("index", "", "the index of signatures, apex-stdlib-index.md")
	out := flag.String("out", "library.txt", "the table to write")
	flag.Parse()
	if err := generate(*index, *out); err != nil {
		log.Fatalf("generating the library table from %s: %v", *index, err)
	}
}

// table is the library in the making: blocks of lines by type name.
type table struct {
	order  []string
	heads  map[string]string
	lines  map[string][]string
	seen   map[string]bool
	namesp string
	cur    string
}

func generate(index, out string) error {
	in, err := os.Open(index)
	if err != nil {
		return err
	}
	defer in.Close()
	t := &table{heads: map[string]string{}, lines: map[string][]string{}, seen: map[string]bool{}}
	scan := bufio.NewScanner(in)
	scan.Buffer(nil, 1<<20)
	for scan.Scan() {
		t.line(scan.Text())
	}
	if err := scan.Err(); err != nil {
		return err
	}
	return os.WriteFile(out, []byte(t.String()), 0o644)
}

func (t *table) line(s string) {
	switch {
	case strings.HasPrefix(s, "## "):
		t.namesp, t.cur = strings.Fields(s)[1], ""
	case t.namesp == "":
	case strings.HasPrefix(s, "C: "), strings.HasPrefix(s, "E: "):
		for _, n := range strings.Split(s[3:], ",") {
			t.open("N " + t.namesp + "." + strings.TrimSpace(n))
		}
		t.cur = ""
	case len(s) > 2 && strings.ContainsRune("CAVIE", rune(s[0])) && s[1] == ' ':
		t.header(s)
	case strings.HasPrefix(s, " ") && t.cur != "":
		t.member(strings.TrimSpace(s))
	}
}

// builtinHome is the namespace of the language-level types that the index
// lists without one.
var builtinHome = map[string]string{"DMLOptions": "Database", "DescribeSObjectResult": "Schema"}

func (t *table) header(s string) {
	kind, rest := s[:1], s[2:]
	name, tail, _ := strings.Cut(rest, " ")
	if strings.HasPrefix(name, "every") || strings.HasPrefix(name, "constructors") {
		t.cur = ""
		return
	}
	if t.namesp == "(builtin)" {
		first, _, _ := strings.Cut(name, ".")
		home := builtinHome[first]
		if home == "" {
			home = "System"
		}
		name = home + "." + name
	}
	head := kind + " " + name
	if i := strings.Index(tail, ": "); i >= 0 {
		up := strings.TrimPrefix(tail[i+2:], "extends ")
		up = strings.ReplaceAll(strings.ReplaceAll(up, "implements ", ""), ";", ",")
		head += " : " + strings.Join(strings.Fields(strings.ReplaceAll(up, ",", " ")), ",")
	} else if strings.HasSuffix(name, "Exception") && name != "System.Exception" {
		head += " : System.Exception"
	}
	t.open(head)
}

func (t *table) open(head string) {
	name := strings.Fields(head)[1]
	key := strings.ToLower(name)
	t.cur = key
	if _, ok := t.heads[key]; ok {
		return
	}
	t.heads[key] = head
	t.order = append(t.order, key)
}

func (t *table) member(s string) {
	if s == "=" || s == "clone(): Object" {
		return
	}
	if !strings.HasPrefix(s, "= ") {
		s = signature(s)
	}
	if k := t.cur + "\x00" + strings.ToLower(s); s != "" && !t.seen[k] {
		t.seen[k] = true
		t.lines[t.cur] = append(t.lines[t.cur], s)
	}
}

// signature rewrites "static name(String a, Integer b): T" as
// "static name(String,Integer):T", "new Name(String a)" as "new(String a)" and
// "name: T" as "name:T". Only constructors keep the names of their parameters:
// they are the properties that objects which only hold data begin with.
func signature(s string) string {
	open := strings.IndexByte(s, '(')
	if open < 0 {
		name, typ, _ := strings.Cut(s, ":")
		return name + ":" + typeName(typ)
	}
	end := strings.LastIndexByte(s, ')')
	name := s[:open]
	made := strings.HasPrefix(name, "new ")
	if made {
		name = "new"
	}
	var params []string
	for _, p := range split(s[open+1 : end]) {
		p = strings.TrimSpace(p)
		called := ""
		if i := strings.LastIndexByte(p, ' '); i > 0 && !strings.HasSuffix(p, ">") {
			p, called = p[:i], p[i:]
		}
		if p == "" {
			continue
		}
		if p = typeName(p); made {
			p += called
		}
		params = append(params, p)
	}
	out := name + "(" + strings.Join(params, ",") + ")"
	if ret := strings.TrimPrefix(s[end+1:], ":"); ret != "" {
		out += ":" + typeName(ret)
	}
	return out
}

func split(s string) []string {
	var parts []string
	depth, start := 0, 0
	for i := range len(s) {
		switch s[i] {
		case '<':
			depth++
		case '>':
			depth--
		case ',':
			if depth == 0 {
				parts = append(parts, s[start:i])
				start = i + 1
			}
		}
	}
	return append(parts, s[start:])
}

func typeName(s string) string {
	s = strings.TrimSuffix(strings.TrimSpace(s), " object")
	return strings.ReplaceAll(s, " ", "")
}

func (t *table) String() string {
	var b strings.Builder
	b.WriteString("# Generated by genlib; do not edit. Kind, name, supertypes; then a member a line.\n")
	for _, key := range t.order {
		fmt.Fprintln(&b, t.heads[key])
		for _, m := range t.lines[key] {
			fmt.Fprintln(&b, " "+m)
		}
	}
	return b.String()
}
