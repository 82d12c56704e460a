import { Button, Checkbox, Input, Select } from 'antd'
import { useEffect, useId, useRef, useState } from 'react'
import { Problem } from '@/api/problem'
import { useWrite } from '@/api/write'
import { NameBox } from '@/features/party/NameBox'
import { TextField } from '@/features/session/TextField'
import { useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { ErrorPanel } from '@/pattern/state/states'
import { addExpert, changeExpert, useNewcomers, type Expert, type ExpertDraft, type Rules } from './api'

const BLANK: ExpertDraft = { person: '', name: '', employer: { code: '', name: '' }, past: [], fields: [], active: true }

const draftOf = (e: Expert): ExpertDraft => ({ person: e.person, name: e.name, employer: e.employer, past: e.past, fields: e.fields, active: e.active, revision: e.revision })

/** Takes a reviewer into the pool, or writes an expert anew. */
export function ExpertForm({ expert, rules, onDone }: { expert: Expert | null; rules: Rules; onDone: () => void }) {
  const { d, say } = useLang()
  const w = d.review
  const id = useId()
  const [form, setForm] = useState(expert ? draftOf(expert) : BLANK)
  const send = useWrite(expert ? changeExpert(expert.id) : addExpert, () => {
    setForm(BLANK)
    onDone()
  })
  const problem = send.error ? Problem.from(send.error) : null
  const top = useRef<HTMLFormElement>(null)
  useEffect(() => {
    if (expert) top.current?.scrollIntoView({ block: 'center' }) // on a phone the form stands under the list
  }, [expert])
  const set = (change: Partial<ExpertDraft>) => setForm((f) => ({ ...f, ...change }))
  return (
    <Card title={expert ? `${w.edit} ${expert.name}` : w.addExpert}>
      <form
        ref={top}
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          send.mutate({ ...form, past: form.past.map(({ code, ...rest }) => (code ? { code, ...rest } : rest)) })
        }}
      >
        {!expert && <Person value={form.person} onChange={(person, name) => set({ person, name })} />}
        <TextField name="name" label={w.name} value={form.name} onChange={(name) => set({ name })} error={problem?.of('name')} />
        <NameBox label={w.employer} value={form.employer.name} onChange={(name, code) => setForm((f) => ({ ...f, employer: { name, code: code ?? f.employer.code } }))} error={problem?.of('employer.name')} />
        <TextField name="employer-code" label={w.employerCode} value={form.employer.code} onChange={(code) => set({ employer: { ...form.employer, code } })} error={problem?.of('employer.code')} />
        <div className="field">
          <label htmlFor={`${id}-fields`}>{w.field}</label>
          <Select id={`${id}-fields`} mode="multiple" className="full" optionFilterProp="label" value={form.fields} onChange={(fields: string[]) => set({ fields })} options={rules.fields.map((f) => ({ value: f.id, label: say(f.name) }))} />
        </div>
        <Past past={form.past} onChange={(past) => set({ past })} />
        <Checkbox checked={form.active} onChange={(e) => set({ active: e.target.checked })}>
          {w.active}
        </Checkbox>
        {send.error && <ErrorPanel error={send.error} />}
        <div className="row">
          <Button type="primary" htmlType="submit" disabled={send.isPending || !form.person || !form.name.trim() || form.fields.length === 0}>
            {expert ? w.saveExpert : w.addExpert}
          </Button>
          {expert && <Button onClick={onDone}>{d.app.cancel}</Button>}
        </div>
      </form>
    </Card>
  )
}

function Person({ value, onChange }: { value: string; onChange: (person: string, name: string) => void }) {
  const { d } = useLang()
  const id = useId()
  const people = useNewcomers()
  if (people.data?.length === 0) return <p className="note">{d.review.noNewcomers}</p>
  return (
    <div className="field">
      <label htmlFor={id}>{d.review.person}</label>
      <Select id={id} className="full" showSearch optionFilterProp="label" value={value || null} onChange={(person) => onChange(person ?? '', people.data?.find((p) => p.person === person)?.name ?? '')} options={people.data?.map((p) => ({ value: p.person, label: `${p.name} ${p.login}` })) ?? []} />
    </div>
  )
}

type Employment = ExpertDraft['past'][number]

function Past({ past, onChange }: { past: Employment[]; onChange: (past: Employment[]) => void }) {
  const { d } = useLang()
  const w = d.review
  const set = (i: number, change: Partial<Employment>) => onChange(past.map((p, k) => (k === i ? { ...p, ...change } : p)))
  return (
    <fieldset className="past">
      <legend>{w.past}</legend>
      {past.map((p, i) => (
        <div key={i} className="past-row">
          <NameBox bare label={w.pastName} value={p.name} onChange={(name, code) => set(i, code ? { name, code } : { name })} />
          <Input aria-label={w.pastCode} placeholder={w.pastCode} value={p.code ?? ''} onChange={(e) => set(i, { code: e.target.value.trim() })} />
          <Input aria-label={w.from} placeholder={w.from} inputMode="numeric" value={p.from || ''} onChange={(e) => set(i, { from: Number(e.target.value.replace(/\D/g, '').slice(0, 4)) })} />
          <Input aria-label={w.to} placeholder={w.to} inputMode="numeric" value={p.to || ''} onChange={(e) => set(i, { to: Number(e.target.value.replace(/\D/g, '').slice(0, 4)) })} />
          <Button size="small" onClick={() => onChange(past.filter((_, k) => k !== i))}>
            {w.remove}
          </Button>
        </div>
      ))}
      <Button size="small" onClick={() => onChange([...past, { name: '', from: 0, to: 0 }])}>
        {w.addPast}
      </Button>
    </fieldset>
  )
}
