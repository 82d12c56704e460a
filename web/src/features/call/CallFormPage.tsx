import '../application/application.css'
import './call.css'
import { Button } from 'antd'
import { useEffect, useMemo, useRef, useState, type FormEvent } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { NotForRole } from '@/app/NotFound'
import { Problem, type FieldProblem } from '@/api/problem'
import { useWrite } from '@/api/write'
import { useGuides } from '@/features/policy/api'
import { useKept } from '@/features/session/kept'
import { useSession } from '@/features/session/session'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { PageHead } from '@/pattern/layout/PageHead'
import { Loaded } from '@/pattern/state/Loaded'
import { ErrorPanel } from '@/pattern/state/states'
import { useCall, write as writeCall } from './api'
import { Choice, Faults, fieldId, Line } from './Field'
import { newForm, newOffer, placeOf, toForm, toTerms, type TermsForm } from './form'
import type { Call } from './model'
import { OfferCard } from './OfferCard'

/** Writes a call: a new draft, a draft's terms, or a revision of what was published. */
export default function CallFormPage() {
  const { id = '' } = useParams()
  const role = useSession().active?.role
  const call = useCall(role === 'office' ? id : '')
  if (role !== 'office') return <NotForRole roles={['office']} />
  if (!id) return <Form call={null} />
  return (
    <Loaded query={call} lines={8}>
      {(c) => <Form key={c.id} call={c} />}
    </Loaded>
  )
}

interface Kept {
  form: TermsForm
  reason: string
}

function Form({ call }: { call: Call | null }) {
  const { d, say } = useLang()
  const f = d.call.form
  const navigate = useNavigate()
  const year = useSession().businessDate.slice(0, 4)
  const guides = useGuides().data ?? []
  const kept = useKept<Kept>(`call.${call?.id ?? 'new'}`)
  const fresh = useMemo<Kept>(() => ({ form: call ? toForm(call.terms) : newForm(year), reason: '' }), [call, year])
  const [found, setFound] = useState(kept.read)
  const [typed, setTyped] = useState<Kept>(found ?? fresh)
  const [own, setOwn] = useState<FieldProblem[]>([])
  const summary = useRef<HTMLDivElement>(null)
  const { form, reason } = typed
  const revises = call !== null && call.state !== 'draft'
  const write = useWrite(writeCall(call), (made) => {
    kept.forget()
    void navigate(`/calls/${made.id}`)
  })
  const problem = write.error === null ? null : Problem.from(write.error)
  const faults = own.length > 0 ? own : (problem?.fields ?? []).map((p) => ({ path: placeOf(p.path), message: p.message }))
  const byPath = new Map(faults.map((p) => [p.path, p.message]))
  useEffect(() => {
    if (faults.length > 0) summary.current?.focus()
  }, [faults.length])
  const keep = (next: Kept) => {
    setTyped(next)
    kept.write(next)
  }
  const set = (part: Partial<TermsForm>) => keep({ ...typed, form: { ...form, ...part } })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const read = toTerms(form, { whole: f.whole, money: f.money })
    setOwn(read.faults)
    if (read.faults.length === 0) write.mutate({ terms: read.terms, reason: reason.trim() })
    else write.reset()
  }
  const title = call === null ? f.create : fill(revises ? f.revise : f.edit, { number: call.number })
  const years = [...new Set([...guides.map((g) => String(g.year)), form.guide])].sort()
  return (
    <Faults value={byPath}>
      <PageHead title={title} crumbs={<Link to={call ? `/calls/${call.id}` : '/calls'}>{call ? say(call.terms.name) : d.call.title}</Link>} sentence={revises ? f.sentenceRevise : f.sentence} />
      <form className="stack call-form" onSubmit={submit} noValidate>
        {found && (
          <p className="card card-body row">
            {f.kept}
            <button
              type="button"
              className="link-button"
              onClick={() => {
                kept.forget()
                setFound(null)
                setTyped(fresh)
              }}
            >
              {f.drop}
            </button>
          </p>
        )}
        {faults.length > 0 && (
          <div ref={summary} tabIndex={-1} role="alert" className="card card-body gaps">
            <p className="bad">
              <b>{fill(f.faults, { n: faults.length })}</b>
            </p>
            <ul>
              {faults.map((p, i) => (
                <li key={i}>
                  <a href={`#${fieldId(p.path)}`} onClick={jump(p.path)}>
                    {labelOf(p.path)} {p.message}
                  </a>
                </li>
              ))}
            </ul>
          </div>
        )}
        {problem && problem.fields.length === 0 && <ErrorPanel error={problem} unchanged={d.application.textKept} />}
        {revises && (
          <Card title={d.call.reason}>
            <Line path="reason" label={d.call.reason} hint={d.call.reasonRevise} rows={2} value={reason} onChange={(text) => keep({ ...typed, reason: text })} />
          </Card>
        )}
        <Card title={f.basics}>
          <Line path="name.zh" label={f.nameZh} value={form.zh} onChange={(zh) => set({ zh })} />
          <Line path="name.en" label={f.nameEn} value={form.en} onChange={(en) => set({ en })} />
          <Choice path="guide" label={f.guide} value={form.guide} onChange={(guide) => set({ guide })} options={years.map((y) => [y, fill(d.policy.guideYear, { year: y })])} />
          <Line path="opens" label={f.opens} type="date" value={form.opens} onChange={(opens) => set({ opens })} />
          <Line path="closes" label={f.closes} type="date" value={form.closes} onChange={(closes) => set({ closes })} />
          <Line path="late_by" label={f.lateBy} hint={f.lateByHint} inputMode="numeric" value={form.late_by} onChange={(late_by) => set({ late_by })} />
          <Line path="promise" label={f.promise} inputMode="numeric" value={form.promise} onChange={(promise) => set({ promise })} />
          <Line path="notice" label={f.notice} hint={f.noticeHint} inputMode="numeric" value={form.notice} onChange={(notice) => set({ notice })} />
          <Choice
            path="channel"
            label={d.call.channel}
            value={form.channel}
            onChange={(channel) => set({ channel })}
            options={[
              ['direct', d.call.channels.direct],
              ['bank_file', d.call.channels.bank_file],
            ]}
          />
        </Card>
        {form.offers.map((offer, i) => (
          <OfferCard
            key={i}
            offer={offer}
            index={i}
            onChange={(next) => set({ offers: form.offers.map((o, j) => (j === i ? next : o)) })}
            onRemove={form.offers.length > 1 ? () => set({ offers: form.offers.filter((_, j) => j !== i) }) : null}
          />
        ))}
        <p className="row">
          <Button onClick={() => set({ offers: [...form.offers, newOffer(year)] })}>{f.addOffer}</Button>
          <Button type="primary" htmlType="submit" disabled={write.isPending}>
            {revises ? f.saveRevision : f.save}
          </Button>
        </p>
      </form>
    </Faults>
  )
}

/** The words that stand beside a field: the summary names it as the form does. */
const labelOf = (path: string): string => document.querySelector(`label[for="${fieldId(path)}"]`)?.textContent ?? ''

/** Goes to a field and lets one type at once; a bare link would only scroll. */
const jump = (path: string) => (event: { preventDefault: () => void }) => {
  const field = document.getElementById(fieldId(path))
  if (!field) return
  event.preventDefault()
  field.scrollIntoView({ block: 'center' })
  field.focus()
}
