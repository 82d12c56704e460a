package party

import (
	"context"
	"encoding/json"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/platform/auth"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

func (s *Service) registerCredentials(api huma.API) {
	httpapi.Register(api, op("listAPIKeys", "GET", "/api-keys", "One's own API keys", "credentials"), s.listAPIKeys)
	httpapi.Register(api, op("createAPIKey", "POST", "/api-keys", "Make an API key that acts in the present role", "credentials"), s.createAPIKey)
	httpapi.Register(api, op("revokeAPIKey", "DELETE", "/api-keys/{id}", "Revoke an API key", "credentials"), s.revokeAPIKey)
	httpapi.Register(api, op("listPasskeys", "GET", "/passkeys", "One's own passkeys", "credentials"), s.listPasskeys)
	httpapi.Register(api, op("beginPasskey", "POST", "/passkeys/options", "Begin to register a passkey", "credentials"), s.beginPasskey)
	httpapi.Register(api, op("addPasskey", "POST", "/passkeys", "Register a passkey", "credentials"), s.addPasskey)
	httpapi.Register(api, op("removePasskey", "DELETE", "/passkeys/{id}", "Forget a passkey", "credentials"), s.removePasskey)
}

// apiKey is a key without its secret.
type apiKey struct {
	ID       string     `json:"id"`
	Name     string     `json:"name"`
	Hint     string     `json:"hint" doc:"How the key begins"`
	Created  time.Time  `json:"created"`
	Expires  *time.Time `json:"expires,omitempty"`
	LastUsed *time.Time `json:"last_used,omitempty" doc:"Exact to a minute"`
}

func apiKeyOf(k auth.Key) apiKey {
	return apiKey{k.ID, k.Name, k.Hint, k.Created, orNil(k.Expires), orNil(k.LastUsed)}
}

func orNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

type apiKeyList struct {
	Items []apiKey `json:"items"`
}

func (s *Service) listAPIKeys(ctx context.Context, _ *struct{}) (*body[apiKeyList], error) {
	keys, err := s.ListKeys(ctx)
	out := &body[apiKeyList]{}
	for _, k := range keys {
		out.Body.Items = append(out.Body.Items, apiKeyOf(k))
	}
	return out, err
}

type createAPIKeyInput struct {
	Body struct {
		Name    string    `json:"name" maxLength:"60" doc:"What the key is for"`
		Expires time.Time `json:"expires,omitzero" doc:"Left out: until it is revoked"`
	}
}

type newAPIKey struct {
	Key    apiKey `json:"key"`
	Secret string `json:"secret" doc:"Shown once: qm_ and 52 characters"`
}

func (s *Service) createAPIKey(ctx context.Context, in *createAPIKeyInput) (*body[newAPIKey], error) {
	secret, key, err := s.CreateKey(ctx, in.Body.Name, in.Body.Expires)
	return &body[newAPIKey]{newAPIKey{apiKeyOf(key), secret}}, err
}

func (s *Service) revokeAPIKey(ctx context.Context, in *httpapi.IDPath) (*struct{}, error) {
	return nil, s.RevokeKey(ctx, in.ID)
}

// passkey is one registered passkey.
type passkey struct {
	ID       string     `json:"id"`
	Name     string     `json:"name"`
	Created  time.Time  `json:"created"`
	LastUsed *time.Time `json:"last_used,omitempty"`
}

func passkeyOf(k auth.Passkey) passkey { return passkey{k.ID, k.Name, k.Created, orNil(k.LastUsed)} }

type passkeyList struct {
	Items []passkey `json:"items"`
}

func (s *Service) listPasskeys(ctx context.Context, _ *struct{}) (*body[passkeyList], error) {
	keys, err := s.ListPasskeys(ctx)
	out := &body[passkeyList]{}
	for _, k := range keys {
		out.Body.Items = append(out.Body.Items, passkeyOf(k))
	}
	return out, err
}

func (s *Service) beginPasskey(ctx context.Context, _ *struct{}) (*body[passkeyChallenge], error) {
	return challenge(s.BeginPasskey(ctx))
}

type addPasskeyInput struct {
	Body struct {
		Ceremony   string         `json:"ceremony" maxLength:"200"`
		Name       string         `json:"name" maxLength:"60" doc:"What the person calls it"`
		Credential map[string]any `json:"credential" doc:"PublicKeyCredential.toJSON()"`
	}
}

func (s *Service) addPasskey(ctx context.Context, in *addPasskeyInput) (*body[passkey], error) {
	answer, err := json.Marshal(in.Body.Credential)
	if err != nil {
		return nil, err
	}
	key, err := s.AddPasskey(ctx, in.Body.Ceremony, in.Body.Name, answer)
	return &body[passkey]{passkeyOf(key)}, err
}

func (s *Service) removePasskey(ctx context.Context, in *httpapi.IDPath) (*struct{}, error) {
	return nil, s.RemovePasskey(ctx, in.ID)
}
