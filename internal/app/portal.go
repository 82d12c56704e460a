package app

import (
	"net/http"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/portal"
)

// mountPortal serves the public's pages over the API that they show.
func (p *product) mountPortal(api *httpapi.API) {
	api.Handle(portal.Prefix, portal.New(api.Visitor(), p.config.PublicURL, p.wall.Now))
	api.Handle("GET "+strings.TrimSuffix(portal.Prefix, "/"), http.RedirectHandler(portal.Prefix, http.StatusMovedPermanently))
}
