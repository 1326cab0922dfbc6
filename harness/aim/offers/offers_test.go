package offers_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehearsal-dev/rehearsal/harness/aim/offers"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/metadata/metadatatest"
)

func pack(parts ...*metadata.Component) *metadata.Package {
	p, _ := metadata.NewPackage(metadata.Package{Name: "p", Namespace: "ns", Kind: metadata.Managed}, parts)
	return p
}

func apex(kind metadata.Kind, name, body string) *metadata.Component {
	c := metadatatest.Component(kind, name, fmt.Sprintf("<%s><apiVersion>60.0</apiVersion></%s>", kind, kind))
	c.Source = []byte(body)
	c.Seal()
	return c
}

func set(entries string) *metadata.Component {
	return metadatatest.Component(metadata.PermissionSet, "Worker", "<PermissionSet><label>Worker</label>"+entries+"</PermissionSet>")
}

const (
	class     = "<classAccesses><apexClass>Board</apexClass><enabled>true</enabled></classAccesses>"
	helper    = "<classAccesses><apexClass>Helper</apexClass><enabled>true</enabled></classAccesses>"
	tab       = "<tabSettings><tab>Thing__c</tab><visibility>Visible</visibility></tabSettings>"
	reads     = "<objectPermissions><object>Thing__c</object><allowRead>true</allowRead></objectPermissions>"
	readsAll  = "<objectPermissions><object>Thing__c</object><allowRead>true</allowRead><viewAllFields>true</viewAllFields></objectPermissions>"
	seesAll   = "<objectPermissions><object>Thing__c</object><allowRead>true</allowRead><viewAllRecords>true</viewAllRecords></objectPermissions>"
	readField = "<fieldPermissions><field>Thing__c.Size__c</field><readable>true</readable><editable>true</editable></fieldPermissions>"
	readOnly  = "<fieldPermissions><field>Thing__c.Size__c</field><readable>true</readable><editable>false</editable></fieldPermissions>"
)

