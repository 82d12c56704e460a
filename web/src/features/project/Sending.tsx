import { Button, Checkbox, Select } from 'antd'
import { useState } from 'react'
import { useWrite } from '@/api/write'
import { useLang } from '@/i18n'
import { parseYuan } from '@/money/fen'
import { ActForm, Field, Words } from '@/pattern/form/Form'
import { Card } from '@/pattern/layout/Card'
import { ErrorPanel } from '@/pattern/state/states'
import { judge, record, send, withdraw, type Fit, type Sending } from './api'
import type { Project } from './model'

/** Sends the file to a source, which bears the chosen cost lines from then on. */
export function SendForm({ project: p, fits }: { project: Project; fits: Fit[] }) {
  const { d, say } = useLang()
  const w = d.project
  const open = fits.filter((fit) => !fit.draft)
  const taken = p.sendings.filter((s) => s.state !== 'declined' && s.state !== 'withdrawn').flatMap((s) => s.lines)
  const free = p.file.costs.filter((c) => !taken.includes(c.id))
  const [source, setSource] = useState(open[0]?.source ?? '')
  const [lines, setLines] = useState<string[]>([])
  const [yuan, setYuan] = useState('')
  const write = useWrite(send(p.id))
  const amount = parseYuan(yuan)
  if (open.length === 0 || free.length === 0) return null
  return (
    <Card title={w.send}>
      <ActForm label={w.send} error={write.error} pending={write.isPending} ready={amount !== null && lines.length > 0 && source !== ''} onSubmit={() => write.mutate({ revision: p.revision, source, amount_fen: amount ?? '0', lines })}>
        <Select className="full" aria-label={w.sendTo} value={source} onChange={setSource} options={open.map((fit) => ({ value: fit.source, label: `${say(fit.name)} · ${fit.fits ? w.fits : fit.close ? w.close : w.unfit}` }))} />
        <div role="group" aria-label={w.lines} className="stack">
          <span className="note">{w.lines}</span>
          {free.map((c) => (
            <Checkbox key={c.id} checked={lines.includes(c.id)} onChange={(e) => setLines(e.target.checked ? [...lines, c.id] : lines.filter((one) => one !== c.id))}>
              {c.name}
            </Checkbox>
          ))}
        </div>
        <Field label={w.yuan} value={yuan} onChange={setYuan} />
      </ActForm>
    </Card>
  )
}

const ANSWERS = ['asked_back', 'meeting', 'declined', 'reported'] as const

/** What a source said, as the office heard it. */
export function AnswerForm({ sending: s }: { sending: Sending }) {
  const { d } = useLang()
  const w = d.project
  const [form, setForm] = useState({ state: 'meeting' as (typeof ANSWERS)[number], on: '', yuan: '', note: '' })
  const set = (change: Partial<typeof form>) => setForm((f) => ({ ...f, ...change }))
  const write = useWrite(record(s.id))
  const amount = parseYuan(form.yuan)
  const invested = form.state === 'reported'
  return (
    <ActForm
      label={w.answer}
      error={write.error}
      pending={write.isPending}
      ready={form.on !== '' && form.note.trim() !== '' && (!invested || amount !== null)}
      onSubmit={() => write.mutate({ revision: s.revision, state: form.state, on: form.on, note: form.note.trim(), ...(invested ? { amount_fen: amount ?? '0' } : {}) })}
    >
      <Select className="full" aria-label={w.answered} value={form.state} onChange={(state) => set({ state })} options={ANSWERS.map((value) => ({ value, label: w.answers[value] }))} />
      <Field label={w.on} type="date" value={form.on} onChange={(on) => set({ on })} />
      {invested && <Field label={w.invested} value={form.yuan} onChange={(yuan) => set({ yuan })} />}
      <Words label={w.note} rows={2} value={form.note} onChange={(note) => set({ note })} />
    </ActForm>
  )
}

/** The second person's word on money that was reported: it stands, or is to be reported again. */
export function JudgeForm({ sending: s }: { sending: Sending }) {
  const { d } = useLang()
  const w = d.project
  const [note, setNote] = useState('')
  const write = useWrite(judge(s.id))
  const ready = note.trim() !== '' && !write.isPending
  const say = (agrees: boolean) => write.mutate({ revision: s.revision, agrees, note: note.trim() })
  return (
    <section className="stack" aria-label={w.judge}>
      <p className="note">{w.judgeNote}</p>
      <Words label={w.judgeWord} rows={2} value={note} onChange={setNote} />
      <div className="row">
        <Button disabled={!ready} onClick={() => say(false)}>
          {w.judgeDispute}
        </Button>
        <Button type="primary" disabled={!ready} onClick={() => say(true)}>
          {w.judgeAgree}
        </Button>
      </div>
      {write.error && <ErrorPanel error={write.error} />}
    </section>
  )
}

/** Takes a sending back, which frees its cost lines. */
export function WithdrawForm({ sending: s }: { sending: Sending }) {
  const { d } = useLang()
  const w = d.project
  const [reason, setReason] = useState('')
  const write = useWrite(withdraw(s.id))
  return (
    <ActForm label={w.withdraw} danger error={write.error} pending={write.isPending} ready={reason.trim() !== ''} onSubmit={() => write.mutate({ revision: s.revision, reason: reason.trim() })}>
      <Words label={w.reason} rows={2} value={reason} onChange={setReason} />
    </ActForm>
  )
}
