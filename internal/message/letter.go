package message

import (
	"bytes"
	"embed"
	htmltemplate "html/template"
	"net/url"
	"slices"
	"strings"
	texttemplate "text/template"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Letter is one e-mail to one person.
type Letter struct {
	// ID is the Message-ID without its brackets: the same however often the letter
	// is sent, so that receivers can drop a repeat.
	ID       string
	Name     string // of the person
	Address  string
	Language i18n.Lang
	Subject  string
	Text     string
	HTML     string
	Stop     string // address that opts out: a page to a browser, done at once to a POST (RFC 8058); "" for none
	At       time.Time
}

//go:embed letter.html letter.txt
var letterFiles embed.FS

var (
	letterHTML = htmltemplate.Must(htmltemplate.ParseFS(letterFiles, "letter.html"))
	letterText = texttemplate.Must(texttemplate.ParseFS(letterFiles, "letter.txt"))
)

// letterPage is what the two templates show. Texts are in one language already.
type letterPage struct {
	Lang     i18n.Lang
	Product  string
	Intro    string // "" for none
	Items    []letterItem
	Why      string // why the reader gets this
	Settings letterLink
	Stop     letterLink
}

type letterItem struct {
	Heading    string
	When       string
	Paragraphs []string
	Link       letterLink
}

type letterLink struct{ Text, URL string }

// letterOf is the e-mail of one delivery.
func (s *Service) letterOf(d Delivery, to addressee) (Letter, error) {
	topic, _ := s.Topics.find(d.Message.Topic)
	page := letterPage{Items: []letterItem{s.letterItem(d.Message, to.Contact.Language)},
		Why: say(to, i18n.T("您收到这封邮件，是因为“%[1]s”的邮件通知开着。", "You get this because e-mails about %[2]q are on.", topic.Name.ZH, topic.Name.EN))}
	subject := d.Message.Title.In(to.Contact.Language)
	if topic.Duty {
		page.Why = say(to, i18n.T("您收到这封邮件，是因为此类消息须知会到人，不能退订。", "You get this because messages of this kind cannot be switched off."))
		return s.letter(d.ID, to, subject, d.Posted, page, nil)
	}
	return s.letter(d.ID, to, subject, d.Posted, page, &claim{Do: stopTopic, Person: d.Person, Topics: []string{d.Message.Topic}})
}

// letterOfDigest is the e-mail of a day.
func (s *Service) letterOfDigest(digest Digest, all []Delivery, to addressee) (Letter, error) {
	due := digest.Day.Time().Add(time.Duration(s.Hour) * time.Hour)
	page := letterPage{
		Intro: say(to, i18n.T("截至 %[2]s，有 %[1]d 条新消息。", "%[1]d new message(s) up to %[2]s.", len(all), due.Format("2006-01-02 15:04"))),
		Why:   say(to, i18n.T("您收到这封邮件，是因为有主题设成了每日摘要。", "You get this because some topics are set to the daily digest.")),
	}
	var stop *claim // what may be stopped of it; nil for a digest of duties
	for _, d := range all {
		page.Items = append(page.Items, s.letterItem(d.Message, to.Contact.Language))
		if t, _ := s.Topics.find(d.Message.Topic); !t.Duty {
			if stop == nil {
				stop = &claim{Do: stopTopic, Person: digest.Person}
			}
			if !slices.Contains(stop.Topics, t.ID) {
				stop.Topics = append(stop.Topics, t.ID)
			}
		}
	}
	subject := say(to, i18n.T("%[2]s 消息摘要：%[1]d 条", "Digest of %[2]s: %[1]d message(s)", len(all), digest.Day))
	return s.letter(digest.ID, to, subject, due, page, stop)
}

// letterOfConfirmation is the e-mail with the link that confirms an address.
func (s *Service) letterOfConfirmation(id string, to addressee) (Letter, error) {
	token := s.Keys.sign(claim{Do: confirmAddress, Person: to.ID, Address: to.Contact.Address, Until: s.Clock.Now().Add(confirmLife).Unix()})
	subject := say(to, i18n.T("请确认您的邮箱", "Please confirm your e-mail address"))
	page := letterPage{
		Items: []letterItem{{
			Heading: subject,
			Paragraphs: []string{say(to, i18n.T("有人在%[1]s里填了这个邮箱来接收通知。如果是您，请在三天内打开下面的链接；如果不是，不用理会，以后不会再发。",
				"Somebody gave this address in %[2]s for notices. If it was you, open the link within three days; if not, do nothing, and no more will come.", s.Product.ZH, s.Product.EN))},
			Link: letterLink{say(to, i18n.T("确认这个邮箱", "Confirm this address")), s.address("/confirm-address?token=" + url.QueryEscape(token))},
		}},
		Why: say(to, i18n.T("这是确认邮件，只发这一次。", "This is a confirmation and comes once.")),
	}
	return s.letter(id, to, subject, s.Clock.Now(), page, nil)
}

func (s *Service) letterItem(m Message, l i18n.Lang) letterItem {
	item := letterItem{Heading: m.Title.In(l), When: m.At.In(clock.Shanghai).Format("2006-01-02 15:04"), Paragraphs: strings.Split(m.Body.In(l), "\n")}
	if m.Link != "" {
		item.Link = letterLink{i18n.T("在系统中打开", "Open in the console").In(l), s.address(m.Link)}
	}
	return item
}

// letter fills the page in. stop is what its link to opt out does; nil for none.
func (s *Service) letter(id string, to addressee, subject string, at time.Time, page letterPage, stop *claim) (Letter, error) {
	lang := to.Contact.Language
	l := Letter{ID: id + "@" + s.host(), Name: to.Name, Address: to.Contact.Address, Language: lang, Subject: oneLine(subject, titleLimit), At: at}
	page.Lang, page.Product = lang, s.Product.In(lang)
	page.Settings = letterLink{say(to, i18n.T("消息设置", "Message settings")), s.address("/messages/settings")}
	if stop != nil {
		l.Stop = s.address("/opt-out?token=" + url.QueryEscape(s.Keys.sign(*stop)))
		page.Stop = letterLink{say(to, i18n.T("不再接收此类邮件", "No more e-mails like this")), l.Stop}
	}
	var html, text bytes.Buffer
	if err := letterHTML.Execute(&html, page); err != nil {
		return l, err
	}
	err := letterText.Execute(&text, page)
	l.HTML, l.Text = html.String(), text.String()
	return l, err
}

func say(to addressee, t i18n.Text) string { return t.In(to.Contact.Language) }

// address makes a path of the console a whole address.
func (s *Service) address(path string) string {
	if path == "" {
		return ""
	}
	return strings.TrimSuffix(s.PublicURL, "/") + path
}

// host is the right half of our Message-IDs.
func (s *Service) host() string {
	if u, err := url.Parse(s.PublicURL); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	return "qianmo.invalid"
}
