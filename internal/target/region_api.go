package target

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// RegionView is what the region's places and industries are called; elsewhere
// they go by their codes.
type RegionView struct {
	Places     []PlaceName    `json:"places"`
	Industries []IndustryName `json:"industries"`
}

// PlaceName is a place in words.
type PlaceName struct {
	Code   string    `json:"code" doc:"GB/T 2260, or the region pack's own such as guian"`
	PartOf string    `json:"part_of" doc:"The place that it lies in; empty for the region itself"`
	Name   i18n.Text `json:"name"`
}

// IndustryName is an industry in words.
type IndustryName struct {
	ID   string    `json:"id"`
	Name i18n.Text `json:"name"`
}

func (s *Service) registerRegion(api huma.API) {
	httpapi.Register(api, op("getRegion", http.MethodGet, "/region", "What the region's places and industries are called"),
		func(context.Context, *struct{}) (*body[RegionView], error) {
			v := RegionView{Places: make([]PlaceName, 0, len(s.Plan.Places)), Industries: make([]IndustryName, 0, len(s.Plan.Industries))}
			for _, p := range s.Plan.Places {
				v.Places = append(v.Places, PlaceName{p.Code, p.PartOf, p.Name})
			}
			for _, i := range s.Plan.Industries {
				v.Industries = append(v.Industries, IndustryName{i.ID, i.Name})
			}
			return &body[RegionView]{v}, nil
		})
}
