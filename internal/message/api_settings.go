package message

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/platform/auth"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

func (s *Service) registerSettings(api huma.API) {
	httpapi.Register(api, op("getMessageSettings", http.MethodGet, "/message-preferences", "How the caller is told things"), s.getSettings)
	httpapi.Register(api, op("setMessageContact", http.MethodPut, "/message-preferences/contact", "Set one's e-mail address and its language"), s.setContact)
	httpapi.Register(api, op("chooseMessageTopic", http.MethodPut, "/message-preferences/topics/{topic}", "Set how one is told about a topic"), s.chooseTopic)
	httpapi.Register(api, op("confirmMessageAddress", http.MethodPost, "/message-preferences/confirmation", "Follow the link that confirms an address"), s.confirmAddress)
	httpapi.Register(api, op("describeOptOut", http.MethodGet, "/message-preferences/opt-out", "What a link to opt out is about"), s.describeOptOut)
	httpapi.Register(api, op("optOut", http.MethodPost, "/message-preferences/opt-out", "Follow a link to opt out of e-mails"), s.optOut)
}

type settingsBody struct {
	Mail    bool          `json:"mail" doc:"A mail server is configured"`
	Hour    int           `json:"digest_hour" doc:"Of Shanghai, at which the daily digest goes out"`
	Contact contactBody   `json:"contact"`
	Topics  []settingBody `json:"topics"`
}

type contactBody struct {
	Address   string     `json:"address" doc:"Empty for none"`
	Language  i18n.Lang  `json:"language" enum:"zh-CN,en"`
	Confirmed bool       `json:"confirmed" doc:"Its owner followed the link that went there"`
	Asked     *time.Time `json:"asked" doc:"When the last link went out; null for never"`
}

type settingBody struct {
	ID      string    `json:"id"`
	Name    i18n.Text `json:"name"`
	Duty    bool      `json:"duty" doc:"The reader must act on it or know of it: it cannot be switched off"`
	Console Mode      `json:"console" enum:"on,off"`
	Email   Mode      `json:"email" enum:"on,digest,off"`
}

func contactBodyOf(c Contact) contactBody {
	return contactBody{Address: c.Address, Language: c.Language, Confirmed: !c.Confirmed.IsZero(), Asked: instant(c.Asked)}
}

func (s *Service) getSettings(ctx context.Context, _ *struct{}) (*body[settingsBody], error) {
	found, err := s.Settings(ctx, httpapi.PrincipalOf(ctx).PersonID, httpapi.PrincipalOf(ctx).Role)
	if err != nil {
		return nil, err
	}
	out := settingsBody{Mail: s.Mailer != nil, Hour: s.Hour, Contact: contactBodyOf(found.Contact), Topics: []settingBody{}}
	for _, t := range found.Topics {
		out.Topics = append(out.Topics, settingBody{t.ID, t.Name, t.Duty, t.Console, t.Mail})
	}
	return &body[settingsBody]{out}, nil
}

type setContactInput struct {
	Body struct {
		Address  string    `json:"address" maxLength:"254" doc:"Empty takes it away"`
		Language i18n.Lang `json:"language" enum:"zh-CN,en"`
	}
}

func (s *Service) setContact(ctx context.Context, in *setContactInput) (*body[contactBody], error) {
	c, err := s.SetContact(ctx, httpapi.PrincipalOf(ctx).PersonID, in.Body.Address, in.Body.Language)
	return &body[contactBody]{contactBodyOf(c)}, err
}

type chooseTopicInput struct {
	Topic string `path:"topic" maxLength:"60"`
	Body  struct {
		Console Mode `json:"console" enum:"on,off"`
		Email   Mode `json:"email" enum:"on,digest,off"`
	}
}

func (s *Service) chooseTopic(ctx context.Context, in *chooseTopicInput) (*struct{}, error) {
	return nil, s.Choose(ctx, httpapi.PrincipalOf(ctx).PersonID, in.Topic, in.Body.Console, in.Body.Email)
}

type linkInput struct {
	Body struct {
		Token auth.Secret `json:"token" maxLength:"2000" doc:"Of the link in the e-mail"`
	}
}

func (s *Service) confirmAddress(ctx context.Context, in *linkInput) (*struct{}, error) {
	return nil, s.Confirm(ctx, string(in.Body.Token))
}

type describeOptOutInput struct {
	Token string `query:"token" maxLength:"2000" required:"true" doc:"Of the link in the e-mail"`
}

type optOutBody struct {
	Topics []i18n.Text `json:"topics" doc:"What no e-mails come about any more"`
}

func optOutBodyOf(topics []Topic) *body[optOutBody] {
	out := &body[optOutBody]{optOutBody{[]i18n.Text{}}}
	for _, t := range topics {
		out.Body.Topics = append(out.Body.Topics, t.Name)
	}
	return out
}

func (s *Service) describeOptOut(_ context.Context, in *describeOptOutInput) (*body[optOutBody], error) {
	topics, err := s.Stoppable(in.Token)
	return optOutBodyOf(topics), err
}

func (s *Service) optOut(ctx context.Context, in *linkInput) (*body[optOutBody], error) {
	topics, err := s.Stop(ctx, string(in.Body.Token))
	return optOutBodyOf(topics), err
}
