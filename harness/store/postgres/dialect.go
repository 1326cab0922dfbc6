package postgres

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Dialect is how SQL is written for PostgreSQL. Text columns are of type
// citext in databases of collation C, so that by themselves they fold ASCII
// letters, as the embedded database's do; sf_fold folds all letters.
var Dialect = store.Dialect{
	Name:         "postgres",
	LikeFunction: "sf_like",
	Placeholder:  func(n int) string { return "$" + strconv.Itoa(n) },
	Fold:         func(text string) string { return "sf_fold(" + text + ")" },
	Letters:      func(text string) string { return "(" + text + `)::text COLLATE "C"` },
	Like: func(text, pattern string) string {
		return "(lower((" + text + ")::text) LIKE lower(sf_pattern(" + pattern + ")))"
	},
	In: in,
	Each: func(list, name string) string {
		return "json_array_elements_text(" + list + "::json) AS " + name + "(value)"
	},
	Limit: func(limit, offset string) string {
		return " LIMIT NULLIF(" + limit + "::bigint, -1) OFFSET " + offset
	},
	Total:   func(number string) string { return "coalesce(sum(" + number + ")::float8, 0)" },
	Average: func(number string) string { return "(sum(" + number + ")::float8 / count(" + number + "))" },
	Extreme: func(function, text string) string {
		order := ""
		if function == "max" {
			order = " DESC"
		}
		return fmt.Sprintf(`(array_agg(%s ORDER BY sf_fold(%s)%s, (%s)::text COLLATE "C") FILTER (WHERE %s IS NOT NULL))[1]`, text, text, order, text, text)
	},
	DatePart: func(p store.DatePart, seconds string) string {
		return fmt.Sprintf("extract(%s FROM to_timestamp(%s) AT TIME ZONE 'UTC')::bigint", dateParts[p], seconds)
	},
}

var dateParts = [...]string{store.Year: "YEAR", store.Month: "MONTH", store.Day: "DAY", store.Weekday: "DOW", store.Yearday: "DOY", store.Hour: "HOUR"}

// in compares with an array made once per run, which an index can serve.
func in(expr, list string, kind store.Kind, fold bool) string {
	element := "v"
	switch {
	case fold:
		expr, element = "sf_fold("+expr+")", "sf_fold(v)"
	case kind == store.Text:
		element = "v::citext"
	case kind == store.TextCase, kind == store.Identifier, kind == store.Binary:
	case kind == 0:
		element = "v::float8"
	default:
		element = "v::bigint"
	}
	return expr + " = ANY(ARRAY(SELECT " + element + " FROM json_array_elements_text(" + list + "::json) AS v))"
}

// setupSQL makes of an empty database the model of all orgs' databases: the
// functions that queries need and the tables that every org has.
//
//	sf_fold(text)               text with every letter folded (value.Fold)
//	sf_pattern(pattern)         a pattern whose last backslash stands for itself
//	sf_like(pattern, text)      SOQL's LIKE
//	sf_includes(chosen, wanted) SOQL's INCLUDES
//	sf_arc(lat, lon, lat, lon)  the angle between two places on the earth
//	sf_local(ms, zone)          a datetime as the clocks of a zone show it
func setupSQL() string {
	from, to := foldTable()
	return `CREATE EXTENSION citext;
CREATE FUNCTION sf_fold_all(text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $f$
BEGIN RETURN translate(lower($1), '` + from + `', '` + to + `'); END $f$;
CREATE FUNCTION sf_fold(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $f$
SELECT CASE WHEN octet_length($1) = char_length($1) THEN lower($1) ELSE sf_fold_all($1) END $f$;
CREATE FUNCTION sf_pattern(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $f$
SELECT CASE WHEN (length($1) - length(rtrim($1, '\'))) % 2 = 1 THEN $1 || '\' ELSE $1 END $f$;
CREATE FUNCTION sf_like(pattern text, t text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $f$
SELECT sf_fold(t) LIKE sf_fold(sf_pattern(pattern)) $f$;
CREATE FUNCTION sf_includes(chosen text, wanted text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $f$
SELECT CASE WHEN wanted = '' OR chosen = '' THEN chosen = wanted
ELSE string_to_array(sf_fold(wanted), ';') <@ string_to_array(sf_fold(chosen), ';') END $f$;
CREATE FUNCTION sf_arc(a float8, b float8, c float8, d float8) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $f$
SELECT 2 * asin(sqrt(least(1, power(sin(radians(c - a) / 2), 2) + cos(radians(a)) * cos(radians(c)) * power(sin(radians(d - b) / 2), 2)))) $f$;
CREATE FUNCTION sf_local(ms bigint, zone text) RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $f$
SELECT CASE WHEN zone = 'UTC' THEN ms ELSE ms + (extract(epoch FROM
(to_timestamp(floor(ms / 1000.0)) AT TIME ZONE zone) - (to_timestamp(floor(ms / 1000.0)) AT TIME ZONE 'UTC')) * 1000)::bigint END $f$;
CREATE TABLE "_meta"("key" text NOT NULL PRIMARY KEY, "data" bytea NOT NULL);
CREATE TABLE "_column"("object" text NOT NULL, "field" text NOT NULL, "name" text NOT NULL, "kind" int NOT NULL, "type" text NOT NULL, "scale" int NOT NULL, PRIMARY KEY("object", "field"));
CREATE TABLE "_index"("object" text NOT NULL, "field" text NOT NULL, PRIMARY KEY("object", "field"));
CREATE TABLE "_cause"("id" bigint NOT NULL PRIMARY KEY, "text" text NOT NULL);
CREATE TABLE "_journal"("seq" bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, "object" text NOT NULL, "op" int NOT NULL, "cause" int NOT NULL, "ids" bytea NOT NULL);
CREATE TABLE "_gone"("object" text NOT NULL, "id" text NOT NULL);
`
}

// foldTable lists the letters that value.FoldRune changes, and to what. The
// letters of ASCII stand first, as themselves: translate looks a letter up
// from the begin, and most letters of most texts are among them.
func foldTable() (from, to string) {
	var f, t strings.Builder
	for r := 'a'; r <= 'z'; r++ {
		f.WriteRune(r)
		t.WriteRune(r)
	}
	for _, r := range " 0123456789.,;:-_@/()" {
		f.WriteRune(r)
		t.WriteRune(r)
	}
	for r := rune(utf8.RuneSelf); r <= unicode.MaxRune; r++ {
		if least := value.FoldRune(r); least != r {
			f.WriteRune(r)
			t.WriteRune(least)
		}
	}
	return f.String(), t.String()
}
