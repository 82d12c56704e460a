package message

import (
	"strings"
	"time"
	"unicode"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Message is something that people are told (消息): of one topic, about one
// thing, with a way to it inside the console.
type Message struct {
	ID string
	// Key is the caller's name for the event. The same key is the same message
	// for ever: posting it again changes nothing.
	Key   string
	Topic string // of the product's list
	Title i18n.Text
	Body  i18n.Text // plain text; a line break is a paragraph
	Link  string    // a path of the console, "/applications/…"; "" for none
	About About
	At    time.Time // when it happened; now when zero
}

// About names the thing that a message is about, in its domain's words.
type About struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
}

// Bounds of what is told, in characters. Longer texts are cut, not refused: a
// notice must not stop the act that it tells of.
const (
	titleLimit = 200
	bodyLimit  = 4000
	keyLimit   = 300
	linkLimit  = 500
)

// clean makes the texts fit for every channel: titles are one line, no text
// holds control characters, which a header would take for its end.
func (m Message) clean() Message {
	m.Title = i18n.Text{ZH: oneLine(m.Title.ZH, titleLimit), EN: oneLine(m.Title.EN, titleLimit)}
	m.Body = i18n.Text{ZH: lines(m.Body.ZH, bodyLimit), EN: lines(m.Body.EN, bodyLimit)}
	return m
}

// Validate reports every fault of a message that a domain posts.
//
// Codes: invalid.
func (m Message) Validate(topics Topics) error {
	var c fault.Collector
	if n := len(m.Key); n == 0 || n > keyLimit {
		c.Add("key", "每条消息要有一个 1–%d 字节的键", "a message has a key of 1 to %d bytes", keyLimit)
	}
	if _, known := topics.find(m.Topic); !known {
		c.Add("topic", "没有“%.60[1]s”这个主题", "there is no topic %.60[1]q", m.Topic)
	}
	if m.Title.ZH == "" || m.Title.EN == "" {
		c.Add("title", "标题要有中文和英文", "the title is needed in Chinese and in English")
	}
	if !insideConsole(m.Link) {
		c.Add("link", "链接应为控制台内的路径，以 / 开头", "the link is a path of the console and begins with /")
	}
	return c.Err()
}

// insideConsole accepts no address of another site, also none that a browser
// would read as one ("//host", "/\host").
func insideConsole(link string) bool {
	if link == "" {
		return true
	}
	outside := strings.HasPrefix(link, "//") || strings.ContainsAny(link, "\\ ") || strings.ContainsFunc(link, unicode.IsControl)
	return link[0] == '/' && !outside && len(link) <= linkLimit
}

// oneLine turns control characters and line separators into spaces.
func oneLine(s string, limit int) string {
	return clip(strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "?"), breaks), " "), limit)
}

// lines keeps line feeds only.
func lines(s string, limit int) string {
	var kept []string
	for line := range strings.Lines(strings.ToValidUTF8(s, "?")) {
		kept = append(kept, oneLine(line, limit))
	}
	return clip(strings.TrimSpace(strings.Join(kept, "\n")), limit)
}

func breaks(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }

// clip bounds a text by characters.
func clip(s string, limit int) string {
	if r := []rune(s); len(r) > limit {
		return string(r[:limit-1]) + "…"
	}
	return s
}
