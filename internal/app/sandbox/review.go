package sandbox

import (
	"fmt"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/auth"
	"github.com/qianmo/qianmo/internal/policy/review"
)

// Experts is how many experts the sandbox's pool has, the demonstration
// reviewer among them.
const Experts = 40

var (
	surnames    = []string{"岑", "姬", "班", "阎", "路", "禹", "蒙", "覃", "柏", "娄", "冉", "简", "步", "仇"}
	givenNames  = []string{"一川", "书桥", "云起", "知白", "若石", "子弦", "望舒", "明屿", "南枝", "映雪", "怀瑾", "亦舟"}
	specialties = []string{"tourism", "health", "education", "transport", "government", "agriculture", "coal", "metals"}
)

// Pool invents the experts: people who sign in as reviewers, what they are
// qualified in, whom they work and worked for. The first is the reviewer that
// the sign-in page offers, one of three who know about broadcasting.
func Pool(all []Organisation) (party.Seed, []review.Expert) {
	var people party.Seed
	experts := make([]review.Expert, 0, Experts)
	for i := range Experts {
		e := review.Expert{Person: personID("reviewer"), Name: "林远舟", Active: i%20 != 19, Fields: fieldsOf(i)}
		if i > 0 {
			login := fmt.Sprintf("expert%02d", i)
			e.Person, e.Name = personID(login), surnames[i%len(surnames)]+givenNames[(i*7)%len(givenNames)]
			people.People = append(people.People, party.SeedPerson{Person: party.Person{ID: e.Person, Login: login, Name: e.Name},
				Password: auth.Secret(Password), Memberships: []party.Membership{{Role: party.Reviewer}}})
		}
		works := all[1000+i*7] // far from who applies, but for a few below
		if i%8 == 5 {
			works = all[i/8*9+9] // one of those with a scene of its own: a conflict of interest
		}
		e.Employer = review.Employer{Code: works.Code, Name: works.Name}
		if i > 2 && i%3 == 1 { // some left an applicant's employ lately, some long ago
			before := all[i/3*9]
			e.Past = []review.Employment{{Code: before.Code, Name: before.Name, From: 2012 + i%5, To: 2019 + i%6}}
		}
		experts = append(experts, e)
	}
	return people, experts
}

// fieldsOf gives every third an accounting or law seat, everybody else
// technology, and each an industry.
func fieldsOf(i int) []string {
	fields := []string{specialties[i%len(specialties)]}
	switch {
	case i < 3:
		return append(fields, "broadcast", "technology")
	case i%6 == 3:
		return append(fields, "accounting")
	case i%6 == 5:
		return append(fields, "law")
	}
	return append(fields, "technology")
}

// Panel is a panel that the sandbox opens over scene cases.
type Panel struct {
	Name  string
	Cases int // how many of the next scene cases
	Wants []review.Want
	Blind bool
	Stage review.PanelState // how far it shall have come
}

// Panels are the sandbox's, in the order in which they take their cases.
func Panels() []Panel {
	return []Panel{
		{Name: "2025 年示范应用场景评审一组", Cases: 4, Blind: true, Stage: review.PanelClosed,
			Wants: []review.Want{{Field: "technology", Count: 4}, {Field: "accounting", Count: 1}}},
		{Name: "2025 年示范应用场景评审二组", Cases: 4, Blind: true, Stage: review.PanelScoring,
			Wants: []review.Want{{Field: "broadcast", Count: 3}, {Field: "accounting", Count: 1}, {Field: "law", Count: 1}}},
		{Name: "2025 年示范应用场景评审三组", Cases: 3, Blind: false, Stage: review.PanelOpen,
			Wants: []review.Want{{Field: "technology", Count: 3}}},
	}
}

// SceneStatement is what an applicant of the sandbox says of its scene.
func SceneStatement(o Organisation, project string) string {
	return o.Name + "的“" + project + "”自 2025 年 3 月上线，用于一线业务的识别、问答与调度，累计处理业务约 12 万笔；前后对比数据和用户名单见附件。"
}

// Mark is what an expert of the sandbox gives a criterion: near the middle of
// its upper half, by who judges and what.
func Mark(expert, criterion int, caseIndex int, most review.Points) review.Points {
	share := review.Points(62 + (expert*5+criterion*11+caseIndex*7)%33)
	return most * share / 100 / 50 * 50 // whole halves of a point
}

// Comment is what an expert of the sandbox writes.
func Comment(expert int) string {
	return []string{
		"需求来自一线，上线后有对比数据，建议补充异常情况下的人工兜底方案。",
		"成效说明较充分，但用户名单中有两家是关联单位，推广性需再看。",
		"技术路线成熟，投入与审计报告一致，安全措施齐全。",
		"场景有代表性，可复制材料尚不完整。",
	}[expert%4]
}
