package httpapi

import (
	"path"
	"reflect"
	"strings"
	"unicode"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
)

const schemaPrefix = "#/components/schemas/"

// naming names schemas; pkg is the package whose operation is being registered.
type naming struct{ pkg string }

// newRegistry knows how the platform's own types look in JSON. huma's error
// model stands for Problem, into which translator turns it.
func newRegistry(n *naming) huma.Registry {
	r := huma.NewMapRegistry(schemaPrefix, n.name)
	r.RegisterTypeAlias(reflect.TypeFor[huma.ErrorModel](), reflect.TypeFor[Problem]())
	r.RegisterTypeAlias(reflect.TypeFor[money.Fen](), reflect.TypeFor[fenSchema]())
	r.RegisterTypeAlias(reflect.TypeFor[clock.Date](), reflect.TypeFor[dateSchema]())
	r.RegisterTypeAlias(reflect.TypeFor[ident.CreditCode](), reflect.TypeFor[creditCodeSchema]())
	return r
}

type fenSchema struct{}

// Schema implements huma.SchemaProvider.
func (fenSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: `^-?[0-9]{1,19}$`, PatternDescription: "whole fen, such as 123456", Description: "Amount in fen (1/100 yuan), a string so that no digit is lost", Examples: []any{"500000000"}}
}

type dateSchema struct{}

// Schema implements huma.SchemaProvider.
func (dateSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date", Description: "Civil day in Asia/Shanghai", Examples: []any{"2025-10-22"}}
}

type creditCodeSchema struct{}

// Schema implements huma.SchemaProvider.
func (creditCodeSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: `^[0-9ABCDEFGHJKLMNPQRTUWXY]{18}$`, PatternDescription: "a unified social credit code of 18 characters", Description: "Unified social credit code (GB 32100-2015)"}
}

// name names a type by its package and its name (party.Member is PartyMember),
// so that two domains may both have an Account and names never depend on the
// order of registration. Types of the platform, and types that begin with
// their package's name, go without. A type without a name has huma's hint
// (its input's name and Body), in the package of the operation.
func (n *naming) name(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Name() == "" {
		return qualified(n.pkg, hint)
	}
	base, arguments, generic := strings.Cut(t.Name(), "[")
	name := qualified(t.PkgPath(), base)
	if !generic {
		return name
	}
	for argument := range strings.SplitSeq(strings.TrimSuffix(arguments, "]"), ",") {
		argument = strings.TrimPrefix(argument, "*")
		dot := strings.LastIndex(argument, ".")
		name += qualified(argument[:max(dot, 0)], argument[dot+1:])
	}
	return name
}

func qualified(pkg, name string) string {
	name = upperFirst(name)
	last := upperFirst(path.Base(pkg))
	ours := strings.Contains(pkg, "/internal/") && !strings.Contains(pkg, "/internal/platform/")
	if !ours || name == "" || strings.HasPrefix(name, last) {
		return name
	}
	return last + name
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	runes := []rune(s)
	runes[0] = unicode.ToUpper(runes[0])
	return string(runes)
}

// forbidNullLists makes every list of the contract a list: huma lets them be
// null by default, jsonFormat never writes null for one.
func forbidNullLists(spec *huma.OpenAPI) {
	seen := map[*huma.Schema]bool{}
	var visit func(s *huma.Schema)
	visit = func(s *huma.Schema) {
		if s == nil || seen[s] {
			return
		}
		seen[s] = true
		if s.Type == huma.TypeArray && s.Nullable {
			s.Nullable = false
			s.PrecomputeMessages()
		}
		visit(s.Items)
		for _, property := range s.Properties {
			visit(property)
		}
		if values, ok := s.AdditionalProperties.(*huma.Schema); ok {
			visit(values)
		}
	}
	for _, s := range spec.Components.Schemas.Map() {
		visit(s)
	}
	eachOperation(spec, func(op *huma.Operation) {
		for _, p := range op.Parameters {
			visit(p.Schema)
		}
		if op.RequestBody != nil {
			for _, m := range op.RequestBody.Content {
				visit(m.Schema)
			}
		}
		for _, r := range op.Responses {
			for _, m := range r.Content {
				visit(m.Schema)
			}
		}
	})
}

// allowNullPointers says in the contract which fields encoding/json may write
// as null: pointers without omitempty. huma says so for plain scalars only.
func allowNullPointers(r huma.Registry) {
	for name, s := range r.Map() {
		t := r.TypeFromRef(schemaPrefix + name)
		if t == nil || t.Kind() != reflect.Struct {
			continue
		}
		for _, field := range reflect.VisibleFields(t) {
			jsonName, options, _ := strings.Cut(field.Tag.Get("json"), ",")
			if jsonName == "" {
				jsonName = field.Name
			}
			property := s.Properties[jsonName]
			if property == nil || field.Anonymous || field.Type.Kind() != reflect.Pointer || strings.Contains(options, "omit") || len(property.AnyOf) > 0 {
				continue
			}
			if property.Ref == "" {
				property.Nullable = true
			} else {
				null := &huma.Schema{Type: "null", Enum: []any{nil}} // the enum, since huma checks no type of this name
				property = &huma.Schema{Description: property.Description, AnyOf: []*huma.Schema{property, null}}
				null.PrecomputeMessages()
			}
			property.PrecomputeMessages()
			s.Properties[jsonName] = property
		}
	}
}

// nameRestOfPath writes {rest...} of the mux as {rest}: OpenAPI has no word for
// a parameter that may hold slashes.
func nameRestOfPath(spec *huma.OpenAPI) {
	for path, item := range spec.Paths {
		if plain := strings.ReplaceAll(path, "...}", "}"); plain != path {
			delete(spec.Paths, path)
			spec.Paths[plain] = item
		}
	}
}

func eachOperation(spec *huma.OpenAPI, visit func(*huma.Operation)) {
	for _, item := range spec.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete, item.Head, item.Options} {
			if op != nil {
				visit(op)
			}
		}
	}
}