// TestPermissionSets compares what a permission set grants: what is gone from the
// package, or granted in another way, is not lost.
func TestPermissionSets(t *testing.T) {
	t.Parallel()
	thing := metadatatest.Component(metadata.CustomObject, "Thing__c", "<CustomObject><label>Thing</label></CustomObject>")
	size := func(xml string) *metadata.Component {
		return metadatatest.Component(metadata.CustomField, "Thing__c.Size__c", "<CustomField><label>Size</label>"+xml+"</CustomField>")
	}
	number := size("<type>Number</type>")
	board := apex(metadata.ApexClass, "Board", "public class Board { @AuraEnabled public static void show() {} }")
	inside := apex(metadata.ApexClass, "Helper", "public class Helper { public static void show() {} }")
	for _, tt := range []struct {
		name     string
		was, is  string
		old, new []*metadata.Component
		want     []string
	}{
		{"a class that components call", class + reads, reads, nil, []*metadata.Component{board}, []string{"lost ApexClass Board "}},
		{"a class that nobody calls from outside", helper + reads, reads, nil, []*metadata.Component{inside}, nil},
		{"a class that is gone", class + reads, reads, []*metadata.Component{board}, nil, nil},
		{"a tab", tab + reads, reads, nil, nil, []string{"lost CustomTab Thing__c "}},
		{"a field", readField + reads, readOnly + reads, []*metadata.Component{number}, []*metadata.Component{number}, []string{"lost CustomField Thing__c.Size__c edit"}},
		{"a field of which all are read", readOnly + reads, readsAll, []*metadata.Component{number}, []*metadata.Component{number}, nil},
		{"a field that is a formula now", readField + reads, readOnly + reads, []*metadata.Component{number}, []*metadata.Component{size("<type>Number</type><formula>1</formula>")}, nil},
		{"a field that is required now", readField + reads, reads, []*metadata.Component{number}, []*metadata.Component{size("<type>Number</type><required>true</required>")}, nil},
		{"an object, and its fields with it", readField + reads, "", []*metadata.Component{number}, []*metadata.Component{number}, []string{"lost CustomObject Thing__c read"}},
		{"all rows", reads, seesAll, nil, nil, []string{"gained CustomObject Thing__c view all records"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			from := pack(append(tt.old, thing, set(tt.was))...)
			to := pack(append(tt.new, thing, set(tt.is))...)
			var got []string
			for _, s := range offers.PermissionSets(from, to) {
				for _, g := range s.Lost {
					got = append(got, fmt.Sprintf("lost %s %s %s", g.Kind, g.Name, g.How))
				}
				for _, g := range s.Gained {
					got = append(got, fmt.Sprintf("gained %s %s %s", g.Kind, g.Name, g.How))
				}
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

// TestSharingWords tells classes that come or cease to run with sharing.
func TestSharingWords(t *testing.T) {
	t.Parallel()
	const body = " { void go() { List<Account> all = [SELECT Id FROM Account]; } %s }"
	was := pack(
		apex(metadata.ApexClass, "A", "public class A"+fmt.Sprintf(body, "")),
		apex(metadata.ApexClass, "B", "public with sharing virtual class B"+fmt.Sprintf(body, "class Inner { }")),
		apex(metadata.ApexClass, "C", "public class C"+fmt.Sprintf(body, "")),
		apex(metadata.ApexClass, "D", "public class D { }"),
		apex(metadata.ApexClass, "E", "@isTest private class E"+fmt.Sprintf(body, "")))
	is := pack(
		apex(metadata.ApexClass, "A", "public /* class X { */ with sharing class A"+fmt.Sprintf(body, "")),
		apex(metadata.ApexClass, "B", "public virtual without sharing class B"+fmt.Sprintf(body, "with sharing class Inner { }")),
		apex(metadata.ApexClass, "C", "public inherited sharing class C"+fmt.Sprintf(body, "")),
		apex(metadata.ApexClass, "D", "public with sharing class D { }"),
		apex(metadata.ApexClass, "E", "@isTest private with sharing class E"+fmt.Sprintf(body, "")))
	want := []offers.Sharing{{Class: "A", Is: offers.With}, {Class: "B", Was: offers.With, Is: offers.Without}, {Class: "B.Inner", Is: offers.With}}
	if d := cmp.Diff(want, offers.SharingWords(was, is)); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

// TestEntryPoints reads what is called from outside, in the signatures that both
// versions have.
func TestEntryPoints(t *testing.T) {
	t.Parallel()
	source := func(more string) *metadata.Package {
		return pack(
			apex(metadata.ApexClass, "Api", `global class Api {
				@AuraEnabled public static List<Account> named(String name) { return null; }
				@AuraEnabled public static void `+more+`
				global static void note(String text) {}
				global static void saveNotes() {}
				public static void inside() {}
				@InvocableMethod public static void run(List<Request> all) {}
				public class Request { @InvocableVariable public Id rowId; public String other; }
			}`),
			apex(metadata.ApexClass, "Nightly", "global class Nightly implements Database.Batchable<SObject>, Schedulable { }"),
			apex(metadata.ApexClass, "OfOne", "public class OfOne implements Queueable { public OfOne(Id one) {} }"),
			apex(metadata.ApexClass, "Board", "public class Board { public String term { get; set; } public List<Account> getRows() { return null; } public void search() {} public void other() {} }"),
			apex(metadata.ApexPage, "BoardPage", `<apex:page controller="Board"><apex:commandButton action="{!search}"/></apex:page>`))
	}
	var got []string
	for _, p := range offers.EntryPoints(source("gone(Integer n) {}"), source("gone(String n) {}"), func(*metadata.Component) bool { return true }) {
		got = append(got, fmt.Sprintf("%s %s %v %s%v %v %v %v", p.Kind, p.Name(), p.Params, p.Request, p.Fields, p.Getters, p.Actions, p.Saves))
	}
	want := []string{
		"batch Nightly [] [] [] [] []",
		"controller Board [] [{term String}] [term getRows()] [search] []",
		"invocable Api.run [{all List<Request>}] Api.Request[{rowId Id}] [] [] [saveNotes]",
		"schedulable Nightly [] [] [] [] []",
		"static Api.named [{name String}] [] [] [] [saveNotes]",
		"static Api.note [{text String}] [] [] [] [saveNotes]",
		"static Api.saveNotes [] [] [] [] []",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}
