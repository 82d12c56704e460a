package payment

import (
	"context"
	"io"
	"strings"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// AskReport asks the organisation of a paid award for its performance report,
// once. An award whose term asks for none leaves nothing. A case that is paid
// without bank files calls it itself.
//
// Codes: invalid.
func (s *Service) AskReport(ctx context.Context, a Award, paid clock.Date) error {
	if err := a.Validate(); err != nil || !a.Report.Asks() {
		return err
	}
	return s.Store.InTx(ctx, func(ctx context.Context) (err error) {
		r := newReport(a, paid)
		if _, err := s.Store.Report(ctx, r.ID); !fault.Is(err, fault.NotFound) {
			return err
		}
		r.Created = s.Clock.Now()
		if r.Number, err = s.number(ctx, numberReport); err != nil {
			return err
		}
		added, err := s.Store.InsertReport(ctx, r)
		if err != nil || !added {
			return err
		}
		return s.recordReport(ctx, "ask", r)
	})
}

// SubmitInput is what an organisation reports.
type SubmitInput struct {
	ID      string
	Version int64
	Outputs []Output
	Text    string
}

// SubmitReport hands in a report: one figure for each indicator, a text, and at
// least one file that shows it.
//
// Codes: invalid; not_found, also for another organisation's; conflict.
func (s *Service) SubmitReport(ctx context.Context, by Actor, in SubmitInput) (Report, error) {
	return s.report(ctx, by, in.ID, in.Version, "submit", func(ctx context.Context, r *Report) error {
		if !r.Open() {
			return fault.Newf(fault.Conflict, "报告 %s 已提交或已通过：请刷新。", "Report %s was submitted or accepted: reload.", r.Number)
		}
		var c fault.Collector
		r.checkOutputs(&c, in.Outputs)
		checkNote(&c, "text", in.Text)
		files, err := s.Store.ReportFiles(ctx, r.ID)
		if err != nil {
			return err
		}
		if len(files) == 0 {
			c.Add("files", "请上传至少一份证明材料。", "Upload at least one file that shows it.")
		}
		if err := c.Err(); err != nil {
			return err
		}
		r.State, r.Outputs, r.Text, r.Submitted, r.Submitter, r.Answer, r.Answered = ReportSubmitted, in.Outputs, trimmed(in.Text), s.Clock.Today(), by.Person, "", ""
		return nil
	})
}

// AnswerInput is the office's word on a report.
type AnswerInput struct {
	ID      string
	Version int64
	Accept  bool
	Reason  string
}

// AnswerReport accepts a report, by which its outputs become facts in the same
// transaction, or returns it to be mended.
//
// Codes: invalid; not_found; conflict.
func (s *Service) AnswerReport(ctx context.Context, by Actor, in AnswerInput) (Report, error) {
	var c fault.Collector
	if checkNote(&c, "reason", in.Reason); c.Len() > 0 {
		return Report{}, c.Err()
	}
	act := "return"
	if in.Accept {
		act = "accept"
	}
	return s.report(ctx, by, in.ID, in.Version, act, func(ctx context.Context, r *Report) error {
		if r.State != ReportSubmitted {
			return fault.Newf(fault.Conflict, "报告 %s 不在待审状态：请刷新。", "Report %s does not wait for an answer: reload.", r.Number)
		}
		r.State, r.Answer, r.Answered = ReportReturned, trimmed(in.Reason), s.Clock.Today()
		if !in.Accept {
			return nil
		}
		r.State = ReportAccepted
		_, err := s.Facts.Append(ctx, r.outputFacts(s.Clock.Today()))
		return err
	})
}

// report loads a report as a person read it, runs fn and writes it.
func (s *Service) report(ctx context.Context, by Actor, id string, version int64, act string, fn func(context.Context, *Report) error) (Report, error) {
	var r Report
	err := s.Store.InTx(ctx, func(ctx context.Context) (err error) {
		if r, err = s.OneReport(ctx, by, id); err != nil {
			return err
		}
		if version != r.Version {
			return fault.Newf(fault.Conflict, "报告 %s 已有变化，本次没有写入：请刷新。", "Report %s has changed and nothing was written: reload.", r.Number)
		}
		if err := fn(ctx, &r); err != nil {
			return err
		}
		if err := s.Store.UpdateReport(ctx, &r); err != nil {
			return err
		}
		return s.recordReport(ctx, act, r)
	})
	return r, err
}

// OneReport finds a report that the actor may see.
//
// Codes: not_found, also for another organisation's.
func (s *Service) OneReport(ctx context.Context, by Actor, id string) (Report, error) {
	r, err := s.Store.Report(ctx, id)
	if err == nil {
		err = notTheirs(by, r.Org, "没有这份绩效报告。", "There is no such performance report.")
	}
	return r, err
}

// AttachReport keeps a file with a report that is being written.
//
// Codes: invalid, too_large; not_found; conflict once it was submitted.
func (s *Service) AttachReport(ctx context.Context, by Actor, id, name string, content io.Reader) error {
	r, err := s.OneReport(ctx, by, id)
	if err != nil {
		return err
	}
	file, err := s.Files.Keep(ctx, name, content)
	if err != nil {
		return err
	}
	file.ID, file.Uploader, file.At = s.IDs.New("prf"), by.Person, s.Clock.Now()
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		if r, err = s.Store.Report(ctx, id); err != nil {
			return err
		}
		files, err := s.Store.ReportFiles(ctx, id)
		switch {
		case err != nil:
			return err
		case !r.Open():
			return fault.Newf(fault.Conflict, "报告 %s 已提交，不能再加材料。", "Report %s was submitted and takes no more files.", r.Number)
		case len(files) >= maxFiles:
			return fault.Newf(fault.TooLarge, "一份报告最多 %d 个文件：请合并。", "A report has at most %d files: merge some.", maxFiles)
		}
		if err := s.Store.InsertReportFile(ctx, id, file); err != nil {
			return err
		}
		return s.recordReport(ctx, "attach", r)
	})
}

func (s *Service) recordReport(ctx context.Context, act string, r Report) error {
	outputs := make([]string, 0, len(r.Outputs))
	for _, o := range r.Outputs {
		outputs = append(outputs, o.Indicator+"="+o.Reached)
	}
	return s.Registry.Record(ctx, party.Act{Action: "payment.report." + act, Kind: "performance_report", Subject: r.ID, Org: r.Org,
		Details: map[string]string{"number": r.Number, "case": r.CaseNumber, "state": string(r.State), "due": string(r.Due), "outputs": strings.Join(outputs, ", ")}})
}
