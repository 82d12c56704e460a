package watch

import (
	"strings"

	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Words puts an organisation's notices into a title and a line each, what it
// may apply for first.
func Words(pack *rule.Pack, notices []Notice) (title, body i18n.Text) {
	var fits, lost, found []i18n.Text
	for _, n := range notices {
		name := i18n.Text{ZH: n.Measure, EN: n.Measure}
		if m, err := pack.Measure(n.Measure); err == nil {
			name = m.Name
		}
		switch {
		case n.Fits():
			fits = append(fits, i18n.Text{ZH: "“" + name.ZH + "”现在可以申领。", EN: name.EN + ": you can apply now."})
		case n.Lost():
			now := standing(pack, n.Now)
			lost = append(lost, i18n.Text{ZH: "“" + name.ZH + "”可以申领的少了：" + now.ZH + "。", EN: name.EN + ": there is less to apply for; " + now.EN + "."})
		default:
			there, now := facts(pack, n.Found()), standing(pack, n.Now)
			found = append(found, i18n.Text{ZH: "“" + name.ZH + "”不再缺" + there.ZH + "，" + now.ZH + "。", EN: name.EN + ": no longer lacking " + there.EN + "; " + now.EN + "."})
		}
	}
	switch {
	case len(fits) > 0:
		title = i18n.T("新有 %d 项政策可以申领", "Measures that you can apply for now: %d", len(fits))
	case len(lost) > 0:
		title = i18n.T("有 %d 项政策可以申领的少了", "Measures with less to apply for: %d", len(lost))
	default:
		title = i18n.T("有 %d 项政策缺的材料少了", "Measures that lack less than before: %d", len(found))
	}
	for _, line := range append(append(fits, lost...), found...) {
		body.ZH += line.ZH + "\n"
		body.EN += line.EN + "\n"
	}
	return title, i18n.Text{ZH: strings.TrimSpace(body.ZH), EN: strings.TrimSpace(body.EN)}
}

// standing says how a measure stands, in half a sentence.
func standing(pack *rule.Pack, s Stand) i18n.Text {
	switch s.Outcome {
	case rule.Eligible:
		return i18n.Text{ZH: "其余的仍可申领", EN: "the rest can still be applied for"}
	case rule.Lacking:
		still := facts(pack, s.Lacking)
		return i18n.Text{ZH: "还缺" + still.ZH, EN: "still lacking " + still.EN}
	case rule.Undecided:
		return i18n.Text{ZH: "等主管部门裁定", EN: "it waits for a ruling"}
	}
	return i18n.Text{ZH: "有条件不符合，或已不在施行期", EN: "a condition is not met, or the measure is not in force"}
}

// facts names what lacks or lacked, as rule.Result.Lacking does.
func facts(pack *rule.Pack, lacking []string) i18n.Text {
	var zh, en []string
	for _, name := range lacking {
		text := i18n.Text{ZH: name, EN: name}
		for _, k := range pack.Vocabulary.Kinds {
			if name == k.Name {
				text = k.Text
			}
			if attribute, ok := strings.CutPrefix(name, k.Name+"."); ok {
				if a, err := k.Attribute(attribute); err == nil {
					text = i18n.Text{ZH: k.Text.ZH + "的" + a.Text.ZH, EN: k.Text.EN + ": " + a.Text.EN}
				}
			}
		}
		zh, en = append(zh, "“"+text.ZH+"”"), append(en, text.EN)
	}
	return i18n.Text{ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")}
}
