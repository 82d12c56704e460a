import { Button, Input, Select } from 'antd'
import { useId, useState } from 'react'
import { useWrite } from '@/api/write'
import { stampTime } from '@/calendar/date'
import { useFactName } from '@/features/application/Proofs'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { ErrorPanel } from '@/pattern/state/states'
import { recordFactCheck, useRules, type CaseReview } from './api'

const TONE = { asked: 'chip-lacking', confirmed: 'chip-eligible', disputed: 'chip-bad' }

/** What departments say of the case's facts; a dispute blocks the case. */
export function Departments({ id, review: r, facts, office }: { id: string; review: CaseReview; facts: string[]; office: boolean }) {
  const { d, lang, say } = useLang()
  const w = d.review
  const name = useFactName(facts)
  return (
    <Card title={w.departments} note={w.departmentsNote}>
      {r.facts.length === 0 && <p className="note">{w.noFactChecks}</p>}
      <ul className="lacks">
        {r.facts.map((f) => (
          <li key={f.fact}>
            <span className={`chip ${TONE[f.verdict]}`}>{w.verdict[f.verdict]}</span> {name(f.fact)} {f.reason}
            <div className="note">
              {say(f.unit_name)} · {fill(w.checkedBy, { name: f.by, at: stampTime(f.at, lang) })}
            </div>
          </li>
        ))}
      </ul>
      {office && facts.length > 0 && <Form id={id} facts={facts} />}
    </Card>
  )
}

function Form({ id, facts }: { id: string; facts: string[] }) {
  const { d, say } = useLang()
  const w = d.review
  const field = useId()
  const rules = useRules()
  const name = useFactName(facts)
  const blank = { fact: '', unit: '', verdict: 'confirmed' as keyof typeof TONE, reason: '' }
  const [form, setForm] = useState(blank)
  const send = useWrite(recordFactCheck(id), () => setForm(blank))
  const set = (change: Partial<typeof blank>) => setForm((f) => ({ ...f, ...change }))
  return (
    <form
      className="stack fact-form"
      onSubmit={(event) => {
        event.preventDefault()
        send.mutate({ ...form, reason: form.reason.trim() })
      }}
    >
      <Select className="full" aria-label={w.fact} placeholder={w.fact} value={form.fact || null} onChange={(fact) => set({ fact: fact ?? '' })} options={facts.map((fact) => ({ value: fact, label: name(fact) }))} />
      <Select className="full" aria-label={w.unit} placeholder={w.unit} showSearch optionFilterProp="label" value={form.unit || null} onChange={(unit) => set({ unit: unit ?? '' })} options={rules.data?.units.map((u) => ({ value: u.id, label: say(u.name) })) ?? []} />
      <Select className="full" aria-label={w.departments} value={form.verdict} onChange={(verdict) => set({ verdict })} options={(['asked', 'confirmed', 'disputed'] as const).map((value) => ({ value, label: w.verdict[value] }))} />
      <div className="field">
        <label htmlFor={field}>{w.reason}</label>
        <Input id={field} maxLength={2000} value={form.reason} onChange={(e) => set({ reason: e.target.value })} />
      </div>
      {send.error && <ErrorPanel error={send.error} />}
      <div>
        <Button htmlType="submit" disabled={send.isPending || !form.fact || !form.unit || (form.verdict === 'disputed' && !form.reason.trim())}>
          {w.factGo}
        </Button>
      </div>
    </form>
  )
}
