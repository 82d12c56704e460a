package app_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"

	"github.com/qianmo/qianmo/internal/app/sandbox"
)

// targets writes everything about targets, tasks, lists and meetings.
func (w *trail) targets() {
	w.Helper()
	office := w.as("office", sandbox.Password)
	org := string(sandbox.Organisations()[0].Code)
	kept := office.write("uploadTargetFile", file{"月报.pdf", string(pdf)})
	figure := office.write("reportFigure", map[string]any{"year": 2025, "as_of": "2025-10-20", "value": "141.2", "source": "省大数据局 10 月报表", "file": kept.String("id")}, "{id}", "compute-scale")
	office.write("reportFigure", map[string]any{"year": 2025, "as_of": "2025-10-20", "value": "141.3", "source": "省大数据局 10 月报表", "corrects": figure.String("fact")}, "{id}", "compute-scale")
	office.write("claimScene", map[string]any{"object": "演示广电场景", "org": org}, "{id}", "broadcast-projects")

	office.write("reportProgress", map[string]any{"unit": "gz-data", "percent": 60, "text": "主体完工。", "files": []any{kept["id"]}, "facts": []any{figure["fact"]}}, "{id}", "001-1")
	line := office.write("assignTask", map[string]any{"task": "001-2", "unit": "gz-data", "goal": "接入 5 个智算中心", "due": "2025-12-20"}, "{year}", "2025")
	office.write("endAssignment", map[string]any{"note": "并入另一项"}, "{id}", line.String("ref"))

	listed := office.write("listProject", map[string]any{"project": "演示重点项目", "org": org, "reason": "带动作用强"}, "{id}", "qdn-key", "{year}", "2025")
	office.write("unlistProject", map[string]any{"note": "项目终止"}, "{id}", listed.String("id"))

	meeting := office.write("addMeeting", map[string]any{"body": "qdn-joint", "day": "2025-10-21", "title": "第三次联席会议", "agenda": []string{"场景进展"}})
	decision := office.write("addDecision", map[string]any{"item": 1, "text": "年底前补齐两个场景", "task": "004-9", "unit": "qdn-culture", "due": "2025-12-31"}, "{id}", meeting.String("id"))
	office.write("closeDecision", map[string]any{"note": "已落实"}, "{id}", decision.String("id"))

	w.yearlyReport()
}

// yearlyReport is one command, and a download for who may read tasks.
func (w *trail) yearlyReport() {
	w.Helper()
	for _, ending := range []string{".pdf", ".xlsx"} {
		out := filepath.Join(w.TempDir(), "report"+ending)
		run(w.T, 0, "target", "report", "--data", w.server.Folder, "--out", out)
		file, err := os.ReadFile(out)
		if err != nil {
			w.Fatal(err)
		}
		res, downloaded := w.as("finance", sandbox.Password).send(http.MethodGet, "/target-report?format="+ending[1:], "", nil)
		if res.StatusCode != http.StatusOK || !bytes.Equal(file, downloaded) {
			w.Errorf("the download of %s is not what the command writes: %d", ending, res.StatusCode)
		}
	}
	run(w.T, 2, "target", "report", "--data", w.server.Folder, "--out", filepath.Join(w.TempDir(), "report.docx"))
	run(w.T, 2, "target", "report", "--data", w.server.Folder, "--year", "1066", "--out", filepath.Join(w.TempDir(), "report.pdf"))
	if res, _ := w.visitor().send(http.MethodGet, "/targets?year=2025", "", nil); res.StatusCode != http.StatusOK {
		w.Errorf("the public reads targets: %d", res.StatusCode)
	}
}
