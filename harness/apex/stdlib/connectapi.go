package stdlib

import (
	"regexp"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// connectTable is what of ConnectApi does something in an org: posts and
// comments become rows of FeedItem and FeedComment. Its other methods stop the
// code that calls them; its objects are data that is filled and read.
var connectTable = vm.Library{
	"ConnectApi.ChatterFeeds.postFeedElement":          postFeedElement,
	"ConnectApi.ChatterFeeds.postCommentToFeedElement": postComment,
	"ConnectApi.BinaryInput.<init>": func(t thread, _ val, a vals) val {
		return connectObject(t, "BinaryInput", map[string]val{"blob": a[0], "contenttype": a[1], "filename": a[2]})
	},
	"ConnectApi.BatchInput.<init>": func(t thread, _ val, a vals) val {
		return connectObject(t, "BatchInput", map[string]val{"input": a[0], "binaries": arg(a, 1)})
	},
}

func connectObject(t *vm.Thread, class string, values map[string]vm.Value) vm.Value {
	return t.NewNative("ConnectApi."+class, &vm.Bag{Values: values})
}

// postFeedElement is postFeedElement(communityId, subjectId, type, text) and
// postFeedElement(communityId, input [, file]).
func postFeedElement(t thread, _ val, a vals) val {
	t.Siloed("ConnectApi.ChatterFeeds.postFeedElement")
	subject, body, kind := a[1], arg(a, 3), arg(a, 2)
	if len(a) < 4 {
		in := bagOf(a[1]).Values
		subject, body, kind = in["subjectid"], in["body"], in["feedelementtype"]
	}
	parent := str(t, subject)
	if parent == "me" {
		parent = t.Host().User().ID
	}
	text, segments := feedText(t, body)
	rec := insertPost(t, "FeedItem", map[string]string{"ParentId": parent, "Body": text})
	return connectObject(t, "FeedItem", map[string]val{"id": vm.Str(rec.ID()), "body": feedBody(t, text, segments), "feedelementtype": kind,
		"createddate": vm.Datetime(t.Host().Now()), "parent": connectObject(t, "RecordSummary", map[string]val{"id": vm.Str(parent)}),
		"capabilities": connectObject(t, "FeedElementCapabilities", map[string]val{})})
}

// postComment is postCommentToFeedElement(communityId, feedElementId, text or
// input [, file]).
func postComment(t thread, _ val, a vals) val {
	t.Siloed("ConnectApi.ChatterFeeds.postCommentToFeedElement")
	body := a[2]
	if body.Kind() == vm.KindObject {
		body = bagOf(body).Values["body"]
	}
	text, segments := feedText(t, body)
	rec := insertPost(t, "FeedComment", map[string]string{"FeedItemId": str(t, a[1]), "CommentBody": text})
	return connectObject(t, "Comment", map[string]val{"id": vm.Str(rec.ID()), "body": feedBody(t, text, segments),
		"createddate": vm.Datetime(t.Host().Now()), "feedelement": connectObject(t, "Reference", map[string]val{"id": a[1]})})
}

func insertPost(t *vm.Thread, object string, values map[string]string) *schema.Record {
	o := t.Schema().Object(object)
	rec := schema.NewRecord(o)
	for name, text := range values {
		rec.Set(o.Field(name), value.OfText(text))
	}
	t.DML(&vm.DMLCall{Statement: schema.Statement{Op: dml.Insert, Records: []*schema.Record{rec}, AllOrNone: true}})
	t.Host().Approximated(t, "ConnectApi.ChatterFeeds", "posts are rows of text without attachments, mentions and topics", t.Where())
	return rec
}

func feedBody(t *vm.Thread, text string, segments []vm.Value) vm.Value {
	return connectObject(t, "FeedBody", map[string]val{"text": vm.Str(text), "messagesegments": t.ListOf("ConnectApi.MessageSegment", segments)})
}

// linkOrHashtag finds in the text of a post what becomes a segment of its own (Apex Reference, "ConnectApi.TextSegmentInput").
var linkOrHashtag = regexp.MustCompile(`https?://[^\s,]+|#\w+`)

// feedText is the text of a body that is posted, and its segments as they are
// read back.
func feedText(t *vm.Thread, body vm.Value) (text string, segments []vm.Value) {
	if body.Kind() == vm.KindString {
		return body.Text(), textSegments(t, body.Text())
	}
	list := bagOf(body).Values["messagesegments"].List()
	if list == nil {
		t.ThrowNull()
	}
	var b strings.Builder
	for _, in := range list.Vals {
		for _, s := range readBack(t, in) {
			b.WriteString(bagOf(s).Values["text"].Text())
			segments = append(segments, s)
		}
	}
	return b.String(), segments
}

// readBack is what a segment that is posted is read back as.
func readBack(t *vm.Thread, in vm.Value) []vm.Value {
	class, values := strings.TrimSuffix(in.Object().Class.Def.Name, "Input"), map[string]val{}
	for name, v := range bagOf(in).Values {
		values[name] = v
	}
	var text string
	switch class {
	case "TextSegment":
		return textSegments(t, values["text"].Text())
	case "HashtagSegment":
		text = "#" + values["tag"].Text()
	case "LinkSegment":
		text = values["url"].Text()
	case "MentionSegment":
		id := values["id"].Text()
		if !strings.HasPrefix(id, "005") && !strings.HasPrefix(id, "0F9") {
			t.Throw("ConnectApi.ConnectApiException", "Only user and group IDs may be used in inline mentions.")
		}
		text = "@" + id
		values["record"] = connectObject(t, "UserSummary", map[string]val{"id": values["id"]})
	case "InlineImageSegment":
		text = values["alttext"].Text()
	}
	values["text"] = vm.Str(text)
	return []vm.Value{connectObject(t, class, values)}
}

// textSegments takes links and hashtags out of a text.
func textSegments(t *vm.Thread, text string) []vm.Value {
	var out []vm.Value
	add := func(class, part string, more map[string]val) {
		if part != "" {
			more["text"] = vm.Str(part)
			out = append(out, connectObject(t, class, more))
		}
	}
	last := 0
	for _, at := range linkOrHashtag.FindAllStringIndex(text, -1) {
		add("TextSegment", text[last:at[0]], map[string]val{})
		part := text[at[0]:at[1]]
		if tag, ok := strings.CutPrefix(part, "#"); ok {
			add("HashtagSegment", part, map[string]val{"tag": vm.Str(tag)})
		} else {
			add("LinkSegment", part, map[string]val{"url": vm.Str(part)})
		}
		last = at[1]
	}
	add("TextSegment", text[last:], map[string]val{})
	return out
}
