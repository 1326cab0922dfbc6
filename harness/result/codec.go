package result

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
)

// SchemaVersion is the version of the document. It grows when a member changes
// its meaning or goes away; new members alone do not change it.
//
// Version 2 calls the work of users "traffic", which was "business", and has
// every list in every place: [] where version 1 had null or nothing.
const SchemaVersion = 2

// Encode writes the result as indented JSON with a final newline. A list is
// always there, empty where there is nothing to list; another member without
// omitempty is always there too, and one with it is absent where it says
// nothing.
func (r *Result) Encode() ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(withLists(reflect.ValueOf(r)).Interface()); err != nil {
		return nil, fmt.Errorf("write result of suite %s as JSON: %w", r.Suite.Name, err)
	}
	return buf.Bytes(), nil
}

// WithLists is a copy of v, of the types of this package, as Encode writes it: a
// list that is not there is an empty one.
func WithLists[T any](v T) T {
	out, _ := withLists(reflect.ValueOf(v)).Interface().(T)
	return out
}

// Decode reads what Encode wrote, and documents of version 1. One of a later
// version is refused.
func Decode(data []byte) (*Result, error) {
	var r Result
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("read result: %w", err)
	}
	switch {
	case r.SchemaVersion < 1 || r.SchemaVersion > SchemaVersion:
		return nil, fmt.Errorf("read result: schema version %d is not known, this is made for 1 to %d; use a newer rehearse", r.SchemaVersion, SchemaVersion)
	case r.SchemaVersion == 1:
		if err := r.fromVersion1(data); err != nil {
			return nil, fmt.Errorf("read result of schema version 1: %w", err)
		}
	}
	return &r, nil
}

// fromVersion1 takes over what version 1 called otherwise.
func (r *Result) fromVersion1(data []byte) error {
	var old struct {
		Scenarios []struct {
			Business *Traffic `json:"business"`
		} `json:"scenarios"`
	}
	if err := json.Unmarshal(data, &old); err != nil {
		return err
	}
	for i := range old.Scenarios {
		r.Scenarios[i].Traffic = old.Scenarios[i].Business
	}
	r.SchemaVersion = SchemaVersion
	return nil
}

// withLists copies a value with an empty list in the place of every nil one.
func withLists(v reflect.Value) reflect.Value {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		whole := reflect.New(v.Type().Elem())
		whole.Elem().Set(withLists(v.Elem()))
		return whole
	case reflect.Slice:
		whole := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			whole.Index(i).Set(withLists(v.Index(i)))
		}
		return whole
	case reflect.Struct:
		whole := reflect.New(v.Type()).Elem()
		whole.Set(v) // with what is not exported, such as that of a time
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				whole.Field(i).Set(withLists(v.Field(i)))
			}
		}
		return whole
	default:
		return v
	}
}
