import { Button, Input, InputNumber, Select } from 'antd'
import { useId, useState } from 'react'
import { Problem } from '@/api/problem'
import { useWrite } from '@/api/write'
import { tableDate } from '@/calendar/date'
import { TextField } from '@/features/session/TextField'
import { useLang } from '@/i18n'
import { ErrorPanel } from '@/pattern/state/states'
import { reportProgress } from './api'
import { FactsBox } from './FactsBox'
import { Files } from './Files'
import type { TaskDetail } from './model'

interface Draft {
  unit: string
  percent: number | null
  milestone: string
  text: string
  files: { id: string; name: string }[]
  facts: { id: string; name: string }[]
  corrects: string
}

/** What a unit says of a task. A report is never changed: a correction is a new one that names the old. */
export function ReportForm({ task }: { task: TaskDetail }) {
  const { d, lang, say } = useLang()
  const id = useId()
  const blank: Draft = { unit: task.lead[0]?.id ?? '', percent: null, milestone: '', text: '', files: [], facts: [], corrects: '' }
  const [draft, edit] = useState(blank)
  const write = useWrite(reportProgress(task.id), () => edit(blank))
  const problem = write.error ? Problem.from(write.error) : null
  const set = (change: Partial<Draft>) => edit((now) => ({ ...now, ...change }))
  const units = [...task.lead, ...task.support].map((u) => ({ value: u.id, label: say(u.name) }))
  const own = task.reports.filter((r) => r.unit.id === draft.unit && !r.corrected_by).map((r) => ({ value: r.id, label: `${tableDate(r.day, lang)} ${r.milestone || r.text.slice(0, 12)}` }))
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        write.mutate({
          unit: draft.unit,
          percent: draft.percent,
          milestone: draft.milestone.trim(),
          text: draft.text.trim(),
          files: draft.files.map((f) => f.id),
          facts: draft.facts.map((f) => f.id),
          corrects: draft.corrects,
        })
      }}
    >
      <div className="field">
        <label htmlFor={`${id}-unit`}>{d.target.onBehalf}</label>
        <Select id={`${id}-unit`} className="full" value={draft.unit} onChange={(unit) => set({ unit, corrects: '' })} options={units} />
      </div>
      <div className="field">
        <label htmlFor={`${id}-percent`}>{d.target.percent}</label>
        <InputNumber id={`${id}-percent`} className="full" min={0} max={100} precision={0} value={draft.percent} onChange={(percent) => set({ percent })} suffix="%" />
      </div>
      <TextField name="milestone" label={d.target.milestone} hint={d.target.milestoneHint} value={draft.milestone} onChange={(milestone) => set({ milestone })} error={problem?.of('milestone')} />
      <div className="field">
        <label htmlFor={`${id}-text`}>{d.target.said}</label>
        <Input.TextArea id={`${id}-text`} autoSize={{ minRows: 3, maxRows: 10 }} value={draft.text} onChange={(event) => set({ text: event.target.value })} status={problem?.of('text') ? 'error' : ''} />
      </div>
      <Files files={draft.files} onChange={(files) => set({ files })} />
      <FactsBox facts={draft.facts} onChange={(facts) => set({ facts })} error={problem?.of('facts')} />
      {own.length > 0 && (
        <div className="field">
          <label htmlFor={`${id}-corrects`}>{d.target.correct}</label>
          <Select id={`${id}-corrects`} className="full" value={draft.corrects} onChange={(corrects) => set({ corrects })} options={[{ value: '', label: d.target.correctsNothing }, ...own]} />
        </div>
      )}
      {write.error && <ErrorPanel error={write.error} />}
      <div>
        <Button type="primary" htmlType="submit" disabled={write.isPending || draft.text.trim() === '' || (draft.percent === null && draft.milestone.trim() === '')}>
          {d.target.sendReport}
        </Button>
      </div>
    </form>
  )
}
