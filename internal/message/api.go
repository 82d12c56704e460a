package message

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

const tagMessages = "messages"

// Register adds the operations of messages to the API. Who may call them stands
// in the product's access table; a person only ever meets their own.
func (s *Service) Register(api *httpapi.API) {
	s.registerInbox(api)
	s.registerSettings(api)
	s.registerEndpoints(api)
	// The address in an e-mail's List-Unsubscribe header: a mail program posts
	// there without a body of ours (RFC 8058); a browser gets the console's page.
	// Whoever has the signed link may do that one thing.
	api.Handle("POST /opt-out", http.HandlerFunc(s.stopAtOnce))
}

// op describes one operation of messages.
func op(id, method, path, summary string) huma.Operation {
	return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{tagMessages}}
}

// body is an output that is only a body.
type body[T any] struct{ Body T }

func (s *Service) stopAtOnce(w http.ResponseWriter, r *http.Request) {
	if _, err := s.Stop(r.Context(), r.URL.Query().Get("token")); err != nil {
		httpapi.WriteProblem(w, r, fault.From(err))
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *Service) registerInbox(api huma.API) {
	httpapi.Register(api, op("listMessages", http.MethodGet, "/messages", "What the caller was told, unread ones first"), s.listMessages)
	httpapi.Register(api, op("countMessages", http.MethodGet, "/messages/counts", "How much of it is unread, by topic"), s.countMessages)
	httpapi.Register(api, op("markMessage", http.MethodPut, "/messages/{id}/read", "Mark one as read or unread"), s.markMessage)
	httpapi.Register(api, op("markAllMessages", http.MethodPut, "/messages/read", "Mark all as read, or all of a topic"), s.markAll)
}

type listMessagesInput struct {
	httpapi.PageInput
	Unread bool   `query:"unread" doc:"Only these"`
	Topic  string `query:"topic" maxLength:"60"`
	Q      string `query:"q" maxLength:"100" doc:"Any part of the title or the text, in either language"`
}

// messageRow is a message as the person who was told it sees it.
type messageRow struct {
	ID     string      `json:"id"`
	Topic  string      `json:"topic"`
	Title  i18n.Text   `json:"title"`
	Body   i18n.Text   `json:"body"`
	Link   string      `json:"link" doc:"A path of the console; empty for none"`
	About  About       `json:"about"`
	Org    string      `json:"org" doc:"For which of the person's organisations; empty for none"`
	At     time.Time   `json:"at" doc:"When it happened"`
	Posted time.Time   `json:"posted" doc:"When the person was told"`
	Read   *time.Time  `json:"read" doc:"Null while unread"`
	Email  sendingBody `json:"email"`
}

type sendingBody struct {
	State  State      `json:"state" enum:"waiting,sent,failed,skipped"`
	Reason string     `json:"reason" doc:"Why it was skipped (off, no_address, unconfirmed, no_server, gone, not_answered), or the receiver's own words"`
	At     *time.Time `json:"at" doc:"When that was settled"`
	Digest bool       `json:"digest" doc:"It comes, or came, in the daily digest"`
}

func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func rowOf(d Delivery) messageRow {
	m := d.Message
	return messageRow{ID: d.ID, Topic: m.Topic, Title: m.Title, Body: m.Body, Link: m.Link, About: m.About, Org: string(d.Org), At: m.At, Posted: d.Posted, Read: instant(d.Read),
		Email: sendingBody{d.Email.State, d.Email.Reason, instant(d.Email.At), d.Digest != ""}}
}

func (s *Service) listMessages(ctx context.Context, in *listMessagesInput) (*body[httpapi.Page[messageRow]], error) {
	f := InboxFilter{Person: httpapi.PrincipalOf(ctx).PersonID, Unread: in.Unread, Topic: in.Topic, Query: in.Q, Limit: in.Limit + 1}
	if in.Cursor != "" {
		parts, err := httpapi.After(in.Cursor, 3)
		if err != nil {
			return nil, err
		}
		if f.Before, err = inboxKey(parts); err != nil {
			var c fault.Collector
			c.Add("query.cursor", "不是本列表给出的游标，请从第一页重新开始", "not a cursor of this list: begin at its first page")
			return nil, c.Err()
		}
	}
	found, err := s.Inbox(ctx, f)
	if err != nil {
		return nil, err
	}
	page := httpapi.NewPage(found, in.Limit, func(d Delivery) []string { return d.Key().parts() })
	return &body[httpapi.Page[messageRow]]{httpapi.Map(page, rowOf)}, nil
}

type messageCounts struct {
	All    int64        `json:"all"`
	Unread int64        `json:"unread"`
	Topics []topicCount `json:"topics" doc:"Those that the person has something of"`
	AsOf   time.Time    `json:"as_of" doc:"Give it back to mark as read what was counted, and nothing that came later"`
}

type topicCount struct {
	TopicCount
	Name i18n.Text `json:"name"`
}

func (s *Service) countMessages(ctx context.Context, _ *struct{}) (*body[messageCounts], error) {
	out := &body[messageCounts]{messageCounts{Topics: []topicCount{}, AsOf: s.Clock.Now()}}
	counts, err := s.Counts(ctx, httpapi.PrincipalOf(ctx).PersonID)
	for i, c := range counts {
		out.Body.All += c.All
		out.Body.Unread += c.Unread
		if c.All > 0 {
			out.Body.Topics = append(out.Body.Topics, topicCount{c, s.Topics[i].Name})
		}
	}
	return out, err
}

type markMessageInput struct {
	httpapi.IDPath
	Body struct {
		Read bool `json:"read"`
	}
}

func (s *Service) markMessage(ctx context.Context, in *markMessageInput) (*struct{}, error) {
	return nil, s.SetRead(ctx, httpapi.PrincipalOf(ctx).PersonID, in.ID, in.Body.Read)
}

type markAllInput struct {
	Body struct {
		Topic   string    `json:"topic,omitempty" maxLength:"60" doc:"Only this one; all when not given"`
		Through time.Time `json:"through" doc:"The as_of of the counts that the person saw"`
	}
}

type markedBody struct {
	Marked int64 `json:"marked"`
}

func (s *Service) markAll(ctx context.Context, in *markAllInput) (*body[markedBody], error) {
	n, err := s.ReadAll(ctx, httpapi.PrincipalOf(ctx).PersonID, in.Body.Topic, in.Body.Through)
	return &body[markedBody]{markedBody{n}}, err
}
