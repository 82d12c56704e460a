package message

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

func (s *Service) registerEndpoints(api huma.API) {
	const all, one = "/organisations/{org}/webhooks", "/organisations/{org}/webhooks/{id}"
	httpapi.Register(api, op("listWebhooks", http.MethodGet, all, "Where the organisation's own systems hear of messages"), s.listWebhooks)
	add := op("addWebhook", http.MethodPost, all, "Add a webhook; its secret is shown once")
	add.DefaultStatus = http.StatusCreated
	httpapi.Register(api, add, s.addWebhook)
	httpapi.Register(api, op("changeWebhook", http.MethodPut, one, "Change a webhook's address, or switch it on or off"), s.changeWebhook)
	httpapi.Register(api, op("removeWebhook", http.MethodDelete, one, "Remove a webhook"), s.removeWebhook)
	httpapi.Register(api, op("rotateWebhookSecret", http.MethodPost, one+"/secret", "Give a webhook another secret, shown once"), s.rotateWebhook)
	httpapi.Register(api, op("testWebhook", http.MethodPost, one+"/test", "Push a test message"), s.testWebhook)
	httpapi.Register(api, op("listPushes", http.MethodGet, one+"/pushes", "A webhook's last ten pushes with their answers"), s.listPushes)
}

type webhookBody struct {
	ID      string    `json:"id"`
	URL     string    `json:"url"`
	Active  bool      `json:"active"`
	Reason  string    `json:"reason" doc:"410 when the receiver said that it is gone, which switched it off; else empty"`
	Created time.Time `json:"created"`
}

type newWebhookBody struct {
	Webhook webhookBody `json:"webhook"`
	Secret  string      `json:"secret" doc:"Signs each push; shown once"`
}

func webhookOf(e Endpoint) webhookBody {
	return webhookBody{ID: e.ID, URL: e.URL, Active: e.Active, Reason: e.Reason, Created: e.Created}
}

type webhookList struct {
	Items []webhookBody `json:"items"`
}

func (s *Service) listWebhooks(ctx context.Context, in *httpapi.OrgPath) (*body[webhookList], error) {
	found, err := s.Endpoints(ctx, in.Org)
	out := &body[webhookList]{webhookList{[]webhookBody{}}}
	for _, e := range found {
		out.Body.Items = append(out.Body.Items, webhookOf(e))
	}
	return out, err
}

type addWebhookInput struct {
	httpapi.OrgPath
	Body struct {
		URL string `json:"url" maxLength:"500"`
	}
}

func (s *Service) addWebhook(ctx context.Context, in *addWebhookInput) (*body[newWebhookBody], error) {
	e, secret, err := s.AddEndpoint(ctx, in.Org, in.Body.URL)
	return &body[newWebhookBody]{newWebhookBody{webhookOf(e), secret}}, err
}

type webhookInput struct {
	httpapi.OrgPath
	httpapi.IDPath
}

type changeWebhookInput struct {
	httpapi.OrgPath
	httpapi.IDPath
	Body struct {
		URL    string `json:"url" maxLength:"500"`
		Active bool   `json:"active"`
	}
}

func (s *Service) changeWebhook(ctx context.Context, in *changeWebhookInput) (*body[webhookBody], error) {
	e, err := s.ChangeEndpoint(ctx, in.Org, in.ID, in.Body.URL, in.Body.Active)
	return &body[webhookBody]{webhookOf(e)}, err
}

func (s *Service) removeWebhook(ctx context.Context, in *webhookInput) (*struct{}, error) {
	return nil, s.RemoveEndpoint(ctx, in.Org, in.ID)
}

func (s *Service) rotateWebhook(ctx context.Context, in *webhookInput) (*body[newWebhookBody], error) {
	e, secret, err := s.RotateSecret(ctx, in.Org, in.ID)
	return &body[newWebhookBody]{newWebhookBody{webhookOf(e), secret}}, err
}

type pushBody struct {
	ID       string     `json:"id" doc:"What X-Qianmo-Id says at each attempt"`
	Test     bool       `json:"test"`
	State    State      `json:"state" enum:"waiting,sent,failed,skipped"`
	Reason   string     `json:"reason" doc:"Why an attempt failed; empty when none did"`
	Status   int        `json:"status" doc:"Of the last answer; 0 for none"`
	Answer   string     `json:"answer" doc:"The beginning of the last answer"`
	Attempts int        `json:"attempts"`
	Posted   time.Time  `json:"posted"`
	Settled  *time.Time `json:"settled" doc:"Null while attempts follow"`
}

func pushBodyOf(p Push) pushBody {
	return pushBody{ID: p.ID, Test: p.Message == "", State: p.State, Reason: p.Reason, Status: p.Answer.Status, Answer: p.Answer.Body, Attempts: p.Attempts, Posted: p.Posted, Settled: instant(p.At)}
}

func (s *Service) testWebhook(ctx context.Context, in *webhookInput) (*body[pushBody], error) {
	p, err := s.TestEndpoint(ctx, in.Org, in.ID)
	return &body[pushBody]{pushBodyOf(p)}, err
}

type pushList struct {
	Items []pushBody `json:"items"`
}

func (s *Service) listPushes(ctx context.Context, in *webhookInput) (*body[pushList], error) {
	found, err := s.Pushes(ctx, in.Org, in.ID)
	out := &body[pushList]{pushList{[]pushBody{}}}
	for _, p := range found {
		out.Body.Items = append(out.Body.Items, pushBodyOf(p))
	}
	return out, err
}
